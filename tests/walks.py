"""Walks through a case's life: well-formed commands for any state, and walks that together cover every edge.

An edge is (state, command) for every row of the authority table, or (state, event) for everything a clock can bring.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Any

from models.actors import Actor
from models.authority import GRANTS
from models.case import HazardCase
from models.errors import XiaohaoError
from models.lifecycle import CORRECTING, OPEN, CaseState, next_moves
from tests.builders import (
    ASSESSOR,
    ASSESSOR_ORG,
    CHIEF,
    DEPUTY,
    FIRM,
    HEAD,
    MAYOR,
    PLAN,
    REPORT,
    STANDARD,
    STATED,
    SYSTEM,
    WANG,
    ZHAO,
    asked,
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


@cache
def newer_policy() -> dict[str, Any]:
    """Another version of the default policy; packed once, for the walks offer it at every step."""
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
    "government_verify": lambda c, now: (MAYOR, {"founded": True, "findings": TEXT}),
    "sign_lead": lambda c, now: (DEPUTY, {}),
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
    "issue_order": lambda c, now: (
        WANG,
        {"order": order(15, order_id=f"r-{c.orders + 1}"), **({} if c.stated else {"stated": STATED})},
    ),
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
    "government_verify": lambda c, now: (MAYOR, {"founded": False, "findings": TEXT}),
    "determine_grade": lambda c, now: (CHIEF, {"grade": "general", "reason": TEXT}),
    "decide_regrade": lambda c, now: (CHIEF, {"approve": False, "reason": TEXT}),
}
"""The other outcome of commands that have two."""

BY_TIME = ("reminded", "clocks_missed", "digested", "deadline_passed", "deadline_held")
"""Events that time alone brings."""

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
        {"source": "tip", "inspection_id": None, "deaths": True},
    ]


SHORT_WAYS: dict[str, tuple[int, tuple[str, ...]]] = {
    "ASSESSING": (
        3,
        (
            "determine_grade",
            "report_major_hazard",
            "report_to_congress",
            "file_plan",
            "accept_plan",
            "signal_completion",
            "commission_assessment",
            "acknowledge_report",
        ),
    ),
    "RECTIFYING": (
        3,
        (
            "determine_grade",
            "~OVERDUE",
            "file_plan",
            "reinspect!",
            "return_plan",
            "file_plan",
            "accept_plan",
        ),
    ),
    "OVERDUE": (
        3,
        ("determine_grade", "~OVERDUE", "file_plan", "return_plan", "file_plan", "accept_plan"),
    ),
    "ORDERED": (2, ("request_extension", "~OVERDUE")),
    "RECURRED": (2, ("signal_completion", "reinspect", "sign_off", "record_look_back!")),
}
"""State chance rarely leads to → the opening to take and the commands that do.

``!`` is the other outcome, ``~`` the state to wait for."""


def short_way(case: Any, ahead: list[str], now: datetime) -> Step | None:
    """The next command of a short way, taken off it; none while the state it waits for has not come."""
    if ahead[0].startswith("~"):
        if case.state.value != ahead[0].removeprefix("~"):
            return None
        ahead.pop(0)
    command = ahead.pop(0)
    table = VARIANTS if command.endswith("!") else OFFERS
    name = command.removesuffix("!")
    actor, fields = table[name](case, now)
    return name, actor, fields


OF_MEASURES = ("correct", "propose_measure", "take_step", "close_proposal", "record_refusal")
"""Commands whose edges are those of the measures (:mod:`tests.measure_walks`), not of the states."""


def command_edges() -> set[Edge]:
    """Every (state, command) of the authority table."""
    rows = [grant for grant in GRANTS if grant.command not in OF_MEASURES]
    return {(state.value, grant.command) for grant in rows for state in grant.states}


def clock_edges() -> set[Edge]:
    """Every (state, event) that time alone can bring."""
    states = {state.value for state in OPEN}
    noticed = {(state, kind) for state in states for kind in ("clocks_missed", "reminded", "digested")}
    passing = {
        (state, "deadline_passed") for state in states if "deadline_passed" in next_moves(CaseState(state))
    }
    waiting = {(state.value, "deadline_held") for state in CORRECTING if state is not CaseState.PLANNING}
    return noticed | passing | waiting


def offered(hazard: HazardCase, now: datetime) -> Iterator[Step]:
    """Every well-formed command the case would accept now."""
    for table in (OFFERS, VARIANTS):
        for command, offer in table.items():
            actor, fields = offer(hazard.case, now)
            try:
                hazard.decide(asked(hazard.case.case_id, command, actor, now=now, **fields), now)
            except XiaohaoError:
                continue
            yield command, actor, fields


def choose(hazard: HazardCase, now: datetime, rng: random.Random, wanted: set[Edge]) -> Step | None:
    """The next step of a walk that prefers edges still ``wanted``; ``None`` is "wait until the next clock rings"."""
    case = hazard.case
    state = case.state.value
    steps = list(offered(hazard, now))
    calm = [step for step in steps if step[0] not in ENDINGS]
    fresh = [step for step in steps if (state, step[0]) in wanted]
    kept = [step for step in fresh if step[0] not in ENDINGS]
    if case.wakes_at and any((state, kind) in wanted for kind in BY_TIME) and rng.random() < 0.45:
        return None
    if kept and rng.random() < 0.85:
        return rng.choice(kept)
    if fresh and rng.random() < 0.3:
        return rng.choice(fresh)
    if not case.wakes_at or (calm and rng.random() < 0.8):
        return rng.choice(calm or steps)
    return None
