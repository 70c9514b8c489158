"""What was handed to another department: when it is overdue, and when its answer can have come."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.errors import Conflict, LimitExceeded
from models.lifecycle import CaseState
from models.transfers import (
    TransferState,
    check_answered,
    check_asked,
    check_case_transferred,
    check_unanswered,
    transfer_state,
)

TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)


def test_it_is_overdue_from_the_day_after_the_one_asked_for() -> None:
    assert transfer_state(TODAY, None, TODAY) is TransferState.WAITING
    assert transfer_state(TODAY, None, TODAY + DAY) is TransferState.OVERDUE
    assert transfer_state(TODAY, TODAY + DAY, TODAY + DAY) is TransferState.ANSWERED


def test_an_answer_is_asked_for_from_today_and_came_between_the_letter_and_today() -> None:
    check_asked(TODAY, TODAY)
    check_answered(TODAY, TODAY, TODAY)
    for wrong in (TODAY - DAY, TODAY + 367 * DAY):
        with pytest.raises(LimitExceeded):
            check_asked(wrong, TODAY)
    for wrong in (TODAY - 2 * DAY, TODAY + DAY):
        with pytest.raises(LimitExceeded):
            check_answered(wrong, TODAY - DAY, TODAY)


def test_one_answer_is_recorded() -> None:
    check_unanswered(None)
    with pytest.raises(Conflict):
        check_unanswered(TODAY)


@pytest.mark.parametrize("state", CaseState)
def test_the_letter_of_a_case_follows_its_transfer(state: CaseState) -> None:
    if state is CaseState.TRANSFERRED:
        check_case_transferred(state)
    else:
        with pytest.raises(Conflict):
            check_case_transferred(state)
