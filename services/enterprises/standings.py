"""How an enterprise stands, for whoever asks: read where the officials' rows are hidden, shown as they may know it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ledger.readers.enterprise_files import enterprise_entries_after, entity_of, standing_of
from ledger.readers.measures import decisions_served
from ledger.readers.paging import Found
from ledger.readers.rules import rules_in_force
from ledger.sessions import SYSTEM_SCOPE, Database, ReadSession, Scope
from models.actors import Actor, Role
from models.caseclocks import Rules
from models.enterprise.batch import EnterpriseEntry
from models.enterprise.snapshot import Enterprise
from models.enterprise.standing import Standing, standing
from models.sight import reads_file, tells_of_file
from services.missing import missing


def standing_seen(row: Found | None, actor: Actor, rules: Rules, now: datetime) -> Standing:
    """The standing as an official of the district sees it, of the row :func:`standings_of` found. Raises NotFound."""
    if row is None or not reads_file(actor.role):
        raise missing("enterprise")
    return standing(_entity(row.doc, row.enterprise_id, row.district_id), rules, actor, now)


async def standing_told(
    database: Database, session: ReadSession, actor: Actor, enterprise_id: str, now: datetime
) -> Standing:
    """The standing as far as the asker may know it. Raises NotFound."""
    rules = await rules_in_force(session, now)
    if reads_file(actor.role):
        row = await standing_of(session, Scope.of(actor), enterprise_id)
        return standing_seen(row, actor, rules, now)
    scope = Scope.of(actor)
    row = await standing_of(session, scope, enterprise_id)
    if row is None or actor.role not in (Role.ENTERPRISE, Role.TERRITORY):
        raise missing("enterprise")
    async with database.read(SYSTEM_SCOPE) as unseen:
        doc = await entity_of(unseen, enterprise_id)
        entries = await enterprise_entries_after(unseen, enterprise_id, 0)
    entity = _entity(doc, enterprise_id, row.district_id)
    found = standing(entity, rules, actor, now, await decisions_served(session, scope, enterprise_id))
    return found.model_copy(update={"seq": len(numbered(actor.role, entries))})


def numbered(role: Role, entries: Sequence[EnterpriseEntry]) -> list[tuple[int, EnterpriseEntry]]:
    """The entries of a whole ledger that ``role`` is told of, each with its number for that reader: who does not read
    the file counts those alone, so that a gap tells nothing."""
    told = [one for one in entries if tells_of_file(role, one.event)]
    return [(one.seq if reads_file(role) else no, one) for no, one in enumerate(told, 1)]


def _entity(doc: object, enterprise_id: str, district_id: str) -> Enterprise:
    if doc is None:
        return Enterprise(enterprise_id=enterprise_id, district_id=district_id)
    return Enterprise.model_validate(doc)
