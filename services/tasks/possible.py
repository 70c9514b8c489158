"""Which commands of a task may be given now: what the tables offer, but for what the case itself refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from ledger.readers.approvals import OF_CASE
from ledger.readers.deciding import docs_of
from ledger.readers.paging import Found
from ledger.readers.rules import rules_of
from ledger.sessions import ReadSession, Scope
from models.case import HazardCase
from models.decisions import Context
from models.decisions.base import AVAILABLE
from models.envelope import Facts
from models.snapshot import Case
from services.tasks.commands import commands_for
from services.tasks.delegated import Seated

Possible = Mapping[tuple[str, str], tuple[str, ...]]
"""The commands of tasks of cases, by case and key."""


async def possible_now(
    session: ReadSession, scope: Scope, rows: Sequence[Found], who: Seated, now: datetime
) -> Possible:
    """The commands that may be given now for each task of a case. A case is read where a command has a condition of its
    own."""
    offered = {
        (row.subject_id, row.key): commands_for(row.clock or row.key, row.state, who.doer(row).role)
        for row in rows
        if row.subject == OF_CASE
    }
    asked = {case_id for (case_id, _), names in offered.items() if not AVAILABLE.keys().isdisjoint(names)}
    docs = await docs_of(session, scope, sorted(asked)) if asked else {}
    rules = {
        version: await rules_of(session, version, now)
        for version in {one.policy_version for one in docs.values()}
    }
    cases = {
        case_id: HazardCase(rules[one.policy_version], Case.model_validate(one.doc))
        for case_id, one in docs.items()
    }
    for row in rows:
        if row.subject == OF_CASE and (hazard := cases.get(row.subject_id)):
            ctx = Context(actor=who.actor_for(row), at=now, rules=hazard.rules, facts=Facts())
            at = (row.subject_id, row.key)
            offered[at] = tuple(name for name in offered[at] if not hazard.refusals(name, ctx))
    return offered
