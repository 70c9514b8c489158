"""Making and ending links of orders; coming by one, and what is done by it. Each use is kept and recorded."""

from __future__ import annotations

import hashlib
import hmac

from pydantic import BaseModel

from ledger import links
from ledger.sessions import Scope
from models.actors import Actor, Visitor
from models.audit import AuditAction
from models.errors import NotFound, RequirementMissing
from models.orderlinks import MOST, LinkStanding, Use, check_by_link, check_may_make, check_room
from runtime.keys import derived_key
from services import audit
from services.asking import Asking, Done
from services.cases import writes as cases
from services.cases.views import CommandAnswer
from services.context import Services
from services.evidence import writes as evidence
from services.links.reads import days_of, found_order, links_seen, standing_of
from services.links.views import LinkMade
from services.missing import missing


async def make_link(services: Services, actor: Actor, order_id: str, *, ip: str) -> LinkMade:
    """A new link of an order; its token is shown this once and kept nowhere, so every request makes another. Put
    ``path`` behind this service's address, and that into a QR code. Raises NotFound, NotAuthorised, LimitExceeded."""
    scope, now = Scope.of(actor), services.clock()
    async with services.database.write(scope) as session:
        order = await found_order(session, scope, order_id)
        check_may_make(actor)
        before = await links_seen(services, session, scope, order_id)
        check_room(sum(one.standing in (LinkStanding.OPEN, LinkStanding.UNSERVED) for one in before))
        until = now + await days_of(session, MOST, now)
        link_id, token = await links.add_link(session, order, actor.user_id, now, until)
        after = await links_seen(services, session, scope, order_id)
    details = {"subject": order_id, "link": link_id}
    await audit.succeeded(services, AuditAction.MAKE_LINK, actor, ip, details=details)
    made = next(one for one in after if one.link_id == link_id)
    return LinkMade(**made.model_dump(), path=f"/l/{token}")


async def revoke_link(services: Services, actor: Actor, order_id: str, link_id: str, *, ip: str) -> None:
    """End a link at once, with every visit by it; ending it twice changes nothing. Raises NotFound, NotAuthorised."""
    scope = Scope.of(actor)
    async with services.database.write(scope) as session:
        await found_order(session, scope, order_id)
        check_may_make(actor)
        ended = await links.revoke(session, scope, order_id, link_id, services.clock())
    if ended is None:
        raise missing("link")
    if ended:
        details = {"subject": order_id, "link": link_id}
        await audit.succeeded(services, AuditAction.REVOKE_LINK, actor, ip, details=details)


# -- coming by a link -----------------------------------------------------------------------------------
async def enter(services: Services, token: str, *, ip: str) -> tuple[str, int]:
    """Come by a link: the secret of the visit, and how many seconds it lasts.

    Raises NotFound for what opens nothing (and nobody learns why), RequirementMissing for an order that is not served yet,
    TooManyRequests.
    """
    services.limits.link_visits.hit(ip)
    services.limits.wrong_links.check(ip)
    now = services.clock()
    link = await links.by_token(services.database, token, now)
    stands = await standing_of(services, link) if link else LinkStanding.OVER
    if link is None or stands is not LinkStanding.OPEN:
        services.limits.wrong_links.hit(ip)
        who = links.visitor(link) if link else None
        details = {"reason": stands.value if link else "unknown"}
        await audit.refused(services, AuditAction.USE_LINK, NotFound.code, ip, actor=who, details=details)
        raise _unserved() if stands is LinkStanding.UNSERVED else gone()
    secret, ends = await links.open_visit(services.database, link, now, services.rules.link_visit)
    await used(services, links.visitor(link), Use.OPENED, ip)
    return secret, int((ends - now).total_seconds())


def gone() -> NotFound:
    """The refusal of a link that opens nothing."""
    return NotFound(
        "链接无效、已停用或已到期，请联系下达指令书的执法人员",
        "This link is wrong, ended or expired; ask the officers who issued the order",
        rule="links.gone",
    )


def _unserved() -> RequirementMissing:
    return RequirementMissing(
        "指令书送达登记后才能打开，请稍后再扫码",
        "It opens once the order is recorded as served; scan it again later",
        rule="links.unserved",
    )


async def leave(services: Services, who: Visitor, visit: str, *, ip: str) -> None:
    """End a visit."""
    await links.close_visit(services.database, visit, services.clock())
    await used(services, who, Use.ENDED, ip)


async def used(services: Services, who: Visitor, what: str, ip: str, case_id: str | None = None) -> None:
    """Keep and record what was done by a link. Raises EngineUnavailable when it cannot be recorded."""
    details = {"what": str(what), "subject": who.order_id}
    await audit.succeeded(services, AuditAction.USE_LINK, who, ip, case_id=case_id, details=details)
    address = address_hash(services, ip)
    await links.note_use(
        services.database, who, str(what), services.clock(), address=address, case_id=case_id
    )


def address_hash(services: Services, ip: str) -> str:
    """What is kept of an address: enough to tell whether it is the same, and no address."""
    key = derived_key(services.settings, "addresses")
    return hmac.new(key, ip.encode(), hashlib.sha256).hexdigest()[:12]


async def give_command(
    ask: Asking, who: Visitor, case_id: str, name: str, body: BaseModel, *, ip: str
) -> Done[CommandAnswer]:
    """Give a command by link, as far as it is given so; the rest is the authority table's. Raises as any command does."""
    check_by_link(name)
    done = await cases.give_command(ask, case_id, name, body)
    if not done.before:
        await used(ask.services, who, name, ip, case_id)
    return done


async def add_evidence(
    services: Services, who: Visitor, case_id: str, upload: evidence.Upload, key: str, *, ip: str
) -> evidence.Stored:
    """Add a file to one of the visitor's cases."""
    stored = await evidence.add(services, who, case_id, upload, key)
    if stored.created:
        await used(services, who, Use.UPLOADED, ip, case_id)
    return stored
