"""Single sign-on (统一身份认证): OpenID Connect, the code flow with PKCE. A provider vouches for a person; the session is ours.

What a sign-in must remember between leaving and coming back travels in a sealed cookie of that browser, for ten minutes.
Nobody is created by signing in.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError  # type: ignore[import-untyped]
from httpx2 import HTTPError

from ledger import credentials, identities
from models.actors import Actor, Role
from models.audit import AuditAction
from models.errors import XiaohaoError
from runtime.providers import Provider
from runtime.sealing import Unsealable, seal, unseal
from services import audit
from services.accounts import idtokens
from services.accounts.idtokens import wrong
from services.context import Services
from services.missing import missing

LASTS = 600
"""Seconds a sign-in may take at the provider."""
_PURPOSE = "single sign-on"
_BY_HAND = frozenset({Role.ADMIN, Role.AUDITOR})
"""Roles that no claim binds: whoever may write claims at the provider would choose who administers here."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is remembered of a sign-in while somebody is at the provider."""

    provider: str
    state: str
    nonce: str
    verifier: str
    ahead: str
    at: float


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody signed in: the secret of the session, and where they wanted to go."""

    secret: str
    ahead: str


def provider_of(services: Services, provider_id: str) -> Provider:
    """A provider of the settings. Raises NotFound."""
    for one in services.settings.oidc:
        if one.id == provider_id:
            return one
    raise missing("provider")


async def leave(services: Services, provider_id: str, back: str, ahead: str) -> tuple[str, str]:
    """Where to send a browser to sign in, and the cookie it takes along; ``back`` is where it returns to.

    Raises NotFound, EngineUnavailable while the provider does not answer.
    """
    provider = provider_of(services, provider_id)
    found = await idtokens.metadata(services.providers, provider)
    at = services.clock().timestamp()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    leaving = Leaving(provider.id, state, nonce, verifier, ahead, at)
    client = _client(provider, back)
    url, _ = client.create_authorization_url(
        found["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
    )
    return str(url), _seal(services, leaving)


async def arrive(
    services: Services,
    provider_id: str,
    told: Mapping[str, str],
    cookie: str | None,
    back: str,
    *,
    ip: str,
    user_agent: str,
) -> Arrival:
    """Sign in whoever comes back from a provider with ``told`` in the address.

    Raises NotFound, BadRequest (another browser or too late, a code that was used, a token that is not good), NotAuthorised
    (refused there, nobody here, account ended), EngineUnavailable, TooManyRequests; every refusal is recorded.
    """
    services.limits.logins.hit(ip)
    provider = provider_of(services, provider_id)
    try:
        leaving = _remembered(services, provider, told, cookie)
        claims = await _claims(services, provider, leaving, told, back)
        actor = await _person(services, provider, claims, ip)
    except XiaohaoError as refusal:
        details = {"reason": refusal.rule, "provider": provider.id}
        await audit.refused(services, AuditAction.LOGIN, refusal.code, ip, details=details)
        raise
    secret, _ = await credentials.open_session(
        services.database,
        actor.user_id,
        services.clock(),
        services.rules,
        ip=ip,
        user_agent=user_agent,
        proven=True,
        provider=provider.id,
    )
    await audit.succeeded(
        services, AuditAction.LOGIN, actor, ip, details={"credential": f"oidc:{provider.id}"}
    )
    return Arrival(secret, leaving.ahead)


async def leaving_url(services: Services, provider_id: str, back: str) -> str | None:
    """Where to end the sign-in at the provider too; None when it has no such page or does not answer."""
    try:
        provider = provider_of(services, provider_id)
        found = await idtokens.metadata(services.providers, provider)
    except XiaohaoError:
        return None
    page = found.get("end_session_endpoint")
    told = {"client_id": provider.client_id, "post_logout_redirect_uri": back}
    return f"{page}?{urlencode(told)}" if page else None


def _client(provider: Provider, back: str) -> Any:
    secret = provider.client_secret.get_secret_value() if provider.client_secret else None
    return AsyncOAuth2Client(
        provider.client_id,
        secret,
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
        scope=provider.scope,
        redirect_uri=back,
        code_challenge_method="S256",
        timeout=idtokens.PATIENCE,
    )


def _remembered(
    services: Services, provider: Provider, told: Mapping[str, str], cookie: str | None
) -> Leaving:
    leaving = _unseal(services, provider, cookie) if cookie else None
    if (
        leaving is None
        or services.clock().timestamp() - leaving.at > LASTS
        or not secrets.compare_digest(leaving.state.encode(), told.get("state", "").encode())
    ):
        raise wrong("state")
    if told.get("error") or not told.get("code"):
        raise wrong("denied", said=told.get("error", "")[:60])
    return leaving


async def _claims(
    services: Services, provider: Provider, leaving: Leaving, told: Mapping[str, str], back: str
) -> Mapping[str, Any]:
    """What the provider says of whoever came, checked."""
    found = await idtokens.metadata(services.providers, provider)
    try:
        async with _client(provider, back) as client:
            token = await client.fetch_token(
                found["token_endpoint"], code=told["code"], code_verifier=leaving.verifier
            )
    except OAuthError as refusal:
        raise wrong("code", said=str(refusal.error)[:60]) from None
    except (HTTPError, ValueError):
        raise wrong("away") from None
    now = services.clock().timestamp()
    return await idtokens.checked(services.providers, provider, token.get("id_token"), leaving.nonce, now)


async def _person(services: Services, provider: Provider, claims: Mapping[str, Any], ip: str) -> Actor:
    """The account a subject is bound to, or is bound to now by a claim it shares with exactly one account."""
    subject, now = str(claims["sub"]), services.clock()
    bound = await identities.bound_to(services.database, provider.id, subject)
    user_id = bound.user_id if bound else await _matched(services, provider, claims)
    account = await credentials.by_user_id(services.database, user_id, now)
    if account is None:
        raise wrong("ended")
    if bound is None:
        await audit.succeeded(
            services,
            AuditAction.BIND_IDENTITY,
            account.actor,
            ip,
            details={"subject": user_id, "provider": provider.id, "by": "claim"},
        )
        if not await identities.bind(
            services.database, provider.id, subject, user_id, now, by=user_id
        ):  # somebody else was quicker
            raise wrong("unknown", subject=subject)
    return account.actor


async def _matched(services: Services, provider: Provider, claims: Mapping[str, Any]) -> str:
    """The one account a claim names. Raises NotAuthorised."""
    match, subject = provider.match, str(claims["sub"])
    value = claims.get(match.claim) if match else None
    if match is None or not isinstance(value, str) or not value.strip():
        raise wrong("unknown", subject=subject)
    if match.verified_by and claims.get(match.verified_by) is not True:
        raise wrong("unverified", claim=match.claim)
    plain = value.strip().lower() if match.field == "username" else value.strip()
    found = await identities.matching(services.database, match.field, plain)
    if len(found) != 1 or Role(found[0].role) in _BY_HAND:
        raise wrong("unknown", subject=subject)
    if await identities.has_one(services.database, provider.id, found[0].user_id):
        raise wrong("unknown", subject=subject)  # bound to another subject: an administrator decides
    return str(found[0].user_id)


def _seal(services: Services, leaving: Leaving) -> str:
    sealed = seal(services.settings, _PURPOSE, leaving.provider, json.dumps(asdict(leaving)).encode())
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _unseal(services: Services, provider: Provider, cookie: str) -> Leaving | None:
    try:
        sealed = base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
        return Leaving(**json.loads(unseal(services.settings, _PURPOSE, provider.id, sealed)))
    except (Unsealable, ValueError, TypeError):
        return None
