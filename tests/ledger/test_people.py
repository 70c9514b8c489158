"""Accounts, certificates, delegations, and the reference data around them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ledger import people, registry
from ledger.readers.people import certified, principals_of
from ledger.sessions import AUTH_SCOPE, SYSTEM_SCOPE, Database
from models.calendar import packaged_year
from models.errors import Conflict, LimitExceeded, Malformed, RequirementMissing
from tests.ledger.makers import ADMIN, BUREAU, CODES, POLICY, START, fresh


async def hire(ledger: Database, user_id: str, **fields: Any) -> str:
    async with ledger.write(ADMIN) as session:
        return await people.add_user(
            session,
            **{"user_id": user_id, "username": user_id, "district_id": "d1", "role": "inspector", **fields},
        )


async def test_a_username_is_taken_once_whatever_its_case(ledger: Database) -> None:
    name = f"Wang-{fresh()[:6]}"
    await hire(ledger, fresh(), username=name)
    with pytest.raises(Conflict):
        await hire(ledger, fresh(), username=name.upper())
    async with ledger.read(ADMIN) as session:
        found = await people.find_user(session, ADMIN, name.swapcase())
        assert found is not None
        assert found.username == name.lower()
        assert name.lower() in [row.username for row in await people.list_users(session, ADMIN)]
        assert not hasattr(found, "password_hash")


async def test_an_administrator_hires_in_his_own_district_only(ledger: Database) -> None:
    with pytest.raises(Exception, match="row-level security"):
        await hire(ledger, fresh(), district_id="d2")


async def test_a_new_password_unlocks(ledger: Database) -> None:
    user_id = await hire(ledger, fresh(), failed_logins=4, locked_until=START)
    async with ledger.write(AUTH_SCOPE) as session:
        assert await people.set_password(session, user_id, "hash", START)
        assert not await people.set_password(session, "nobody", "hash", START)
    async with ledger.read(AUTH_SCOPE) as session:
        row = (await session.execute(people.users.select().where(people.users.c.user_id == user_id))).one()
    assert (row.password_hash, row.failed_logins, row.locked_until) == ("hash", 0, None)


@pytest.mark.parametrize(
    ("fields", "valid"),
    [
        ({"certificate_no": "A1"}, True),
        ({"certificate_no": "A1", "certificate_expires": date(2026, 11, 20)}, True),
        ({"certificate_no": "A1", "certificate_expires": date(2026, 11, 19)}, False),
        ({"certificate_no": ""}, False),
        ({}, False),
        ({"certificate_no": "A1", "active": False}, False),
    ],
)
async def test_a_certificate_counts_through_its_last_day_in_shanghai(
    ledger: Database, fields: dict[str, Any], valid: bool
) -> None:
    user_id = await hire(ledger, fresh(), **fields)
    last_second = datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC)  # 23:59:59 of the 20th in Shanghai
    async with ledger.read(BUREAU) as session:
        assert (user_id in await certified(session, [user_id], "d1", last_second)) is valid
        assert await certified(session, [user_id], "d2", last_second) == ()


async def test_a_delegation_holds_between_its_dates_until_revoked(ledger: Database) -> None:
    boss, deputy = await hire(ledger, fresh(), role="head", rank="head"), await hire(ledger, fresh())
    delegation = {"delegation_id": fresh(), "district_id": "d1", "from_user_id": boss, "to_user_id": deputy}
    dates = {"starts_at": START, "ends_at": START + timedelta(days=2)}
    async with ledger.write(ADMIN) as session:
        await people.add_delegation(session, **delegation, **dates, reason="出差", created_by=boss)  # type: ignore[arg-type]

    async def acting_for(at: datetime) -> list[tuple[str, str]]:
        async with ledger.read(AUTH_SCOPE) as session:
            rows = await principals_of(session, deputy, "d1", at)
            return [(row.user_id, row.rank) for row in rows]

    second = timedelta(seconds=1)
    assert await acting_for(START - second) == []
    assert await acting_for(START) == [(boss, "head")]
    assert await acting_for(START + timedelta(days=2)) == []
    async with ledger.write(ADMIN) as session:
        assert await people.revoke_delegation(
            session, ADMIN, delegation["delegation_id"], START + timedelta(days=1)
        )
        assert not await people.revoke_delegation(session, ADMIN, delegation["delegation_id"], START)
    assert await acting_for(START + timedelta(days=1)) == []
    assert await acting_for(START + timedelta(days=1) - second) == [(boss, "head")]


async def test_nothing_is_delegated_to_somebody_who_left(ledger: Database) -> None:
    one, gone = await hire(ledger, fresh()), await hire(ledger, fresh())
    dates = {"starts_at": START, "ends_at": START + timedelta(days=1)}
    async with ledger.write(ADMIN) as session:
        assert await people.deactivate(session, ADMIN, gone, START)
        assert not await people.deactivate(session, ADMIN, "nobody", START)
        for pair in ((one, gone), (gone, one)):
            with pytest.raises(RequirementMissing):
                await people.add_delegation(
                    session,
                    delegation_id=fresh(),
                    district_id="d1",
                    from_user_id=pair[0],
                    to_user_id=pair[1],
                    reason="",
                    created_by=one,
                    **dates,
                )
        with pytest.raises(RequirementMissing):
            await registry.put_team(
                session,
                team_id=fresh(),
                district_id="d1",
                name="组",
                leader_id=one,
                member_one_id=one,
                member_two_id=gone,
            )


async def test_nobody_delegates_to_himself_or_backwards(ledger: Database) -> None:
    one, other = await hire(ledger, fresh()), await hire(ledger, fresh())
    rest = {"delegation_id": fresh(), "district_id": "d1", "reason": "", "created_by": one}
    async with ledger.write(ADMIN) as session:
        for to, ends in ((one, START + timedelta(days=1)), (other, START)):
            with pytest.raises(Malformed):
                await people.add_delegation(
                    session,
                    from_user_id=one,
                    to_user_id=to,
                    starts_at=START,
                    ends_at=ends,
                    **rest,  # type: ignore[arg-type]
                )


@pytest.mark.parametrize("code", ["", "91330100MA2000001X", "123"])
def test_a_wrong_credit_code_is_refused(code: str) -> None:
    with pytest.raises(Malformed):
        registry.check_uscc(code)


@pytest.mark.parametrize("typed", [" 91330100ma2000001u ", "91330100 MA2000001U", "91330100MA200000１U"])
def test_a_credit_code_is_kept_in_its_plain_form(typed: str) -> None:
    assert registry.check_uscc(typed) == CODES[0]


async def test_a_liaison_group_has_room_for_as_many_as_the_policy_in_force_says(ledger: Database) -> None:
    one, two = await hire(ledger, fresh()), await hire(ledger, fresh())
    team = fresh()
    stems = ("91330100MA2000004", "91330100MA2000005", "91330100MA2000006", "91330100MA2000007")
    full = [stem + registry.uscc.calc_check_digit(stem) for stem in stems]

    async def join(no: int) -> None:
        async with ledger.write(ADMIN) as session:
            await registry.put_enterprise(
                session,
                enterprise_id=f"e-{full[no]}",
                district_id="d1",
                territory_id="t-east",
                uscc=full[no],
                name=f"厂{no}",
                team_id=team,
            )

    async with ledger.write(ADMIN) as session:
        await registry.put_team(
            session,
            team_id=team,
            district_id="d1",
            name="第一组",
            leader_id=one,
            member_one_id=one,
            member_two_id=two,
        )
    for no in (0, 1, 2, 2):
        await join(no)
    with pytest.raises(LimitExceeded, match="最多挂钩 3 家"):
        await join(3)
    four = POLICY.figure("liaison.max_enterprises").model_copy(update={"value": 4})
    figures = {**POLICY.figures, "liaison.max_enterprises": four}
    later = {"version": "four", "effective_from": POLICY.effective_from + timedelta(days=1)}
    async with ledger.write(SYSTEM_SCOPE) as session:
        await registry.store_policy(session, POLICY.model_copy(update={"figures": figures, **later}))
    await join(3)


async def test_a_policy_version_never_changes(ledger: Database) -> None:
    other = POLICY.model_copy(update={"district": "别的区"})
    async with ledger.write(SYSTEM_SCOPE) as session:
        assert not await registry.store_policy(session, POLICY)
        with pytest.raises(Conflict):
            await registry.store_policy(session, other)
        assert await registry.store_policy(session, other.model_copy(update={"version": "2027.1"}))


async def test_a_holiday_notice_may_be_corrected(ledger: Database) -> None:
    async with ledger.write(ADMIN) as session:
        await registry.store_calendar(session, packaged_year(2026), "admin")
        await registry.store_calendar(
            session, packaged_year(2026).model_copy(update={"source": "国办发明电〔2025〕7号"})
        )
        await registry.set_meta(session, "demo", {"made": True})
    async with ledger.read(BUREAU) as session:
        kept = (await session.execute(registry.calendar_notices.select())).all()
        assert [row.source for row in kept if row.year == 2026] == ["国办发明电〔2025〕7号"]
        assert await registry.get_meta(session, "demo") == {"made": True}
        assert await registry.get_meta(session, "other") is None
