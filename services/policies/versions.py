"""Policy versions at any door: read, checked against the statutes, compared in words, stored, put in force from a day."""

from __future__ import annotations

import re
from datetime import date, datetime

from ledger import audit
from ledger.policies import activate as begin
from ledger.policies import activated, select_versions, version_row
from ledger.readers.paging import Found
from ledger.readers.rules import policy_in_force, policy_of
from ledger.registry import lock, store_policy
from ledger.sessions import Database, ReadSession, Scope
from models.actors import Actor
from models.audit import AuditAction, Outcome
from models.errors import PolicyError
from models.instants import day_of
from models.policy import Policy
from models.policy.differences import differences
from models.policyversions import Version, check_activation, keeps_policies
from policies import read_document
from services.context import Services
from services.missing import missing
from services.paging import Listing, Paged, page_of
from services.policies.version_views import (
    Checked,
    Compared,
    Document,
    Stored,
    VersionView,
    difference_view,
    faults_of,
    version_view,
)
from services.policies.views import PolicyView, policy_view

_VERSION = re.compile(r"\w[\w.-]{0,39}")


async def list_versions(services: Services, actor: Actor, query: Paged) -> Listing[VersionView]:
    """Every stored version and where it stands, the last stored first."""
    async with services.database.read(Scope.of(actor)) as session:
        view = query.view("policies")
        rows, following = await page_of(services, session, actor, view, select_versions(), query)
        current = (await policy_in_force(session, services.clock())).version
    day = day_of(services.clock())
    return Listing(items=[_view(row, current, day) for row in rows], next=following)


async def show_version(services: Services, actor: Actor, version: str) -> PolicyView:
    """A stored version whole: every clock, cap and rank with its basis and how far it was verified. Raises NotFound."""
    async with services.database.read(Scope.of(actor)) as session:
        return policy_view(await _stored(session, version))


async def standing(database: Database, actor: Actor, version: str, now: datetime) -> VersionView:
    """Since when, or from when on, a version is in force. Raises NotFound."""
    async with database.read(Scope.of(actor)) as session:
        row = await version_row(session, version)
        if row is None:
            raise missing("version")
        return _view(row, (await policy_in_force(session, now)).version, day_of(now))


async def compare(services: Services, actor: Actor, version: str, against: str | None = None) -> Compared:
    """In what a version differs from the one in force, or from ``against``: added, removed, changed, in words. Raises
    NotFound."""
    async with services.database.read(Scope.of(actor)) as session:
        new = await _stored(session, version)
        old = await (_stored(session, against) if against else policy_in_force(session, services.clock()))
    return _compared(old, new)


async def check(database: Database, by: Actor, document: Document, now: datetime) -> Checked:
    """What is wrong with a document, each fault at its place; where nothing is, how it differs from the version in force.
    Nothing is stored. Raises NotAuthorised."""
    keeps_policies(by)
    try:
        policy = _read(document)
    except PolicyError as wrong:
        return Checked(valid=False, faults=faults_of(wrong))
    async with database.read(Scope.of(by)) as session:
        current = await policy_in_force(session, now)
        kept = await policy_of(session, policy.version)
    return Checked(
        valid=True,
        faults=[],
        version=policy.version,
        effective_from=policy.effective_from,
        known=kept is not None and kept.digest() == policy.digest(),
        taken=kept is not None and kept.digest() != policy.digest(),
        compared=_compared(current, policy),
    )


async def store(database: Database, by: Actor, document: Document, now: datetime, *, ip: str = "") -> Stored:
    """Keep a document as a version, in force from no day yet; the very same again changes nothing.

    Raises NotAuthorised, PolicyError with every fault, and Conflict where the version has other content."""
    keeps_policies(by)
    policy = _read(document)
    async with database.write(Scope.of(by)) as session:
        fresh = await store_policy(session, policy, by.user_id, in_force=False)
        if fresh:
            told = {"version": policy.version, "digest": policy.digest()}
            await _audited(database, AuditAction.STORE_POLICY, by, now, ip, told)
    return Stored(fresh=fresh, version=await standing(database, by, policy.version, now))


async def activate(
    database: Database, by: Actor, version: str, day: date | None, now: datetime, *, ip: str = ""
) -> VersionView:
    """Put a stored version in force from ``day`` (Shanghai), the first it may begin when none is named: cases opened from
    then on go by it. Only forward. Raises NotAuthorised, NotFound, Conflict, LimitExceeded."""
    keeps_policies(by)
    today = day_of(now)
    async with database.write(Scope.of(by)) as session:
        await lock(session, "policies")
        row = await version_row(session, version)
        if row is None:
            raise missing("version")
        one, begins = _version(row), day or max(today, row.effective_from)
        if one.begins != begins or begins <= today:
            check_activation(one, begins, today, [_version(other) for other in await activated(session)])
            told = {"version": version, "from": begins.isoformat()}
            await _audited(database, AuditAction.ACTIVATE_POLICY, by, now, ip, told)
            await begin(session, version, begins, by.user_id, now)
    return await standing(database, by, version, now)


def _read(document: Document) -> Policy:
    """The policy in a document, under a version that can stand in an address. Raises PolicyError."""
    policy = read_document(document.text, document.format)
    if not _VERSION.fullmatch(policy.version):
        zh, en = "应为 1 到 40 个字母、数字、汉字、点或短横", "1 to 40 letters, digits, dots or dashes"
        problem = {"where": "version", "zh": zh, "en": en, "article": None}
        raise PolicyError(f"version：{zh}", f"version: {en}", rule="policy.valid", problems=[problem])
    return policy


async def _stored(session: ReadSession, version: str) -> Policy:
    policy = await policy_of(session, version)
    if policy is None:
        raise missing("version")
    return policy


def _compared(old: Policy, new: Policy) -> Compared:
    return Compared(
        version=new.version,
        against=old.version,
        differences=[difference_view(one) for one in differences(old, new)],
    )


def _version(row: Found) -> Version:
    return Version(row.version, row.effective_from, row.in_force_from)


def _view(row: Found, current: str, today: date) -> VersionView:
    return version_view(row, _version(row), current, today)


async def _audited(
    database: Database, action: AuditAction, by: Actor, now: datetime, ip: str, details: dict[str, str]
) -> None:
    """One line in the audit log, before anything is committed."""
    await audit.record(
        database, at=now, action=action, outcome=Outcome.SUCCESS, actor=by, ip=ip, details=details
    )
