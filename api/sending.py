"""A command's journey from a request to its answer: claim, facts, words, gateway, and the reading of one's own write."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

from api import case_rows, intake, problems
from api.deps import Services
from api.envelopes import Sealed, command_id_of, derived_id, request_hash, sealed
from api.facts import facts_for
from api.schemas import CaseView, CommandAnswer
from api.views import case_view, event_view, names_in
from ledger.readers.case import find_command
from ledger.readers.paging import Found
from ledger.sessions import Scope, WriteSession
from models.actors import Actor
from models.commands import Command
from models.errors import EngineUnavailable, Pending, XiaohaoError
from models.sight import details_told, kinds_of, sight_of, words_stay_inside

REPLAYED = "Idempotency-Replayed"
"""Header of an answer to a request that had taken effect before."""
_UNCERTAIN = (Pending, EngineUnavailable)
"""After these a command may still take effect: its words stay."""
_RETRY_AFTER = 1


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for what, under which key: everything ids and scopes derive from."""

    services: Services
    actor: Actor
    key: str
    hash: str
    """What identifies the request behind the key."""
    command_id: str

    @property
    def scope(self) -> Scope:
        return Scope.of(self.actor)

    def part(self, subject: str) -> Asking:
        """The share one case has in a request about several: a command of its own under the same key."""
        return replace(self, command_id=derived_id(self.command_id, subject))


def asking(
    services: Services, actor: Actor, key: str, route: str, subject: str, body: BaseModel | None
) -> Asking:
    """The request as it came; ``subject`` is what it is about (a case, an order), empty for a new thing."""
    asked = body.model_dump(mode="json") if body is not None else {}
    return Asking(services, actor, key, request_hash(route, subject, asked), command_id_of(actor, key))


Builder = Callable[[WriteSession, Found, Asking], Awaitable[Command]]
"""Makes the command of a request, with the case it is for."""


def name_for_audit(request: Request, command: str) -> None:
    """Let a refusal be recorded under the command's name; each command has a route of its own."""
    request.scope["path_params"]["command"] = command


async def give(ask: Asking, case_id: str, build: Builder) -> tuple[CommandAnswer, bool]:
    """Give a command to a case the asker sees; the answer, and whether it had taken effect before.

    Raises NotFound for a case that is not the asker's, IdempotencyConflict, and the refusal.
    """
    async with ask.services.database.write(ask.scope) as session:
        ready = await _prepare(session, ask, case_id, build)
    if ready is None:
        return await answer(ask, case_id), True
    await send(ask, ready.envelope.command_id, lambda: ask.services.gateway.command(ready.envelope))
    return await answer(ask, case_id), False


async def _prepare(session: WriteSession, ask: Asking, case_id: str, build: Builder) -> Sealed | None:
    """Everything a command needs from SQL, in one transaction; None when it is in the ledger already."""
    now = ask.services.clock()
    case = await case_rows.door_of(session, ask.scope, case_id, ask.command_id)
    if case is None:
        raise case_rows.not_found()
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
        command,
        command_id=ask.command_id,
        case_id=case_id,
        actor=ask.actor,
        facts=facts,
        now=now,
        seen=case.seq,
    )
    words = intake.Words(
        ask.command_id, case_id, case.district_id, ready.texts, internal=words_stay_inside(command)
    )
    await intake.claim(session, ask.actor, ask.key, ask.hash, words)
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
        raise intake.conflict()
    await intake.claim(session, ask.actor, ask.key, ask.hash)


async def send(ask: Asking, command_id: str, through: Callable[[], Awaitable[Any]], *more: str) -> Any:
    """Send through the gateway; when it is refused for certain, take the words of its commands back."""
    try:
        return await through()
    except _UNCERTAIN:
        raise
    except XiaohaoError as refusal:
        await intake.take_back(ask.services.database, ask.actor, command_id, *more)
        await _name_deciders(ask, refusal)
        raise


_DECIDERS = ("decided_by", "answered_by")


async def _name_deciders(ask: Asking, refusal: XiaohaoError) -> None:
    """Let whoever lost a race read who decided, by name, as far as they may know it."""
    details = refusal.details = details_told(ask.actor.role, refusal.details)
    ids = [one for name in _DECIDERS for one in details.get(name) or ()]
    if not ids:
        return
    async with ask.services.database.read(ask.scope) as session:
        names = await case_rows.names_of(session, ids)
    for name in _DECIDERS:
        if name in details:
            details[name] = [{"id": one, "name": names.get(one, "")} for one in details[name]]


async def answer(ask: Asking, case_id: str) -> CommandAnswer:
    """The case after the command and the entries it wrote: the asker reads their own write."""
    now, role = ask.services.clock(), ask.actor.role
    async with ask.services.database.read(ask.scope) as session:
        found = await case_rows.written(session, ask.scope, case_id, ask.command_id, now)
    if found is None:
        raise case_rows.not_found()
    row, entries = found
    sight, kinds = sight_of(role, row.measures), kinds_of(row.measures, row.proposals)
    return CommandAnswer(
        case=case_view(row, role, now),
        events=[event_view(one, sight, kinds, names_in(entries)) for one in entries if sight.tells(one)],
        seq=entries[-1].seq if entries else row.seq,
    )


async def view(ask: Asking, case_id: str) -> CaseView:
    """The case as a list shows it. Raises NotFound."""
    now = ask.services.clock()
    async with ask.services.database.read(ask.scope) as session:
        row = await case_rows.view_of(session, ask.scope, case_id, now)
    if row is None:
        raise case_rows.not_found()
    return case_view(row, ask.actor.role, now)


def pending(request: Request, unsure: Pending, location: str) -> Response:
    """202: sent but not confirmed; where to look, and when to ask again with the same key."""
    unsure.details.setdefault("retry_after", _RETRY_AFTER)
    response = problems.respond(request, unsure)
    response.headers["Location"] = location
    return response


def replayed(response: Response, done: bool) -> None:
    """Mark an answer to a request that had taken effect before."""
    if done:
        response.headers[REPLAYED] = "true"
        response.status_code = 200
