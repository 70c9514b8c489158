"""The shapes of reports: every number names the list it is the length of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from models.labels import Label
from models.words import Readable
from services.cases.views import CaseQuery, CaseView, ReportView
from services.overview.views import Head, Number, Rate
from services.reports.forms import FormName, named

By = Literal["territory", "industry"]


def _period(name: str) -> str:
    if named(name) is None:
        raise PydanticCustomError("value_error", "2026-10, 2026-Q4, 2026-H2 or 2026")
    return name


PeriodName = Annotated[
    str,
    Field(max_length=8, description="统计期 / 2026-10, 2026-Q4, 2026-H2, 2026"),
    Readable,
    AfterValidator(_period),
]


class ReportQuery(BaseModel):
    """Over which period (its own when none is named: the one that is running), and what the lines are."""

    model_config = ConfigDict(extra="forbid")

    period: PeriodName | None = None
    by: By = "territory"


class PeriodQuery(BaseModel):
    """Over which period; the running month when none is named."""

    model_config = ConfigDict(extra="forbid")

    period: PeriodName | None = None


class PeriodView(BaseModel):
    """A period: its days in Shanghai, both included, and the names of the ones before and after."""

    name: str
    label: Label
    first: date
    last: date
    earlier: str
    later: str | None


class ReportLine(Head):
    """A line: a number or a rate a column."""

    cells: list[Number | Rate]


class Report(BaseModel):
    """A report as of ``at``. ``verified`` tells how far its basis was, ``columns_verified`` how far its columns were."""

    form: FormName
    label: Label
    period: PeriodView
    at: datetime
    by: By
    due_on: date | None
    basis: str
    verified: str
    columns_verified: str
    columns: list[Head]
    lines: list[ReportLine]
    foot: ReportLine


class RateLine(Head):
    """A territory: its rate in each industry, and in all."""

    cells: list[Rate]
    total: Rate


class Rates(BaseModel):
    """The rectification rates (整改率) of the hazards found in a period, by territory and industry."""

    period: PeriodView
    at: datetime
    columns: list[Head]
    lines: list[RateLine]
    foot: RateLine


class MajorQuery(CaseQuery):
    """Which major hazards: the filters of the case list."""

    grade: Literal["major"] = "major"  # type: ignore[assignment]


class MajorRow(CaseView):
    """A major hazard with what 一单四制 asks of it: assigned (交办), in the ledger (台账), signed off (销号), made known
    (通报)."""

    order_served_at: datetime | None
    plan: str | None
    plan_label: Label | None
    report: ReportView | None
    listed_at: datetime | None
    listed_label: Label | None
