"""Who may give an enterprise which command and why not; how it stands, for whoever asks."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest

from models.actors import Actor, Role
from models.clocks import SHANGHAI
from models.enterprise.commands import ENTERPRISE_COMMANDS
from models.enterprise.snapshot import Status
from models.enterprise.standing import standing
from models.errors import NotFound
from tests.builders import (
    AUDITOR,
    EVERYONE,
    FIRM,
    HEAD,
    RIVAL,
    TOWN,
    at,
    person,
)
from tests.models.enterprises import (
    Firm,
    accident,
    bearing,
    closed,
    flagged,
    listed,
    penalty,
    reasons,
    stop,
)

# -- authority -------------------------------------------------------------------------------------
ASKED: dict[str, dict[str, Any]] = {
    "record_accident": {"happened_at": "2026-08-31T10:00:00+08:00", "stop": True, "text": "事故"},
    "accept_after_accident": {"accident": 1, "officers": ["li", "zhao"], "text": "合格"},
    "answer_closure_flag": {"answer": "declined", "reason": "理由"},
    "request_removal": {"text": "申请"},
    "decide_removal": {"granted": True},
}
MAY = {
    "record_accident": {"wang", "chief", "office"},
    "accept_after_accident": {"head"},
    "answer_closure_flag": {"head", "mayor"},
    "request_removal": {"firm"},
    "decide_removal": {"head"},
}


def ready() -> Firm:
    """An enterprise on which every command is possible for the right person."""
    firm = listed().until("2027-09-06 10:00")
    firm.read(*(penalty(day) for day in ("2027-09-01", "2027-09-02", "2027-09-03")))
    return accident(firm, by=person("someone", Role.INSPECTOR))


@pytest.mark.parametrize("command", ENTERPRISE_COMMANDS)
@pytest.mark.parametrize("actor", EVERYONE, ids=lambda actor: actor.user_id)
def test_who_may_give_which_command(command: str, actor: Actor) -> None:
    firm = ready()
    if command == "decide_removal":
        firm.give("request_removal", FIRM, text="申请")
    shown = not reasons(firm, actor, command) if actor.role is not Role.ADMIN else False
    if actor.user_id in MAY[command]:
        assert shown
        firm.give(command, actor, **ASKED[command])
    else:
        refused = firm.refused(command, actor, **ASKED[command])
        assert refused.status in (403, 404)
        assert not shown


def test_another_district_and_another_enterprise_see_nothing() -> None:
    firm = ready()
    for stranger in (RIVAL, HEAD.model_copy(update={"district_id": "d-2"})):
        with pytest.raises(NotFound):
            standing(firm.entity, firm.held.rules, stranger, firm.now)
        assert isinstance(
            firm.refused("answer_closure_flag", stranger, answer="declined", reason="无"), NotFound
        )


def test_every_refusal_says_what_why_and_what_would_help() -> None:
    firms = (Firm(), ready(), closed())
    for firm, actor, command in itertools.product(firms, EVERYONE, ENTERPRISE_COMMANDS):
        for reason in reasons(firm, actor, command):
            if not isinstance(reason, NotFound):
                assert all(
                    (reason.zh, reason.en, reason.rule, reason.article, reason.remedy_zh, reason.remedy_en)
                ), reason


# -- standing --------------------------------------------------------------------------------------
def test_standing_says_until_when_each_decision_counts() -> None:
    firm = flagged().read(stop("power_cut", case="c-p", when=at("2026-09-03 16:00")))
    seen = standing(firm.entity, firm.held.rules, AUDITOR, firm.now)
    assert (seen.status, seen.status_label.zh) == (Status.POWER_CUT, "停止供电、停止供应民用爆炸物品")
    (first, *_) = seen.penalties
    assert {one.window: one.until for one in first.counts} == {
        "short": date(2027, 2, 28),
        "long": date(2027, 9, 1),
    }
    assert [(one.window, one.counted, one.needed, one.full) for one in seen.windows] == [
        ("short", 3, 3, True),
        ("long", 3, 4, False),
    ]
    assert seen.closure_flag is not None
    assert [one.label.zh for one in seen.why] == ["停止供电、停止供应民用爆炸物品"]
    assert seen.clocks[0].basis
    later = standing(firm.entity, firm.held.rules, HEAD, at("2027-03-02 10:00"))
    assert [one.counted for one in later.windows] == [1, 3]
    assert [count.now for count in later.penalties[0].counts] == [False, True]
    assert standing(firm.entity, firm.held.rules, HEAD, at("2027-09-04 10:00")).penalties == ()


def test_the_enterprise_is_not_shown_what_officials_weigh() -> None:
    firm = ready()
    seen = standing(firm.entity, firm.held.rules, FIRM, firm.now)
    assert seen.closure_flag is None
    assert (seen.penalties, seen.windows, seen.tasks) == ((), (), ())
    assert {clock.key for clock in seen.clocks} == {"badfaith.term"}
    assert seen.bad_faith is not None
    assert [one.accident for one in seen.why] == [1]
    town = standing(firm.entity, firm.held.rules, TOWN, firm.now)
    assert (town.closure_flag, town.penalties, town.windows, town.tasks) == (None, (), (), ())
    assert standing(firm.entity, firm.held.rules, HEAD, firm.now).closure_flag is not None


def test_days_are_shanghai_days() -> None:
    firm = Firm("2026-09-01 00:30")
    firm.read(bearing("penalty_decided", firm.now, facts={"kind": "fine"}))
    assert firm.entity.penalties[0].decided_on == firm.now.astimezone(SHANGHAI).date() == date(2026, 9, 1)
