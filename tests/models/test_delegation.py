"""Who may give a dated delegation, to whom, and for which days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.actors import Actor, Rank, Role
from models.delegation import LONGEST as FIGURE
from models.delegation import Delegation, refusals
from policies import load_default

TODAY = date(2026, 11, 27)
HEAD = Actor(user_id="head", role=Role.HEAD, rank=Rank.HEAD, district_id="d")
POLICY = load_default()
LONGEST = timedelta(days=int(POLICY.figure(FIGURE).value))
OFFICIALS = frozenset({"head", "deputy"})


def rules(given: Delegation, actor: Actor = HEAD) -> list[str | None]:
    return [one.rule for one in refusals(given, actor, TODAY, OFFICIALS, POLICY.figure(FIGURE))]


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


def test_every_refusal_says_what_to_do_instead() -> None:
    outside = Actor(user_id="firm", role=Role.ENTERPRISE, acting_for="mayor")
    day = timedelta(days=1)
    found = [
        refusal
        for to in ("firm", "nobody")
        for refusal in refusals(
            Delegation(to, TODAY - day, TODAY - 2 * day), outside, TODAY, OFFICIALS, POLICY.figure(FIGURE)
        )
    ]
    assert {one.rule for one in found} == {
        f"delegation.{name}" for name in ("role", "in_person", "self", "official", "past", "days")
    }
    assert all(one.remedy_zh and one.remedy_en for one in found)


def test_the_longest_is_policy() -> None:
    shorter = POLICY.figure(FIGURE).model_copy(update={"value": 30})
    given = Delegation("deputy", TODAY, TODAY + timedelta(days=31))
    (refusal,) = refusals(given, HEAD, TODAY, OFFICIALS, shorter)
    assert "30" in (refusal.remedy_zh or "")
