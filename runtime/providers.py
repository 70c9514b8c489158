"""A provider of single sign-on (统一身份认证) as the settings name it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from runtime.loopback import is_loopback


def _secured(issuer: str) -> str:
    """``issuer`` if nobody on the way can stand in for it. Raises ``ValueError``."""
    at = urlsplit(issuer)
    if at.scheme != "https" and not is_loopback(at.hostname or ""):
        raise ValueError("issuer must be https://…; http is for a provider on this machine")
    return issuer


class Match(BaseModel):
    """How somebody who comes for the first time is known: the provider's ``claim`` says what ``field`` of the account says.

    ``verified_by`` is a claim that must be true beside it (``email_verified``).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    claim: Annotated[str, Field(min_length=1)]
    field: Literal["username", "certificate_no"] = "username"
    verified_by: str | None = None


class Provider(BaseModel):
    """One provider. ``issuer`` is where its ``/.well-known/openid-configuration`` lies; without ``match`` only those an
    administrator bound come in; ``http`` only on this machine. Nobody is created by signing in."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
    name: Annotated[str, Field(min_length=1, max_length=40)]
    name_en: Annotated[str, Field(min_length=1, max_length=60)] = "Single sign-on"
    issuer: Annotated[str, Field(pattern=r"^https?://[^?#]+[^?#/]$"), AfterValidator(_secured)]
    client_id: Annotated[str, Field(min_length=1)]
    client_secret: SecretStr | None = None
    scope: str = "openid profile"
    match: Match | None = None

    def plain(self) -> dict[str, Any]:
        """The provider as the settings spell it, its secret included."""
        told = self.model_dump(mode="json", exclude_none=True)
        if self.client_secret is not None:
            told["client_secret"] = self.client_secret.get_secret_value()
        return told
