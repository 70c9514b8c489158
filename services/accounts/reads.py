"""Who is asking: the actor behind a credential right now, and what they may know of their own account."""

from __future__ import annotations

from dataclasses import replace

from ledger import credentials, signins, tokens
from models.actors import Actor
from models.errors import NotAuthorised, NotFound
from models.programs import Program
from services.accounts.devices import device
from services.accounts.views import (
    Credential,
    Person,
    SessionList,
    SessionView,
    Signed,
    Token,
    TokenList,
    person_view,
)
from services.context import Services
from services.links.reads import visitor_of


async def authenticate(
    services: Services, credential: Credential, acting_for: str | None, *, attended: bool = True
) -> Signed | None:
    """The asker behind a credential, looked up now; None when it is unknown, expired or revoked.

    Without a person behind it (not ``attended``: a page that asks by itself) a session goes on towards its idle end.

    With ``acting_for`` (a user id) the asker acts for another: raises NotAuthorised unless a delegation (委托代理)
    between the two is in force now.
    """
    signed = await _signed(services, credential, attended)
    return await standing_in(services, signed, acting_for) if signed and acting_for else signed


async def standing_in(services: Services, signed: Signed, acting_for: str) -> Signed:
    """Somebody signed in, as they act for another (user id).

    Raises NotAuthorised unless a delegation (委托代理) between the two is in force now.
    """
    if isinstance(signed.actor, Program):
        raise NotAuthorised("服务账号不能代他人办理", "A program acts for nobody else", rule="programs.may")
    acting = await credentials.acting_for(services.database, signed.actor, acting_for, services.clock())
    if acting is None:
        raise NotAuthorised(
            "没有有效的委托代理，不能代为办理",
            "No delegation in force lets you act for this person",
            rule="authority.delegation",
            remedy_zh="请由被代理人办理委托，或以本人身份办理",
            remedy_en="Have the delegation recorded, or act as yourself",
        )
    return replace(signed, actor=acting)


async def _signed(services: Services, credential: Credential, attended: bool) -> Signed | None:
    if credential.by_link:
        found_visit = await visitor_of(services, credential.secret)
        return Signed(found_visit[0], session_hash=found_visit[1]) if found_visit else None
    now, digest = services.clock(), credentials.digest(credential.secret)
    if credential.from_cookie:
        live = await credentials.by_session(services.database, digest, now, services.rules, attended=attended)
        return Signed(live[0], session_hash=digest, owes=live[1]) if live else None
    found = await credentials.by_token(services.database, digest, now)
    return Signed(found[0], token_id=found[1]) if found else None


async def me(services: Services, actor: Actor) -> Person:
    """Who the asker is, and for whom they act. Raises NotFound."""
    account = await credentials.by_user_id(services.database, actor.user_id, services.clock())
    if account is None:
        raise NotFound("账号不存在", "There is no such account", rule="accounts.account")
    return person_view(account, actor)


async def list_tokens(services: Services, actor: Actor) -> TokenList:
    """The asker's live tokens, newest first."""
    found = await tokens.list_tokens(services.database, actor.user_id, services.clock())
    return TokenList(items=[Token(**vars(info)) for info in found])


async def list_sessions(services: Services, signed: Signed) -> SessionList:
    """The asker's live sessions, the one used last first."""
    now, rules = services.clock(), services.rules
    found = await signins.list_sessions(services.database, signed.actor.user_id, now, rules)
    here = signins.session_id(signed.session_hash) if signed.session_hash else None
    return SessionList(items=[session_view(one, here) for one in found])


def session_view(one: signins.SessionInfo, here: str | None) -> SessionView:
    """A session as its owner sees it; ``here`` is the id of the one that asks."""
    return SessionView(**vars(one), device=device(one.user_agent), current=one.session_id == here)
