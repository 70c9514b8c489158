"""Adopting a version in force for open cases somebody chose: looked at case by case, then left to the workers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from ledger import adoptions, claims
from ledger.policies import version_row
from ledger.readers.paging import Found
from ledger.readers.rules import calendar_of, notices_entered, policy_in_force, policy_of
from ledger.sessions import ReadSession, Scope
from models.actors import DISTRICT_ROLES, Actor, Role, reaches
from models.audit import AuditAction
from models.caseclocks import Rules
from models.clocks import Due
from models.errors import NotAuthorised, RequirementMissing, XiaohaoError
from models.explain import Label
from models.grants import LEADERS
from models.policy import Policy
from models.policyadoption import Shift, shifts
from models.policyversions import check_in_force
from models.programs import Program
from models.sight import kinds_of
from models.snapshot import Case
from services import audit
from services.asking import Asking, Done, derived_id
from services.context import Services
from services.labels import clock_label, state_label
from services.missing import missing
from services.paging import Listing, Paged, page_of
from services.policies.adoption_views import (
    AdoptionAsked,
    AdoptionPreview,
    AdoptionView,
    Candidate,
    Choice,
    NotTaken,
    ShiftView,
    adoption_view,
)

FIRST = 200
"""How many clocks and refusals are named; all of them are counted."""
_AT_ONCE = 50
FOLLOWERS = DISTRICT_ROLES - {Role.SYSTEM, Role.GOVERNMENT, Role.COMMITTEE}


class CandidateQuery(Paged):
    """The open cases that do not go by the version yet; ``under`` names the version they go by."""

    under: str | None = None


async def check_adopts(session: ReadSession, actor: Actor, now: datetime) -> None:
    """Raise NotAuthorised for whoever may not adopt a version for a case; nobody does it for many on behalf of another."""
    needed = (await policy_in_force(session, now)).rank("adopt_policy")
    in_person = actor.acting_for is None and not isinstance(actor, Program)
    if actor.role not in LEADERS or not in_person or not reaches(actor.rank, needed):
        raise NotAuthorised(
            "为在办案件适用新版规则，由科室负责人以上人员本人办理",
            "A newer version is adopted for open cases by a section head or a leader of the bureau, in person",
            rule="policies.adopts",
            remedy_zh="请科室负责人或局领导办理",
            remedy_en="ask a section head or a leader",
        )


async def may_adopt(services: Services, actor: Actor) -> bool:
    """Whether the asker may adopt a version for open cases."""
    try:
        async with services.database.read(Scope.of(actor)) as session:
            await check_adopts(session, actor, services.clock())
    except NotAuthorised:
        return False
    return True


async def _in_force(session: ReadSession, version: str, now: datetime) -> Policy:
    """The version, which open cases may take from the day it is in force. Raises NotFound, RequirementMissing."""
    row, policy = await version_row(session, version), await policy_of(session, version)
    if row is None or policy is None:
        raise missing("version")
    check_in_force(version, row.in_force_from, now)
    return policy


def _which(scope: Scope, version: str, choice: Choice) -> Any:
    return adoptions.candidates(scope, version, among=choice.cases or None, under=choice.under)


async def candidates(
    services: Services, actor: Actor, version: str, query: CandidateQuery
) -> Listing[Candidate]:
    """The open cases that do not go by the version yet (leaders). Raises NotAuthorised, NotFound, RequirementMissing."""
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        await check_adopts(session, actor, now)
        await _in_force(session, version, now)
        wanted = adoptions.select_candidates(adoptions.candidates(scope, version, under=query.under))
        view = query.view(f"policies/{version}/candidates")
        rows, following = await page_of(services, session, actor, view, wanted, query)
    return Listing(
        items=[
            Candidate(
                case_id=row.case_id,
                number=row.number,
                enterprise=row.enterprise,
                version=row.policy_version,
                opened_at=row.opened_at,
                state_label=state_label(row.state),
            )
            for row in rows
        ],
        next=following,
    )


async def versions_under(services: Services, actor: Actor, version: str) -> dict[str, int]:
    """By which versions the open cases go that could take this one, and how many by each."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        found = await adoptions.versions_under(session, adoptions.candidates(scope, version))
    return {row.version: row.cases for row in found}


