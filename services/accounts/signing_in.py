"""Trying a name and a password, and a code: the same answer and the same time for all that is wrong, every try recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ledger import credentials
from ledger.credentials import Account
from models.audit import AuditAction
from models.errors import NotAuthenticated, TooManyRequests
from models.signon import Owed, owed
from services import audit
from services.accounts import factors
from services.accounts.views import Login
from services.context import Services


async def sign_in(services: Services, login: Login, ip: str) -> tuple[Account, Owed | None]:
    """The account that name and password belong to, and what it still owes.

    An unknown name, a locked account and a wrong password take the same time and get the same answer. A ``code`` that comes
    with them is tried too. Raises NotAuthenticated, TooManyRequests.
    """
    account = await check_password(services, login, ip)
    proven = False
    if account.enrolled and login.code is not None:
        await check_code(services, account, login.code, ip)
        proven = True
    return account, owed(replace(account.standing, proven=proven), services.rules.sign_on, services.clock())


async def check_password(services: Services, login: Login, ip: str) -> Account:
    """The account that name and password belong to. Raises NotAuthenticated, TooManyRequests."""
    try:
        async with services.attempts.attempt(services.limits, login.username, ip):
            return await _tried(services, login, ip)
    except TooManyRequests:
        await audit.refused(services, AuditAction.LOGIN, TooManyRequests.code, ip)
        raise


async def check_code(services: Services, account: Account, code: str, ip: str) -> None:
    """Try the code of a second factor, which counts as a password does. Raises NotAuthenticated, TooManyRequests."""
    user_id, now = account.actor.user_id, services.clock()
    try:
        async with services.attempts.attempt(services.limits, account.username, ip):
            seen = await credentials.by_user_id(services.database, user_id, now)
            locked = seen is None or (seen.locked_until is not None and seen.locked_until > now)
            if locked or not await factors.fits(services, user_id, code):
                services.attempts.failed(services.limits, account.username, ip)
                await _failed(services, account, "locked" if locked else "code", ip=ip, now=now)
                raise wrong_code()
            await credentials.note_success(services.database, user_id)
    except TooManyRequests:
        await audit.refused(services, AuditAction.LOGIN, TooManyRequests.code, ip, actor=account.actor)
        raise


async def _tried(services: Services, login: Login, ip: str) -> Account:
    now = services.clock()
    account = await credentials.by_username(services.database, login.username, now)
    good, fresh = await services.passwords.check(login.password, account.password_hash if account else None)
    locked = account is not None and account.locked_until is not None and account.locked_until > now
    shut = account is not None and not opens_by_password(services, account)
    if account is None or locked or not good or shut:
        services.attempts.failed(services.limits, login.username, ip)
        reason = "locked" if locked else "unknown" if account is None else "password" if not good else "sso"
        await _failed(services, account, reason, ip=ip, now=now)
        raise _wrong()
    services.attempts.succeeded(login.username, ip)
    await credentials.note_success(
        services.database, account.actor.user_id, fresh, whole=not account.enrolled
    )
    return account


def opens_by_password(services: Services, account: Account) -> bool:
    """Whether passwords open anything here: local accounts are in use, or this one was opened in an emergency."""
    until = account.local_until
    return services.settings.local_accounts or (until is not None and until > services.clock())


async def _failed(
    services: Services, account: Account | None, reason: str, *, ip: str, now: datetime
) -> None:
    if account and reason in ("password", "code"):
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


def wrong_code() -> NotAuthenticated:
    """The answer to a code that is wrong, or was used before."""
    return NotAuthenticated(
        "动态口令不正确、已用过，或账号已被暂时锁定",
        "The code is wrong or was used before, or the account is locked for a while",
        rule="accounts.code",
        remedy_zh="请等手机上出现下一个口令再试，并核对手机时间；手机不在身边时用恢复码",
        remedy_en="Wait for the next code and check the phone's clock; without the phone use a recovery code",
    )
