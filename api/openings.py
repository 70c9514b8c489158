"""What an opening takes from SQL and never from the asker: the enterprise's place, the policy, the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.policy_rows import calendar_at, current_policy, packed
from ledger.readers.enterprises import find_enterprise
from ledger.readers.paging import Found
from ledger.sessions import Database, ReadSession, Scope
from models.calendar import WorkingCalendar
from models.caseclocks import Rules
from models.commands import OpenCase, Requirement, Source
from models.errors import NotFound
from models.policy import Policy


@dataclass(frozen=True, slots=True)
class Grounds:
    """What new cases of an enterprise stand on."""

    enterprise: Found
    policy: Policy
    calendar: WorkingCalendar

    @property
    def rules(self) -> Rules:
        return Rules(policy=self.policy, calendar=self.calendar)

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
            policy=packed(self.policy),
            calendar=self.calendar.model_dump(mode="json", exclude_defaults=True),
            **told,
        )


async def grounds_for(
    database: Database, session: ReadSession, scope: Scope, enterprise_id: str, at: datetime
) -> Grounds:
    """The grounds for cases of an enterprise the asker sees. Raises NotFound."""
    enterprise = await find_enterprise(session, scope, enterprise_id)
    if enterprise is None:
        raise enterprise_not_found()
    return Grounds(
        enterprise=enterprise,
        policy=await current_policy(database, session, at),
        calendar=await calendar_at(session, at),
    )


def enterprise_not_found() -> NotFound:
    """No such enterprise, or not the asker's: the same answer."""
    return NotFound("没有这家企业", "There is no such enterprise", rule="scope.enterprise")
