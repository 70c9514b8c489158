"""Walks through a case's life: well-formed commands for any state, and walks that together cover every edge.

An edge is (state, command) for every row of the authority table, or (state, event) for everything a clock can bring.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from models.actors import Actor
from models.authority import GRANTS
from models.case import HazardCase
from models.errors import XiaohaoError
from models.lifecycle import CORRECTING, OPEN, CaseState
from tests.builders import (
    ASSESSOR,
    ASSESSOR_ORG,
    CHIEF,
    FIRM,
    HEAD,
    MAYOR,
    PLAN,
    REPORT,
    STANDARD,
    SYSTEM,
    WANG,
    ZHAO,
    Story,
    envelope,
    findings,
    order,
    rules,
    rules_payload,
    served,
)

Step = tuple[str, Actor, dict[str, Any]]
Edge = tuple[str, str]

TWO = ["wang", "zhao"]
TEXT = "情况说明"


def newer_policy() -> dict[str, Any]:
    """Another version of the default policy."""
    newer = rules().policy.model_copy(update={"version": "2027.1"})
    return newer.model_dump(mode="json", exclude_defaults=True)


def newer_calendar() -> dict[str, Any]:
    """The same calendar with one more year known."""
    years = rules_payload()["calendar"]["years"]
    extra = {
        "year": years[-1]["year"] + 1,
        "days_off": [],
        "workdays": [],
        "confirmed": True,
        "source": "测试",
    }
    return {"years": [*years, extra]}


OFFERS: dict[str, Callable[[Any, datetime], tuple[Actor, dict[str, Any]]]] = {
    "verify": lambda c, now: (ZHAO, {"officers": TWO, "findings": TEXT}),
    "mark_unfounded": lambda c, now: (ZHAO, {"officers": TWO, "findings": TEXT}),
    "transfer": lambda c, now: (CHIEF, {"to_department": "消防救援大队", "reason": TEXT}),
    "suspect_major": lambda c, now: (WANG, {"standard": STANDARD, "reason": TEXT}),
    "determine_grade": lambda c, now: (CHIEF, {"grade": "major", "reason": TEXT}),
    "propose_regrade": lambda c, now: (
        WANG,
        {"grade": "general", "reason": TEXT}
        if c.major
        else {"grade": "major", "standard": STANDARD, "reason": TEXT},
    ),
    "decide_regrade": lambda c, now: (CHIEF, {"approve": True, "reason": TEXT}),
    "issue_order": lambda c, now: (WANG, {"order": order(15, order_id=f"r-{c.orders + 1}")}),
    "serve_order": lambda c, now: (WANG, {"service": served(now)}),
    "report_major_hazard": lambda c, now: (FIRM, REPORT),
    "acknowledge_report": lambda c, now: (WANG, {}),
    "report_to_congress": lambda c, now: (FIRM, {"held_on": now.date().isoformat(), "evidence": ["minutes"]}),
    "file_plan": lambda c, now: (FIRM, PLAN),
    "accept_plan": lambda c, now: (CHIEF, {}),
    "return_plan": lambda c, now: (CHIEF, {"reason": TEXT}),
    "report_progress": lambda c, now: (FIRM, {"text": TEXT, "percent": 30}),
    "request_extension": lambda c, now: (FIRM, {"days": 10, "reason": TEXT, "interim_measures": TEXT}),
    "grant_extension": lambda c, now: (CHIEF, {"days": 10}),
    "refuse_extension": lambda c, now: (CHIEF, {"reason": TEXT}),
    "pause": lambda c, now: (CHIEF, {"ground": "appraisal", "reason": TEXT}),
    "resume": lambda c, now: (CHIEF, {}),
    "signal_completion": lambda c, now: (FIRM, {"text": TEXT, "evidence": ["photo"]}),
    "commission_assessment": lambda c, now: (
        FIRM,
        {
            "assessor_org_id": "a-2" if c.assessor_org_id == ASSESSOR_ORG else ASSESSOR_ORG,
            "independence_declared": True,
        },
    ),
    "file_assessment": lambda c, now: (ASSESSOR, {"conclusion": "effective", "text": TEXT}),
    "reinspect": lambda c, now: (ZHAO, {"officers": TWO, "findings": findings(*(True for _ in c.items))}),
    "sign_off": lambda c, now: (HEAD, {}),
    "refuse_sign_off": lambda c, now: (HEAD, {"items": [1], "new_deadline_days": 10, "reason": TEXT}),
    "record_look_back": lambda c, now: (ZHAO, {"officers": TWO, "recurred": False, "text": TEXT}),
    "assign_handler": lambda c, now: (CHIEF, {"handler_id": "zhao" if c.handler_id != "zhao" else "wang"}),
    "void": lambda c, now: (CHIEF, {"reason": TEXT}),
    "close_with_enterprise": lambda c, now: (
        MAYOR,
        {"decision_no": "示政关〔2026〕1号", "decided_on": now.date().isoformat()},
    ),
    "adopt_policy": lambda c, now: (CHIEF, {"policy": newer_policy(), "reason": TEXT}),
    "adopt_calendar": lambda c, now: (SYSTEM, {"calendar": newer_calendar()}),
}
"""Command → a well-formed way to give it."""

VARIANTS: dict[str, Callable[[Any, datetime], tuple[Actor, dict[str, Any]]]] = {
    "reinspect": lambda c, now: (
        ZHAO,
        {"officers": TWO, "findings": findings(*(False for _ in c.items)), "new_deadline_days": 10},
    ),
    "record_look_back": lambda c, now: (
        ZHAO,
        {"officers": TWO, "recurred": True, "items": [1], "text": TEXT},
    ),
    "determine_grade": lambda c, now: (CHIEF, {"grade": "general", "reason": TEXT}),
    "decide_regrade": lambda c, now: (CHIEF, {"approve": False, "reason": TEXT}),
}
"""The other outcome of commands that have two."""

UNANSWERED = {("OVERDUE", "grant_extension"), ("OVERDUE", "refuse_extension")}
"""Edges that need an extension nobody answered in time."""

ENDINGS = {"void", "close_with_enterprise", "transfer", "mark_unfounded"}


def openings(now: datetime) -> list[dict[str, Any]]:
    """The ways a case begins."""
    return [
        {},
        {"order": order()},
        {"order": order(), "service": served(now)},
        {"order": order(), "service": served(now), "suspected_major": STANDARD},
        {"fixed_on_spot": True},
        {"source": "tip", "inspection_id": None},
    ]


def command_edges() -> set[Edge]:
    """Every (state, command) of the authority table."""
    return {(state.value, grant.command) for grant in GRANTS for state in grant.states}


def clock_edges() -> set[Edge]:
    """Every (state, event) that time alone can bring."""
    states = {state.value for state in OPEN}
    noticed = {(state, kind) for state in states for kind in ("clocks_missed", "reminded", "digested")}
    return noticed | {(state.value, "deadline_passed") for state in CORRECTING} - _IMPOSSIBLE


_IMPOSSIBLE: set[Edge] = set()


@dataclass
class Walk:
    """One walk: how it opens, and its steps; ``None`` is "wait until the next clock rings"."""

    opening: dict[str, Any]
    steps: list[Step | None] = field(default_factory=list)
    edges: set[Edge] = field(default_factory=set)

    def reopened(self, now: datetime) -> dict[str, Any]:
        """The opening as it would be now."""
        return self.retimed(self.opening, now)

    @staticmethod
    def retimed(fields: dict[str, Any], now: datetime) -> dict[str, Any]:
        """``fields`` with service at ``now`` where there is one."""
        return {**fields, "service": served(now - timedelta(minutes=1))} if "service" in fields else fields


def offered(hazard: HazardCase, now: datetime) -> Iterator[Step]:
    """Every well-formed command the case would accept now."""
    for table in (OFFERS, VARIANTS):
        for command, offer in table.items():
            actor, fields = offer(hazard.case, now)
            try:
                hazard.decide(envelope(hazard.case.case_id, command, actor, now=now, **fields), now)
            except XiaohaoError:
                continue
            yield command, actor, fields


def walk(
    start: datetime, opening: dict[str, Any], rng: random.Random, wanted: set[Edge], length: int = 45
) -> Walk:
    """A random walk that prefers edges still ``wanted``."""
    story = Story(start, **opening)
    taken = Walk(opening)
    for _ in range(length):
        if story.case.final:
            break
        step = _choose(story, rng, wanted - taken.edges)
        state = story.state
        if step is None:
            events = _ring(story)
            taken.edges |= {(state, event) for event in events}
        else:
            story.give(step[0], step[1], **step[2])
            story.now += timedelta(minutes=7)
            taken.edges.add((state, step[0]))
        taken.steps.append(step)
    return taken


def _choose(story: Story, rng: random.Random, wanted: set[Edge]) -> Step | None:
    steps = list(offered(story.hazard, story.now))
    fresh = [step for step in steps if (story.state, step[0]) in wanted]
    on = [step for step in fresh if step[0] not in ENDINGS]
    waiting = any(
        (story.state, kind) in wanted for kind in ("reminded", "clocks_missed", "digested", "deadline_passed")
    )
    if waiting and rng.random() < 0.45 and story.case.wakes_at:
        return None
    if on and rng.random() < 0.85:
        return rng.choice(on)
    if fresh and rng.random() < 0.3:
        return rng.choice(fresh)
    calm = [step for step in steps if step[0] not in ENDINGS]
    if (calm and rng.random() < 0.8) or not story.case.wakes_at:
        return rng.choice(calm or steps)
    return None


def _ring(story: Story) -> list[str]:
    wakes = story.case.wakes_at
    assert wakes is not None
    story.now = max(story.now, wakes) + timedelta(seconds=30)
    outcome = story.hazard.apply_due(story.now)
    story.entries.extend(outcome.entries)
    return [entry.event for entry in outcome.entries]


def covering(
    start: datetime, *, have: set[Edge] | None = None, seed: int = 11, tries: int = 400
) -> tuple[list[Walk], set[Edge]]:
    """A small set of walks that covers every edge not in ``have``; the second part is what no walk reached."""
    rng = random.Random(seed)
    missing = (command_edges() | clock_edges()) - (have or set())
    chosen: list[Walk] = []
    for _ in range(tries):
        if not missing:
            break
        found = max(
            (walk(start, rng.choice(openings(start)), rng, missing) for _ in range(4)),
            key=lambda one: len(one.edges & missing),
        )
        if found.edges & missing:
            chosen.append(found)
            missing -= found.edges
    return chosen, missing


__all__ = ["CaseState", "Walk", "clock_edges", "command_edges", "covering", "openings", "rules", "walk"]
