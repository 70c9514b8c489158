"""The register's pages: an entry is added, changed and closed by a form, and what is wrong is said beside its field."""

from __future__ import annotations

import re

from ledger import tables
from tests.api.support import ok
from tests.api.test_register import code
from tests.console.conftest import House
from tests.console.reading import read
from tests.ledger import looking

ADMIN = "u-admin"


def version(page: str) -> str:
    (found,) = re.findall(r'name="_seen" value="(\w+)"', page)
    return str(found)


async def test_an_administrator_adds_renames_and_closes_an_organisation(house: House) -> None:
    form = (await house.get(ADMIN, "/admin/organisations/new")).text
    read(form)
    (key,) = re.findall(r'name="_key" value="([^"]+)"', form)
    empty = await house.post(ADMIN, "/admin/organisations/new", name="", kind="committee")
    assert (empty.status_code, 'href="#f-name"' in empty.text) == (422, True)
    said = {"name": "特种设备专委会", "kind": "committee", "parent": "o-bureau", "_key": key}
    made = await house.post(ADMIN, "/admin/organisations/new", **said)
    assert made.status_code == 303
    twice = await house.post(ADMIN, "/admin/organisations/new", **said)
    assert twice.headers["location"] == made.headers["location"]
    path = made.headers["location"].split("?")[0]
    one = (await house.get(ADMIN, path)).text
    read(one)
    changed = said | {"name": "工业专委会", "_seen": version(one), "_key": "", "_reason": "调整"}
    assert (await house.post(ADMIN, path, **changed)).headers["location"] == f"{path}?done=changed"
    stale = await house.post(ADMIN, path, **changed)
    assert (stale.status_code, "被别人改过" in stale.text) == (409, True)
    page = (await house.get(ADMIN, path)).text
    assert "曾用名" in page
    assert "特种设备专委会" in page
    bare = await house.post(ADMIN, f"{path}/close", reason="")
    assert bare.status_code == 422
    assert (await house.post(ADMIN, f"{path}/close", reason="合并")).status_code == 303
    closed = (await house.get(ADMIN, path)).text
    assert "合并" in closed
    assert 'name="_seen"' not in closed
    assert "工业专委会" in (await house.get(ADMIN, "/admin/organisations?active=false&q=特种设备")).text
    assert (await house.post(ADMIN, f"{path}/reopen")).status_code == 303

    held = await house.post(ADMIN, "/admin/organisations/o-bureau/close", reason="x")
    assert (held.status_code, "仍有" in held.text, "工业专委会" in held.text) == (409, True, True)
    assert 'value="局"' in held.text
    assert 'name="reason" maxlength="200" value="x"' in held.text
    for who in ("head", "firm", "u-auditor"):
        assert (await house.get(who, path)).status_code == 403, who
        assert (await house.post(who, f"{path}/close", reason="x")).status_code == 403, who
    assert "/new" not in (await house.get("u-auditor", "/admin/organisations")).text


async def test_somebody_leaves_with_what_they_hold_shown_before(house: House) -> None:
    group = {"team_id": "g-1", "district_id": "d-1", "name": "第一小组", "leader_id": "chief"}
    await house.office.world.add(tables.teams, group | {"member_one_id": "wang", "member_two_id": "li"})
    alone = (await house.get(ADMIN, "/admin/people/wang/leave")).text
    read(alone)
    assert "第一小组" in alone
    assert "指定接替人" in alone
    assert 'name="_key"' not in alone
    ready = (await house.get(ADMIN, "/admin/people/wang/leave?successor=zhao")).text
    assert 'name="_key"' in ready
    refused = await house.post(ADMIN, "/admin/people/wang/leave", successor="li")
    assert (refused.status_code, "两名不同的组员" in refused.text) == (409, True)
    done = await house.post(ADMIN, "/admin/people/wang/leave", successor="zhao")
    assert done.headers["location"] == "/admin/people/wang?done=left"
    ended = (await house.get(ADMIN, "/admin/people/wang?done=left")).text
    assert "账号已停用" in ended
    assert (await house.get("chief", "/admin/people/li/leave")).status_code == 403


