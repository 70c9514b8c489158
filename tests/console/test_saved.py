"""Saved filters: kept from a list, offered on it, named anew, deleted; each person's own, by the page and by the API."""

from __future__ import annotations

import html
import re

from ledger import tables
from models.saved import MOST
from tests.api.support import key, ok, refused
from tests.console.conftest import House
from tests.console.reading import read

CONDITIONS = {
    "cases": "open=true",
    "measures": "kind=fine",
    "enterprises": "q=%E5%8E%82",
    "inspections": "kind=special&first=2026-11-01",
    "orders": "served=false",
    "tips": "state=closed",
}


async def kept(house: House, who: str, **said: str) -> str:
    """A filter that must be kept; where the page leads on to."""
    answer = await house.post(who, "/saved", _key=key(), **said)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_conditions_are_kept_under_a_name_and_offered_on_their_list(house: House) -> None:
    await house.office.case()
    bare = await house.get("wang", "/cases")
    assert "保存这些条件" not in bare.text
    shown = await house.get("wang", "/cases?state=ORDERED&q=&state=OVERDUE&limit=10")
    found = re.search(r'name="query" value="([^"]+)"', shown.text)
    assert found is not None
    query = html.unescape(found[1])
    assert query == "state=ORDERED&state=OVERDUE", "where one stands in the list is no condition"
    assert await kept(house, "wang", list="cases", name="我的<在办>", query=query) == f"/cases?{query}"
    again = await house.get("wang", f"/cases?{query}")
    read(again.text)
    assert "保存这些条件" not in again.text
    assert '<a class="chip" href="/cases?state=ORDERED&amp;state=OVERDUE" aria-current="page">' in again.text
    assert "我的&lt;在办&gt;" in again.text
    assert "我的&lt;在办&gt;" not in (await house.get("li", "/cases")).text, "each person's own"
    await kept(house, "wang", list="cases", name="我的<在办>", query="grade=major")
    mine = ok(await house.office.get("wang", "/saved-filters", of="cases"))["items"]
    assert [(one["name"], one["path"]) for one in mine] == [("我的<在办>", "/cases?grade=major")]


async def test_every_list_offers_what_is_kept_of_it(house: House) -> None:
    for name, query in CONDITIONS.items():
        await kept(house, "wang", list=name, name=f"常看 {name}", query=query)
        for path in (f"/{name}", f"/{name}?{query}"):
            page = await house.get("wang", path)
            assert page.status_code == 200, path
            read(page.text)
            assert f">常看 {name}</a>" in page.text, path
    mine = (await house.get("wang", "/saved")).text
    assert all(mine.count(f">常看 {name}</b>") == 1 for name in CONDITIONS)


async def test_they_are_named_anew_and_deleted_by_their_owner_alone(house: House) -> None:
    office = house.office
    empty = await house.get("wang", "/saved")
    assert "还没有常用筛选" in empty.text
    for name in ("甲", "乙"):
        await kept(house, "wang", list="cases", name=name, query="open=true")
    listed = ok(await office.get("wang", "/saved-filters"))["items"]
    first, second = ({one["name"]: one["filter_id"] for one in listed}[name] for name in ("甲", "乙"))
    same = await house.post("wang", f"/saved/{first}/rename", _key=key(), name="甲")
    clash = await house.post("wang", f"/saved/{second}/rename", _key=key(), name="甲")
    assert (same.status_code, clash.status_code) == (303, 409)
    read(clash.text)
    assert "已有同名的常用筛选" in clash.text
    empty_name = await house.post("wang", f"/saved/{second}/rename", _key=key(), name="")
    assert empty_name.status_code == 422
    for who in ("li", "u-auditor", "firm"):
        refused(await office.post(who, f"/saved-filters/{first}/rename", {"name": "丙"}), 404, "not_found")
        await house.post(who, f"/saved/{first}/delete")
    renamed = ok(await office.post("wang", f"/saved-filters/{first}/rename", {"name": "丙"}))
    assert renamed["name"] == "丙"
    assert (await house.post("wang", f"/saved/{second}/delete")).status_code == 303
    assert [one["name"] for one in await office.world.rows(tables.saved_filters)] == ["丙"]
    gone = await (await office.person("wang")).delete(f"/api/v1/saved-filters/{first}")
    assert gone.status_code == 204
    assert await office.world.rows(tables.saved_filters) == []


async def test_a_person_keeps_so_many_and_each_once(house: House) -> None:
    office = house.office
    body = {"list": "cases", "name": "一", "query": "open=true"}
    idem = key()
    first = ok(await office.post("wang", "/saved-filters", body, idem=idem), 201)
    assert ok(await office.post("wang", "/saved-filters", body, idem=idem)) == first
    row = {"user_id": "wang", "list": "cases", "query": "", "saved_at": office.now}
    await office.world.add(
        tables.saved_filters,
        *(row | {"filter_id": f"f{no}", "name": f"第{no}个"} for no in range(MOST - 1)),
    )
    problem = refused(
        await office.post("wang", "/saved-filters", body | {"name": "多余"}), 409, "limit_exceeded"
    )
    assert problem["rule"] == "saved.most"
    ok(await office.post("wang", "/saved-filters", body | {"query": "grade=major"}), 201)
    refused(await office.post("wang", "/saved-filters", body | {"list": "users"}), 422, "malformed")
    refused(await office.post("wang", "/saved-filters", body | {"name": " "}), 422, "malformed")
