"""A list as a file holds exactly the rows the list shows, whoever asks; it is bounded, refused in words, and recorded."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest

from exchange import lists
from exchange.lists import LISTS, take_out
from exchange.making import FORMATS, MEDIA_TYPES
from ledger import tables
from models.actors import Actor
from services.cases.views import CaseQuery
from tests.api.support import Office, finding, major, ok, opened, refused
from tests.console.conftest import House
from tests.exchange.reading import sheets
from tests.ledger import looking

EVERYBODY = ("wang", "head", "firm", "rival", "far-town", "assessor", "u-auditor")
FILTERS: tuple[Mapping[str, str], ...] = (
    {},
    {"open": "true", "territory": "t-east"},
    {"grade": "major"},
    {"state": "RECTIFYING", "q": "除尘"},
    {"q": "没有这样的隐患"},
)
TRAP = '=HYPERLINK("http://evil.example","点我")'


async def listed(office: Office, who: str, name: str, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every row of a list."""
    client, found, after = await office.person(who), [], None
    while True:
        more = {"limit": "200"} | ({"after": after} if after else {})
        page = ok(await client.get(f"/api/v1/{name}", params=asked | more))
        found += page["items"]
        if (after := page["next"]) is None:
            return found


async def taken(office: Office, who: str, name: str, asked: Mapping[str, str]) -> list[list[Any]]:
    """The rows of the file."""
    answer = await office.get(who, f"/exports/{name}.xlsx", **asked)
    assert answer.status_code == 200, answer.text
    (first, *_) = sheets(answer.content).values()
    return first[1:]


@pytest.fixture
async def busy(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A district with cases of several states, grades and places; pages of four rows, so that every list has some."""
    monkeypatch.setattr(lists, "_A_PAGE", 4)
    async with office.world.superuser.begin() as connection:
        await looking.empty(connection, [tables.cases])  # of the small district: rows without words
    for title in (TRAP, "积尘", "@标题"):
        await office.case(title=title)
    await office.inspected(finding(), enterprise_id="e-b")
    await opened(office, "office", enterprise_id="e-c", risk_colour="yellow")
    listed_case = await major(office)
    await office.proposed(listed_case, "fine", officers=["wang", "li"], amount=20_000)
    return office


async def test_the_file_holds_the_rows_of_the_list_for_everybody_under_every_filter(busy: Office) -> None:
    for who in EVERYBODY:
        for asked in FILTERS:
            rows = await listed(busy, who, "cases", asked | {"sort": "number"})
            file = await taken(busy, who, "cases", asked)
            assert [row[:2] for row in file] == [[one["number"], one["title"]] for one in rows], (who, asked)
            assert [row[14] for row in file] == ["是" if one["overdue"] else "否" for one in rows]
        for name, key in (("enterprises", "name"), ("inspections", "number"), ("measures", "case_number")):
            try_it = await busy.get(who, f"/{name}")
            rows = await listed(busy, who, name, {}) if try_it.status_code == 200 else []
            assert [row[0] for row in await taken(busy, who, name, {})] == [one[key] for one in rows], (
                who,
                name,
            )
    assert any(row[1] == TRAP for row in await taken(busy, "wang", "cases", {}))


async def test_the_file_says_what_it_is_and_the_audit_log_who_took_it(busy: Office) -> None:
    before = len(await busy.world.audit())
    asked = {"territory": "t-east", "grade": "major", "open": "true"}
    answer = await busy.get("chief", "/exports/cases.xlsx", **asked)
    name = quote("隐患台账-20261120.xlsx")
    assert answer.headers["content-disposition"].endswith(f"filename*=UTF-8''{name}")
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["content-type"] == MEDIA_TYPES["xlsx"]
    about = {row[0]: row[1] for row in sheets(answer.content)["说明"]}
    assert about["行数"] == 1
    assert about["导出人"].endswith("科室负责人）")
    assert about["筛选条件：隐患等级"] == "重大隐患"
    assert about["筛选条件：是否在办"] == "是"
    (line,) = (await busy.world.audit())[before:]
    assert (line["action"], line["outcome"], line["actor_id"]) == ("export", "success", "chief")
    kept = {"what": "cases", "form": "xlsx", "rows": 1}
    assert line["details"] == kept | {"asked": {"territory": "t-east", "grade": "major", "open": True}}


async def test_an_english_reader_gets_english_headings_and_text_is_offered_too(busy: Office) -> None:
    client = await busy.person("wang")
    answer = await client.get("/api/v1/exports/cases.csv", headers={"Accept-Language": "en"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert rows[0][:3] == ["number", "hazard", "enterprise"]
    assert len(rows) == 1 + len(await listed(busy, "wang", "cases", {}))
    assert "'" + TRAP in [row[1] for row in rows]


async def test_what_cannot_be_taken_out_is_refused_in_words(busy: Office, house: House) -> None:
    services = busy.world.services
    refused(await busy.get("wang", "/exports/cases.pdf"), 422, "malformed")
    refused(await busy.get("wang", "/exports/cases.xlsx", state="NOWHERE"), 422, "malformed")
    assert (await house.get("wang", "/exports/nothing.xlsx")).status_code == 404
    services.settings = services.settings.model_copy(update={"export_rows": 2})
    answer = await busy.get("wang", "/exports/cases.xlsx")
    problem = refused(answer, 409, "limit_exceeded")
    assert problem["rule"] == "exports.rows"
    page = await house.get("wang", "/exports/cases.xlsx")
    assert page.status_code == 409
    assert "请用筛选条件" in page.text
    assert (await busy.get("wang", "/exports/cases.xlsx", grade="major")).status_code == 200
    with services.limits.exports.slot("wang"):
        refused(await busy.get("wang", "/exports/cases.xlsx", grade="major"), 429, "too_many_requests")
        assert (await busy.get("chief", "/exports/cases.xlsx", grade="major")).status_code == 200
    assert services.limits.exports.current == 0


async def test_the_button_on_a_list_takes_out_what_the_page_shows(busy: Office, house: House) -> None:
    page = await house.get("wang", "/cases?grade=major&sort=risk&q=")
    assert 'href="/exports/cases.xlsx?grade=major' in page.text
    file = await house.get("wang", "/exports/cases.xlsx?grade=major&sort=risk&q=")
    assert len(sheets(file.content)["隐患台账"]) == 2
    empty = await house.get("wang", "/cases?q=没有这样的隐患")
    assert "/exports/cases.xlsx" not in empty.text
    day = busy.now.date().isoformat()
    visits = await house.get("wang", f"/exports/inspections.xlsx?first={day}&last={day}")
    assert len(sheets(visits.content)["检查记录"]) == 1 + len(await listed(busy, "wang", "inspections", {}))
    for name in LISTS:
        answer = await house.get("town", f"/exports/{name}.xlsx")
        assert answer.status_code == 200, name


async def test_a_file_is_gone_once_it_was_sent(busy: Office) -> None:
    made = await take_out(
        busy.world.services,
        Actor(user_id="chief", role="section_head", district_id="d-1"),  # type: ignore[arg-type]
        LISTS["cases"],
        CaseQuery(),
        form="xlsx",
        lang="zh",
        ip="",
    )
    content = b"".join([chunk async for chunk in made.chunks()])
    assert made.file.closed
    assert len(content) == made.size
    assert FORMATS.keys() == {"xlsx", "csv"}
