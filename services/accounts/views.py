"""The shapes of accounts: what signing in takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ledger.credentials import Account
from models.actors import Actor, Rank, Role
from models.labels import Label
from models.signon import MAX_PASSWORD, Owed
from models.words import Readable

Name = Annotated[str, Field(min_length=1, max_length=64), Readable]
Secret = Annotated[
    str, Field(min_length=1, max_length=MAX_PASSWORD, json_schema_extra={"format": "password"})
]
Code = Annotated[
    str,
    Field(
        min_length=6,
        max_length=32,
        description="动态口令六位数字，或一个恢复码 / the six digits of the app, or a recovery code",
    ),
]


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
    owes: Owed | None = None
    """What must be done before anything else."""


class Login(BaseModel):
    """A name and a password; ``code`` where the account has a second factor (动态口令)."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    username: Name
    password: Secret
    code: Code | None = None


class CodeGiven(BaseModel):
    """The code of a second factor."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    code: Code


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
    """A session; its secret travels in the cookie only. ``expires_at`` is its end at the latest (UTC); ``owes`` is what
    must be done before it opens anything else: a ``code``, a new ``password``, setting up a second ``factor``."""

    person: Person
    expires_at: datetime
    owes: Owed | None = None


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


class FactorBegun(BaseModel):
    """A secret for an authenticator app, shown until it is confirmed: as text, and as the address its QR code holds."""

    secret: str
    uri: str


class FactorConfirmed(BaseModel):
    """The recovery codes (恢复码), each good once; shown this once."""

    recovery_codes: list[str]


class FactorStanding(BaseModel):
    """Whether a second factor is set up, and how many recovery codes are left (UTC instants)."""

    confirmed_at: datetime | None
    recovery_codes_left: int
    required: bool


class PasswordChange(BaseModel):
    """A new password needs the present one."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    password: Secret
    new_password: Secret


class SessionView(BaseModel):
    """A live session (UTC); ``current``: this request's own; ``device`` is its user agent in words."""

    session_id: str
    device: Label
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ip: str
    user_agent: str
    current: bool


class SessionList(BaseModel):
    """Live sessions, the one used last first."""

    items: list[SessionView]


class SessionsEnded(BaseModel):
    """How many sessions were ended."""

    ended: int


class OneTimePassword(BaseModel):
    """A password somebody else set, shown this once: its holder can do nothing with it but choose another."""

    password: str


class IdentityView(BaseModel):
    """Who somebody is to a provider of single sign-on (统一身份认证)."""

    provider: str
    subject: str
    bound_at: datetime


class Identity(BaseModel):
    """What a provider of single sign-on calls somebody: its ``sub`` claim."""

    model_config = ConfigDict(extra="forbid")

    provider: Annotated[str, Field(min_length=1, max_length=32), Readable]
    subject: Annotated[str, Field(min_length=1, max_length=255), Readable]


class AccountView(BaseModel):
    """An account as its administrator looks after it (UTC instants); nothing of a secret."""

    user_id: str
    username: str
    name: str
    role: Role
    active: bool
    sessions: int
    last_seen_at: datetime | None
    must_change: bool
    factor_since: datetime | None
    identities: list[IdentityView]


def person_view(account: Account, actor: Actor) -> Person:
    """``account`` as its owner sees it, acting as ``actor``."""
    fields = actor.model_dump(exclude={"org_id"})
    return Person(username=account.username, display_name=account.display_name, **fields)
