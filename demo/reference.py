"""The reference data of the demo district in SQL, and the mark that says a database is a demo."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from pwdlib import PasswordHash

from demo import places
from demo.enterprises import ENTERPRISES, TEAMS, Enterprise, team_id
from demo.people import BY_NAME, PEOPLE, TEAM_MEMBERS, certificates_expire
from demo.places import stable_id
from ledger import people, registry
from ledger.readers.people import principals_of
from ledger.sessions import AUTH_SCOPE, Database, Scope, WriteSession
from models.actors import Role
from models.clocks import SHANGHAI
from models.errors import Refused

MARK = "demo"
"""Key of the mark in ``meta``: since when, and whether the district is complete."""

ADMIN = Scope(role=Role.ADMIN, district_id=places.DISTRICT_ID, user_id="demo")
_DELEGATION = timedelta(days=30)


@asynccontextmanager
async def alone(database: Database) -> AsyncIterator[None]:
    """One maker of the demo at a time; a second waits."""
    async with database.read(AUTH_SCOPE) as session:
        await registry.lock(session, MARK)
        yield


async def claim(database: Database, now: datetime) -> dict[str, Any]:
    """The mark of this demo, set now when the database has no user yet. Raises Refused on any other database."""
    async with database.read(AUTH_SCOPE) as session:
        mark: dict[str, Any] | None = await registry.get_meta(session, MARK)
        anybody = await people.anybody(session)
    if mark is not None:
        return mark
    if anybody:
        raise Refused(
            "这个数据库不是演示库（已有账号，且没有演示标记），不建立演示区。",
            "This database is not a demo (it has accounts and no demo mark); no demo district is made.",
            rule="demo.only_on_a_demo",
            remedy_zh="演示请另用一个空的 XIAOHAO_HOME 或空数据库；正式库请用 xiaohao up（不带 --demo）。",
            remedy_en="For a demo use another, empty XIAOHAO_HOME or database; here run `xiaohao up` without --demo.",
        )
    fresh = {"since": now.astimezone(UTC).isoformat(), "complete": False}
    await put_mark(database, fresh)
    return fresh


async def complete(database: Database, mark: dict[str, Any]) -> None:
    """The stories are told: the mark says so."""
    await put_mark(database, {**mark, "complete": True})


async def put_mark(database: Database, mark: dict[str, Any]) -> None:
    """Remember ``mark`` as this demo's."""
    async with database.write(ADMIN) as session:
        await registry.set_meta(session, MARK, mark)


async def furnish(database: Database, since: datetime) -> None:
    """Everything the stories stand on; what is there already stays or is put right."""
    async with database.write(ADMIN) as session:
        await registry.put_district(session, places.DISTRICT_ID, places.DISTRICT)
        for organisation in places.ORGANISATIONS:
            await registry.put_organisation(session, **asdict(organisation), district_id=places.DISTRICT_ID)
        for place in places.TERRITORIES:
            await registry.put_territory(
                session,
                territory_id=place.territory_id,
                district_id=places.DISTRICT_ID,
                name=place.name,
                org_id=place.org_id,
            )
        await _accounts(session, since)
        for no in TEAMS:
            await _team(session, no)
        for one in ENTERPRISES:
            await registry.put_enterprise(session, **_enterprise(one))
        await _delegate(session, since)


async def _accounts(session: WriteSession, since: datetime) -> None:
    expires = certificates_expire(since.astimezone(SHANGHAI).date())
    rows = [
        {
            "user_id": person.user_id,
            "district_id": places.DISTRICT_ID,
            "username": person.username,
            "display_name": person.name,
            "role": person.role.value,
            "rank": person.rank.value if person.rank else None,
            "org_id": person.org_id,
            "territory_id": person.territory_id,
            "enterprise_id": person.enterprise_id,
            "assessor_org_id": person.assessor_org_id,
            "certificate_no": person.certificate,
            "certificate_expires": expires if person.certificate else None,
        }
        for person in PEOPLE
    ]
    await people.put_missing(session, rows)


async def _team(session: WriteSession, no: int) -> None:
    leader, other = TEAM_MEMBERS[no]
    await registry.put_team(
        session,
        team_id=team_id(no),
        district_id=places.DISTRICT_ID,
        name=f"第{no}挂钩督导小组",
        leader_id=leader.user_id,
        member_one_id=leader.user_id,
        member_two_id=other.user_id,
    )


def _enterprise(one: Enterprise) -> dict[str, Any]:
    return {
        "enterprise_id": one.enterprise_id,
        "district_id": places.DISTRICT_ID,
        "territory_id": one.territory.territory_id,
        "uscc": one.uscc,
        "name": one.name,
        "industry": one.industry,
        "address": one.address,
        "latitude": one.latitude,
        "longitude": one.longitude,
        "legal_representative": one.legal_representative,
        "contact_phone": one.phone,
        "regulator_org_id": places.BUREAU,
        "team_id": one.team_id,
        "key_enterprise": True,
    }


async def _delegate(session: WriteSession, since: datetime) -> None:
    """The deputy head may act for the head for a while (委托代理)."""
    head, deputy = BY_NAME["head"].user_id, BY_NAME["deputy_head"].user_id
    if await principals_of(session, deputy, places.DISTRICT_ID, since):
        return
    await people.add_delegation(
        session,
        delegation_id=stable_id("delegation", "deputy_head"),
        district_id=places.DISTRICT_ID,
        from_user_id=head,
        to_user_id=deputy,
        starts_at=since,
        ends_at=since + _DELEGATION,
        reason="局长外出培训期间，由分管副局长代行审批。",
        created_by=BY_NAME["admin"].user_id,
    )


async def give_password(database: Database, password: str) -> None:
    """Let every account that signs in do so with ``password``; nothing changes when it does already."""
    hasher = PasswordHash.recommended()
    names = [person.username for person in PEOPLE if person.login]
    async with database.read(ADMIN) as session:
        kept = await people.password_hashes(session, names)
    if len(kept) == 1 and kept[0] and await asyncio.to_thread(hasher.verify, password, kept[0]):
        return
    fresh = await asyncio.to_thread(hasher.hash, password)
    async with database.write(ADMIN) as session:
        await people.give_password(session, names, fresh)
