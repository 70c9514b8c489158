"""Entries of a register as rows of their tables."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from models.register import Enterprise, Organisation, Person, Team, Territory

_IDS = uuid.UUID("0c6a7e1c-64ce-5a58-9d4d-8a8a3d0f2b51")

ENTERPRISE_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "territory_id": "territory",
        "name": "name",
        "industry": "industry",
        "address": "address",
        "legal_representative": "legal_representative",
        "contact_phone": "phone",
        "regulator_org_id": "regulator",
        "team_id": "team",
        "key_enterprise": "key",
        "latitude": "place",
        "longitude": "place",
    }
)
"""Column of an enterprise's row → the field of its entry."""
PERSON_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "display_name": "name",
        "role": "role",
        "rank": "rank",
        "org_id": "organisation",
        "territory_id": "territory",
        "enterprise_id": "enterprise",
        "assessor_org_id": "assessor",
        "certificate_no": "certificate",
        "certificate_expires": "certificate_expires",
    }
)
"""Column of an account's row → the field of a person's entry."""


def id_of(district_id: str, kind: str, name: str) -> str:
    """The id of an entry that has none yet: it follows from its name, so that a second attempt makes no second one."""
    return str(uuid.uuid5(_IDS, f"{district_id}/{kind}/{name}"))


def organisation(office: Organisation, district_id: str) -> dict[str, Any]:
    return {
        "org_id": office.id,
        "district_id": district_id,
        "name": office.name,
        "short_name": office.short_name,
        "kind": office.kind.value,
        "parent_id": office.parent,
    }


def territory(area: Territory, district_id: str) -> dict[str, Any]:
    return {
        "territory_id": area.id,
        "district_id": district_id,
        "name": area.name,
        "org_id": area.organisation,
    }


def account(
    person: Person, district_id: str, accounts: Mapping[str, str], firms: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "user_id": accounts[person.username],
        "district_id": district_id,
        "username": person.username,
        "display_name": person.name,
        "role": person.role.value,
        "rank": person.rank.value if person.rank else None,
        "org_id": person.organisation,
        "territory_id": person.territory,
        "enterprise_id": firms[person.enterprise] if person.enterprise else None,
        "assessor_org_id": person.assessor,
        "certificate_no": person.certificate,
        "certificate_expires": person.certificate_expires,
    }


def team_row(team: Team, district_id: str, accounts: Mapping[str, str]) -> dict[str, Any]:
    return {
        "team_id": team.id,
        "district_id": district_id,
        "name": team.name,
        "leader_id": accounts[team.leader],
        "member_one_id": accounts[team.members[0]],
        "member_two_id": accounts[team.members[1]],
    }


def enterprise(firm: Enterprise, district_id: str, firms: Mapping[str, str]) -> dict[str, Any]:
    return {
        "enterprise_id": firms[firm.uscc],
        "district_id": district_id,
        "territory_id": firm.territory,
        "uscc": firm.uscc,
        "name": firm.name,
        "industry": firm.industry,
        "address": firm.address,
        "legal_representative": firm.legal_representative,
        "contact_phone": firm.phone,
        "regulator_org_id": firm.regulator,
        "team_id": firm.team,
        "key_enterprise": firm.key,
        "latitude": firm.place[0] if firm.place else None,
        "longitude": firm.place[1] if firm.place else None,
    }
