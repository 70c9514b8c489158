"""Signing in and out: sessions for browsers, tokens for programs. Every attempt is recorded.

None of these takes a key that makes it happen once: their answers hold secrets that are not kept for repeating, and a
second session or token does no harm.
"""

from __future__ import annotations

from datetime import timedelta

from ledger import credentials, passwords, signins, tokens
from ledger.credentials import Account
from models.audit import AuditAction
from models.errors import LimitExceeded, NotAuthenticated, NotFound, RequirementMissing
from models.signon import Choice, Owed, owing
from services import audit
from services.accounts.signing_in import check_code, check_password, sign_in, wrong_code
from services.accounts.views import (
    Login,
    PasswordChange,
    SessionOpened,
    SessionsEnded,
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
    """Sign in as a browser: the session, what it still owes, and its secret. Raises NotAuthenticated, TooManyRequests."""
    account, owes = await sign_in(services, login, ip)
    secret, ends = await credentials.open_session(
        services.database,
        account.actor.user_id,
        services.clock(),
        services.rules,
        ip=ip,
        user_agent=user_agent,
        proven=account.enrolled and owes is not Owed.CODE,
    )
    await _signed_in(services, account, ip, "session")
    return SessionOpened(person=person_view(account, account.actor), expires_at=ends, owes=owes), secret


async def give_code(services: Services, signed: Signed, code: str, *, ip: str) -> None:
    """The code of the second factor a session still owes. Raises NotAuthenticated, TooManyRequests; NotFound when none is
    owed."""
    account = await credentials.by_user_id(services.database, signed.actor.user_id, services.clock())
    if account is None or signed.session_hash is None or signed.owes is not Owed.CODE:
        raise NotFound("现在不需要动态口令", "No code is asked for now", rule="accounts.code")
    await check_code(services, account, code, ip)
    await credentials.prove(services.database, signed.session_hash, services.clock())
    await _signed_in(services, account, ip, "code")


async def close_session(services: Services, signed: Signed, *, ip: str) -> str | None:
    """Sign out: the session ends now, everywhere. With a bearer token nothing ends. The provider of single sign-on where
    somebody is still signed in, if they came by one."""
    if not signed.session_hash:
        return None
    provider = await credentials.close_session(services.database, signed.session_hash, services.clock())
    await audit.succeeded(services, AuditAction.LOGOUT, signed.actor, ip)
    return provider


async def issue_token(services: Services, asked: TokenRequest, *, ip: str) -> TokenIssued:
    """Sign in as a program: a named token that expires and can be revoked.

    Raises NotAuthenticated, TooManyRequests, LimitExceeded; NotAuthorised while something is owed first.
    """
    account, owes = await sign_in(services, asked, ip)
    if owes is Owed.CODE:
        raise wrong_code() if asked.code else _code_missing()
    if owes is not None:
        raise owing(owes)
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
    if not await tokens.revoke_token(services.database, actor.user_id, token_id, services.clock()):
        raise NotFound("没有这个令牌", "There is no such token", rule="accounts.token")
    await audit.succeeded(services, AuditAction.REVOKE_TOKEN, actor, ip, details={"token_id": token_id})


async def change_password(services: Services, signed: Signed, change: PasswordChange, *, ip: str) -> None:
    """Replace the asker's own password; every other session and every token of theirs ends.

    The present password is tried like a sign-in, and counts like one. Raises RequirementMissing when it is wrong or the
    new one is the same, LimitExceeded when that is too simple, TooManyRequests.
    """
    actor, rules = signed.actor, services.rules.sign_on
    account = await credentials.by_user_id(services.database, actor.user_id, services.clock())
    if account is None:
        raise missing("account")
    try:
        await check_password(services, Login(username=account.username, password=change.password), ip)
    except NotAuthenticated:
        raise _unfit(
            "password",
            "当前密码不正确，或账号已被暂时锁定",
            "The present password is wrong, or the account is locked for a while",
        ) from None
    if change.new_password == change.password:
        raise _unfit("new_password", "新密码须与当前密码不同", "The new password must be another one")
    fresh = await services.passwords.hash(Choice(change.new_password, account.username), rules)
    former = await passwords.former_hashes(services.database, actor.user_id)
    if await services.passwords.fits_any(change.new_password, former[: rules.password_history]):
        raise _unfit(
            "new_password",
            f"新密码不能与最近 {rules.password_history} 次用过的相同",
            f"The new password must differ from the last {rules.password_history}",
        )
    await passwords.set_password(
        services.database,
        actor.user_id,
        fresh,
        services.clock(),
        keep=signed.session_hash,
        history=rules.password_history,
    )
    await audit.succeeded(services, AuditAction.CHANGE_PASSWORD, actor, ip)


def _unfit(field: str, zh: str, en: str) -> RequirementMissing:
    return RequirementMissing(zh, en, rule="accounts.password", field=field)


def _code_missing() -> NotAuthenticated:
    return NotAuthenticated(
        "此账号需要动态口令",
        "This account needs the code of its second factor",
        rule="accounts.code",
        remedy_zh="在请求中一并提交 code",
        remedy_en="Send `code` with the request",
        owes=Owed.CODE.value,
    )


async def end_others(services: Services, signed: Signed, *, ip: str) -> SessionsEnded:
    """End every session of the asker but this one."""
    ended = await signins.end_others(
        services.database, signed.actor.user_id, signed.session_hash, services.clock()
    )
    await audit.succeeded(services, AuditAction.END_SESSION, signed.actor, ip, details={"sessions": ended})
    return SessionsEnded(ended=ended)


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


async def _signed_in(services: Services, account: Account, ip: str, how: str) -> None:
    await audit.succeeded(services, AuditAction.LOGIN, account.actor, ip, details={"credential": how})
