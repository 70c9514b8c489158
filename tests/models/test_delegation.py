"""Who may give a dated delegation, to whom, and for which days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.actors import Actor, Rank, Role
from models.delegation import LONGEST, Delegation, refusals

TODAY = date(2026, 11, 27)
HEAD = Actor(user_id="head", role=Role.HEAD, rank=Rank.HEAD, district_id="d")
OFFICIALS = frozenset({"head", "deputy"})


def rules(given: Delegation, actor: Actor = HEAD) -> list[str | None]:
    return [one.rule for one in refusals(given, actor, TODAY, OFFICIALS)]


def test_from_today_to_an_official_in_office() -> None:
    assert rules(Delegation("deputy", TODAY, TODAY)) == []
    assert rules(Delegation("deputy", TODAY + timedelta(days=9), TODAY + timedelta(days=9) + LONGEST)) == []


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        (Delegation("deputy", TODAY - timedelta(days=1), TODAY), "delegation.past"),
        (Delegation("deputy", TODAY, TODAY - timedelta(days=1)), "delegation.days"),
        (Delegation("deputy", TODAY, TODAY + LONGEST + timedelta(days=1)), "delegation.days"),
        (Delegation("head", TODAY, TODAY), "delegation.self"),
        (Delegation("firm", TODAY, TODAY), "delegation.official"),
    ],
)
def test_what_is_refused(given: Delegation, rule: str) -> None:
    assert rules(given) == [rule]


def test_nobody_passes_on_what_was_delegated_and_nobody_outside_delegates() -> None:
    given = Delegation("deputy", TODAY, TODAY)
    assert rules(given, HEAD.model_copy(update={"acting_for": "mayor"})) == ["delegation.in_person"]
    assert rules(given, Actor(user_id="firm", role=Role.ENTERPRISE)) == ["delegation.role"]