async def preview(services: Services, actor: Actor, version: str, choice: Choice) -> AdoptionPreview:
    """What adopting the version would do to the chosen open cases (leaders): which clocks change, from when to when,
    and which cases would not take it. Nothing is stored. All are counted, the first 200 named. Raises NotAuthorised,
    NotFound, RequirementMissing."""
    now, scope = services.clock(), Scope.of(actor)
    async with services.database.read(scope) as session:
        await check_adopts(session, actor, now)
        policy = await _in_force(session, version, now)
    found = AdoptionPreview(
        version=version, cases=0, unmoved=0, moved=0, first=[], refused=[], refused_cases=0
    )
    async for row, rules in _chosen(services, scope, version, choice, now):
        await asyncio.sleep(0)  # each takes milliseconds, and others wait
        try:
            moved = shifts(Case.model_validate(row.doc), rules, policy, actor, now)
        except XiaohaoError as refusal:
            found.refused_cases += 1
            if len(found.refused) < FIRST:
                why = Label(zh=refusal.zh, en=refusal.en)
                found.refused.append(NotTaken(case_id=row.case_id, number=row.number, reason=why))
            continue
        found.cases += 1
        found.unmoved += not moved
        found.moved += len(moved)
        found.first += [_shift(row, one) for one in moved[: FIRST - len(found.first)]]
    return found


async def _chosen(
    services: Services, scope: Scope, version: str, choice: Choice, now: datetime
) -> AsyncIterator[tuple[Found, Rules]]:
    """The chosen cases with the rules they go by now, some in memory at a time."""
    after = ""
    while True:
        async with services.database.read(scope) as session:
            rows = await adoptions.candidates_after(session, _which(scope, version, choice), after, _AT_ONCE)
            notices = await notices_entered(session)
            kept = {name: await policy_of(session, name) for name in {row.policy_version for row in rows}}
        for row in rows:
            if (policy := kept[row.policy_version]) is not None:
                yield row, Rules(policy=policy, calendar=calendar_of(notices, row.opened_at, now))
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].case_id


def _shift(row: Found, one: Shift) -> ShiftView:
    return ShiftView(
        case_id=row.case_id,
        number=row.number,
        enterprise=row.enterprise,
        clock=one.key,
        clock_label=clock_label(one.key, kinds_of(row.doc.get("measures"), row.doc.get("proposals"))),
        before=_day(one.before),
        after=_day(one.after),
    )


def _day(due: Due | None) -> Any:
    return due.last_day if due else None


async def adopt(ask: Asking, version: str, asked: AdoptionAsked, *, ip: str) -> Done[AdoptionView]:
    """Adopt the version for the chosen open cases (leaders), one after the other in the background, each once. Raises
    NotAuthorised, NotFound, IdempotencyConflict, and RequirementMissing while it is not in force or where no case is
    left to take it."""
    services, scope, now = ask.services, ask.scope, ask.services.clock()
    adoption_id = derived_id(ask.command_id, "adoption")
    async with services.database.write(scope) as session:
        await check_adopts(session, ask.actor, now)
        await _in_force(session, version, now)
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            taken = await adoptions.begin(
                session,
                scope,
                _which(scope, version, asked),
                adoption_id=adoption_id,
                version=version,
                reason=asked.reason,
                by=ask.actor.user_id,
                at=now,
            )
            if not taken:
                raise RequirementMissing(
                    "没有可以适用的案件：所选案件已适用该版规则、已办结，或者正在办理",
                    "no case is left to take it: they have it, have ended, or wait for a version already",
                    rule="policies.none_left",
                )
            details = {"version": version, "adoption": adoption_id, "cases": taken}
            await audit.succeeded(services, AuditAction.ADOPT_POLICY, ask.actor, ip, details=details)
    (found,) = (await adoptions_of(services, ask.actor, version, Paged(), only=adoption_id)).items
    return Done(found, before=not fresh)


async def adoptions_of(
    services: Services, actor: Actor, version: str, query: Paged, *, only: str | None = None
) -> Listing[AdoptionView]:
    """The adoptions of a version in the asker's district, the latest first, as far as each has come. Raises NotAuthorised
    for whoever is no official."""
    if actor.role not in FOLLOWERS:
        raise NotAuthorised(
            "规则适用的进度由监管部门人员查看",
            "Adoptions are followed by officials of the bureau",
            rule="policies.follows",
        )
    scope = Scope.of(actor)
    wanted = adoptions.select_adoptions(scope, version, only)
    async with services.database.read(scope) as session:
        view = query.view(f"policies/{version}/adoptions")
        rows, following = await page_of(services, session, actor, view, wanted, query)
        ids = [row.adoption_id for row in rows]
        counts = await adoptions.counted(session, scope, ids)
        refused = await adoptions.refusals(session, scope, ids, FIRST)
    return Listing(
        items=[
            adoption_view(
                row,
                counts[row.adoption_id],
                [one for one in refused if one.adoption_id == row.adoption_id],
            )
            for row in rows
        ],
        next=following,
    )
