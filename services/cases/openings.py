"""What an opening takes from SQL and never from the asker: the enterprise's place, the policy, the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from ledger.readers.enterprises import find_enterprise
from ledger.readers.paging import Found
from ledger.readers.rules import rules_in_force
from ledger.sessions import ReadSession, Scope
from models.calendar import WorkingCalendar
from models.caseclocks import Rules
from models.commands import OpenCase, Requirement, Source
from models.entries import merged
from services.missing import missing


@dataclass(frozen=True, slots=True)
class Grounds:
    """What new cases of an enterprise stand on."""

    enterprise: Found
    rules: Rules

    def opening(self, case_id: str, source: Source, requirements: Sequence[str], **told: Any) -> OpenCase:
        """The opening command; ``told`` is what the asker says of the hazard."""
        return OpenCase(
            case_id=case_id,
            district_id=self.enterprise.district_id,
            territory_id=self.enterprise.territory_id,
            enterprise_id=self.enterprise.enterprise_id,
            industry=self.enterprise.industry,
            team_id=self.enterprise.team_id,
            source=source,
            requirements=tuple(Requirement(text=text) for text in requirements),
            policy=self.rules.policy.packed,
            calendar=_carried(self.rules.calendar),
            **told,
        )


@lru_cache(maxsize=8)
def _carried(calendar: WorkingCalendar) -> dict[str, Any]:
    """A calendar as openings carry it; nobody changes what they carry."""
    return calendar.model_dump(mode="json", exclude_defaults=True)


async def grounds_for(session: ReadSession, scope: Scope, enterprise_id: str, at: datetime) -> Grounds:
    """The grounds for cases of an enterprise the asker sees. Raises NotFound, RequirementMissing for an entry that was
    merged into another."""
    enterprise = await find_enterprise(session, scope, enterprise_id)
    if enterprise is None:
        raise missing("enterprise")
    if enterprise.merged_into:
        raise merged(enterprise.survivor_name or enterprise.merged_into)
    return Grounds(enterprise=enterprise, rules=await rules_in_force(session, at))
