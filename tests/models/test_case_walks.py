"""Random lives of a case: any command by any actor at any time, with the invariants checked after every step."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.actors import Actor
from models.batch import Outcome
from models.calendar import CalendarYear, calendar_between
from models.case import HazardCase
from models.clocks import SHANGHAI
from models.envelope import Envelope
from models.errors import TransitionNotAllowed, XiaohaoError
from tests.builders import ASSESSOR, CHIEF, DEPUTY, EVERYONE, LI, SYSTEM, ZHAO, Story, at, envelope, findings
from tests.invariants import check_case, check_outcome, may
from tests.walks import ENDINGS, OFFERS, VARIANTS, openings

pytestmark = pytest.mark.slow

START = at("2026-09-14 09:30")
CAST = (*EVERYONE, LI, ZHAO)


def holidays(case: Any, now: datetime) -> tuple[Actor, dict[str, Any]]:
    """A notice that makes a few coming days off and one weekend day worked."""
    first = now.astimezone(SHANGHAI).date() + timedelta(days=case.seq % 5)
    days = [
        first + timedelta(days=step)
        for step in range(14)
        if (first + timedelta(days=step)).year == first.year
    ]
    year = CalendarYear(
        year=first.year,
        days_off=tuple(day for day in days if day.weekday() < 5)[:3],
        workdays=tuple(day for day in days if day.weekday() == 6)[:1],
        confirmed=True,
        source=f"通知{case.seq}",
    )
    return SYSTEM, {"calendar": calendar_between(2020, 2029, [year]).model_dump(mode="json")}


MORE: dict[str, Any] = {
    "adopt_calendar": holidays,
    "file_assessment": lambda case, now: (
        ASSESSOR.model_copy(update={"assessor_org_id": case.assessor_org_id}),
        {"conclusion": "not_effective", "text": "未达到要求"},
    ),
    "grant_extension": lambda case, now: (DEPUTY, {"days": 30}),
    "reinspect": lambda case, now: (
        CHIEF,
        {"officers": ["chief", "li"], "findings": findings(*[True] * len(case.items))},
    ),
    "sign_off": lambda case, now: (
        DEPUTY.model_copy(update={"acting_for": "chief", "acting_rank": CHIEF.rank}),
        {},
    ),
}
MENU = [*OFFERS.items(), *VARIANTS.items(), *MORE.items()]
PAUSES = ("minutes", "days", "ring", "outage")

steps = st.tuples(
    st.integers(0, 9),  # up to 6: something possible now; 7 and 8: anything; 9: anything by anybody
    st.integers(0, 10_000),
    st.sampled_from(PAUSES),
)


class Life:
    """One random life, driven the way the workflow drives it: what is due first, then the command."""

    def __init__(self, opening: dict[str, Any]) -> None:
        self.story = Story(START, **opening)
        self.now = START
        self.check()

    @property
    def hazard(self) -> HazardCase:
        return self.story.hazard

    def check(self) -> None:
        check_case(self.hazard, self.story.entries, self.now)

    def keep(self, before: Any, outcome: Outcome, command_id: str | None) -> None:
        check_outcome(before, outcome, command_id=command_id)
        self.story.entries.extend(outcome.entries)

    def ring(self) -> None:
        """Apply what is due now; afterwards nothing more is."""
        before = self.hazard.case
        if before.wakes_at is not None and before.wakes_at <= self.now:
            self.keep(before, self.hazard.apply_due(self.now), None)
            self.check()
        assert self.hazard.due(self.now) == [], "one waking did not do everything that was due"

    def possible(self) -> list[tuple[str, Any]]:
        """The menu of what may be given now, but for the commands that simply end the case."""
        case = self.hazard.case
        return [
            (command, offer)
            for command, offer in MENU
            if command not in ENDINGS and may(self.hazard, command, offer(case, self.now)[0], self.now)
        ]

    def wait(self, pause: str) -> None:
        wakes: datetime | None = self.hazard.case.wakes_at
        self.now = {
            "minutes": self.now + timedelta(minutes=7, microseconds=3),
            "days": self.now + timedelta(days=2),
            "ring": max(self.now, wakes) if wakes else self.now,
            "outage": self.now + timedelta(days=47),
        }[pause]
        self.ring()

    def give(self, command: str, actor: Actor, fields: dict[str, Any]) -> None:
        sent = envelope(self.hazard.case.case_id, command, actor, now=self.now, **fields)
        allowed = may(self.hazard, command, actor, self.now)
        before = self.hazard.case
        picture = before.model_dump_json()
        try:
            outcome = self.hazard.apply(sent, self.now)
        except XiaohaoError as refusal:
            self.refused(sent, refusal, allowed)
            assert self.hazard.case is before, "a refusal changed the case"
            assert before.model_dump_json() == picture
            return
        assert allowed, f"{command} was applied though explain() refuses it"
        assert before.model_dump_json() == picture, "the snapshot before was changed in place"
        self.keep(before, outcome, sent.command_id)
        self.ring()
        self.check()

    def refused(self, sent: Envelope, refusal: XiaohaoError, allowed: bool) -> None:
        assert refusal.zh, refusal.as_dict()
        assert refusal.en, refusal.as_dict()
        assert refusal.rule, refusal.as_dict()
        assert refusal.status in (403, 404, 409, 422), refusal.as_dict()
        if allowed:
            assert not isinstance(refusal, TransitionNotAllowed), f"{sent.command}: {refusal.as_dict()}"


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.sampled_from(openings(START)), st.lists(steps, min_size=4, max_size=40))
def test_every_life_keeps_the_invariants(opening: dict[str, Any], plan: list[tuple[int, int, str]]) -> None:
    life = Life(opening)
    for mode, pick, pause in plan:
        menu = life.possible() if mode <= 6 else MENU
        if menu:
            command, offer = menu[pick % len(menu)]
            suggested, fields = offer(life.hazard.case, life.now)
            life.give(command, CAST[pick % len(CAST)] if mode == 9 else suggested, fields)
        life.wait(pause)
