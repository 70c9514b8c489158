"""Commands to an enterprise as a whole: accidents, the flag "closure should be requested", early removal."""

from __future__ import annotations

from ledger import claims
from ledger.readers.enterprise_files import enterprise_entries_after, find_enterprise_command, standing_of
from ledger.readers.paging import Found
from ledger.sessions import SYSTEM_SCOPE, WriteSession
from models.audiences import words_stay_inside
from models.enterprise.commands import EnterpriseCommand
from models.enterprise.envelope import EnterpriseEnvelope
from models.enterprise.grants import ASKERS
from models.envelope import seal
from services.asking import Asking, Done
from services.cases import giving
from services.cases.facts import facts_for
from services.enterprises.standings import numbered, standing_told
from services.enterprises.views import EnterpriseAnswer, EnterpriseEventView
from services.labels import enterprise_event_label
from services.missing import missing


async def give_command(ask: Asking, enterprise_id: str, command: EnterpriseCommand) -> Done[EnterpriseAnswer]:
    """Give a command to an enterprise the asker sees. Raises NotFound, IdempotencyConflict, the refusal."""
    before = await _give(ask, enterprise_id, command)
    return Done(await _answer(ask, enterprise_id), before)


async def _give(ask: Asking, enterprise_id: str, command: EnterpriseCommand) -> bool:
    """Give the command; True when it had taken effect before. Raises NotFound, IdempotencyConflict, the refusal."""
    services = ask.services
    async with services.database.read(SYSTEM_SCOPE) as unseen:
        entry = await find_enterprise_command(unseen, SYSTEM_SCOPE, ask.command_id)
    async with services.database.write(ask.scope) as session:
        if entry is not None:
            await giving.replay(session, ask, entry.enterprise_id == enterprise_id)
            return True
        envelope = await _prepared(session, ask, enterprise_id, command)
    await giving.send(ask, lambda: services.gateway.command_enterprise(envelope), ask.command_id)
    return False


async def _prepared(
    session: WriteSession, ask: Asking, enterprise_id: str, command: EnterpriseCommand
) -> EnterpriseEnvelope:
    """The envelope, unsigned; its words are kept and the key is claimed."""
    now = ask.services.clock()
    row = await standing_of(session, ask.scope, enterprise_id)
    if row is None or ask.actor.role not in ASKERS:
        raise missing("enterprise")
    payload, texts = seal(command)
    envelope = EnterpriseEnvelope(
        command_id=ask.command_id,
        enterprise_id=enterprise_id,
        district_id=row.district_id,
        command=command.name,
        payload=payload,
        actor=ask.actor,
        facts=await facts_for(
            session,
            ask.scope,
            command,
            case_id=None,
            district_id=row.district_id,
            at=now,
            enterprise_id=enterprise_id,
        ),
        issued_at=now,
        seen=row.seq or 0,
    )
    inside = words_stay_inside(command)
    words = claims.Words(ask.command_id, None, row.district_id, texts, internal=inside)
    await claims.claim(session, ask.actor, ask.key, ask.hash, words)
    return envelope


async def _answer(ask: Asking, enterprise_id: str) -> EnterpriseAnswer:
    """How the enterprise stands after the command, and the entries it wrote: the asker reads their own write."""
    services = ask.services
    async with services.database.read(SYSTEM_SCOPE) as unseen:
        first: Found | None = await find_enterprise_command(unseen, SYSTEM_SCOPE, ask.command_id)
        entries = await enterprise_entries_after(unseen, enterprise_id, 0)
    own = [
        (no, one)
        for no, one in numbered(ask.actor.role, entries)
        if first and one.seq >= first.seq and one.at == first.at and one.command_id in (None, ask.command_id)
    ]
    async with services.database.read(ask.scope) as session:
        standing = await standing_told(services.database, session, ask.actor, enterprise_id, services.clock())
    return EnterpriseAnswer(
        standing=standing,
        events=[
            EnterpriseEventView(seq=no, event=one.event, label=enterprise_event_label(one.event), at=one.at)
            for no, one in own
        ],
        seq=own[-1][0] if own else standing.seq,
    )
