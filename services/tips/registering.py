"""Writing down a tip that was called in to 12350, written, brought or handed down (统一登记)."""

from __future__ import annotations

import hashlib
import hmac

from ledger import claims, tips
from ledger.reporters import code_from
from models.audit import AuditAction
from models.tips import Call, check_reads_tips, check_received
from runtime.keys import derived_key
from runtime.settings import Settings
from services import audit
from services.asking import Asking, Done, derived_id
from services.tips.reads import show_tip
from services.tips.sealing import Identity, seal
from services.tips.views import Registered

_WORDS = ("title", "text", "firm", "place")


async def register(ask: Asking, call: Call, *, ip: str) -> Done[Registered]:
    """Write down a tip that was called in to 12350, written, brought or handed down, under its registration number;
    who called is sealed, and the follow-up code is for the caller, told now and kept nowhere. Raises NotAuthorised,
    LimitExceeded, IdempotencyConflict."""
    check_reads_tips(ask.actor)
    settings = ask.services.settings
    tip_id = derived_id(ask.command_id, "tip")
    code = _code(settings, tip_id)
    who = Identity(call.name, call.telephone)
    async with ask.services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            check_received(call.received_at, ask.services.clock())
            await tips.register(
                session,
                ask.scope,
                {name: getattr(call, name) for name in _WORDS},
                tip_id=tip_id,
                code=code,
                identity=seal(settings, tip_id, who) if call.name or call.telephone else None,
                received_at=call.received_at,
                sorted_as={"reached_by": call.reached_by, "matter": call.matter},
            )
    if fresh:
        await audit.succeeded(ask.services, AuditAction.REGISTER_TIP, ask.actor, ip, case_id=tip_id)
    tip = await show_tip(ask.services, ask.actor, tip_id)
    return Done(Registered(tip=tip, code=code), before=not fresh)


def _code(settings: Settings, tip_id: str) -> str:
    """The code of a call: the same when the officer sends the form again, and to be guessed by nobody."""
    key = derived_key(settings, "follow-up code")
    return code_from(hmac.new(key, tip_id.encode(), hashlib.sha512).digest())
