"""The shapes of accounts: what signing in takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ledger.credentials import Account
from models.actors import Actor, Rank, Role
from models.words import Readable
from services.accounts.passwords import MAX_LENGTH

Name = Annotated[str, Field(min_length=1, max_length=64), Readable]
Secret = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH, json_schema_extra={"format": "password"})]


@dataclass(frozen=True)
class Credential:
    """A secret as it came: from a session cookie or as a bearer token; ``by_link`` is that of a visit by the link of an
    order, which opens no account."""

    secret: str
    from_cookie: bool
    by_link: bool = False


@dataclass(frozen=True)
class Signed:
    """A signed-in asker: who, and by which credential (hash of a session, or id of a token). Whoever came by a link is a
    :class:`models.actors.Visitor`."""

    actor: Actor
    session_hash: str | None = None
    token_id: str | None = None


class Login(BaseModel):
    """A name and a password."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    username: Name
    password: Secret


class TokenRequest(Login):
    """Asking for a token always needs the password again; ``days`` is how long it shall live."""

    name: Annotated[
        str, Field(min_length=1, max_length=80, description="What the token is for"), Readable
    ] = "cli"
    days: Annotated[int | None, Field(ge=1)] = None


class Person(BaseModel):
    """The signed-in person and what their authority rests on."""

    user_id: str
    username: str
    display_name: str
    role: Role
    rank: Rank | None
    district_id: str | None
    territory_id: str | None
    enterprise_id: str | None
    assessor_org_id: str | None
    certified: bool
    acting_for: str | None = None
    acting_rank: Rank | None = None


class SessionOpened(BaseModel):
    """A session; its secret travels in the cookie only. ``expires_at`` is its end at the latest (UTC)."""

    person: Person
    expires_at: datetime


class Token(BaseModel):
    """A token without its secret (UTC instants)."""

    token_id: str
    name: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = None


class TokenIssued(Token):
    """A new token; ``token`` is shown this once."""

    token: str


class TokenList(BaseModel):
    """Live tokens, newest first."""

    items: list[Token]


class PasswordChange(BaseModel):
    """A new password needs the present one."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    password: Secret
    new_password: Secret


class SessionView(BaseModel):
    """A live session (UTC); ``current``: this request's own."""

    session_id: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ip: str
    user_agent: str
    current: bool


class SessionList(BaseModel):
    """Live sessions, the one used last first."""

    items: list[SessionView]


def person_view(account: Account, actor: Actor) -> Person:
    """``account`` as its owner sees it, acting as ``actor``."""
    fields = actor.model_dump(exclude={"org_id"})
    return Person(username=account.username, display_name=account.display_name, **fields)
