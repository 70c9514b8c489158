"""A command's journey: claim, facts, words, gateway, and the reading of one's own write."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ledger import claims
from ledger.readers.case import find_command
from ledger.readers.case_views import door_of
from ledger.readers.paging import Found
from ledger.readers.people import names_of
from ledger.sessions import WriteSession
from models.audiences import details_told, words_stay_inside
from models.commands import Command
from models.envelope import Envelope, Facts, seal
from models.errors import EngineUnavailable, Pending, TransitionNotAllowed, XiaohaoError, other_request
from services.asking import Asking, Done
from services.cases.before import done_before
from services.cases.facts import facts_for
from services.cases.reads import after_command
from services.cases.views import CommandAnswer
from services.missing import missing

_UNCERTAIN = (Pending, EngineUnavailable)
"""After these a command may still take effect: its words stay."""
_DECIDERS = ("decided_by", "answered_by")

Builder = Callable[[WriteSession, Found, Asking], Awaitable[Command]]
"""Makes the command of a request, with the case it is for."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An envelope to send, unsigned (the gateway signs), and its words, which stay in SQL."""

    envelope: Envelope
    words: claims.Words


def sealed(
    ask: Asking,
    command: Command,
    *,
    case_id: str,
    district_id: str,
    facts: Facts,
    now: datetime,
    command_id: str | None = None,
    seen: int = 0,
    told: bool = False,
) -> Sealed:
    """``command`` with its words apart; ``seen`` is the last ledger entry of the case it was prepared on, ``told``
    whether its enterprise knew of the case by then."""
    payload, texts = seal(command)
    envelope = Envelope(
        command_id=command_id or ask.command_id,
        case_id=case_id,
        command=command.name,
        payload=payload,
        actor=ask.actor,
        facts=facts,
        issued_at=now,
        seen=seen,
    )
    inside = words_stay_inside(command, told=told)
    return Sealed(envelope, claims.Words(envelope.command_id, case_id, district_id, texts, internal=inside))


async def give(ask: Asking, case_id: str, build: Builder) -> Done[CommandAnswer]:
    """Give a command to a case the asker sees; the answer is the case after it and the entries it wrote.

    Raises NotFound for a case that is not the asker's, IdempotencyConflict, and the refusal.
    """
    async with ask.services.database.apart(ask.scope) as session:
        ready = await _prepare(session, ask, case_id, build)
    if ready is not None:
        try:
            await send(ask, lambda: ask.services.gateway.command(ready.envelope), ready.envelope.command_id)
        except TransitionNotAllowed as refusal:
            raise await done_before(ask, case_id, ready.envelope.command, refusal) from None
    told = await after_command(ask, case_id, telling=ready is not None and ask.alone)
    return replace(told, before=told.before or ready is None)


async def _prepare(session: WriteSession, ask: Asking, case_id: str, build: Builder) -> Sealed | None:
    """Everything a command needs from SQL; None when it is in the ledger already. Its claim is the only thing it writes."""
    now = ask.services.clock()
    case = await door_of(session, ask.scope, case_id, ask.command_id)
    if case is None:
        raise missing("case")
    if case.given is not None:
        await replay(session, ask, case.given == case_id)
        return None
    command = await build(session, case, ask)
    facts = await facts_for(
        session,
        ask.scope,
        command,
        case_id=case_id,
        district_id=case.district_id,
        at=now,
        enterprise_id=case.enterprise_id,
    )
    ready = sealed(
        ask,
        command,
        case_id=case_id,
        district_id=case.district_id,
        facts=facts,
        now=now,
        seen=case.seq,
        told=case.told_seq is not None,
    )
    await claims.claim(session, ask.actor, ask.key, ask.hash, ready.words)
    return ready


async def already(session: WriteSession, ask: Asking, case_id: str) -> bool:
    """Whether the command stands in the ledger of the case. Raises IdempotencyConflict when it was another
    request, or stands in another case's."""
    entry = await find_command(session, ask.scope, ask.command_id)
    if entry is not None:
        await replay(session, ask, entry.case_id == case_id)
    return entry is not None


async def replay(session: WriteSession, ask: Asking, same: bool) -> None:
    """A command that took effect before: the request must be the very same. Raises IdempotencyConflict."""
    if not same:
        raise other_request()
    await claims.claim(session, ask.actor, ask.key, ask.hash)


async def send(
    ask: Asking,
    through: Callable[[], Awaitable[Any]],
    *command_ids: str,
    done: Callable[[], Awaitable[bool]] | None = None,
) -> Any:
    """Send through the gateway; when it is refused for certain, take the words of its commands back.

    A repetition may be refused because its own first attempt took effect meanwhile: what the ledger has (by ``done``,
    else by the first command) is no refusal.
    """
    try:
        return await through()
    except _UNCERTAIN:
        raise
    except XiaohaoError as refusal:
        if await (done() if done else claims.took_effect(ask.services.database, ask.actor, command_ids[0])):
            return None
        await claims.take_back(ask.services.database, ask.actor, *command_ids)
        await _name_deciders(ask, refusal)
        raise


async def _name_deciders(ask: Asking, refusal: XiaohaoError) -> None:
    """Let whoever lost a race read who decided, by name, as far as they may know it."""
    details = refusal.details = details_told(ask.actor.role, refusal.details)
    ids = [one for name in _DECIDERS for one in details.get(name) or ()]
    if not ids:
        return
    async with ask.services.database.read(ask.scope) as session:
        names = await names_of(session, ids)
    for name in _DECIDERS:
        if name in details:
            details[name] = [{"id": one, "name": names.get(one, "")} for one in details[name]]
