"""Giving an address, confirming it by the code that was sent there, changing how soon, taking it away; all recorded."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from ledger import addresses, claims
from ledger.readers.paging import Found
from ledger.sessions import ReadSession, WriteSession
from models.audit import AuditAction
from models.deliveries import CHANNEL_LABELS, Channel, checked_address, code_wait, masked
from models.errors import Conflict, RequirementMissing
from policies import delivery_rules
from runtime import contacts
from runtime.contacts import Contact, offered
from services import audit
from services.addresses.views import (
    AddressCode,
    AddressGiven,
    AddressGiving,
    AddressManner,
    AddressView,
    address_view,
)
from services.asking import Asking, Done, derived_id
from services.limits import busy
from services.missing import missing


async def give_address(ask: Asking, given: AddressGiving, *, ip: str) -> Done[AddressGiven]:
    """Name an address; a code goes there, and nothing else before it is confirmed.

    Raises Conflict for a channel that is off, RequirementMissing, TooManyRequests, IdempotencyConflict.
    """
    services, now, channel = ask.services, ask.services.clock(), given.channel
    _check_offered(ask, channel)
    to = checked_address(channel, given.address)
    if channel is Channel.WEBHOOK and not (to.startswith("https:") or services.settings.webhooks_private):
        raise RequirementMissing(
            "回调地址须以 https:// 开头",
            "A webhook begins with https://",
            rule="addresses.https",
            field="address",
        )
    address_id = derived_id(ask.command_id, "address")
    secret = contacts.secret_of(services.settings, address_id) if channel is Channel.WEBHOOK else ""
    async with services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            _check_wait(ask, await addresses.own_address(session, ask.scope, channel, lock=True))
            row = {
                "channel": channel.value,
                "address_id": address_id,
                "sealed": contacts.seal(services.settings, address_id, Contact(to, secret)),
                "shown": masked(channel, to),
                "pace": given.pace.value,
                "language": given.language,
                "added_at": now,
                "asked_at": now,
            }
            await addresses.put_address(session, ask.scope, row)
            await _send_code(ask, session, channel, now)
        view = await _view(ask, session, channel)
    await _told(ask, channel, "given", ip, fresh)
    return Done(AddressGiven(**view.model_dump(), secret=secret or None), before=not fresh)


async def send_code(ask: Asking, channel: Channel, *, ip: str) -> Done[AddressView]:
    """Have another code sent to the asker's address; until it is confirmed nothing else goes there. Raises NotFound,
    Conflict, TooManyRequests."""
    _check_offered(ask, channel)
    now = ask.services.clock()
    async with ask.services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        row = await _mine(ask, session, channel)
        if fresh:
            _check_wait(ask, row)
            again = {
                "asked_at": now,
                "tries": 0,
                "codes": row.codes + 1,
                "confirmed_at": None,
            }
            await addresses.change_address(session, ask.scope, channel, **again)
            await _send_code(ask, session, channel, now)
        view = await _view(ask, session, channel)
    await _told(ask, channel, "code", ip, fresh)
    return Done(view, before=not fresh)


async def confirm(ask: Asking, channel: Channel, told: AddressCode, *, ip: str) -> Done[AddressView]:
    """Confirm the asker's address by the code that was sent there.

    Raises NotFound, Conflict when the code is used up or over, RequirementMissing when it is another.
    """
    services, now = ask.services, ask.services.clock()
    rules = delivery_rules(services.settings.delivery_rules)
    async with services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        row = await _mine(ask, session, channel)
        open_until = row.asked_at + timedelta(minutes=rules.code_minutes)
        over = now >= open_until or row.tries >= rules.code_tries
        code = contacts.code_of(services.settings, row.address_id, row.asked_at)
        right = not over and hmac.compare_digest(code.encode(), told.code.encode())
        if fresh and row.confirmed_at is None:
            done = {"confirmed_at": now, "trouble": None, "codes": 0} if right else {"tries": row.tries + 1}
            await addresses.change_address(session, ask.scope, channel, **done)
        view = await _view(ask, session, channel)
    if view.confirmed_at is None:
        raise _over() if over else _wrong()
    await _told(ask, channel, "confirmed", ip, fresh)
    return Done(view, before=not fresh)


async def change_manner(
    ask: Asking, channel: Channel, manner: AddressManner, *, ip: str
) -> Done[AddressView]:
    """How soon the asker is told there, and in which language. Raises NotFound."""
    async with ask.services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        await _mine(ask, session, channel)
        if fresh:
            await addresses.change_address(
                session, ask.scope, channel, pace=manner.pace.value, language=manner.language
            )
        view = await _view(ask, session, channel)
    await _told(ask, channel, "manner", ip, fresh)
    return Done(view, before=not fresh)


async def remove_address(ask: Asking, channel: Channel, *, ip: str) -> Done[AddressView]:
    """Take the asker's address away: nothing is sent there any more. Raises NotFound."""
    async with ask.services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh and not await addresses.remove_address(session, ask.scope, channel):
            raise missing("address")
        view = await _view(ask, session, channel)
    await _told(ask, channel, "removed", ip, fresh)
    return Done(view, before=not fresh)


def _check_offered(ask: Asking, channel: Channel) -> None:
    if channel not in offered(ask.services.settings):
        zh, en = CHANNEL_LABELS[channel]
        raise Conflict(
            f"本服务没有开通{zh}",
            f"This service does not offer {en}",
            rule="addresses.offered",
            remedy_zh="请联系系统管理员",
            remedy_en="Ask the administrator",
        )


def _check_wait(ask: Asking, row: Found | None) -> None:
    """A code is not asked for at whim: somebody else's telephone would ring."""
    if row is None or row.codes == 0:
        return
    left = row.asked_at + code_wait(row.codes) - ask.services.clock()
    if left > timedelta():
        raise busy(int(left.total_seconds()) + 1, "addresses.wait")


async def _send_code(ask: Asking, session: WriteSession, channel: Channel, asked_at: datetime) -> None:
    """Have the code of the address as it was asked for at that instant sent there: by it the two are known as one."""
    delivery_id = derived_id(ask.command_id, "code")
    await addresses.send_code(session, ask.scope, channel, delivery_id, asked_at)


async def _mine(ask: Asking, session: ReadSession, channel: Channel) -> Found:
    row = await addresses.own_address(session, ask.scope, channel, lock=True)
    if row is None or not row.shown:
        raise missing("address")
    return row


async def _view(ask: Asking, session: ReadSession, channel: Channel) -> AddressView:
    row = await addresses.own_address(session, ask.scope, channel)
    return address_view(channel, row, offered=channel in offered(ask.services.settings))


async def _told(ask: Asking, channel: Channel, what: str, ip: str, fresh: bool) -> None:
    if fresh:
        details = {"channel": channel.value, "what": what}
        await audit.succeeded(ask.services, AuditAction.CHANGE_ADDRESS, ask.actor, ip, details=details)


def _over() -> Conflict:
    return Conflict(
        "验证码已失效",
        "The code is over",
        rule="addresses.code_over",
        field="code",
        remedy_zh="请重新发送验证码",
        remedy_en="Have another one sent",
    )


def _wrong() -> RequirementMissing:
    return RequirementMissing(
        "验证码不对",
        "This is not the code",
        rule="addresses.code",
        field="code",
        remedy_zh="请核对最近一次收到的 6 位数字",
        remedy_en="Look at the six digits that came last",
    )
