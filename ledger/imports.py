"""Taking over a file row by row (导入): staged whole, worked off in parts, each row once whatever is killed."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from ledger.chain import digest
from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import case_events, cases, contents, enterprises, import_rows, imports, notices, users
from ledger.tables.imports import HOLDS
from models.actors import Actor

_NOTICES = uuid.UUID("0b2f4c1e-6a6d-5e0c-9b34-8d1f3f0a7e55")


@dataclass(frozen=True, slots=True)
class Staged:
    """A row that is to become a case: what it says, and the words of the command that opens it."""

    row: Mapping[str, Any]
    texts: Mapping[str, Any]


async def firms_called(
    session: ReadSession, scope: Scope, codes: Collection[str], names: Collection[str]
) -> Sequence[Found]:
    """The enterprises of the asker's district with one of these credit codes or names."""
    named = or_(enterprises.c.uscc.in_(codes), enterprises.c.name.in_(names))
    named = named & enterprises.c.merged_into.is_(None)
    found: Sequence[Found] = (
        await session.execute(select(enterprises).where(scope.where(enterprises), named))
    ).all()
    return found


async def unfinished(session: ReadSession, scope: Scope, sha256: str) -> str | None:
    """The import of this very file that has not ended."""
    wanted = select(imports.c.import_id).where(
        imports.c.sha256 == sha256, imports.c.ended_at.is_(None), scope.where(imports)
    )
    found: str | None = await session.scalar(wanted.limit(1))
    return found


async def begin(session: WriteSession, **values: Any) -> None:
    """An import nobody works on before the transaction is kept."""
    await session.execute(insert(imports).values(state="waiting", rows=0, **values))


async def end_staging(session: WriteSession, import_id: str, rows: int) -> None:
    """How many rows it has."""
    await session.execute(update(imports).where(imports.c.import_id == import_id).values(rows=rows))


async def stage(
    session: WriteSession, by: Actor, rows: Sequence[Staged], others: Sequence[Mapping[str, Any]]
) -> list[Staged]:
    """Keep rows that are to become cases, and others as they are; which of the first are no case yet, nor wait to become
    one. Two files with one row queue here, and one of them has it."""
    fresh = {one.row["no"] for one in rows}
    if rows:
        kept = upsert(import_rows).values([one.row for one in rows])
        kept = kept.on_conflict_do_nothing(index_elements=["case_id"], index_where=text(HOLDS))
        fresh = set((await session.scalars(kept.returning(import_rows.c.no))).all())
    same = [{**one.row, "state": "same", "told": None} for one in rows if one.row["no"] not in fresh]
    if left := [*others, *same]:
        await session.execute(insert(import_rows), left)
    taken = [one for one in rows if one.row["no"] in fresh]
    if taken:
        await session.execute(insert(contents), [_words(by, one) for one in taken])
    return taken


def _words(by: Actor, one: Staged) -> dict[str, Any]:
    return {
        "command_id": one.row["command_id"],
        "case_id": one.row["case_id"],
        "district_id": one.row["district_id"],
        "actor_id": by.user_id,
        "audience": "bureau",
        "body": one.texts,
        "digest": digest(one.texts),
    }


async def exists(session: ReadSession, scope: Scope, import_id: str) -> bool:
    """Whether the asker sees such an import."""
    wanted = select(imports.c.import_id).where(imports.c.import_id == import_id, scope.where(imports))
    return await session.scalar(wanted) is not None


async def cancel(session: WriteSession, scope: Scope, import_id: str, by: str) -> bool:
    """End it between two rows; False when it has ended already."""
    wanted = (
        update(imports)
        .where(imports.c.import_id == import_id, imports.c.state == "waiting", scope.where(imports))
        .values(state="cancelled", cancelled_by=by)
    )
    return bool((await session.execute(wanted)).rowcount)


# -- working it off (projector) ----------------------------------------------------------------------
_WAITING = (
    select(imports.c.import_id).where(imports.c.ended_at.is_(None)).order_by(imports.c.created_at).limit(20)
)


async def waiting_imports(session: ReadSession) -> Sequence[str]:
    """The imports that have not ended, the first sent first."""
    return (await session.scalars(_WAITING)).all()


