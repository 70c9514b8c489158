"""The quarterly double report (双报告): what an enterprise found and put right, told to the department and to its staff
congress (职工代表大会), confirmed by its principal (《安全生产法》第四十一条第二款)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from models.calendar import WorkingCalendar
from models.commands import Part
from models.commands.base import OptionalText
from models.errors import Conflict, LimitExceeded
from models.instants import Day
from models.policy import Policy
from models.selfchecks import FindingState, Name, is_late

DUE = "stats.quarter"
"""The policy's figure: by which day of the next quarter's first month, and by which article."""


class Quarter(BaseModel):
    """A quarter of a year."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: Annotated[int, Field(ge=2020, le=2100)]
    quarter: Annotated[int, Field(ge=1, le=4)]

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.quarter - 2, 1)

    @property
    def after(self) -> date:
        """The first day after it."""
        return date(self.year + self.quarter // 4, 3 * (self.quarter % 4) + 1, 1)


def quarter_before(today: date) -> Quarter:
    """The last quarter that is over on ``today``: the one to report."""
    now = (today.month + 2) // 3
    return Quarter(year=today.year - (now == 1), quarter=now - 1 or 4)


class ReportState(StrEnum):
    """Where a double report stands."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    REPORTED = "reported"


REPORT_LABELS: Mapping[ReportState, tuple[str, str]] = {
    ReportState.DRAFT: ("待主要负责人确认", "to be confirmed by the principal"),
    ReportState.CONFIRMED: (
        "已报部门，待报职工大会",
        "with the department; the staff congress is to be told",
    ),
    ReportState.REPORTED: ("双报告已完成", "both were told"),
}


class Confirmation(Part):
    """The principal (主要负责人) confirms the figures: with it the report is the department's."""

    principal: Name


class Congress(Part):
    """The staff congress (职工大会、职工代表大会) was told, and on which day."""

    held_on: Day
    note: Annotated[OptionalText, Field(max_length=2000)] = ""


class Counted(BaseModel):
    """What is counted of one finding."""

    model_config = ConfigDict(frozen=True)

    found_on: date
    due_on: date
    state: FindingState


class Figures(BaseModel):
    """The figures of a quarter, as they stood on the day the report was made."""

    checks: int
    found: int
    gone: int
    """Of those found in it: put right and checked."""
    reported: int
    """Of those found in it: reported to the bureau."""
    open: int
    """Not gone yet, whenever found."""
    late: int
    """Of those: past the day the enterprise set itself."""


def figures(period: Quarter, checks: int, findings: Iterable[Counted], today: date) -> Figures:
    """The figures of a quarter; what was found after it is none of it."""
    known = [one for one in findings if one.found_on < period.after]
    mine = [one for one in known if one.found_on >= period.first]
    still = [one for one in known if one.state in (FindingState.OPEN, FindingState.RECTIFIED)]
    return Figures(
        checks=checks,
        found=len(mine),
        gone=sum(one.state is FindingState.CHECKED for one in mine),
        reported=sum(one.state is FindingState.REPORTED for one in mine),
        open=len(still),
        late=sum(is_late(one.state, one.due_on, today) for one in still),
    )


def due_on(period: Quarter, policy: Policy, calendar: WorkingCalendar) -> date:
    """The last day for a quarter's report: the policy's day of the next month, rolled over a holiday."""
    return calendar.roll_forward(period.after.replace(day=int(policy.figure(DUE).value)))


def check_over(period: Quarter, today: date) -> None:
    """Raise LimitExceeded for a quarter that is not over."""
    if today < period.after:
        raise LimitExceeded(
            "本季度尚未结束，季后再生成报告",
            "The quarter is not over; its report is made afterwards",
            rule="double_report.quarter",
            remedy_zh="选择已结束的季度",
            remedy_en="choose a quarter that is over",
            field="quarter",
        )


def check_state(state: str, wanted: ReportState) -> None:
    """Raise Conflict unless a report stands at ``wanted``."""
    if state != wanted:
        zh, en = REPORT_LABELS[ReportState(state)]
        raise Conflict(
            f"该报告{zh}，现在不能这样办理",
            f"This report is at: {en}; that is not what comes next",
            rule="double_report.state",
            remedy_zh="刷新后查看现在的状态",
            remedy_en="reload to see where it stands",
            state=state,
        )


def check_congress(held_on: date, period: Quarter, today: date) -> None:
    """Raise LimitExceeded unless the congress was told after the quarter, and not after today."""
    if not period.after <= held_on <= today:
        raise LimitExceeded(
            "报告职工大会的日期应在季末以后、不晚于今天",
            "The congress was told after the quarter, and not after today",
            rule="double_report.held_on",
            remedy_zh="核对日期",
            remedy_en="check the day",
            field="held_on",
        )


def report_state(confirmed: bool, told: bool) -> ReportState:
    """Where a report stands by what was done of it."""
    if not confirmed:
        return ReportState.DRAFT
    return ReportState.REPORTED if told else ReportState.CONFIRMED
