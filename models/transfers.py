"""What is handed to another department (移送其他部门), and whether it answered: the duty to transfer does not end with the
letter (《安全生产法》第六十九条)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.commands import Part, Text
from models.errors import Conflict, LimitExceeded
from models.instants import Day
from models.lifecycle import CaseState
from models.words import Readable, Seen

_LONGEST = timedelta(days=366)


class TransferLetter(Part):
    """A letter to another department: what for, under which number, by when it is asked to answer."""

    to_department: Annotated[str, Field(min_length=2, max_length=100), Readable]
    letter_no: Annotated[str, Field(max_length=100), Seen] = ""
    reason: Annotated[Text, Field(max_length=2000)]
    answer_by: Day


class TransferAnswer(Part):
    """What the other department answered, and on which day."""

    answered_on: Day
    text: Annotated[Text, Field(max_length=2000)]


class TransferState(StrEnum):
    """Where a transfer stands on a day."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    ANSWERED = "answered"


TRANSFER_LABELS: Mapping[TransferState, tuple[str, str]] = {
    TransferState.WAITING: ("等待回复", "waiting for the answer"),
    TransferState.OVERDUE: ("逾期未回复", "answer overdue"),
    TransferState.ANSWERED: ("已回复", "answered"),
}


def transfer_state(answer_by: date, answered_on: date | None, today: date) -> TransferState:
    """Where a transfer stands: it is overdue from the day after the one asked for."""
    if answered_on is not None:
        return TransferState.ANSWERED
    return TransferState.OVERDUE if answer_by < today else TransferState.WAITING


def check_asked(answer_by: date, today: date) -> None:
    """Raise LimitExceeded unless the answer is asked for from today on, within a year."""
    if not today <= answer_by <= today + _LONGEST:
        raise LimitExceeded(
            "请求回复的日期应在今天以后一年之内",
            "The answer is asked for on a day from today on, within a year",
            rule="transfers.answer_by",
            remedy_zh="改为今天或以后的日期",
            remedy_en="choose today or a day after it",
            field="answer_by",
        )


def check_answered(answered_on: date, sent_on: date, today: date) -> None:
    """Raise LimitExceeded unless the answer came between the letter and today."""
    if not sent_on <= answered_on <= today:
        raise LimitExceeded(
            "回复日期应在移送之日至今天之间",
            "The answer came between the day it was sent and today",
            rule="transfers.answered_on",
            remedy_zh="核对回复日期",
            remedy_en="check the day of the answer",
            field="answered_on",
        )


def check_unanswered(answered_on: date | None) -> None:
    """Raise Conflict when the answer is there already."""
    if answered_on is not None:
        raise Conflict(
            "回复已经登记",
            "The answer was recorded already",
            rule="transfers.answered",
            remedy_zh="刷新后查看回复",
            remedy_en="reload to see it",
        )


def check_case_transferred(state: str) -> None:
    """Raise Conflict unless a case was handed over by its own act."""
    if state != CaseState.TRANSFERRED:
        raise Conflict(
            "案件移送后才登记移送函",
            "The letter is recorded once the case was transferred",
            rule="transfers.case",
            article="《安全生产法》第六十九条",
            remedy_zh="先在案件中办理移送",
            remedy_en="transfer the case first",
        )
