"""The link of an order: made and ended by officers, and what an enterprise without an account does by it, and cannot."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from fastapi.routing import iter_route_contexts
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from api.guard import PUBLIC, PublicPaths
from console import app as pages
from ledger import tables
from ledger.scope import Scope
from models.actors import Role
from models.commands import COMMANDS
from models.orderlinks import BY_LINK
from serve import both_doors
from tests.api.support import finding, key, ok, refused
from tests.console.conftest import House
from tests.console.reading import read
from tests.console.test_giving import key_of

pytestmark = pytest.mark.slow


@dataclass
class Visit:
    """A telephone that came by the link of an order of one case; ``other`` is another case of the same enterprise."""

    house: House
    phone: httpx2.AsyncClient
    case_id: str
    other: str
    order_id: str
    token: str
    link_id: str


async def made(house: House, order_id: str, who: str = "wang") -> tuple[str, str]:
    """A new link over the API: its path and its id."""
    link = ok(await house.office.post(who, f"/orders/{order_id}/links"), 201)
    return str(link["path"]), str(link["link_id"])


async def order_of(house: House, case_id: str) -> str:
    return str(ok(await house.office.get("wang", f"/cases/{case_id}"))["order_id"])


@pytest.fixture
async def visit(house: House) -> AsyncIterator[Visit]:
    case_id, other = await house.office.case(), await house.office.case(title="灭火器被杂物遮挡")
    order_id = await order_of(house, case_id)
    path, link_id = await made(house, order_id)
    async with house.stranger() as phone:
        entered = await phone.get(path)
        assert (entered.status_code, entered.headers["location"]) == (303, "/l/cases"), entered.text
        yield Visit(house, phone, case_id, other, order_id, path.removeprefix("/l/"), link_id)


def photo() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (32, 24), (10, 200, 30)).save(stream, "JPEG")
    return stream.getvalue()


# -- making, listing, ending -----------------------------------------------------------------------------
async def test_a_link_is_printed_once_and_only_its_hash_is_kept(house: House) -> None:
    order_id = await order_of(house, await house.office.case())
    shown = await house.post("wang", f"/orders/{order_id}/links")
    assert shown.status_code == 201, shown.text
    read(shown.text)
    url = re.search(r'class="out-url">(http://xiaohao\.test/l/([\w-]{43}))<', shown.text)
    assert url is not None
    assert "<svg" in shown.text
    assert "style=" not in shown.text
    (row,) = await house.office.world.rows(tables.order_links)
    assert url[2] not in str(row)
    listed = await house.get("wang", f"/orders/{order_id}/links")
    read(listed.text)
    assert url[2] not in listed.text
    assert "可以使用" in listed.text


async def test_officers_alone_make_and_read_links(house: House) -> None:
    order_id = await order_of(house, await house.office.case())
    for who, status in (("firm", 403), ("town", 403), ("head", 403), ("rival", 404), ("u-foreign", 404)):
        code = "not_authorised" if status == 403 else "not_found"
        refused(await house.office.post(who, f"/orders/{order_id}/links"), status, code)
        refused(await house.office.get(who, f"/orders/{order_id}/links"), status, code)
        assert (await house.get(who, f"/orders/{order_id}/links")).status_code == status
    _, link_id = await made(house, order_id, "chief")
    client = await house.office.person("firm")
    assert (await client.delete(f"/api/v1/orders/{order_id}/links/{link_id}")).status_code == 403
    assert await house.office.world.rows(tables.order_links)


async def test_an_ended_link_opens_nothing_and_ends_the_visits_by_it(visit: Visit) -> None:
    house = visit.house
    assert (await visit.phone.get("/l/cases")).status_code == 200
    ended = await house.post("wang", f"/orders/{visit.order_id}/links/{visit.link_id}/end")
    assert ended.status_code == 303
    for path in ("/l/cases", f"/l/cases/{visit.case_id}"):
        answer = await visit.phone.get(path)
        assert (answer.status_code, "请重新扫描" in answer.text) == (401, True)
    async with house.stranger() as another:
        closed = await another.get(f"/l/{visit.token}")
        assert (closed.status_code, "执法人员。</p>" in closed.text) == (404, True), "a sentence ends"
    client = await house.office.person("wang")
    gone = await client.delete(f"/api/v1/orders/{visit.order_id}/links/{visit.link_id}")
    assert gone.status_code == 204, "ending it twice changes nothing"
    missing = await client.delete(f"/api/v1/orders/{visit.order_id}/links/no-such")
    refused(missing, 404, "not_found", "scope.link")
    audited = [(row["action"], row["outcome"]) for row in await house.office.world.audit()]
    assert audited.count(("revoke_link", "success")) == 1
    assert ("use_link", "refused") in audited


async def test_the_eleventh_live_link_is_refused(house: House) -> None:
    order_id = await order_of(house, await house.office.case())
    for _ in range(10):
        await made(house, order_id)
    refused(await house.office.post("wang", f"/orders/{order_id}/links"), 409, "limit_exceeded", "links.most")
    page = await house.post("wang", f"/orders/{order_id}/links")
    assert (page.status_code, "最多 10 个" in page.text) == (409, True)


# -- working by link ---------------------------------------------------------------------------------------
async def test_by_link_an_enterprise_sees_its_case_reports_and_signals_completion(visit: Visit) -> None:
    house, phone, case = visit.house, visit.phone, f"/l/cases/{visit.case_id}"
    listed = await phone.get("/l/cases")
    read(listed.text)
    assert "除尘风管" in listed.text
    assert "灭火器" not in listed.text
    shown = await phone.get(case)
    read(shown.text)
    for words in ("整改要求", "《安全生产法》", "报告整改完成", "情况描述", "已送达：直接送达"):
        assert words in shown.text
    assert "整改照片" not in shown.text, "what pictures show is said by whoever takes them"
    assert re.findall(r'<script[^>]*/(\w+\.js)"', shown.text) == ["inputs.js"], "nothing but how inputs look"
    sent = await phone.post(
        f"{case}/photos",
        data={"_key": key(), "purpose": "清理后"},
        files={"file": ("a.jpg", photo(), "image/jpeg")},
    )
    assert (sent.status_code, sent.headers["location"]) == (303, f"{case}#photos"), sent.text
    files = ok(await house.office.get("wang", f"/cases/{visit.case_id}/evidence"))["items"]
    assert [(one["purpose"], one["uploaded_by"]) for one in files] == [("清理后", f"link:{visit.link_id}")]
    picture = f"/l/evidence/{files[0]['evidence_id']}"
    assert (await phone.get(f"{picture}/thumbnail")).status_code == 200
    assert (await phone.get(f"{picture}/original")).status_code == 403
    form = await phone.get(f"{case}/do/report_progress")
    read(form.text)
    told = await phone.post(f"{case}/do/report_progress", data={"_key": key_of(form), "text": "已清理一半"})
    assert told.status_code == 303, told.text
    assert "已办理" in (await phone.get(told.headers["location"])).text
    form = await phone.get(f"{case}/do/signal_completion")
    assert f"{picture}/thumbnail" in form.text
    done = await phone.post(
        f"{case}/do/signal_completion",
        data={"_key": key_of(form), "text": "已清理完毕", "evidence": files[0]["evidence_id"]},
    )
    assert done.status_code == 303, done.text
    events = ok(await house.office.get("wang", f"/cases/{visit.case_id}/events"))["items"]
    signalled = next(one for one in events if one["event"] == "completion_signalled")
    assert signalled["actor"]["user_id"] == f"link:{visit.link_id}"
    assert signalled["actor"]["role"] == "enterprise"
    assert signalled["actor"]["role_label"]["zh"] == "企业（扫码办理）"
    state = ok(await house.office.get("wang", f"/cases/{visit.case_id}"))["state"]
    assert state == "SUBMITTED"


async def test_every_use_is_listed_and_audited_without_an_address(visit: Visit) -> None:
    house, case = visit.house, f"/l/cases/{visit.case_id}"
    await visit.phone.get(case)
    form = await visit.phone.get(f"{case}/do/report_progress")
    await visit.phone.post(f"{case}/do/report_progress", data={"_key": key_of(form), "text": "在办"})
    listed = ok(await house.office.get("chief", f"/orders/{visit.order_id}/links"))
    assert [one["what"] for one in listed["uses"]] == ["report_progress", "read", "opened"]
    assert listed["items"][0]["uses"] == 3
    assert len({one["address"] for one in listed["uses"]}) == 1
    assert "192.0.2.7" not in str(listed)
    lines = [row for row in await house.office.world.audit() if row["action"] == "use_link"]
    assert [row["details"]["what"] for row in lines] == ["opened", "read", "report_progress"]
    assert {row["actor_id"] for row in lines} == {f"link:{visit.link_id}"}
    assert visit.token not in str(lines)
    shown = (await house.get("u-auditor", "/admin/audit?action=use_link")).text
    assert "使用 3 次" in (await house.get("chief", f"/orders/{visit.order_id}/links")).text
    for said in ("打开链接", "查看案件", "报告整改进展"):
        assert f"事项：{said}" in shown


async def test_what_is_refused_comes_back_in_words(visit: Visit) -> None:
    case = f"/l/cases/{visit.case_id}"
    form = await visit.phone.get(f"{case}/do/request_extension")
    empty = await visit.phone.post(f"{case}/do/request_extension", data={"_key": key_of(form)})
    assert empty.status_code == 422, empty.text
    read(empty.text)
    odd = await visit.phone.post(
        f"{case}/photos", data={"purpose": "x"}, files={"file": ("a.exe", b"MZ" * 400, "image/jpeg")}
    )
    assert 400 <= odd.status_code < 500, odd.text
    read(odd.text)
    assert 'class="summary"' in odd.text


async def test_leaving_ends_the_visit(visit: Visit) -> None:
    left = await visit.phone.post("/l/end")
    assert (left.status_code, "已退出" in left.text) == (200, True)
    visit.phone.cookies.clear()
    assert (await visit.phone.get("/l/cases")).status_code == 401


async def test_the_token_becomes_a_cookie_of_these_pages_alone(house: House) -> None:
    path, _ = await made(house, await order_of(house, await house.office.case()))
    async with house.stranger() as phone:
        entered = await phone.get(path)
        cookie = entered.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "path=/l;" in f"{cookie};"
        assert "samesite=lax" in cookie
        assert path.removeprefix("/l/").lower() not in cookie
        assert entered.headers["referrer-policy"] == "no-referrer"
        assert (await phone.get("/l/cases")).headers["referrer-policy"] == "same-origin"


# -- when it opens -----------------------------------------------------------------------------------------
async def test_before_service_it_says_so_and_after_it_opens(house: House) -> None:
    office = house.office
    found = await office.inspected(finding(), service=None)
    case_id = str(found["cases"][0]["case_id"])
    path, _ = await made(house, await order_of(house, case_id))
    async with house.stranger() as phone:
        early = await phone.get(path)
        assert (early.status_code, "送达登记后" in early.text) == (409, True), early.text
        assert path.removeprefix("/l/") not in str(await office.world.audit())
        await office.done("wang", case_id, "serve_order", service=office.delivered())
        assert (await phone.get(path)).status_code == 303


async def test_it_ends_a_while_after_its_last_case_and_after_a_year_at_the_latest(house: House) -> None:
    office, clock = house.office, house.office.world.clock
    case_id = await office.case()
    path, _ = await made(house, await order_of(house, case_id))
    await office.done("head", case_id, "void", reason="重复立案")
    async with house.stranger() as phone:
        clock.pass_(days=29)
        assert (await phone.get(path)).status_code == 303
        assert (await phone.get("/l/cases")).status_code == 200
        clock.pass_(hours=12)
        assert (await phone.get("/l/cases")).status_code == 401, "a visit is over after half a day"
        clock.pass_(hours=13)
        assert (await phone.get(path)).status_code == 404


async def test_guessing_is_bounded(house: House) -> None:
    async with house.stranger() as phone:
        answers = [(await phone.get(f"/l/{'x' * 40}{no:03}")).status_code for no in range(31)]
    assert answers == [404] * 30 + [429]


# -- what it does not reach --------------------------------------------------------------------------------
def routes() -> list[tuple[str, str]]:
    """Method and path of every route of both doors."""
    app = both_doors(https=False)
    return sorted(
        (method, str(route.path))
        for route in iter_route_contexts(app.routes)
        for method in route.methods or ()
        if method not in ("HEAD", "OPTIONS")
    )


def filled(path: str, visit: Visit) -> str:
    """A route's path with ids that exist, some of the visitor's own."""
    names = {
        "case_id": visit.case_id,
        "order_id": visit.order_id,
        "enterprise_id": "e-a",
        "link_id": visit.link_id,
    }
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda found: names.get(found[1], "x"), path)


async def test_a_visit_opens_no_other_route_of_either_door(visit: Visit) -> None:
    secret = next(one.value for one in visit.phone.cookies.jar if one.name == "xiaohao_link")
    public = PublicPaths((*PUBLIC, *pages.PUBLIC))
    walked = 0
    async with visit.house.stranger() as thief:
        for name in ("xiaohao_link", "xiaohao_session", "__Host-xiaohao"):
            thief.cookies.set(name, str(secret))
        for bearer in (None, secret, visit.token):
            headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
            for method, path in routes():
                if public.covers(method, path) or path.startswith("/l/"):
                    continue
                answer = await thief.request(method, filled(path, visit), headers=headers)
                to_sign_in = answer.status_code == 303 and answer.headers["location"].startswith("/login")
                assert answer.status_code == 401 or to_sign_in, f"{method} {path} {answer.status_code}"
                walked += 1
    assert walked > 200


async def test_an_account_opens_no_page_of_a_visit(visit: Visit) -> None:
    walked = 0
    for method, path in routes():
        if path.startswith("/l/") and path != "/l/{token}":
            for who in ("wang", "firm"):
                browser = await visit.house.browser(who)
                answer = await browser.request(method, filled(path, visit))
                assert answer.status_code == 401, f"{who} {method} {path}"
                walked += 1
    assert walked == 14


async def test_a_visit_opens_no_other_case(visit: Visit) -> None:
    house, phone = visit.house, visit.phone
    rivals = str(
        (await house.office.inspected(finding(title="配电箱无门"), enterprise_id="e-b"))["cases"][0][
            "case_id"
        ]
    )
    evidence_id = await house.office.photo("firm", visit.other)
    for case_id in (visit.other, rivals, "no-such"):
        for path in ("", "/do/report_progress"):
            answer = await phone.get(f"/l/cases/{case_id}{path}")
            assert answer.status_code == 404, path
            assert "灭火器" not in answer.text
        given = await phone.post(f"/l/cases/{case_id}/do/report_progress", data={"_key": key(), "text": "x"})
        assert given.status_code == 404
        sent = await phone.post(
            f"/l/cases/{case_id}/photos", files={"file": ("a.jpg", photo(), "image/jpeg")}
        )
        assert sent.status_code == 404
    for variant in ("copy", "thumbnail", "original"):
        assert (await phone.get(f"/l/evidence/{evidence_id}/{variant}")).status_code == 404


async def test_a_visit_gives_no_other_command(visit: Visit) -> None:
    sent = len(visit.house.office.gateway.sent)
    for command in set(COMMANDS) - set(BY_LINK):
        path = f"/l/cases/{visit.case_id}/do/{command}"
        assert (await visit.phone.get(path)).status_code == 404, command
        assert (await visit.phone.post(path, data={"_key": key()})).status_code == 404, command
    assert len(visit.house.office.gateway.sent) == sent


async def test_a_visit_sees_a_measure_once_the_enterprise_knows_of_it(visit: Visit) -> None:
    office = visit.house.office
    record: dict[str, Any] = {"officers": ["wang", "li"], "amount": 31_700}
    measure_id = await office.proposed(visit.case_id, "fine", **record)
    text = (await visit.phone.get(f"/l/cases/{visit.case_id}")).text
    assert "31,700" not in text
    assert measure_id not in text
    await office.stepped("head", visit.case_id, measure_id, "approve")
    await office.stepped(
        "wang", visit.case_id, measure_id, "conclude_investigation", officers=["wang", "li"], text="报告"
    )
    notice = {"facts": "事实", "basis": "依据", "amount": 31_700, "service": office.delivered()}
    await office.stepped("wang", visit.case_id, measure_id, "serve_notice", **notice)
    assert "31,700" in (await visit.phone.get(f"/l/cases/{visit.case_id}")).text


async def test_postgresql_alone_shows_a_visitor_nothing_beyond_the_order(visit: Visit) -> None:
    house = visit.house
    await house.office.photo("firm", visit.other)
    await house.office.photo("firm", visit.case_id)
    scope = Scope(
        Role.ENTERPRISE, district_id="d-1", enterprise_id="e-a", order_id=visit.order_id, user_id="link:x"
    )
    readable = set()
    for name, table in tables.metadata.tables.items():
        try:
            async with house.office.world.database.read(scope) as session:
                if "case_id" in table.c:
                    found = set((await session.scalars(select(table.c.case_id).distinct())).all())
                    assert found <= {visit.case_id}, name
                    readable |= {name} if found else set()
                else:
                    await session.scalar(select(func.count()).select_from(table))
        except DBAPIError as error:
            if "permission denied" not in str(error):
                raise AssertionError(name) from error
    assert readable >= {"cases", "case_events", "case_told", "case_clocks", "order_items", "evidence"}
    assert not readable & {"case_texts", "case_tasks", "notices", "reporters", "link_uses"}
    for partial in (
        {"enterprise_id": "e-b"},
        {"order_id": "other"},
        {"district_id": "d-other", "enterprise_id": None},
    ):
        odd = Scope(
            **{"role": Role.ENTERPRISE, "district_id": "d-1", "enterprise_id": "e-a"}
            | {"order_id": visit.order_id}
            | partial
        )  # type: ignore[arg-type]
        async with house.office.world.database.read(odd) as session:
            assert await session.scalar(select(func.count()).select_from(tables.cases)) == 0
