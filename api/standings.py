"""How an enterprise stands, for whoever asks: read where the officials' rows are hidden, told as they may know it."""

from __future__ import annotations

from datetime import datetime

from api.openings import enterprise_not_found
from api.policy_rows import calendar_at, policy_in_force
from ledger.readers.enterprise_files import entity_of, standing_of
from ledger.readers.measures import select_measures
from ledger.sessions import SYSTEM_SCOPE, Database, ReadSession, Scope
from ledger.tables import case_measures
from models.actors import Actor, Role
from models.caseclocks import Rules
from models.enterprise.snapshot import Enterprise
from models.enterprise.standing import Standing, standing
from models.sight import reads_file


async def rules_of_enterprises(session: ReadSession, at: datetime) -> Rules:
    """The rules an enterprise goes by: the policy in force, whatever version its cases run under."""
    return Rules(policy=await policy_in_force(session, at), calendar=await calendar_at(session, at))


async def standing_for(
    session: ReadSession, actor: Actor, enterprise_id: str, rules: Rules, now: datetime
) -> Standing:
    """The standing as an official of the district sees it. Raises NotFound."""
    row = await standing_of(session, Scope.of(actor), enterprise_id)
    if row is None or not reads_file(actor.role):
        raise enterprise_not_found()
    return standing(_entity(row.doc, enterprise_id, row.district_id), rules, actor, now)


async def standing_told(
    database: Database, session: ReadSession, actor: Actor, enterprise_id: str, now: datetime
) -> Standing:
    """The standing as far as the asker may know it. Raises NotFound."""
    rules = await rules_of_enterprises(session, now)
    if reads_file(actor.role):
        return await standing_for(session, actor, enterprise_id, rules, now)
    scope = Scope.of(actor)
    row = await standing_of(session, scope, enterprise_id)
    if row is None or actor.role not in (Role.ENTERPRISE, Role.TERRITORY):
        raise enterprise_not_found()
    async with database.read(SYSTEM_SCOPE) as unseen:
        doc = await entity_of(unseen, enterprise_id)
    entity = _entity(doc, enterprise_id, row.district_id)
    return standing(entity, rules, actor, now, await _served(session, scope, enterprise_id))


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