async def test_a_double_is_looked_at_before_it_is_merged(house: House) -> None:
    said = {"territory": "t-east", "key": "yes", "latitude": "39.9", "longitude": "116.4"}
    half = await house.post(
        ADMIN, "/admin/enterprises/new", **said | {"uscc": code(8), "name": "丙厂", "longitude": ""}
    )
    assert (half.status_code, 'href="#f-latitude"' in half.text) == (422, True)
    paths = []
    for no, name in ((8, "丙厂"), (9, "丙机械厂")):
        made = await house.post(ADMIN, "/admin/enterprises/new", **said, uscc=code(no), name=name)
        paths.append(made.headers["location"].split("?")[0])
    stays, double = paths
    assert "丙厂" in (await house.get(ADMIN, "/admin/enterprises?without=regulator&q=丙")).text
    assert "预览合并" in (await house.get(ADMIN, double)).text
    page = (await house.get(ADMIN, f"{double}/merge?into={code(8)}")).text
    read(page)
    assert "丙机械厂" in page
    bare = await house.post(ADMIN, f"{double}/merge", into=code(8), reason="")
    assert bare.status_code == 422
    done = await house.post(ADMIN, f"{double}/merge", into=code(8), reason="重复")
    assert done.headers["location"] == f"{double}?done=merged"
    closed = (await house.get(ADMIN, double)).text
    read(closed)
    assert f'href="{stays}"' in closed
    seen = (await house.get("wang", double.removeprefix("/admin"))).text
    assert "已并入" in seen
    assert "/inspections/new" not in seen
    assert (await house.get("wang", f"{double}/merge?into={code(8)}")).status_code == 403


async def test_of_an_entry_with_a_record_it_is_said_why_it_is_merged_into_none(house: House) -> None:
    await house.office.case()  # of e-a
    page = (await house.get(ADMIN, "/admin/enterprises/e-a")).text
    read(page)
    assert "该登记名下已有案件" in page
    assert "预览合并" not in page


async def test_whoever_leaves_has_their_cases_handed_over_in_one_act(house: House) -> None:
    office = house.office
    cases = [await office.case(), await office.case()]
    ok(await office.post("u-admin", "/accounts/wang/deactivate", None))
    listed = (await house.get("chief", "/cases?handler=wang&open=true")).text
    assert 'href="/handover/wang"' in listed
    assert 'href="/handover/wang"' not in (await house.get("li", "/cases?handler=wang&open=true")).text
    asked = (await house.get("chief", "/handover/wang")).text
    read(asked)
    assert "移交全部 2 件" in asked
    assert "由科室负责人或局领导移交" in (await house.get("li", "/handover/wang")).text
    empty = await house.post("chief", "/handover/wang", to="", reason="")
    assert (empty.status_code, "错误：" in empty.text) == (422, True)
    gone = await house.post("chief", "/handover/wang", to="wang", reason="离任")
    assert (gone.status_code, "错误：" in gone.text) == (409, True)
    assert (await house.post("li", "/handover/wang", to="li", reason="")).status_code == 403
    done = (await house.post("chief", "/handover/wang", to="li", reason="离任移交")).text
    read(done)
    assert "已移交 2 件" in done
    moved = ok(await office.get("chief", "/cases", handler="li"))["items"]
    assert {one["case_id"] for one in moved} >= {*cases}
    assert (await house.get("chief", "/handover/wang")).status_code == 404


async def test_an_industry_that_is_kept_by_its_name_is_chosen_in_the_form(house: House) -> None:
    async with house.office.world.superuser.begin() as connection:
        await looking.change(connection, tables.enterprises, {"industry": "粉尘涉爆"}, enterprise_id="e-a")
    page = (await house.get(ADMIN, "/admin/enterprises/e-a")).text
    assert 'value="dust_explosion" selected' in page
    assert 'value="粉尘涉爆"' not in page


async def test_successors_of_one_name_are_told_apart(house: House) -> None:
    for user_id in ("lei-1", "lei-2"):
        named = {"user_id": user_id, "username": user_id, "display_name": "王磊", "password_hash": "-"}
        await house.office.world.add(tables.users, named | {"role": "inspector", "district_id": "d-1"})
    for path, told in (
        ("/admin/people/wang/leave", ("lei-1 · 王磊<", "lei-2 · 王磊<")),
        ("/admin/teams/new", ("王磊（lei-1）<", "王磊（lei-2）<")),
    ):
        page = (await house.get(ADMIN, path)).text
        assert all(one in page for one in (*told, "li同志<")), path
    ready = (await house.get(ADMIN, "/admin/people/wang/leave?successor=lei-2")).text
    assert "席位和受托交给王磊（lei-2）</button>" in ready


async def test_an_address_that_cannot_be_read_is_the_askers_mistake_not_ours(house: House) -> None:
    page = await house.get("u-admin", "/register/enterprises?q=%00")
    assert page.status_code == 400
    assert "地址或填写的内容有误" in page.text
    assert "系统出了问题" not in page.text
