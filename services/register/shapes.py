"""What each entry of the register is made of: what is said of one, the row it becomes, and what a row says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ledger import registry
from ledger.readers.paging import Found
from models import register
from models.entries import Noun
from models.organisations import OrganisationKind
from models.register import Effect, Entry
from services.register import rows

Ids = Mapping[str, str]
"""What others name an entry by → its id."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How entries of a noun are said, kept and read."""

    adding: type[Entry]
    changing: type[Entry]
    whole: type[Entry]
    row: Callable[[Any, str, Ids], dict[str, Any]]
    """The row of a whole entry in a district; the ids of whom it names."""
    put: Callable[..., Awaitable[Effect]]
    said: Callable[[Found], dict[str, Any]]
    """What a row of :func:`ledger.readers.register.select_register` says, as the entry's fields."""


def _organisation(row: Found) -> dict[str, Any]:
    return {
        "name": row.name,
        "kind": OrganisationKind(row.kind),
        "short_name": row.short_name,
        "parent": row.parent_id,
    }


def _territory(row: Found) -> dict[str, Any]:
    return {"name": row.name, "organisation": row.org_id}


def _person(row: Found) -> dict[str, Any]:
    kept = {field: getattr(row, column) for column, field in rows.PERSON_FIELDS.items()}
    return kept | {"enterprise": row.firm_uscc}


def _team(row: Found) -> dict[str, Any]:
    members = (row.member_one_username, row.member_two_username)
    return {"name": row.name, "leader": row.leader_username, "members": members}


def _enterprise(row: Found) -> dict[str, Any]:
    kept = {field: getattr(row, column) for column, field in rows.ENTERPRISE_FIELDS.items()}
    return kept | {"place": (row.latitude, row.longitude) if row.latitude is not None else None}


SHAPES: Mapping[Noun, Shape] = MappingProxyType(
    {
        Noun.ORGANISATIONS: Shape(
            register.OrganisationSaid,
            register.OrganisationSaid,
            register.Organisation,
            lambda one, district, _: rows.organisation(one, district),
            registry.put_organisation,
            _organisation,
        ),
        Noun.TERRITORIES: Shape(
            register.TerritorySaid,
            register.TerritorySaid,
            register.Territory,
            lambda one, district, _: rows.territory(one, district),
            registry.put_territory,
            _territory,
        ),
        Noun.PEOPLE: Shape(
            register.Person,
            register.PersonSaid,
            register.Person,
            lambda one, district, ids: rows.account(one, district, ids, ids),
            registry.put_account,
            _person,
        ),
        Noun.TEAMS: Shape(
            register.TeamSaid,
            register.TeamSaid,
            register.Team,
            rows.team_row,
            registry.put_team,
            _team,
        ),
        Noun.ENTERPRISES: Shape(
            register.Enterprise,
            register.EnterpriseSaid,
            register.Enterprise,
            rows.enterprise,
            registry.put_enterprise,
            _enterprise,
        ),
    }
)
