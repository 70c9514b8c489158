"""The second factor (动态口令, TOTP): set up with an app, confirmed by a code, recovery codes for whoever loses it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

import pyotp

from ledger import credentials, factors
from models.audit import AuditAction
from models.errors import Conflict, RequirementMissing
from runtime.sealing import Unsealable, seal, unseal
from runtime.settings import Settings
from services import audit
from services.accounts.views import FactorBegun, FactorConfirmed, FactorStanding, Signed
from services.context import Services
from services.missing import missing

_ISSUER = "Xiaohao"
_PURPOSE = "second factor"
_CODES = 8
_DRIFT = (0, -1, 1)
"""Steps of half a minute a phone's clock may be off."""


async def standing(services: Services, signed: Signed) -> FactorStanding:
    """How the asker's second factor (动态口令) stands."""
    user_id = signed.actor.user_id
    row = await factors.factor_of(services.database, user_id)
    left = await factors.recovery_codes_left(services.database, user_id)
    required = signed.actor.role in services.rules.sign_on.factor_roles
    return FactorStanding(
        confirmed_at=row.confirmed_at if row else None, recovery_codes_left=left, required=required
    )


async def begin(services: Services, signed: Signed) -> FactorBegun:
    """Begin to set up the asker's second factor: a secret for an authenticator app (TOTP, RFC 6238); nothing changes
    until it is confirmed. Raises RequirementMissing when one is set up already."""
    user_id = signed.actor.user_id
    account = await credentials.by_user_id(services.database, user_id, services.clock())
    if account is None:
        raise missing("account")
    secret = pyotp.random_base32()
    sealed = _seal(services.settings, user_id, secret)
    if not await factors.begin(services.database, user_id, sealed, services.clock()):
        raise RequirementMissing(
            "已绑定动态口令；更换手机请先由管理员解除",
            "A second factor is set up already; to change it let an administrator take it away first",
            rule="accounts.factor",
        )
    return begun(secret, account.username)


async def pending(services: Services, signed: Signed) -> FactorBegun | None:
    """What was begun and not confirmed yet."""
    user_id = signed.actor.user_id
    row = await factors.factor_of(services.database, user_id)
    account = await credentials.by_user_id(services.database, user_id, services.clock())
    if row is None or row.confirmed_at is not None or account is None:
        return None
    return begun(_unseal(services.settings, user_id, row.sealed), account.username)


def begun(secret: str, username: str) -> FactorBegun:
    """A secret as an app takes it."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=_ISSUER)
    return FactorBegun(secret=secret, uri=uri)


async def confirm(services: Services, signed: Signed, code: str, *, ip: str) -> FactorConfirmed:
    """Confirm what was begun by a code of the app: from now on signing in needs one.

    Raises RequirementMissing when the code is wrong or nothing was begun, TooManyRequests.
    """
    user_id = signed.actor.user_id
    services.limits.failed_logins.check(f"factor\n{user_id}")
    row = await factors.factor_of(services.database, user_id)
    step = None
    if row is not None and row.confirmed_at is None:
        step = step_of(_unseal(services.settings, user_id, row.sealed), code, services.clock().timestamp())
    codes = [_recovery_code() for _ in range(_CODES)]
    hashes = [_hashed(user_id, one) for one in codes]
    if step is None or not await factors.confirm(services.database, user_id, step, hashes, services.clock()):
        services.limits.failed_logins.hit(f"factor\n{user_id}")
        raise RequirementMissing(
            "动态口令不正确，请等下一个口令再试，并核对手机时间",
            "The code is wrong; wait for the next one and check the phone's clock",
            rule="accounts.factor",
            field="code",
        )
    if signed.session_hash:
        await credentials.prove(services.database, signed.session_hash, services.clock())
    await audit.succeeded(services, AuditAction.ENROL_FACTOR, signed.actor, ip)
    return FactorConfirmed(recovery_codes=codes)


async def fits(services: Services, user_id: str, code: str) -> bool:
    """Whether a code is one of now and was not used before, or is a recovery code that is left; either is then used up."""
    plain = code.strip().replace(" ", "")
    if not plain.isdecimal():
        hashed = _hashed(user_id, plain)
        return await factors.take_recovery_code(services.database, user_id, hashed, services.clock())
    row = await factors.factor_of(services.database, user_id)
    if row is None or row.confirmed_at is None:
        return False
    step = step_of(_unseal(services.settings, user_id, row.sealed), plain, services.clock().timestamp())
    return step is not None and await factors.take_step(services.database, user_id, step)


def step_of(secret: str, code: str, timestamp: float) -> int | None:
    """The time step a code belongs to, of those a phone's clock may be off by; None when it is none of them."""
    totp = pyotp.TOTP(secret)
    now = int(timestamp) // totp.interval
    plain = code.strip().replace(" ", "").encode()  # whatever was typed, full-width digits too
    return next(
        (now + off for off in _DRIFT if hmac.compare_digest(totp.generate_otp(now + off).encode(), plain)),
        None,
    )


def _recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


def _hashed(user_id: str, code: str) -> str:
    return hashlib.sha256(f"{user_id}\n{code.lower().replace('-', '')}".encode()).hexdigest()


def _seal(settings: Settings, user_id: str, secret: str) -> bytes:
    return seal(settings, _PURPOSE, user_id, secret.encode())


def _unseal(settings: Settings, user_id: str, sealed: bytes) -> str:
    try:
        return unseal(settings, _PURPOSE, user_id, sealed).decode()
    except Unsealable:
        raise Conflict(
            "动态口令密钥无法解封：XIAOHAO_SECRET_KEY 不符",
            "The second factor cannot be opened: XIAOHAO_SECRET_KEY is another one",
            rule="accounts.factor",
            remedy_zh="请管理员解除绑定后重新绑定",
            remedy_en="Let an administrator take it away, then set it up anew",
        ) from None
