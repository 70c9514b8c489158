"""What a provider of single sign-on publishes, and what it says of a person: read, kept for a while, and checked."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import KeySet

from models.errors import BadRequest, EngineUnavailable, NotAuthorised, XiaohaoError
from runtime.providers import Provider
from services.accounts.providers import Providers, Published

PATIENCE = 8.0
"""Seconds a provider has to answer."""
_KEPT = 3600.0
"""Seconds its addresses and keys are kept; an unknown key has them read anew at once."""
_LEEWAY = 30
"""Seconds its clock may differ from ours."""
_ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)
"""With a public key only: never ``none``, never a shared secret."""

_WORDS: Mapping[str, tuple[type[XiaohaoError], str, str, str, str]] = {
    "state": (
        BadRequest,
        "这次登录已失效，或不是在这个浏览器里开始的",
        "This sign-in is over, or it was not begun in this browser",
        "请从登录页重新登录",
        "Begin again from the sign-in page",
    ),
    "denied": (
        NotAuthorised,
        "统一身份认证没有同意这次登录",
        "The provider did not agree to this sign-in",
        "请重新登录；仍不行请联系认证平台的管理员",
        "Try again; if it persists ask whoever runs the provider",
    ),
    "code": (
        BadRequest,
        "登录凭据已用过或已过期",
        "The sign-in code was used before or has expired",
        "请从登录页重新登录",
        "Begin again from the sign-in page",
    ),
    "expired": (
        BadRequest,
        "统一身份认证签发的凭据已过期",
        "What the provider issued has expired",
        "请重新登录；反复出现请核对两边服务器的时间",
        "Sign in again; if it comes back compare the clocks of both servers",
    ),
    "token": (
        BadRequest,
        "统一身份认证签发的凭据核验不通过",
        "What the provider issued cannot be verified",
        "请联系管理员核对认证配置",
        "Ask the administrator to check the provider's settings",
    ),
    "unknown": (
        NotAuthorised,
        "您的统一身份在本系统没有对应账号",
        "Your identity has no account here",
        "请把页面上的标识告诉管理员，由管理员绑定到您的账号",
        "Tell the administrator the subject shown here to have it bound to your account",
    ),
    "unverified": (
        NotAuthorised,
        "统一身份认证没有核实用来对应账号的信息",
        "The provider has not verified what your account is known by",
        "请先在认证平台完成核实，或请管理员绑定",
        "Have it verified there first, or ask the administrator to bind it",
    ),
    "ended": (
        NotAuthorised,
        "您在本系统的账号已停用",
        "Your account here has ended",
        "请联系管理员",
        "Ask the administrator",
    ),
    "away": (
        EngineUnavailable,
        "统一身份认证暂时没有响应",
        "The provider of single sign-on does not answer",
        "请稍后再试",
        "Try again in a while",
    ),
}
"""Everything that can go wrong, in words."""


def wrong(what: str, **details: object) -> XiaohaoError:
    """The refusal for what went wrong."""
    kind, zh, en, remedy_zh, remedy_en = _WORDS[what]
    told = {key: value for key, value in details.items() if value}
    return kind(zh, en, rule=f"oidc.{what}", remedy_zh=remedy_zh, remedy_en=remedy_en, **told)  # type: ignore[arg-type]


async def metadata(providers: Providers, provider: Provider) -> Mapping[str, Any]:
    """The provider's addresses. Raises EngineUnavailable while it does not answer."""
    return (await _known(providers, provider)).metadata


async def _known(providers: Providers, provider: Provider, *, anew: bool = False) -> Published:
    kept = providers.kept.get(provider.id)
    if kept is not None and not anew and time.monotonic() - kept.at < _KEPT:
        return kept
    try:
        async with httpx2.AsyncClient(timeout=PATIENCE) as client:
            found = await _read(client, f"{provider.issuer}/.well-known/openid-configuration")
            if found["issuer"] != provider.issuer:
                raise wrong("token", issuer=str(found["issuer"])[:200])
            keys = KeySet.import_key_set(await _read(client, found["jwks_uri"]))
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, KeyError, TypeError, JoseError):
        raise wrong("away") from None
    providers.kept[provider.id] = fresh = Published(found, keys, time.monotonic())
    return fresh


async def _read(client: httpx2.AsyncClient, url: str) -> Any:
    answer = await client.get(url)
    answer.raise_for_status()
    return answer.json()


async def checked(
    providers: Providers, provider: Provider, token: str | None, nonce: str, now: float
) -> Mapping[str, Any]:
    """The claims of an ID token: signed by a key the provider publishes now, for us, for this sign-in, not expired.

    Raises BadRequest, EngineUnavailable.
    """
    if not token:
        raise wrong("token")
    claims = await _verified(providers, provider, token)
    registry = jwt.JWTClaimsRegistry(
        now=int(now),
        leeway=_LEEWAY,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        sub={"essential": True},
        exp={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        registry.validate(dict(claims))
    except ExpiredTokenError:
        raise wrong("expired") from None
    except JoseError:
        raise wrong("token") from None
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != provider.client_id:
        raise wrong("token")
    return claims


async def _verified(providers: Providers, provider: Provider, token: str) -> Mapping[str, Any]:
    """The claims of a token whose signature fits; keys that do not fit are read anew once, for they rotate."""
    for anew in (False, True):
        known = await _known(providers, provider, anew=anew)
        try:
            return jwt.decode(token, known.keys, algorithms=_ALGORITHMS).claims
        except (JoseError, ValueError):
            continue
    raise wrong("token")
