"""What an administrator does about the sign-in of somebody of the own district; each act is in the audit log, and said
with the name of whoever did it."""

from __future__ import annotations

import secrets

from ledger import factors, identities, passwords, people, signins
from ledger.readers.paging import Found
from ledger.sessions import Database, Scope
from models.actors import Actor
from models.administrators import administrators_alone
from models.audit import AuditAction
from models.errors import Conflict, RequirementMissing
from models.signon import Choice
from services import audit
from services.accounts.views import AccountView, IdentityView, OneTimePassword, SessionsEnded
from services.context import Services
from services.missing import missing
from services.named import Id

_ONE_TIME = 12
"""Random bytes of a one-time password."""


async def account(services: Services, actor: Actor, user_id: Id) -> AccountView:
    """How somebody's account stands (administrators): sessions, second factor, bound identities. Raises NotAuthorised,
    NotFound."""
    row, now = await subject_of(services, actor, user_id), services.clock()
    live, last = await signins.summary(services.database, user_id, now, services.rules)
    factor = await factors.factor_of(services.database, user_id)
    bound = await identities.identities_of(services.database, user_id)
    return AccountView(
        user_id=user_id,
        username=row.username,
        name=row.display_name,
        role=row.role,
        active=row.active,
        sessions=live,
        last_seen_at=last,
        must_change=row.must_change,
        factor_since=factor.confirmed_at if factor else None,
        identities=[
            IdentityView(provider=one.provider, subject=one.subject, bound_at=one.bound_at) for one in bound
        ],
    )


async def end_sessions(services: Services, actor: Actor, user_id: Id, *, ip: str) -> SessionsEnded:
    """End every session of somebody's (administrators); tokens stay. Raises NotAuthorised, NotFound."""
    await subject_of(services, actor, user_id)
    ended = await signins.end_others(services.database, user_id, None, services.clock())
    await _done(services, AuditAction.END_SESSIONS, actor, user_id, ip, sessions=ended)
    return SessionsEnded(ended=ended)


async def reset_password(services: Services, actor: Actor, user_id: Id, *, ip: str) -> OneTimePassword:
    """A one-time password for somebody (administrators), shown this once, who can do nothing with it but choose
    another; sessions and tokens end. Raises NotAuthorised, NotFound."""
    row = await subject_of(services, actor, user_id)
    password = secrets.token_urlsafe(_ONE_TIME)
    rules = services.rules.sign_on
    fresh = await services.passwords.hash(Choice(password, row.username), rules)
    await _done(services, AuditAction.RESET_PASSWORD, actor, user_id, ip)
    await passwords.set_password(
        services.database,
        user_id,
        fresh,
        services.clock(),
        must_change=True,
        history=rules.password_history,
    )
    return OneTimePassword(password=password)


async def reset_factor(services: Services, actor: Actor, user_id: Id, *, ip: str) -> None:
    """Take somebody's second factor away (administrators), and end their sessions. Raises NotAuthorised, NotFound."""
    await subject_of(services, actor, user_id)
    if not await factors.remove(services.database, user_id):
        raise missing("factor")
    await signins.end_others(services.database, user_id, None, services.clock())
    await _done(services, AuditAction.RESET_FACTOR, actor, user_id, ip)


async def bind(
    services: Services, actor: Actor, user_id: str, provider: str, subject: str, *, ip: str
) -> None:
    """Bind an identity to somebody's account. Raises NotAuthorised, NotFound, Conflict when it is bound to another."""
    await subject_of(services, actor, user_id)
    if not subject.strip():
        raise RequirementMissing(
            "请填写身份标识", "Say the subject to bind", rule="accounts.identity", field="subject"
        )
    if provider not in {one.id for one in services.settings.oidc}:
        raise missing("provider")
    if not await identities.bind(
        services.database, provider, subject, user_id, services.clock(), by=actor.user_id
    ):
        raise taken()
    await _done(services, AuditAction.BIND_IDENTITY, actor, user_id, ip, provider=provider)


async def unbind(services: Services, actor: Actor, user_id: Id, provider: Id, *, ip: str) -> None:
    """Take a bound identity away (administrators), and end the sessions of its account. Raises NotAuthorised,
    NotFound."""
    await subject_of(services, actor, user_id)
    if not await identities.unbind(services.database, provider, user_id):
        raise missing("identity")
    await signins.end_others(services.database, user_id, None, services.clock())
    await _done(services, AuditAction.UNBIND_IDENTITY, actor, user_id, ip, provider=provider)


def taken() -> Conflict:
    """The refusal of an identity that belongs to another account."""
    return Conflict(
        "该身份已绑定到另一个账号",
        "This identity is bound to another account",
        rule="accounts.identity",
        remedy_zh="请先在原账号解除绑定",
        remedy_en="take it away there first",
    )


def administrators_only(actor: Actor) -> None:
    """Raise NotAuthorised for anybody but an administrator."""
    administrators_alone(
        actor,
        "仅管理员可以管理账号",
        "Only an administrator looks after accounts",
        rule="accounts.administration",
    )


async def subject_of(services: Services, actor: Actor, user_id: str) -> Found:
    """The account an administrator of its district may look after. Raises NotAuthorised, NotFound."""
    administrators_only(actor)
    return await account_in(services.database, Scope.of(actor), user_id)


async def account_in(database: Database, scope: Scope, user_id: str) -> Found:
    """The account in the scope of an administrator. Raises NotFound."""
    async with database.read(scope) as session:
        row = await people.account_row(session, scope, user_id)
    if row is None:
        raise missing("account")
    return row


async def _done(
    services: Services, action: AuditAction, actor: Actor, user_id: str, ip: str, **details: object
) -> None:
    await audit.succeeded(services, action, actor, ip, details={"subject": user_id, **details})
