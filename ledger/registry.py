"""Reference data an administrator keeps: districts, organisations, territories, groups, enterprises, policies.

Every function is idempotent by id, so that setting up a district can be run again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from ledger import statements
from ledger.errors import is_taken
from ledger.people import in_use
from ledger.readers.rules import policy_in_force
from ledger.sessions import ReadSession, Scope, WriteSession
from ledger.tables import (
    calendar_notices,
    districts,
    enterprises,
    meta,
    organisations,
    policies,
    teams,
    territories,
    users,
)
from models.calendar import CalendarYear
from models.entries import merged
from models.errors import Conflict, LimitExceeded, Malformed, RequirementMissing
from models.industries import industry_key, industry_words
from models.policy import Policy
from models.register import Effect
from models.searching import searched


def check_uscc(code: str) -> str:
    """The unified social credit code (统一社会信用代码, GB 32100) in its plain form. Raises Malformed."""
    try:
        return str(uscc.validate(code))
    except ValidationError as error:
        raise Malformed(
            f"统一社会信用代码不正确：{code}",
            f"not a valid unified social credit code: {code}",
            rule="enterprises.uscc",
            article="GB 32100-2015",
        ) from error


async def _put(session: WriteSession, table: Table, key: str, values: dict[str, Any]) -> Effect:
    """A row by its key as ``values`` say; what that did. Raises Conflict when what must be its own is another's."""
    wanted = select(*(table.c[name] for name in values)).where(table.c[key] == values[key]).with_for_update()
    kept = (await session.execute(wanted)).one_or_none()
    if kept is not None and kept._asdict() == values:
        return Effect.SAME
    row = insert(table).values(**values)
    changed = {name: row.excluded[name] for name in values if name != key}
    try:
        await session.execute(row.on_conflict_do_update(index_elements=[key], set_=changed))
    except DBAPIError as error:
        if not is_taken(error):
            raise
        raise Conflict(
            f"{values[key]}：编号、用户名或信用代码已被占用，可能属于另一个区",
            f"{values[key]}: its id, user name or credit code is taken, perhaps in another district",
            rule="register.taken",
            remedy_zh="换一个编号或用户名",
            remedy_en="choose another",
        ) from error
    return Effect.ADDED if kept is None else Effect.CHANGED


async def put_district(session: WriteSession, district_id: str, name: str) -> Effect:
    """A district (区)."""
    return await _put(session, districts, "district_id", {"district_id": district_id, "name": name})


async def put_organisation(session: WriteSession, **values: Any) -> Effect:
    """An organisation; ``kind`` is bureau, section, government, committee, territory, assessor or department."""
    former = await _former_names(session, organisations, "org_id", values)
    return await _put(session, organisations, "org_id", {**values, "former_names": former})


async def check_above(session: ReadSession, org_id: str) -> None:
    """Raise RequirementMissing when an organisation is above itself."""
    passed, at = [org_id], await _parent(session, org_id)
    while at is not None and at not in passed:
        passed, at = [*passed, at], await _parent(session, at)
    if at == org_id:
        raise RequirementMissing(
            "一个机构不能是自己的上级",
            "an organisation is not above itself",
            rule="register.above",
            remedy_zh="换一个上级机构",
            remedy_en="put it under another",
            field="parent",
        )


async def _parent(session: ReadSession, org_id: str) -> str | None:
    above: str | None = await session.scalar(
        select(organisations.c.parent_id).where(organisations.c.org_id == org_id)
    )
    return above


async def put_territory(session: WriteSession, **values: Any) -> Effect:
    """A township, street or park (属地)."""
    former = await _former_names(session, territories, "territory_id", values)
    return await _put(session, territories, "territory_id", {**values, "former_names": former})


async def put_team(session: WriteSession, **values: Any) -> Effect:
    """A liaison group: ``member_one_id``, ``member_two_id``, ``leader_id``, all in office. Raises RequirementMissing."""
    await in_use(session, values["member_one_id"], values["member_two_id"], values["leader_id"])
    return await _put(session, teams, "team_id", values)


async def put_enterprise(session: WriteSession, **values: Any) -> Effect:
    """An enterprise, its industry by its key. Raises Malformed for a wrong credit code, LimitExceeded for a full liaison group,
    RequirementMissing for an entry that was merged into another."""
    code, industry = check_uscc(values["uscc"]), industry_key(values.get("industry") or "")
    if (team_id := values.get("team_id")) is not None:
        await _room_in_team(session, team_id, values["enterprise_id"])
    await _not_merged(session, values["enterprise_id"])
    former = await _former_names(session, enterprises, "enterprise_id", values)
    shown = (values["name"], code, values.get("address") or "", *industry_words(industry), *former)
    row = {
        **values,
        "uscc": code,
        "industry": industry,
        "former_names": former,
        "search_text": searched(*shown),
    }
    return await _put(session, enterprises, "enterprise_id", row)


async def _not_merged(session: WriteSession, enterprise_id: str) -> None:
    stays = enterprises.alias("stays")
    wanted = select(stays.c.name).join(enterprises, enterprises.c.merged_into == stays.c.enterprise_id)
    survivor = await session.scalar(wanted.where(enterprises.c.enterprise_id == enterprise_id))
    if survivor is not None:
        raise merged(survivor)


