"""Papers and entries keep the names of their day; a search finds the old name and the new one."""

from __future__ import annotations

from ledger import tables
from ledger.registry import put_enterprise
from ledger.sessions import Scope
from models.actors import Role
from tests.api.support import Office, ledger, ok
from tests.ledger import looking
from tests.ledger.makers import CODES

NEW, WANG = "东区智能家居有限公司", "王（已更名）"


async def rename(office: Office) -> tuple[str, str]:
    """Enterprise and inspector get other names; what they were called before."""
    (firm,) = [one for one in await office.world.rows(tables.enterprises) if one["enterprise_id"] == "e-a"]
    (wang,) = [one for one in await office.world.rows(tables.users) if one["user_id"] == "wang"]
    kept = ("enterprise_id", "district_id", "territory_id", "industry", "address")
    admin = Scope(Role.ADMIN, district_id=firm["district_id"], user_id="u-admin")
    async with office.world.database.write(admin) as session:
        await put_enterprise(session, **{name: firm[name] for name in kept}, uscc=CODES[0], name=NEW)
    async with office.world.superuser.begin() as connection:
        await looking.change(connection, tables.users, {"display_name": WANG}, user_id="wang")
    return firm["name"], wang["display_name"]


async def test_old_papers_keep_the_names_of_their_day(office: Office) -> None:
    visit = await office.inspected({"title": "通道堆物", "requirements": ["清理"], "deadline_days": 5})
    case_id = visit["cases"][0]["case_id"]
    old_firm, old_wang = await rename(office)

    again = ok(await office.get("li", f"/inspections/{visit['inspection_id']}"))
    assert again["enterprise"]["name"] == old_firm
    assert {one["id"]: one["name"] for one in again["officers"]}["wang"] == old_wang
    order = ok(await office.get("li", f"/orders/{visit['order_id']}"))
    assert {one["id"]: one["name"] for one in order["officers"]}["wang"] == old_wang
    detail = ok(await office.get("li", f"/cases/{case_id}"))
    assert detail["enterprise"]["name"] == old_firm
    assert {one["id"]: one["name"] for one in detail["order"]["officers"]}["wang"] == old_wang
    assert detail["handler"]["name"] == WANG

    events = await ledger(office, case_id, "li")
    assert {one["actor"]["name"] for one in events} == {old_wang}
    later = await office.inspected({"title": "另一处", "requirements": ["清理"], "deadline_days": 5})
    assert later["enterprise"]["name"] == NEW
    assert {one["id"]: one["name"] for one in later["officers"]}["wang"] == WANG
    events = await ledger(office, later["cases"][0]["case_id"], "li")
    assert {one["actor"]["name"] for one in events} == {WANG}


async def test_a_search_finds_both_names(office: Office) -> None:
    case_id = await office.case()
    old_firm, _ = await rename(office)
    for who in ("wang", "firm", "town", "u-auditor"):
        for words in (old_firm, NEW):
            found = ok(await office.get(who, "/cases", q=words))["items"]
            assert [one["case_id"] for one in found] == [case_id], (who, words)
    for words in (old_firm, NEW):
        (firm,) = ok(await office.get("wang", "/enterprises", q=words))["items"]
        assert firm["name"] == NEW
