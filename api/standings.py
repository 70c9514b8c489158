"""How an enterprise stands, for whoever asks: read where the officials' rows are hidden, shown as they may know it."""

from __future__ import annotations

from datetime import datetime

from api.openings import enterprise_not_found
from api.policy_rows import calendar_at, policy_in_force
from ledger.readers.enterprise_files import entity_of, standing_of
from ledger.readers.measures import select_measures
from ledger.sessions import SYSTEM_SCOPE, Database, ReadSession, Scope
from ledger.tables import case_measures
from models.actors import DISTRICT_ROLES, Actor, Role
from models.caseclocks import Rules
from models.enterprise.clocks import ENTERPRISE_LIVES
from models.enterprise.snapshot import Enterprise
from models.enterprise.standing import PenaltyView, Standing, standing

INSIDE = DISTRICT_ROLES
"""Who reads an enterprise's own ledger; a territory and the enterprise are shown what follows from it."""


async def rules_of_enterprises(session: ReadSession, at: datetime) -> Rules:
    """The rules an enterprise goes by: the policy in force, whatever version its cases run under."""
    return Rules(policy=await policy_in_force(session, at), calendar=await calendar_at(session, at))


async def standing_for(
    session: ReadSession, actor: Actor, enterprise_id: str, rules: Rules, now: datetime
) -> Standing:
    """The standing as an official of the district sees it. Raises NotFound."""
    row = await standing_of(session, Scope.of(actor), enterprise_id)
    if row is None or actor.role not in INSIDE:
        raise enterprise_not_found()
    return standing(_entity(row.doc, enterprise_id, row.district_id), rules, actor, now)


async def standing_told(
    database: Database, session: ReadSession, actor: Actor, enterprise_id: str, now: datetime
) -> Standing:
    """The standing as far as the asker may know it. Raises NotFound.

    The enterprise itself and its territory see the status and what it comes from, what was decided and served, the
    bad-faith entry; not what officials only weigh.
    """
    rules = await rules_of_enterprises(session, now)
    if actor.role in INSIDE:
        return await standing_for(session, actor, enterprise_id, rules, now)
    scope = Scope.of(actor)
    row = await standing_of(session, scope, enterprise_id)
    if row is None or actor.role not in (Role.ENTERPRISE, Role.TERRITORY):
        raise enterprise_not_found()
    async with database.read(SYSTEM_SCOPE) as unseen:
        doc = await entity_of(unseen, enterprise_id)
    entity = _entity(doc, enterprise_id, row.district_id)
    found = standing(entity, rules, actor, now)
    served = await _served(session, scope, enterprise_id)
    return found.model_copy(
        update={
            "penalties": _penalties(entity, served),
            "windows": (),
            "major_cases": (),
            "closure_flag": None,
            "clocks": tuple(one for one in found.clocks if ENTERPRISE_LIVES[one.key].shown),
            "tasks": (),
        }
    )


def _entity(doc: object, enterprise_id: str, district_id: str) -> Enterprise:
    if doc is None:
        return Enterprise(enterprise_id=enterprise_id, district_id=district_id)
    return Enterprise.model_validate(doc)


async def _served(session: ReadSession, scope: Scope, enterprise_id: str) -> frozenset[tuple[str, str]]:
    """The measures whose decision was served, of those the asker may know of."""
    wanted = select_measures(scope, enterprise_id=enterprise_id).where(
        case_measures.c.doc["done"].has_key("serve_decision")
    )
    rows = await session.execute(wanted)
    return frozenset((row.case_id, row.measure_id) for row in rows)


def _penalties(entity: Enterprise, served: frozenset[tuple[str, str]]) -> tuple[PenaltyView, ...]:
    """The penalty decisions the enterprise has been served with."""
    return tuple(
        PenaltyView(
            case_id=one.case_id,
            measure_id=one.measure_id,
            kind=one.kind,
            decided_on=one.decided_on,
            decision_no=one.decision_no,
            major=one.major,
            counts=(),
        )
        for one in sorted(entity.penalties, key=lambda one: (one.decided_on, one.key))
        if (one.case_id, one.measure_id) in served
    )
