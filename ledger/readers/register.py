"""The register as an administrator looks through it: organisations, territories, liaison groups, enterprises, accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, null, or_, select

from ledger.entries import KEPT
from ledger.readers.paging import Found
from ledger.readers.searching import pattern_of
from ledger.scope import Scope
from ledger.sessions import ReadSession
from ledger.tables import enterprises, organisations, teams, territories, users
from models.actors import Role
from models.entries import Noun
from models.searching import wanted as wanted_words

NOBODYS: Mapping[str, ColumnElement[bool]] = MappingProxyType(
    {
        "regulator": enterprises.c.regulator_org_id.is_(None),
        "team": and_(enterprises.c.key_enterprise, enterprises.c.team_id.is_(None)),
        "place": enterprises.c.latitude.is_(None),
    }
)
"""What an enterprise may lack: its authority of record, the liaison group a key enterprise is given, its coordinates."""


@dataclass(frozen=True, slots=True)
class Looked:
    """Which entries: part of a name, a kind of organisation, a role, in use or closed, what an enterprise lacks."""

    search: str | None = None
    kind: str | None = None
    role: str | None = None
    active: bool | None = None
    without: str | None = None


def _organisations(scope: Scope) -> Select[Any]:
    above = organisations.alias("above")
    staff = select(func.count()).where(
        or_(users.c.org_id == organisations.c.org_id, users.c.assessor_org_id == organisations.c.org_id),
        users.c.active,
        scope.where(users),
    )
    seen = (
        select(func.string_agg(territories.c.name, "、"))
        .where(territories.c.org_id == organisations.c.org_id, territories.c.active)
        .correlate(organisations)
    )
    return select(
        organisations,
        above.c.name.label("parent_name"),
        staff.correlate(organisations).scalar_subquery().label("people"),
        seen.scalar_subquery().label("territories"),
    ).select_from(organisations.outerjoin(above, above.c.org_id == organisations.c.parent_id))


def _territories(scope: Scope) -> Select[Any]:
    firms = select(func.count()).where(
        enterprises.c.territory_id == territories.c.territory_id,
        enterprises.c.merged_into.is_(None),
        scope.where(enterprises),
    )
    staff = select(func.count()).where(
        users.c.territory_id == territories.c.territory_id, users.c.active, scope.where(users)
    )
    return select(
        territories,
        organisations.c.name.label("org_name"),
        firms.correlate(territories).scalar_subquery().label("firms"),
        staff.correlate(territories).scalar_subquery().label("people"),
    ).select_from(territories.outerjoin(organisations, organisations.c.org_id == territories.c.org_id))


def _teams(scope: Scope) -> Select[Any]:
    leader, one, two = (users.alias(name) for name in ("leader", "one", "two"))
    firms = (
        select(func.string_agg(enterprises.c.name, "、"))
        .where(
            enterprises.c.team_id == teams.c.team_id,
            enterprises.c.merged_into.is_(None),
            scope.where(enterprises),
        )
        .correlate(teams)
    )
    people = ((leader, "leader"), (one, "member_one"), (two, "member_two"))
    return select(
        teams,
        *(who.c.display_name.label(f"{name}_name") for who, name in people),
        *(_signs_in(scope, who).label(f"{name}_username") for who, name in people),
        firms.scalar_subquery().label("firms"),
    ).select_from(
        teams.join(leader, leader.c.user_id == teams.c.leader_id)
        .join(one, one.c.user_id == teams.c.member_one_id)
        .join(two, two.c.user_id == teams.c.member_two_id)
    )


_SHOWN = (
    *("user_id", "district_id", "display_name", "role", "rank", "org_id", "territory_id", "enterprise_id"),
    *("assessor_org_id", "certificate_no", "certificate_expires", "active"),
)
"""What of an account is shown, and to an administrator the name it signs in by."""


def _signs_in(scope: Scope, who: Any) -> ColumnElement[Any]:
    return who.c.username if scope.role is Role.ADMIN else null()


def _people(scope: Scope) -> Select[Any]:
    agency, firm = organisations.alias("agency"), enterprises.alias("firm")
    return select(
        *(users.c[name] for name in _SHOWN),
        _signs_in(scope, users).label("username"),
        users.c.display_name.label("name"),
        organisations.c.name.label("org_name"),
        agency.c.name.label("assessor_name"),
        territories.c.name.label("territory_name"),
        firm.c.name.label("firm_name"),
        firm.c.uscc.label("firm_uscc"),
    ).select_from(
        users.outerjoin(organisations, organisations.c.org_id == users.c.org_id)
        .outerjoin(agency, agency.c.org_id == users.c.assessor_org_id)
        .outerjoin(territories, territories.c.territory_id == users.c.territory_id)
        .outerjoin(firm, firm.c.enterprise_id == users.c.enterprise_id)
    )


def _enterprises(_: Scope) -> Select[Any]:
    survivor = enterprises.alias("survivor")
    return select(
        enterprises,
        enterprises.c.merged_into.is_(None).label("active"),
        enterprises.c.merged_at.label("closed_at"),
        enterprises.c.merged_reason.label("closed_reason"),
        territories.c.name.label("territory_name"),
        organisations.c.name.label("regulator_name"),
        teams.c.name.label("team_name"),
        survivor.c.name.label("survivor_name"),
    ).select_from(
        enterprises.join(territories, territories.c.territory_id == enterprises.c.territory_id)
        .outerjoin(organisations, organisations.c.org_id == enterprises.c.regulator_org_id)
        .outerjoin(teams, teams.c.team_id == enterprises.c.team_id)
        .outerjoin(survivor, survivor.c.enterprise_id == enterprises.c.merged_into)
    )


_SELECTS: Mapping[Noun, Callable[[Scope], Select[Any]]] = MappingProxyType(
    {
        Noun.ORGANISATIONS: _organisations,
        Noun.TERRITORIES: _territories,
        Noun.TEAMS: _teams,
        Noun.PEOPLE: _people,
        Noun.ENTERPRISES: _enterprises,
    }
)
"""Each entry with the names of what it names."""


def select_register(scope: Scope, noun: Noun, looked: Looked) -> Select[Any]:
    """The entries of a noun by name."""
    kept = KEPT[noun]
    name = users.c.display_name if noun is Noun.PEOPLE else kept.table.c.name
    wanted = _SELECTS[noun](scope).where(scope.where(kept.table)).order_by(name, kept.id)
    if looked.search is not None:
        wanted = wanted.where(*_words(noun, name, looked.search))
    if looked.kind is not None and noun is Noun.ORGANISATIONS:
        wanted = wanted.where(organisations.c.kind == looked.kind)
    if looked.role is not None and noun is Noun.PEOPLE:
        wanted = wanted.where(users.c.role == looked.role)
    if looked.without is not None and noun is Noun.ENTERPRISES:
        wanted = wanted.where(NOBODYS[looked.without], kept.active)
    if looked.active is not None:
        wanted = wanted.where(kept.active if looked.active else ~kept.active)
    return wanted


def _words(noun: Noun, name: ColumnElement[Any], search: str) -> list[ColumnElement[bool]]:
    """Part of what an entry is or was called; of an enterprise its credit code and address too."""
    if noun is Noun.ENTERPRISES:
        words = wanted_words(search)
        return [enterprises.c.search_text.like(pattern_of(word)) for word in words]
    pattern, table = pattern_of(search.lower()), KEPT[noun].table
    found = [func.lower(name).like(pattern)]
    if "former_names" in table.c:
        found.append(func.lower(func.array_to_string(table.c.former_names, " ")).like(pattern))
    return [or_(*found)]


async def find_entry(session: ReadSession, scope: Scope, noun: Noun, entry_id: str) -> Found | None:
    """One entry; None when it is not of this scope."""
    wanted = select_register(scope, noun, Looked()).where(KEPT[noun].id == entry_id)
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found
