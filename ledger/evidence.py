"""Evidence as the ledger keeps it, always read and written with the asker's own scope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, exists, or_, select
from sqlalchemy.dialects.postgresql import insert

from ledger.sessions import Database, Scope
from ledger.tables import case_measures, cases, contents, evidence
from models.actors import Actor
from models.envelope import text_digest

Found = Row[*tuple[Any, ...]]
"""A row as selected here; its columns are attributes."""


async def case_of(database: Database, actor: Actor, case_id: str) -> Found | None:
    """The case (id, district, state, whether a measure the asker may know of is open) if the asker sees it."""
    scope = Scope.of(actor)
    running = exists().where(
        case_measures.c.case_id == cases.c.case_id, case_measures.c.open, scope.where(case_measures)
    )
    wanted = select(cases.c.case_id, cases.c.district_id, cases.c.state, running.label("measures")).where(
        cases.c.case_id == case_id, scope.where(cases)
    )
    async with database.read(scope) as session:
        return (await session.execute(wanted)).one_or_none()


def _visible(scope: Scope) -> Select[Any]:
    """Evidence in scope with its note; a note has the id of its evidence."""
    noted = and_(contents.c.command_id == evidence.c.evidence_id, scope.where(contents))
    return (
        select(evidence, contents.c.body)
        .select_from(evidence.outerjoin(contents, noted))
        .where(scope.where(evidence))
    )


async def of_case(database: Database, actor: Actor, case_id: str) -> Sequence[Found]:
    """The case's evidence the asker sees, oldest first."""
    scope = Scope.of(actor)
    wanted = _visible(scope).where(evidence.c.case_id == case_id)
    async with database.read(scope) as session:
        ordered = wanted.order_by(evidence.c.uploaded_at, evidence.c.evidence_id)
        found: Sequence[Found] = (await session.execute(ordered)).all()
    return found


async def one(database: Database, actor: Actor, evidence_id: str) -> Found | None:
    """One piece of evidence if the asker sees it."""
    scope = Scope.of(actor)
    async with database.read(scope) as session:
        result = await session.execute(_visible(scope).where(evidence.c.evidence_id == evidence_id))
        found: Found | None = result.one_or_none()
    return found


async def add(database: Database, actor: Actor, row: dict[str, Any], note: str) -> tuple[Found, bool]:
    """Add a row, with its note, in one transaction; or find the one that is there already.

    There already: the same id (the same key again), or the same file for the same purpose by the same person.
    """
    scope = Scope.of(actor)
    same_file = and_(
        evidence.c.case_id == row["case_id"],
        evidence.c.sha256 == row["sha256"],
        evidence.c.purpose == row["purpose"],
        evidence.c.uploaded_by == row["uploaded_by"],
    )
    same = or_(evidence.c.evidence_id == row["evidence_id"], same_file)
    by_key_first = (evidence.c.evidence_id != row["evidence_id"], evidence.c.evidence_id)
    async with database.write(scope) as session:
        added = await session.execute(insert(evidence).values(**row).on_conflict_do_nothing())
        created = added.rowcount == 1
        if created and note.strip():
            await session.execute(insert(contents).values(**_note(row, note)))
        found = await session.execute(_visible(scope).where(same).order_by(*by_key_first).limit(1))
        return found.one(), created


def _note(row: dict[str, Any], note: str) -> dict[str, Any]:
    return {
        "command_id": row["evidence_id"],
        "case_id": row["case_id"],
        "district_id": row["district_id"],
        "actor_id": row["uploaded_by"],
        "audience": row["audience"],
        "body": {"note": note},
        "digest": text_digest(note),
    }
