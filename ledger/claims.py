"""Before a write is sent: its Idempotency-Key is claimed and its words are kept, in one transaction.

A key belongs to its first request for good, refused or not. Words are in SQL before the command leaves, so that
nothing acknowledged is ever without them; the words of a refused command are taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from ledger.chain import digest
from ledger.driver import fetch, planned_for
from ledger.sessions import Database, Scope, WriteSession
from ledger.tables import contents, idempotency_keys
from models.actors import Actor
from models.errors import other_request

WRITERS = frozenset({"xh_bureau", "xh_enterprise", "xh_territory", "xh_assessor", "xh_link"})
"""Database roles of people who give commands."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one command, to be kept under its id."""

    command_id: str
    case_id: str | None
    district_id: str
    texts: Mapping[str, Any]
    internal: bool = False
    """Not for the parties of the case."""


_FRESH = literal_column("xmax = 0", Boolean).label("fresh")
"""Whether a row was inserted just now rather than found."""


def _claim() -> ReturningInsert[str, bool]:
    row = insert(idempotency_keys).values(
        {name: bindparam(name) for name in ("actor_id", "key", "request_hash")}
    )
    kept = {"request_hash": idempotency_keys.c.request_hash}
    keyed = row.on_conflict_do_update(index_elements=["actor_id", "key"], set_=kept)
    return keyed.returning(idempotency_keys.c.request_hash, _FRESH)


_WORDS = ("command_id", "case_id", "district_id", "actor_id", "audience", "body", "digest")
_KEEP = (
    insert(contents).values({name: bindparam(f"words_{name}") for name in _WORDS}).on_conflict_do_nothing()
)
_CLAIM = _claim()
_CLAIMED = _claim().cte("claimed")
_GIVEN = (bindparam(f"words_{name}", type_=contents.c[name].type) for name in _WORDS)
_OURS = select(*_GIVEN).where(_CLAIMED.c.request_hash == bindparam("request_hash"))
_CLAIM_AND_KEEP = select(_CLAIMED.c.request_hash, _CLAIMED.c.fresh).add_cte(
    insert(contents).from_select(_WORDS, _OURS).on_conflict_do_nothing().cte("kept")
)
"""Built once: building an insert costs more than running it. Words are kept only where the key is this request's."""


async def claim(session: WriteSession, actor: Actor, key: str, request_hash: str, *words: Words) -> bool:
    """Make ``key`` this request's and keep the words of its commands; two requests at once queue.

    True the first time, False when the key was this request's already. Words already there stay as they are. Roles
    that give no command keep no words: the refusal comes from the case. Raises IdempotencyConflict when the key is
    another request's.
    """
    role = Scope.of(actor).db_role
    rows = [_row(actor, one) for one in words] if role in WRITERS else []
    claimed = {"actor_id": actor.user_id, "key": key, "request_hash": request_hash}
    if len(rows) == 1:
        found = await fetch(session, planned_for(role, _CLAIM_AND_KEEP), claimed | rows[0])
    else:
        found = await fetch(session, planned_for(role, _CLAIM), claimed)
        for row in rows:
            await fetch(session, _KEEP, row)
    ((holder, fresh),) = found
    if holder != request_hash:
        raise other_request()
    return bool(fresh)


def _answer(*where: ColumnElement[bool]) -> ReturningUpdate[bool]:
    before = (
        select(idempotency_keys.c.actor_id, idempotency_keys.c.key, idempotency_keys.c.answered)
        .where(
            idempotency_keys.c.actor_id == bindparam("of"),
            idempotency_keys.c.key == bindparam("named"),
            *where,
        )
        .with_for_update()
        .cte("was")
    )
    same = (idempotency_keys.c.actor_id == before.c.actor_id, idempotency_keys.c.key == before.c.key)
    return update(idempotency_keys).where(*same).values(answered=true()).returning(before.c.answered)


_ANSWER = _answer()


def told_before(seen: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether somebody was told before that the request of ``named``, the key of ``of``, took effect; as :func:`answers_first`
    for whoever reads the answer by the same statement. Where it is not ``seen``, nobody is told."""
    return select(_answer(seen).cte("told").c.answered).scalar_subquery().label("told_before")


async def answers_first(database: Database, actor: Actor, key: str) -> bool:
    """Whether nobody was told yet that the request of ``key`` took effect: of many at once, in whichever processes, one is
    the first, and the others are told what was done before. Not lasting: whoever comes after a fall of the database is
    answered from the ledger."""
    scope = Scope.of(actor)
    async with database.apart(scope, lasting=False) as session:
        found = await fetch(session, planned_for(scope.db_role, _ANSWER), {"of": actor.user_id, "named": key})
    return not any(row.answered for row in found)


def _row(actor: Actor, words: Words) -> dict[str, Any]:
    values = {
        "command_id": words.command_id,
        "case_id": words.case_id,
        "district_id": words.district_id,
        "actor_id": actor.user_id,
        "audience": "bureau" if words.internal else "parties",
        "body": dict(words.texts),
        "digest": digest(words.texts),
    }
    return {f"words_{name}": value for name, value in values.items()}


async def keep_all(session: WriteSession, actor: Actor, words: Sequence[Words]) -> None:
    """Keep the words of several commands that ``actor`` gave, under no key."""
    rows = [_row(actor, one) for one in words]
    named = [{name.removeprefix("words_"): value for name, value in row.items()} for row in rows]
    if named:
        await session.execute(insert(contents), named)


async def took_effect(database: Database, actor: Actor, command_id: str) -> bool:
    """Whether the command stands in the ledger, also where its author no longer sees the case."""
    scope = Scope.of(actor)
    if scope.db_role not in WRITERS:
        return False
    async with database.read(scope) as session:
        return bool(await session.scalar(select(func.in_ledger(command_id))))


async def take_back(database: Database, actor: Actor, *command_ids: str) -> None:
    """Remove the words of refused commands; the database keeps any that the ledger refers to."""
    scope = Scope.of(actor)
    if scope.db_role not in WRITERS:
        return
    async with database.write(scope) as session:
        await session.execute(select(func.take_back(cast(command_ids, ARRAY(Text)))))