async def _former_names(
    session: WriteSession, table: Table, key: str, values: Mapping[str, Any]
) -> list[str]:
    """What an entry was called before it is called as in ``values`` (曾用名), oldest first."""
    kept = select(table.c.name, table.c.former_names).where(table.c[key] == values[key]).with_for_update()
    row = (await session.execute(kept)).one_or_none()
    if row is None:
        return []
    return [one for one in dict.fromkeys((*row.former_names, row.name)) if one and one != values["name"]]


async def _room_in_team(session: WriteSession, team_id: str, enterprise_id: str) -> None:
    await session.execute(select(teams.c.team_id).where(teams.c.team_id == team_id).with_for_update())
    others = await session.scalar(
        select(func.count())
        .select_from(enterprises)
        .where(
            enterprises.c.team_id == team_id,
            enterprises.c.enterprise_id != enterprise_id,
            enterprises.c.merged_into.is_(None),
        )
    )
    most = (await policy_in_force(session, datetime.now(UTC))).figure("liaison.max_enterprises")
    if (others or 0) >= int(most.value):
        raise LimitExceeded(
            f"一个挂钩小组最多挂钩 {most.value} 家企业：{team_id}",
            f"a liaison group watches over at most {most.value} enterprises: {team_id}",
            rule="teams.capacity",
            article=most.basis,
            remedy_zh="换一个小组，或先把一家企业移出该小组",
            remedy_en="choose another group, or take an enterprise out of this one first",
        )


async def names(session: ReadSession, scope: Scope) -> dict[str, dict[str, str]]:
    """What people call the organisations, territories and teams in use → their ids; what two share is nobody's."""
    called = {
        "organisations": (organisations, organisations.c.org_id, ("org_id", "name", "short_name")),
        "territories": (territories, territories.c.territory_id, ("territory_id", "name")),
        "teams": (teams, teams.c.team_id, ("team_id", "name")),
    }
    found: dict[str, dict[str, str]] = {}
    for kind, (table, key, fields) in called.items():
        wanted = select(key.label("key"), *(table.c[name] for name in fields))
        wanted = wanted.where(scope.where(table), table.c.active)
        pairs = {(getattr(row, name), row.key) for row in await session.execute(wanted) for name in fields}
        times = Counter(name for name, _ in pairs)
        found[kind] = {name: key for name, key in pairs if name and times[name] == 1}
    return found


async def enterprises_of(session: ReadSession, codes: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
    """Credit code → the enterprise, of those that are registered already."""
    found = await session.execute(select(enterprises).where(enterprises.c.uscc.in_(codes)))
    return {row.uscc: row._asdict() for row in found}


async def put_account(session: WriteSession, **values: Any) -> Effect:
    """An account (administrator's scope) as the register says it; its password and whether it is in use stay."""
    return await _put(session, users, "user_id", values)


async def store_packaged(session: WriteSession, policy: Policy) -> bool:
    """Keep the packaged policy; it is in force by itself until a person put a version in force."""
    chosen = select(policies.c.version).where(policies.c.activated_by.is_not(None)).limit(1)
    own = await session.scalar(chosen)
    return await store_policy(session, policy, in_force=own is None)


async def store_policy(
    session: WriteSession, policy: Policy, stored_by: str | None = None, *, in_force: bool = True
) -> bool:
    """Keep a policy version for ever; False when it was there. ``in_force``: from the day it says itself, else from none
    until it is activated. Raises Conflict when the version differs."""
    digest = policy.digest()
    values = {
        "version": policy.version,
        "digest": digest,
        "effective_from": policy.effective_from,
        "document": policy.model_dump(mode="json"),
        "stored_by": stored_by,
    }
    if in_force:
        values |= {"in_force_from": policy.effective_from, "activated_at": func.now()}
    done = await session.execute(
        insert(policies).values(**values).on_conflict_do_nothing().returning(policies.c.version)
    )
    if done.scalar_one_or_none() is not None:
        return True
    kept = await session.scalar(select(policies.c.digest).where(policies.c.version == policy.version))
    if kept != digest:
        raise Conflict(
            f"政策版本 {policy.version} 已有不同内容，请另起版本号",
            f"policy version {policy.version} exists with other content; give it a new version",
            rule="policies.immutable",
        )
    return False


async def store_calendar(
    session: WriteSession, year: CalendarYear, entered_by: str | None = None, at: datetime | None = None
) -> None:
    """Enter or correct the State Council's holiday notice of a year."""
    values = {
        "year": year.year,
        "source": year.source,
        "days_off": list(year.days_off),
        "workdays": list(year.workdays),
        "entered_by": entered_by,
    }
    await _put(session, calendar_notices, "year", values | ({"entered_at": at} if at else {}))


async def lock(session: ReadSession, name: str) -> None:
    """Make takers of the lock ``name`` queue until this transaction ends."""
    await session.execute(statements.LOCK, {"key": name})


async def lock_register(session: ReadSession, district_id: str | None) -> None:
    """Make whoever changes the register of a district queue until this transaction ends."""
    await lock(session, f"register/{district_id}")


async def get_meta(session: ReadSession, key: str) -> Any:
    """A fact about this installation; None when it was never set."""
    return await session.scalar(select(meta.c.value).where(meta.c.key == key))


async def set_meta(session: WriteSession, key: str, value: Any) -> None:
    """Remember a fact about this installation."""
    await _put(session, meta, "key", {"key": key, "value": value})
