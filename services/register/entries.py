"""Single entries of the register, as an administrator keeps them: added, changed, closed, opened again.

Every act is a line of the audit log, written before what it tells of; sent again under its key it happens once.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from ledger import claims, entries, people, registry
from ledger.readers.paging import Found
from ledger.readers.register import find_entry
from ledger.sessions import Scope, WriteSession
from models.actors import Actor, Role
from models.administrators import administrators_alone
from models.audit import AuditAction
from models.entries import CLOSABLE, Noun, closing, namesake, stale
from models.envelope import canonical
from models.errors import Conflict, Malformed, RequirementMissing
from models.fields import field_name
from models.malformed import malformed_fields
from models.register import (
    IDS,
    REFERENCES,
    Effect,
    Enterprise,
    Entry,
    Fault,
    Person,
    Team,
    role_faults,
    team_faults,
)
from services import audit
from services.asking import Asking, Done, derived_id
from services.missing import missing
from services.named import Id
from services.register.bodies import Change, Closing
from services.register.keeping import keeping
from services.register.people import check_seats
from services.register.rows import id_of
from services.register.setup import administered
from services.register.shapes import SHAPES

_QUIET = frozenset({"certificate", "certificate_expires", "legal_representative", "phone", "address"})
"""Fields whose values the audit log does not repeat."""


def administrators_only(actor: Actor) -> None:
    """Raise NotAuthorised for anybody but an administrator."""
    administrators_alone(
        actor, "登记簿由系统管理员维护", "the register is kept by an administrator", rule="register.role"
    )


def said_of(noun: Noun, row: Found) -> Entry:
    """What an entry says now, as it is registered."""
    return SHAPES[noun].changing.model_construct(**SHAPES[noun].said(row))


def version_of(noun: Noun, row: Found) -> str:
    """What an entry says, in one word: another one after every change."""
    said = said_of(noun, row).model_dump(mode="json", warnings=False)
    return hashlib.sha256(canonical(said)).hexdigest()[:16]


async def add(ask: Asking, noun: Noun, said: Entry, *, ip: str) -> Done[str]:
    """Register an entry. Raises NotAuthorised, Malformed, Conflict, RequirementMissing, IdempotencyConflict."""
    administrators_only(ask.actor)
    if isinstance(said, Enterprise):
        said = said.model_copy(update={"uscc": registry.check_uscc(said.uscc)})
    name = str(getattr(said, IDS[noun], "")) or derived_id(ask.command_id, noun)
    entry_id = id_of(str(ask.actor.district_id), noun, name) if hasattr(said, IDS[noun]) else name
    async with keeping(ask) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            if await entries.named(session, ask.scope, noun, name):
                raise Conflict(
                    f"{name} 已经登记",
                    f"{name} is registered already",
                    rule="register.taken",
                    remedy_zh="在列表中找到它再改",
                    remedy_en="find it in the list and change it",
                )
            known = await _named(session, ask.scope, noun, said, {})
            await _put(session, ask, noun, said, {name: entry_id} | known, name)
            await _recorded(ask, noun, entry_id, Effect.ADDED, ip)
    return Done(entry_id, before=not fresh)


async def change(ask: Asking, noun: Noun, entry_id: Id, asked: Change[Any], *, ip: str) -> Done[str]:
    """Change what an entry says; what it was called before stays. Raises NotAuthorised, NotFound, Malformed, Conflict,
    RequirementMissing for one that is closed or was changed meanwhile, IdempotencyConflict."""
    async with _changing(ask, noun, entry_id) as (session, row, fresh):
        if fresh:
            before = said_of(noun, row).model_dump(mode="json", warnings=False)
            if version_of(noun, row) != asked.version:
                raise stale()
            for refusal in _closed(row):
                raise refusal
            name = str(getattr(row, IDS[noun], entry_id))
            known = await _named(session, ask.scope, noun, asked.entry, before)
            effect = await _put(session, ask, noun, asked.entry, {name: entry_id} | known, name, row)
            if effect is not Effect.SAME:
                moved = _moved(before, asked.entry.model_dump(mode="json"))
                await _recorded(ask, noun, entry_id, effect, ip, fields=moved, reason=asked.reason)
    return Done(entry_id, before=not fresh)


async def close(ask: Asking, noun: Noun, entry_id: Id, asked: Closing, *, ip: str) -> Done[str]:
    """Close an entry on which nothing depends, with a reason. Raises NotAuthorised, NotFound, RequirementMissing while
    anything depends on it, IdempotencyConflict."""
    _closable(noun)
    async with _changing(ask, noun, entry_id) as (session, row, fresh):
        if fresh:
            async with ask.services.database.read(counting(ask.actor)) as unseen:
                held = await entries.holds(unseen, counting(ask.actor), noun, entry_id)
            for refusal in closing(row.name or entry_id, bool(row.active), held):
                raise refusal
            await entries.close(session, noun, entry_id, ask.services.clock(), asked.reason)
            await _recorded(ask, noun, entry_id, "closed", ip, reason=asked.reason)
    return Done(entry_id, before=not fresh)


async def reopen(ask: Asking, noun: Noun, entry_id: Id, *, ip: str) -> Done[str]:
    """Open a closed entry again. Raises NotAuthorised, NotFound, IdempotencyConflict, RequirementMissing for one whose
    own superior or people are closed."""
    _closable(noun)
    async with _changing(ask, noun, entry_id) as (session, row, fresh):
        if fresh and not row.active:
            await _named(session, ask.scope, noun, said_of(noun, row), {})
            await _alone(session, ask.scope, noun, {"parent_id": None, **row._mapping}, entry_id)
            await entries.reopen(session, noun, entry_id)
            await _recorded(ask, noun, entry_id, "reopened", ip)
    return Done(entry_id, before=not fresh)


def counting(actor: Actor) -> Scope:
    """The district's own scope, for counting what an administrator does not read."""
    return Scope.of(Actor(user_id=actor.user_id, role=Role.AUDITOR, district_id=actor.district_id))


