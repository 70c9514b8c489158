"""What is counted, and as whom: the lists of one asker counted instead of shown, for the overview and for reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ledger.readers.enterprises import select_territories
from ledger.readers.keeping import every
from ledger.readers.overview import Counts, Tally, count_cases, tallied
from ledger.sessions import ReadSession, Scope
from models.actors import Actor, Role
from models.errors import NotAuthorised
from models.lifecycle import FINAL, CaseState
from services.cases.reads import filters_of
from services.cases.views import CaseQuery
from services.overview.views import Asked, Axis, axis

OVERSEERS = frozenset(
    {Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD, Role.GOVERNMENT, Role.COMMITTEE, Role.TERRITORY}
    | {Role.AUDITOR}
)
"""Who is shown the overview: whoever answers for a district or a territory, and whoever audits them."""


DONE = (CaseState.SIGNED_OFF, CaseState.ARCHIVED)
"""Put right (已整改销号)."""
_LOST = FINAL - {CaseState.ARCHIVED}
FOUND = tuple(one for one in CaseState if one is not CaseState.REPORTED and one not in _LOST)
"""Hazards that were found: not leads that wait to be verified, nor what came to nothing or was handed on."""
NOT_STATED = ("none", ("未填写", "not stated"))


def check_oversees(actor: Actor) -> None:
    """Raise NotAuthorised unless the numbers are for ``actor``."""
    if actor.role not in OVERSEERS:
        raise NotAuthorised(
            "总览供领导、科室负责人、安委办、政府、属地和监督人员使用",
            "The overview is for leaders, section heads, the committee, the government, territories and auditors",
            rule="overview.role",
        )


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one asker at one moment, counted instead of shown."""

    session: ReadSession
    actor: Actor
    now: datetime

    async def cases(self, asked: Asked, *by: str) -> Counts:
        """How many cases the list ``asked`` has."""
        filters = filters_of(CaseQuery.model_validate(asked), self.actor, self.now)
        return await count_cases(self.session, Scope.of(self.actor), filters, *by, now=self.now)

    async def tallied(self, *asked: Tally) -> list[Counts]:
        """How many the asker sees."""
        return await tallied(self.session, Scope.of(self.actor), *asked)

    async def places(self) -> Axis:
        """The asker's territories."""
        rows = await every(self.session, select_territories, Scope.of(self.actor))
        named = [(row.territory_id, (row.name or row.territory_id,) * 2) for row in rows]
        return axis("territory", [*named, ("none", ("未划定", "no territory"))])


def period(what: str, first: date | None, before: date | None) -> dict[str, str]:
    """What a list asks for of the days from ``first`` until the one before ``before``."""
    asked = {f"{what}_from": first.isoformat()} if first else {}
    return asked | ({f"{what}_to": (before - timedelta(days=1)).isoformat()} if before else {})
