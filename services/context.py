"""What every service stands on, built once a process by the composition root and by tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ledger.credentials import SessionRules
from ledger.sessions import Database
from models.actors import Role
from models.rehearsal import Rehearsal, RehearsalRequest
from models.signon import SignOnRules
from runtime.settings import Settings
from services.accounts.attempts import Attempts
from services.accounts.passwords import PasswordChecker
from services.accounts.providers import Providers
from services.gateway import Gateway
from services.limits import Limits
from services.rehearsals.rehearser import Rehearser
from services.underway import UnderWay
from storage.objects import ObjectStore
from storage.scanning import scanner_at
from storage.vault import EvidenceVault

Probe = Callable[[], Awaitable[Any]]
"""Returns when a part answers, raises when it does not."""


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass
class Services:
    """Everything a door is given. ``probes`` are the parts that readiness asks (``postgresql``, ``temporal``,
    ``object_store``)."""

    settings: Settings
    database: Database
    gateway: Gateway
    vault: EvidenceVault
    probes: Mapping[str, Probe] = field(default_factory=dict)
    clock: Callable[[], datetime] = utc_now
    limits: Limits = field(default_factory=Limits)
    rules: SessionRules = field(default_factory=SessionRules)
    attempts: Attempts = field(default_factory=Attempts)
    under_way: UnderWay = field(default_factory=UnderWay)
    passwords: PasswordChecker = field(default_factory=PasswordChecker)
    providers: Providers = field(default_factory=Providers)
    rehearse: Callable[[RehearsalRequest], Awaitable[Rehearsal]] = field(default_factory=Rehearser)


def sign_on_rules(settings: Settings) -> SignOnRules:
    """What the settings ask of a sign-in by password."""
    named = (one.strip() for one in settings.second_factor_roles.split(","))
    return SignOnRules(
        factor_roles=frozenset(Role(one) for one in named if one),
        password_length=settings.password_length,
        password_days=settings.password_days,
        password_history=settings.password_history,
    )


def build_services(
    settings: Settings,
    database: Database,
    gateway: Gateway,
    probes: Mapping[str, Probe] | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Services:
    """The services of one process as its settings want them; object store and virus scanner join the probes."""
    store, scanner = ObjectStore.at(settings.object_store_url, settings.home), scanner_at(settings.scanner)
    scanning = {"scanner": scanner.probe} if scanner else {}
    return Services(
        settings=settings,
        database=database,
        gateway=gateway,
        vault=EvidenceVault(store, scanner=scanner),
        probes={**(probes or {}), "object_store": store.probe, **scanning},
        clock=clock,
        rules=SessionRules(
            sign_on=sign_on_rules(settings), token_overlap=timedelta(hours=settings.program_overlap_hours)
        ),
        limits=Limits(writes=settings.in_flight_limit, retry_after=settings.retry_after_seconds),
    )
