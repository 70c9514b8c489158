"""Tips of the public: who decides them, what their reporter reads, how much is taken."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ledger.reporters import follow_up_hash, fresh_code
from models.actors import Actor, Rank, Role
from models.errors import Conflict, LimitExceeded, NotAuthorised
from models.grants import BY_COMMAND
from models.lifecycle import CaseState
from models.tips import (
    TIP_OFFICERS,
    Tip,
    TipState,
    check_photos,
    check_reads_tips,
    check_room,
    check_taken,
    check_waits,
    told_of_case,
)

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
