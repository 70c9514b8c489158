"""Signing in and out: sessions for browsers, tokens for programs. Every attempt is recorded.

None of these takes a key that makes it happen once: their answers hold secrets that are not kept for repeating, and a
second session or token does no harm.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger import credentials, signins
from ledger.credentials import Account
from models.audit import AuditAction
from models.errors import LimitExceeded, NotAuthenticated, NotFound, RequirementMissing, TooManyRequests
from services import audit
from services.accounts.views import (
    Login,
    PasswordChange,
    SessionOpened,
    Signed,
    TokenIssued,
    TokenRequest,
    person_view,
)
from services.context import Services
from services.missing import missing


async def open_session(
    services: Services, login: Login, *, ip: str, user_agent: str
) -> tuple[SessionOpened, str]:
    """Sign in as a browser: the session and its secret. Raises NotAuthenticated, TooManyRequests."""
    account = await _sign_in(services, login, ip)
    secret, ends = await credentials.open_session(
        services.database,
        account.actor.user_id,
        services.clock(),
        services.rules,
        ip=ip,
        user_agent=user_agent,
    )
    await _signed_in(services, account, ip, "session")
    return SessionOpened(person=person_view(account, account.actor), expires_at=ends), secret


async def close_session(services: Services, signed: Signed, *, ip: str) -> None:
    """Sign out: the session ends now, everywhere. With a bearer token nothing ends."""
    if signed.session_hash:
        await credentials.close_session(services.database, signed.session_hash, services.clock())
        await audit.succeeded(services, AuditAction.LOGOUT, signed.actor, ip)


async def issue_token(services: Services, asked: TokenRequest, *, ip: str) -> TokenIssued:
    """Sign in as a program: a named token that expires and can be revoked.

    Raises NotAuthenticated, TooManyRequests, LimitExceeded.
    """
    account = await _sign_in(services, asked, ip)
    days = asked.days or services.rules.token_days_default
    if days > services.rules.token_days_max:
        raise LimitExceeded(
            f"令牌有效期最长 {services.rules.token_days_max} 天",
            f"A token lives at most {services.rules.token_days_max} days",
            rule="accounts.token_days",
            limit=services.rules.token_days_max,
        )
    now = services.clock()
    secret, info = await credentials.issue_token(
        services.database, account.actor.user_id, asked.name, now, now + timedelta(days=days)
    )
    await _signed_in(services, account, ip, "token")
    return TokenIssued(token=secret, **vars(info))


async def revoke_token(services: Services, signed: Signed, token_id: str, *, ip: str) -> None:
    """Revoke one of the asker's tokens, at once. Raises NotFound."""
    actor = signed.actor
    if not await credentials.revoke_token(services.database, actor.user_id, token_id, services.clock()):
        raise NotFound("没有这个令牌", "There is no such token", rule="accounts.token")
    await audit.succeeded(services, AuditAction.REVOKE_TOKEN, actor, ip, details={"token_id": token_id})


async def change_password(services: Services, signed: Signed, change: PasswordChange, *, ip: str) -> None:
    """Replace the asker's own password; every other session and every token of theirs ends.

    The present password is tried like a sign-in, and counts like one. Raises RequirementMissing when it is wrong or the
    new one is the same, LimitExceeded when that is too simple, TooManyRequests.
    """
    actor = signed.actor
    account = await credentials.by_user_id(services.database, actor.user_id, services.clock())
    if account is None:
        raise missing("account")
    try:
        await _sign_in(services, Login(username=account.username, password=change.password), ip)
    except NotAuthenticated:
        raise _unfit(
            "password",
            "当前密码不正确，或账号已被暂时锁定",
            "The present password is wrong, or the account is locked for a while",
        ) from None
    if change.new_password == change.password:
        raise _unfit("new_password", "新密码须与当前密码不同", "The new password must be another one")
    fresh = await services.passwords.hash(change.new_password)
    await credentials.set_password(
        services.database, actor.user_id, fresh, services.clock(), keep=signed.session_hash
    )
    await audit.succeeded(services, AuditAction.CHANGE_PASSWORD, actor, ip)


def _unfit(field: str, zh: str, en: str) -> RequirementMissing:
    return RequirementMissing(zh, en, rule="accounts.password", field=field)


async def end_session(services: Services, signed: Signed, session_id: str, *, ip: str) -> None:
    """End one of the asker's sessions, wherever it is. Raises NotFound."""
    now, user_id = services.clock(), signed.actor.user_id
    whole = len(session_id) == signins.SESSION_ID
    if not whole or not await signins.end_session(
        services.database, user_id, session_id, now, services.rules
    ):
        raise NotFound("没有这个登录", "There is no such session", rule="accounts.session")
    await audit.succeeded(
        services, AuditAction.END_SESSION, signed.actor, ip, details={"session_id": session_id}
    )


async def _sign_in(services: Services, login: Login, ip: str) -> Account:
    """The account that name and password belong to.

    An unknown name, a locked account and a wrong password take the same time and get the same answer.
    """
    try:
        async with services.attempts.attempt(services.limits, login.username, ip):
            return await _tried(services, login, ip)
    except TooManyRequests:
        await audit.refused(services, AuditAction.LOGIN, TooManyRequests.code, ip)
        raise


async def _tried(services: Services, login: Login, ip: str) -> Account:
    now = services.clock()
    account = await credentials.by_username(services.database, login.username, now)
    good, fresh = await services.passwords.check(login.password, account.password_hash if account else None)
    locked = account is not None and account.locked_until is not None and account.locked_until > now
    if account is None or locked or not good:
        services.attempts.failed(services.limits, login.username, ip)
        await _failed(services, account, locked=locked, ip=ip, now=now)
        raise _wrong()
    services.attempts.succeeded(login.username, ip)
    await credentials.note_success(services.database, account.actor.user_id, fresh)
    return account


async def _failed(
    services: Services, account: Account | None, *, locked: bool, ip: str, now: datetime
) -> None:
    reason = "locked" if locked else "password" if account else "unknown"
    if account and not locked:
        user_id = account.actor.user_id
        if await credentials.note_failure(services.database, user_id, now, services.rules):
            reason = "now_locked"
    actor = account.actor if account else None
    details = {"reason": reason}
    await audit.refused(services, AuditAction.LOGIN, NotAuthenticated.code, ip, actor=actor, details=details)


def _wrong() -> NotAuthenticated:
    """One answer for an unknown name, a wrong password and a locked account."""
    return NotAuthenticated(
        "用户名或密码不正确，或账号已被暂时锁定",
        "The name or the password is wrong, or the account is locked for a while",
        rule="accounts.login",
        remedy_zh="请核对后重试；连续失败会锁定 15 分钟",
        remedy_en="Check and try again; repeated failures lock an account for 15 minutes",
    )


async def _signed_in(services: Services, account: Account, ip: str, how: str) -> None:
    await audit.succeeded(services, AuditAction.LOGIN, account.actor, ip, details={"credential": how})
