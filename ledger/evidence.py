"""Evidence as the ledger keeps it, always read and written with the asker's own scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import BIT, insert

from ledger.claims import claim
from ledger.driver import Statement, fetch
from ledger.sessions import Database, Scope
from ledger.tables import case_measures, cases, contents, evidence
from ledger.unattached import There, hold
from models.actors import Actor
from models.envelope import text_digest
from models.evidence import LOOKALIKE_BITS
from models.sight import Sight

_MOST_REUSED = 500
_RELEASED = (evidence.c.released_at, evidence.c.released_by, evidence.c.released_as)

Found = Row[*tuple[Any, ...]]
"""A row as selected here; its columns are attributes."""


async def case_of(database: Database, actor: Actor, case_id: str) -> Found | None:
    """The case (id, district, state, snapshot, whether a measure the asker may know of is open) if the asker sees it."""
    scope = Scope.of(actor)
    async with database.read(scope) as session:
        rows = await fetch(session, _case(scope.kind()), {"case_id": case_id, **scope.ids()})
    return rows[0] if rows else None


@cache
def _case(scope: Scope) -> Select[Any]:
    running = exists().where(
        case_measures.c.case_id == cases.c.case_id, case_measures.c.open, scope.where(case_measures)
    )
    return select(
        cases.c.case_id,
        cases.c.district_id,
        cases.c.state,
        cases.c.doc,
        running.label("measures"),
    ).where(cases.c.case_id == bindparam("case_id"), scope.where(cases))


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
        shown = func.coalesce(evidence.c.released_at, evidence.c.uploaded_at)
        since = shown if Sight(actor.role).outside else evidence.c.uploaded_at
        ordered = wanted.order_by(since, evidence.c.evidence_id)
        found: Sequence[Found] = (await session.execute(ordered)).all()
    return found


async def of_enterprise(database: Database, actor: Actor, enterprise_id: str, most: int) -> Sequence[Found]:
    """The newest evidence of an enterprise's cases, of what the asker sees."""
    scope = Scope.of(actor)
    own = select(cases.c.case_id).where(cases.c.enterprise_id == enterprise_id, scope.where(cases))
    wanted = _visible(scope).where(evidence.c.case_id.in_(own))
    newest = wanted.order_by(evidence.c.uploaded_at.desc(), evidence.c.evidence_id).limit(most)
    async with database.read(scope) as session:
        found: Sequence[Found] = (await session.execute(newest)).all()
    return found


async def reuse(database: Database, actor: Actor, case_id: str) -> Sequence[Found]:
    """Where the case's files or pictures are used besides, of what the asker sees: ``evidence_id``, the other's id, its
    case and number, and whether it is the very same file (``exact``) or only looks the same."""
    scope = Scope.of(actor)
    other, where = evidence.alias("other"), cases.alias("elsewhere")
    exact = other.c.sha256 == evidence.c.sha256
    looks = func.bit_count(_bits(evidence.c.look).op("#")(_bits(other.c.look))) <= LOOKALIKE_BITS
    wanted = (
        select(
            evidence.c.evidence_id,
            other.c.evidence_id.label("other_id"),
            where.c.case_id.label("other_case_id"),
            where.c.number,
            exact.label("exact"),
        )
        .join_from(evidence, other, and_(other.c.evidence_id != evidence.c.evidence_id, or_(exact, looks)))
        .join(where, where.c.case_id == other.c.case_id)
        .where(evidence.c.case_id == case_id, scope.where(evidence), where.c.district_id == scope.district_id)
        .order_by(other.c.uploaded_at, other.c.evidence_id)
        .limit(_MOST_REUSED)
    )
    async with database.read(scope) as session:
        found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


def _bits(look: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(func.concat("x", look), BIT(64))


async def one(database: Database, actor: Actor, evidence_id: str) -> Found | None:
    """One piece of evidence if the asker sees it."""
    scope = Scope.of(actor)
    async with database.read(scope) as session:
        result = await session.execute(_visible(scope).where(evidence.c.evidence_id == evidence_id))
        found: Found | None = result.one_or_none()
    return found


@dataclass(frozen=True, slots=True)
class Added:
    """A piece of evidence as it stands; whether this request made it (``created``) or came ``again`` under its key."""

    row: Found
    created: bool
    again: bool


async def add(
    database: Database,
    actor: Actor,
    row: dict[str, Any],
    note: str,
    *,
    key: str,
    request_hash: str,
    there: There,
) -> Added:
    """Claim the key and add a row, with its note, in one transaction; or find the one that is there already.

    There already: the same id (the same key again), or the same file for the same purpose and requirement by the same
    person.
    Raises IdempotencyConflict when the key is another request's, RequirementMissing when the bytes are not ``there``.
    """
    scope = Scope.of(actor)
    async with database.write(scope) as session:
        fresh = await claim(session, actor, key, request_hash)
        if fresh:
            await hold(session, there)
        created = bool(await fetch(session, _ADD, row))
        if created and note.strip():
            await session.execute(insert(contents).values(**_note(row, note)))
        (found,) = await fetch(session, _same(scope.kind()), {**row, **scope.ids()})
        return Added(found, created, not fresh)


_ADD: Statement = (
    insert(evidence)
    .values({column.name: bindparam(column.name) for column in evidence.c if column not in _RELEASED})
    .on_conflict_do_nothing()
    .returning(literal_column("1"))
)
"""Whoever adds a file need not see it: nothing of the row is read here."""


@cache
def _same(scope: Scope) -> Select[Any]:
    """What is there already instead of a new row: by its id, else the same file as somebody brought it before."""
    named: list[ColumnElement[Any]] = [
        bindparam(name) for name in ("evidence_id", "case_id", "sha256", "purpose", "uploaded_by", "item")
    ]
    evidence_id, case_id, sha256, purpose, uploaded_by, item = named
    same_file = and_(
        evidence.c.case_id == case_id,
        evidence.c.sha256 == sha256,
        evidence.c.purpose == purpose,
        evidence.c.uploaded_by == uploaded_by,
        evidence.c.item.is_not_distinct_from(item),
    )
    by_key_first = (evidence.c.evidence_id != evidence_id, evidence.c.evidence_id)
    wanted = _visible(scope).where(or_(evidence.c.evidence_id == evidence_id, same_file))
    return wanted.order_by(*by_key_first).limit(1)


async def release(
    database: Database, actor: Actor, evidence_id: str, *, shown_as: str, at: datetime
) -> Found | None:
    """Let the parties see a piece of the bureau's evidence as ``shown_as``; None when the asker does not see it. Once
    released it stays as it was released."""
    scope = Scope.of(actor)
    mine = (evidence.c.evidence_id == evidence_id, scope.where(evidence))
    told = {"audience": "parties", "released_at": at, "released_by": actor.user_id, "released_as": shown_as}
    async with database.write(scope) as session:
        await session.execute(update(evidence).where(*mine, evidence.c.audience == "bureau").values(**told))
        result = await session.execute(_visible(scope).where(*mine))
        found: Found | None = result.one_or_none()
    return found


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
