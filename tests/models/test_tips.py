"""Tips of the public: who decides them, what their reporter reads, how much is taken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from ledger.reporters import follow_up_hash, fresh_code
from models.actors import Actor, Rank, Role
from models.calendar import calendar_between
from models.caseclocks import Rules
from models.errors import Conflict, LimitExceeded, NotAuthorised, RequirementMissing
from models.grants import BY_COMMAND
from models.lifecycle import CaseState
from models.tips import (
    HAND_OVER,
    REPLY,
    TIP_OFFICERS,
    Tip,
    TipMatter,
    TipState,
    check_anothers,
    check_handler,
    check_ours,
    check_passes_on,
    check_photos,
    check_reads_tips,
    check_received,
    check_rewardable,
    check_room,
    check_taken,
    check_waits,
    owed_on,
    reward_of,
    told_of_case,
)
from policies import load_default
from tests.builders import at

TOLD = {"title": "消防通道被堵", "text": "三楼通道堆满纸箱", "place": "东街 8 号"}


@pytest.mark.parametrize("state", CaseState)
def test_every_state_of_a_case_has_words_for_its_reporter(state: CaseState) -> None:
    assert all(told_of_case(state))


@pytest.mark.parametrize("role", Role)
def test_who_opens_cases_from_tips_at_the_bureau_reads_them_and_nobody_else(role: Role) -> None:
    actor = Actor(user_id="x", role=role)
    if role in TIP_OFFICERS:
        assert role in BY_COMMAND["open"].roles
        check_reads_tips(actor)
    else:
        with pytest.raises(NotAuthorised):
            check_reads_tips(actor)


def test_a_delegate_of_a_section_head_reads_them() -> None:
    check_reads_tips(Actor(user_id="x", role=Role.HEAD, acting_for="y", acting_rank=Rank.SECTION_HEAD))


@pytest.mark.parametrize("state", TipState)
def test_only_what_waits_is_decided_and_only_what_was_taken_is_answered(state: TipState) -> None:
    for check, good in ((check_waits, TipState.WAITING), (check_taken, TipState.TAKEN)):
        if state is good:
            check(state)
        else:
            with pytest.raises(Conflict):
                check(state)


@pytest.mark.parametrize("matter", [None, *TipMatter])
def test_what_a_tip_is_about_says_what_may_be_done_with_it(matter: TipMatter | None) -> None:
    other = matter is TipMatter.OTHER_DEPARTMENT
    for check, good in (
        (check_ours, not other and matter is not TipMatter.NO_BUSINESS),
        (check_anothers, other),
    ):
        if good:
            check(matter)
        else:
            with pytest.raises(Conflict):
                check(matter)


def test_an_answer_is_owed_sixty_days_from_receipt_and_the_transfer_in_two_working_days() -> None:
    rules = Rules(policy=load_default(), calendar=calendar_between(2025, 2028))
    friday = at("2026-11-20 23:59")

    def owed(state: str, matter: str | None, *, answered: bool = False) -> dict[str, str]:
        found = owed_on(state, matter, answered, friday, rules)
        return {key: str(one.last_day) for key, one in found.items()}

    assert owed("waiting", None) == {REPLY: "2027-01-19"}
    assert owed("waiting", "other_department") == {REPLY: "2027-01-19", HAND_OVER: "2026-11-24"}
    assert owed("transferred", "other_department", answered=True) == {}
    assert owed("taken", "hazard") == {REPLY: "2027-01-19"}


def test_a_reward_is_a_share_of_the_fine_within_its_bounds() -> None:
    policy = load_default()
    fines = (0, 20_000, 20_010, 100_000, 2_000_000, 90_000_000)
    assert [reward_of(policy, fine) for fine in fines] == [3_000, 3_000, 3_001, 15_000, 300_000, 300_000]


@pytest.mark.parametrize("state", CaseState)
def test_a_reward_waits_until_the_tip_proved_true(state: CaseState) -> None:
    if state in (CaseState.REPORTED, CaseState.UNFOUNDED, CaseState.TRANSFERRED, CaseState.VOIDED):
        with pytest.raises(Conflict):
            check_rewardable("taken", state)
    else:
        check_rewardable("taken", state)
        with pytest.raises(Conflict):
            check_rewardable("waiting", None)


def test_a_call_was_received_within_thirty_days_and_not_after_now() -> None:
    now = at("2026-11-20 10:00")
    for good in (now, now - timedelta(days=30)):
        check_received(good, now)
    for wrong in (now + timedelta(seconds=1), now - timedelta(days=30, seconds=1)):
        with pytest.raises(LimitExceeded):
            check_received(wrong, now)


@pytest.mark.parametrize("role", [None, *Role])
def test_who_may_be_given_a_tip(role: Role | None) -> None:
    if role in TIP_OFFICERS:
        check_handler(role)
    else:
        with pytest.raises(RequirementMissing):
            check_handler(role)


def test_no_inspector_takes_a_tip_out_of_anothers_hands() -> None:
    mine = Actor(user_id="wang", role=Role.INSPECTOR)
    for handler in (None, "wang"):
        check_passes_on(mine, handler)
    with pytest.raises(NotAuthorised):
        check_passes_on(mine, "li")
    for role in (Role.SECTION_HEAD, Role.COMMITTEE):
        check_passes_on(Actor(user_id="x", role=role), "li")


def test_so_many_wait_and_so_many_bytes_are_kept_at_most() -> None:
    check_room(9, 10)
    check_photos(50, 50, 100)
    for too_much in (lambda: check_room(10, 10), lambda: check_photos(50, 51, 100)):
        with pytest.raises(LimitExceeded):
            too_much()


@pytest.mark.parametrize(
    "changed",
    [
        {"title": ""},
        {"text": " "},
        {"place": ""},
        {"telephone": "call me"},
        {"title": "x" * 101},
        {"text": "\u202e字"},
    ],
)
def test_what_cannot_be_read_or_is_missing_is_refused_without_repeating_it(changed: dict[str, Any]) -> None:
    Tip.model_validate(TOLD)
    with pytest.raises(ValidationError) as wrong:
        Tip.model_validate(TOLD | {"name": "张三"} | changed)
    assert "张三" not in str(wrong.value)


def test_a_code_is_the_same_however_it_is_typed_and_no_two_are() -> None:
    codes = {fresh_code() for _ in range(200)}
    assert len(codes) == 200
    code = codes.pop()
    assert len(code.replace("-", "")) == 28
    typed = (code.lower(), code.replace("-", " "), f" {code.replace('-', '')}\n")
    assert {follow_up_hash(one) for one in typed} == {follow_up_hash(code)}