async def take(
    session: WriteSession, import_id: str, now: datetime, most: int
) -> tuple[Found, Sequence[Found]]:
    """An import, begun by now, and the next rows of it that wait; none once it was cancelled."""
    mine = imports.c.import_id == import_id
    begun = update(imports).where(mine).values(started_at=func.coalesce(imports.c.started_at, now))
    job: Found = (await session.execute(begun.returning(*imports.c))).one()
    if job.state == "cancelled":
        await _set(session, import_id, None, state="cancelled")
    wanted = (
        select(import_rows, enterprises.c.industry, enterprises.c.team_id, enterprises.c.territory_id)
        .join(enterprises, enterprises.c.enterprise_id == import_rows.c.enterprise_id)
        .where(import_rows.c.import_id == import_id, import_rows.c.state == "waiting")
        .order_by(import_rows.c.no)
        .limit(most)
    )
    return job, (await session.execute(wanted)).all()


async def opened_by(session: ReadSession, case_ids: Collection[str]) -> Mapping[str, str]:
    """Those of these cases that are in the ledger → the command that opened each."""
    wanted = select(case_events.c.case_id, case_events.c.command_id).where(
        case_events.c.case_id.in_(case_ids), case_events.c.seq == 1
    )
    return {row.case_id: row.command_id for row in await session.execute(wanted)}


async def settle(
    session: WriteSession, import_id: str, taken: Collection[int], wrong: Mapping[int, Any]
) -> None:
    """What became of rows: cases, or what is wrong with each."""
    if taken:
        await _set(session, import_id, taken, state="taken")
    for no, cells in wrong.items():
        await _set(session, import_id, (no,), state="wrong", wrong=cells)


async def _set(session: WriteSession, import_id: str, numbers: Collection[int] | None, **values: Any) -> None:
    changed = update(import_rows).where(
        import_rows.c.import_id == import_id, import_rows.c.state == "waiting"
    )
    if numbers is not None:
        changed = changed.where(import_rows.c.no.in_(numbers))
    await session.execute(changed.values(**values))


async def end(session: WriteSession, job: Found, now: datetime) -> None:
    """End it, and tell each audience once what came in; ended before, nobody is told again."""
    ended = (
        update(imports)
        .where(imports.c.import_id == job.import_id, imports.c.ended_at.is_(None))
        .values(ended_at=now, state=func.replace(imports.c.state, "waiting", "done"))
    )
    if (await session.execute(ended)).rowcount and (told := await _summaries(session, job, now)):
        await session.execute(insert(notices), told)


async def _summaries(session: ReadSession, job: Found, now: datetime) -> list[dict[str, Any]]:
    """One notice an audience: officers and section heads, each territory, each enterprise that has open cases of it."""
    counted = (
        select(
            cases.c.territory_id,
            cases.c.enterprise_id,
            func.count().label("cases"),
            func.count().filter(cases.c.closed_at.is_(None)).label("open"),
            func.count().filter(cases.c.state == "OVERDUE").label("overdue"),
            func.count().filter(cases.c.closed_at.is_(None), cases.c.disclosed).label("known"),
        )
        .select_from(import_rows.join(cases, cases.c.case_id == import_rows.c.case_id))
        .where(import_rows.c.import_id == job.import_id, import_rows.c.state == "taken")
        .group_by(cases.c.territory_id, cases.c.enterprise_id)
    )
    sums: dict[tuple[str, str | None, str | None], Counter[str]] = defaultdict(Counter)
    for row in await session.execute(counted):
        figures = {"cases": row.cases, "open": row.open, "overdue": row.overdue}
        for audience in (
            ("inspector", None, None),
            ("section_head", None, None),
            ("territory", row.territory_id, None),
        ):
            sums[audience].update(figures)
        if row.known:
            sums["enterprise", None, row.enterprise_id].update(
                {"cases": row.known, "open": row.known, "overdue": row.overdue}
            )
    return [
        {
            "notice_id": str(uuid.uuid5(_NOTICES, "/".join(map(str, (job.import_id, *audience))))),
            "about_import_id": job.import_id,
            "figures": dict(figures),
            "seq": 0,
            "district_id": job.district_id,
            "kind": "imported",
            "audience_role": audience[0],
            "territory_id": audience[1],
            "enterprise_id": audience[2],
            "at": now,
        }
        for audience, figures in sums.items()
    ]


async def voucher_of(session: ReadSession, user_id: str) -> Actor:
    """Who vouches for an import, as they are registered: their cases are opened in their name."""
    named = ("user_id", "role", "rank", "org_id", "district_id")
    row = (
        await session.execute(select(*(users.c[name] for name in named)).where(users.c.user_id == user_id))
    ).one()
    return Actor.model_validate(row._asdict())
