"""An enterprise's own checks, findings and double reports as the ledger keeps them, always with the asker's own scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, Table, func, select, update
from sqlalchemy.dialects.postgresql import insert

from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import double_reports, enterprises, evidence, self_checks, self_findings

OwnTable: TypeAlias = Table
"""One of the three tables below."""
_KEYS: Mapping[OwnTable, str] = {
    self_checks: "check_id",
    self_findings: "finding_id",
    double_reports: "report_id",
}


async def add(session: WriteSession, table: Table, firm: Found, row: Mapping[str, Any]) -> None:
    """Keep a row of the asker's own enterprise; the same id again is the same row."""
    whose = {name: getattr(firm, name) for name in ("district_id", "territory_id", "enterprise_id")}
    await session.execute(insert(table).values(**whose, **row).on_conflict_do_nothing())


async def change(session: WriteSession, scope: Scope, table: Table, key: str, **told: Any) -> None:
    """Change a row of the asker's own enterprise."""
    await session.execute(
        update(table).where(table.c[_KEYS[table]] == key, scope.where(table)).values(**told)
    )


def _named(scope: Scope, table: Table) -> Select[Any]:
    joined = table.outerjoin(enterprises, enterprises.c.enterprise_id == table.c.enterprise_id)
    wanted = select(table, enterprises.c.name.label("enterprise_name")).select_from(joined)
    if table is double_reports and not scope.enterprise_id:
        wanted = wanted.where(table.c.confirmed_at.is_not(None))
    return wanted.where(scope.where(table))


async def find(
    session: ReadSession, scope: Scope, table: Table, key: str, *, lock: bool = False
) -> Found | None:
    """One row with the name of its enterprise; ``lock`` makes two who change it at once queue."""
    mine = table.c[_KEYS[table]] == key
    if lock:
        await session.execute(select(table.c.enterprise_id).where(mine, scope.where(table)).with_for_update())
    found: Found | None = (await session.execute(_named(scope, table).where(mine))).one_or_none()
    return found


def findings(
    scope: Scope, *, enterprise_id: str | None, state: str | None, late_on: date | None
) -> Select[Any]:
    """What enterprises found themselves: of what is open by the day they set, else the latest found first."""
    table = self_findings
    wanted = _narrowed(_named(scope, table), table, enterprise_id)
    if late_on is not None:
        wanted = wanted.where(table.c.state == "open", table.c.due_on < late_on)
    if state is not None:
        wanted = wanted.where(table.c.state == state)
    if state == "open" or late_on is not None:
        return wanted.order_by(table.c.due_on, table.c.finding_id)
    return wanted.order_by(table.c.found_on.desc(), table.c.finding_id.desc())


def checks(scope: Scope, *, enterprise_id: str | None) -> Select[Any]:
    """The checks enterprises made, the latest first."""
    wanted = _narrowed(_named(scope, self_checks), self_checks, enterprise_id)
    return wanted.order_by(self_checks.c.checked_on.desc(), self_checks.c.check_id.desc())


def reports(scope: Scope, *, enterprise_id: str | None) -> Select[Any]:
    """The double reports, the latest quarter first."""
    table = double_reports
    wanted = _narrowed(_named(scope, table), table, enterprise_id)
    return wanted.order_by(table.c.year.desc(), table.c.quarter.desc(), table.c.report_id.desc())


def _narrowed(wanted: Select[Any], table: Table, enterprise_id: str | None) -> Select[Any]:
    return wanted.where(table.c.enterprise_id == enterprise_id) if enterprise_id else wanted


async def counted(
    session: ReadSession, scope: Scope, first: date, after: date
) -> tuple[int, Sequence[Found]]:
    """How many checks the asker's enterprise made in a period, and what it found before its end."""
    made = select(func.count()).where(
        scope.where(self_checks), self_checks.c.checked_on >= first, self_checks.c.checked_on < after
    )
    told = (self_findings.c.found_on, self_findings.c.due_on, self_findings.c.state)
    still: ColumnElement[bool] = self_findings.c.state.in_(("open", "rectified"))
    found = select(*told).where(
        scope.where(self_findings),
        self_findings.c.found_on < after,
        still | (self_findings.c.found_on >= first),
    )
    return int(await session.scalar(made) or 0), (await session.execute(found)).all()


async def report_of(
    session: ReadSession, scope: Scope, enterprise_id: str, year: int, quarter: int
) -> Found | None:
    """An enterprise's report of a quarter."""
    table = double_reports
    wanted = _named(scope, table).where(
        table.c.enterprise_id == enterprise_id, table.c.year == year, table.c.quarter == quarter
    )
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def photos_of(session: ReadSession, scope: Scope, finding_id: str) -> Sequence[Found]:
    """The pictures of something an enterprise found itself: of before and of after, in their order."""
    told = (evidence.c.evidence_id, evidence.c.purpose, evidence.c.shows, evidence.c.uploaded_at)
    wanted = select(*told).where(
        evidence.c.case_id == finding_id, evidence.c.uploaded_role == "enterprise", scope.where(evidence)
    )
    found: Sequence[Found] = (
        await session.execute(wanted.order_by(evidence.c.uploaded_at, evidence.c.evidence_id))
    ).all()
    return found
