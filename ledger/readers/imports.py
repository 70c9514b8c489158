"""Imports of old ledgers (导入): the list, one of them with its rows counted, and its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, and_, func, select

from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession
from ledger.tables import cases, import_rows, imports, users


def select_imports(scope: Scope) -> Select[Any]:
    """The imports the asker sees, latest first, with the name of whoever vouches."""
    return (
        select(imports, users.c.display_name.label("by_name"))
        .select_from(imports.outerjoin(users, users.c.user_id == imports.c.created_by))
        .where(scope.where(imports))
        .order_by(imports.c.created_at.desc(), imports.c.import_id.desc())
    )


async def find_import(session: ReadSession, scope: Scope, import_id: str) -> Found | None:
    """One import."""
    wanted = select_imports(scope).where(imports.c.import_id == import_id)
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def counted(session: ReadSession, scope: Scope, *import_ids: str) -> Mapping[str, Mapping[str, int]]:
    """How many rows of each import stand in which state."""
    wanted = (
        select(import_rows.c.import_id, import_rows.c.state, func.count())
        .where(import_rows.c.import_id.in_(import_ids), scope.where(import_rows))
        .group_by(import_rows.c.import_id, import_rows.c.state)
    )
    found: dict[str, dict[str, int]] = {one: {} for one in import_ids}
    for import_id, state, count in await session.execute(wanted):
        found[import_id][state] = count
    return found


def select_rows(
    scope: Scope, import_id: str, *, state: str | None = None, flag: str | None = None
) -> Select[Any]:
    """The rows of an import in their order, with the number of the case each has become."""
    of_case = and_(cases.c.case_id == import_rows.c.case_id, scope.where(cases))
    wanted = (
        select(import_rows, cases.c.number)
        .select_from(import_rows.outerjoin(cases, of_case))
        .where(import_rows.c.import_id == import_id, scope.where(import_rows))
        .order_by(import_rows.c.no)
    )
    if state is not None:
        wanted = wanted.where(import_rows.c.state == state)
    return wanted.where(import_rows.c.flags.any_() == flag) if flag is not None else wanted