@asynccontextmanager
async def _changing(
    ask: Asking, noun: Noun, entry_id: str
) -> AsyncIterator[tuple[WriteSession, Found, bool]]:
    """A transaction of an administrator's that holds an entry, and whether the request is new."""
    administrators_only(ask.actor)
    async with keeping(ask) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        await entries.lock(session, ask.scope, noun, entry_id)
        row = await find_entry(session, ask.scope, noun, entry_id)
        if row is None:
            raise missing("entry")
        yield session, row, fresh


def _closable(noun: Noun) -> None:
    if noun not in CLOSABLE:
        raise missing("entry")


def _closed(row: Found) -> Iterator[RequirementMissing]:
    if not row.active:
        yield RequirementMissing(
            "已经关闭的不能再改",
            "What is closed is not changed any more",
            rule="register.closed",
            remedy_zh="需要时先恢复它",
            remedy_en="open it again first, where that is needed",
        )


async def _named(
    session: WriteSession, scope: Scope, noun: Noun, said: Entry, before: Mapping[str, Any]
) -> dict[str, str]:
    """The ids of what the entry names; what it newly names must be in use. Raises Malformed, RequirementMissing."""
    found, told = dict[str, str](), said.model_dump(mode="json", warnings=False)
    for among, field, target in REFERENCES:
        value = getattr(said, field, None) if among == noun else None
        new = told.get(field) != before.get(field)
        for one in value if isinstance(value, tuple) else (value,):
            if one is None:
                continue
            known = await entries.named(session, scope, Noun(target), one)
            if known is None:
                raise _wrong(field, "不在登记簿中", "is not in the register")
            if new and not known[1]:
                raise _wrong(field, "已经关闭或停用", "is closed or has ended")
            found[one] = known[0]
    return found


def _wrong(field: str, zh: str, en: str) -> Malformed:
    name_zh, name_en = field_name(field)
    told = {"field": field, "type": "value_error", "name_zh": name_zh, "name_en": name_en, "zh": zh, "en": en}
    return malformed_fields([told], "register.entry")


async def _put(
    session: WriteSession,
    ask: Asking,
    noun: Noun,
    said: Entry,
    ids: Mapping[str, str],
    name: str,
    kept: Found | None = None,
) -> Effect:
    """Write an entry down, when nothing is wrong with it."""
    shape, district = SHAPES[noun], str(ask.actor.district_id)
    whole: Any = shape.whole.model_validate({**said.model_dump(), IDS[noun]: name})
    for _, zh, en in await _faults(session, whole):
        raise Malformed(zh, en, rule="register.entry")
    if isinstance(whole, Person) and kept is not None:
        await check_seats(session, ask.services.database, counting(ask.actor), kept, whole)
    row = shape.row(whole, district, ids)
    if kept is None or any(getattr(kept, name) != row[name] for name in {"name", "parent_id"} & row.keys()):
        await _alone(session, ask.scope, noun, row, ids[name])
    effect = await shape.put(session, **row)
    if noun is Noun.PEOPLE:
        await administered(session, ask.scope)
    if noun is Noun.ORGANISATIONS:
        await registry.check_above(session, ids[name])
    return effect


async def _alone(
    session: WriteSession, scope: Scope, noun: Noun, row: Mapping[str, Any], entry_id: str
) -> None:
    """Raise Conflict when nobody could tell the entry from another one in use."""
    if await entries.has_namesake(session, scope, noun, row, entry_id):
        raise namesake(noun, str(row["name"]))


async def _faults(session: WriteSession, whole: Entry) -> list[Fault]:
    """What is wrong with an entry taken by itself."""
    if isinstance(whole, Person):
        return [*role_faults(whole)]
    if isinstance(whole, Team):
        known = await people.accounts_of(session, (whole.leader, *whole.members))
        return [*team_faults(whole, {name: Role(row["role"]) for name, row in known.items()})]
    return []


def _moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Field → what it said and says; of what is nobody's business, that it changed."""
    return {
        name: None if name in _QUIET else [before.get(name), value]
        for name, value in after.items()
        if value != before.get(name)
    }


async def _recorded(ask: Asking, noun: Noun, entry_id: str, effect: str, ip: str, **told: Any) -> None:
    details = {"entry": f"{noun}.{entry_id}", "effect": effect} | {k: v for k, v in told.items() if v}
    await audit.succeeded(ask.services, AuditAction.REGISTER, ask.actor, ip, details=details)
