"""Inspections and orders over HTTP: numbered cases, one order, its service; who may, and what is refused."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ledger import tables
from models.errors import EngineUnavailable, Pending
from tests.api.support import Office, finding, key, ok, refused
from tests.ledger import looking

STANDARD = {"standard_id": "chemical-2017", "version": "2017", "clause": "4"}


async def standard(office: Office) -> dict[str, str]:
    """A standard the policy knows."""
    policy = ok(await office.get("wang", "/policies/current"))
    return {"standard_id": policy["standards"][0]["id"], "version": "2023", "clause": "第四条"}


async def test_three_findings_become_three_numbered_cases_and_one_order(office: Office) -> None:
    major = finding(title="除尘系统未设泄爆装置", suspected_major=await standard(office), deadline_days=30)
    spot = finding(title="灭火器被遮挡", fixed_on_spot=True) | {"deadline_days": None}
    found = await office.inspected(finding("清理积尘", "建立清扫记录"), major, spot)
    assert found["number"]
    assert found["order_no"]
    assert found["kind_label"] == {"zh": "“双随机”检查", "en": "double-random inspection"}
    assert [one["name"] for one in found["officers"]] == ["wang同志", "li同志"]
    cases = found["cases"]
    assert [case["state"] for case in cases] == ["ORDERED", "DETERMINING", "SUBMITTED"]
    assert len({case["number"] for case in cases}) == 3
    assert [case["order_no"] for case in cases] == [found["order_no"], found["order_no"], None]
    assert cases[0]["deadline"]["last_day"] == "2026-12-07", "15 days from 20 November end on a Saturday"
    assert cases[0]["enterprise"] == {"id": "e-a", "name": "东区家具厂"}
    assert cases[0]["territory"]["id"] == "t-east"
    again = ok(await office.get("li", f"/inspections/{found['inspection_id']}"))
    assert again == found
    order = ok(await office.get("firm", f"/orders/{found['order_id']}"))
    assert order["number"] == found["order_no"]
    assert [item["case_number"] for item in order["items"]] == [case["number"] for case in cases[:2]]
    assert [item["deadline_days"] for item in order["items"]] == [15, 30]


async def test_numbers_follow_the_findings_on_paper_in_whatever_order_the_cases_open(office: Office) -> None:
    found = await office.inspected(*(finding(title=f"第{n}项") for n in range(1, 13)))
    assert [case["title"] for case in found["cases"]] == [f"第{n}项" for n in range(1, 13)]
    order = ok(await office.get("wang", f"/orders/{found['order_id']}"))
    assert [item["case_number"] for item in order["items"]] == [case["number"] for case in found["cases"]]


@pytest.mark.parametrize("industry", ["", "木质家具制造（含喷涂、打磨工序）及配套粉尘收集、污水处理" * 3])
async def test_whatever_the_register_calls_its_industry_a_case_opens(office: Office, industry: str) -> None:
    async with office.world.superuser.begin() as connection:
        await looking.change(connection, tables.enterprises, {"industry": industry}, enterprise_id="e-a")
    (case,) = (await office.inspected(finding()))["cases"]
    assert ok(await office.get("wang", f"/cases/{case['case_id']}"))["industry"] == industry


async def test_a_bad_finding_is_named_by_its_number_and_its_title(office: Office) -> None:
    bad = finding(title="灭火器被遮挡", suspected_major=await standard(office), fixed_on_spot=True)
    findings = (*(finding() for _ in range(6)), bad | {"deadline_days": None}, finding())
    sent = await office.post("wang", "/inspections", office.visit(*findings))
    problem = refused(sent, 409, "limit_exceeded", "open.fixed_on_spot")
    assert problem["detail"].startswith("第 7 项问题“灭火器被遮挡”：")
    assert (problem["details"]["finding"], problem["details"]["title"]) == (7, "灭火器被遮挡")
    assert await office.world.rows(tables.inspections) == []


async def test_a_finding_with_a_malformed_field_is_named_too(office: Office) -> None:
    findings = (
        *(finding() for _ in range(6)),
        finding(title="灭火器被遮挡") | {"deadline_days": 0},
        finding(title="\u200b"),
    )
    sent = await office.post("wang", "/inspections", office.visit(*findings))
    problem = refused(sent, 422, "malformed")
    assert "第7项（灭火器被遮挡）“整改期限（日）”" in problem["detail"]
    assert "第8项“" in problem["detail"]
    assert "\u200b" not in sent.text


async def test_the_same_inspection_twenty_times_at_once_is_one(office: Office) -> None:
    body, idem = office.visit(finding()), key()
    answers = await asyncio.gather(*(office.post("wang", "/inspections", body, idem=idem) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert all(
        ("Idempotency-Replayed" in answer.headers) == (answer.status_code == 200) for answer in answers
    )
    assert len({answer.text for answer in answers}) == 1
    assert len(await office.world.rows(tables.inspections)) == 1


async def test_a_clean_visit_is_recorded_too(office: Office) -> None:
    found = await office.inspected()
    assert (found["cases"], found["order_no"], found["order_id"]) == ([], None, None)
    listed = ok(await office.get("wang", "/inspections"))
    assert [one["number"] for one in listed["items"]] == [found["number"]]
    assert listed["next"] is None


async def test_a_finding_without_a_deadline_gets_the_policys(office: Office) -> None:
    found = await office.inspected(finding() | {"deadline_days": None})
    detail = ok(await office.get("wang", f"/cases/{found['cases'][0]['case_id']}"))
    assert detail["order"]["deadline_days"] == 15


async def test_the_same_key_is_the_same_inspection(office: Office) -> None:
    body, idem = office.visit(finding()), key()
    first = await office.post("wang", "/inspections", body, idem=idem)
    again = await office.post("wang", "/inspections", body, idem=idem)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert again.json() == first.json()
    assert first.headers["location"] == f"/api/v1/inspections/{first.json()['inspection_id']}"
    other = await office.post("wang", "/inspections", body | {"place": "别处"}, idem=idem)
    refused(other, 409, "idempotency_conflict", "api.idempotency_key")
    assert len(await office.world.rows(tables.inspections)) == 1


@pytest.mark.parametrize(
    ("officers", "rule"),
    [
        (["wang"], "officers.two"),
        (["wang", "wang"], "officers.two"),
        (["wang", "u-expired"], "officers.certified"),
        (["wang", "deputy"], "officers.certified"),
        (["wang", "nobody"], "officers.certified"),
        (["li", "zhao"], "officers.present"),
    ],
)
@pytest.mark.parametrize("kind", ["special", "guidance"])
async def test_two_different_certified_officers(
    office: Office, officers: list[str], rule: str, kind: str
) -> None:
    body = office.visit(officers=officers, kind=kind)
    problem = refused(await office.post("wang", "/inspections", body), 409, "requirement_missing", rule)
    assert "第六十七条" in problem["article"]
    assert problem["remedy"]


@pytest.mark.parametrize(
    ("who", "rule"),
    [
        ("chief", None),
        ("deputy", "authority.inspect.role"),
        ("office", "authority.inspect.role"),
        ("firm", "authority.inspect.role"),
        ("town", "authority.inspect.role"),
        ("u-expired", "authority.inspect.certificate"),
    ],
)
async def test_who_inspects(office: Office, who: str, rule: str | None) -> None:
    answer = await office.post(who, "/inspections", office.visit(officers=[who, "li"]))
    if rule is None:
        ok(answer, 201)
        return
    problem = refused(answer, 403, "not_authorised", rule)
    assert "第六十七条" in problem["article"]
    (line,) = await office.world.audit()
    assert (line["action"], line["outcome"], line["code"], line["actor_id"]) == (
        "inspect",
        "refused",
        "not_authorised",
        who,
    )
    assert line["details"]["rule"] == rule
    assert "打磨车间" not in str(line), "no words in the audit log"


@pytest.mark.parametrize("part", ["deadline", "service"])
async def test_a_guidance_visit_produces_no_order(office: Office, part: str) -> None:
    plain = finding() | {"deadline_days": None}
    body = office.visit(plain, kind="guidance", service=None)
    if part == "deadline":
        body["findings"][0]["deadline_days"] = 10
    else:
        body["service"] = {"served_at": office.now.isoformat()}
    problem = refused(
        await office.post("wang", "/inspections", body), 409, "requirement_missing", "inspection.guidance"
    )
    assert "第六十七条" in problem["article"]
    found = await office.inspected(plain, kind="guidance", service=None)
    assert (found["order_id"], found["cases"][0]["state"]) == (None, "RECORDED")


@pytest.mark.parametrize(
    ("changes", "code", "rule"),
    [
        ({"ended_at": timedelta(hours=1)}, "limit_exceeded", "time.not_in_future"),
        ({"service": {"served_at": timedelta(hours=-9)}}, "limit_exceeded", "service.after_inspection"),
        ({"service": {"served_at": timedelta(hours=9)}}, "limit_exceeded", "time.not_in_future"),
        ({"findings": [], "service": {"served_at": timedelta()}}, "requirement_missing", None),
        ({"findings": [finding(fixed_on_spot=True)], "service": None}, "limit_exceeded", None),
        ({"findings": [finding(deadline_days=365)]}, "limit_exceeded", "deadline.max"),
    ],
)
async def test_times_and_limits(office: Office, changes: dict[str, Any], code: str, rule: str | None) -> None:
    def dated(value: Any) -> Any:
        if isinstance(value, timedelta):
            return (office.now + value).isoformat()
        return {name: dated(inner) for name, inner in value.items()} if isinstance(value, dict) else value

    body = office.visit(finding()) | {name: dated(value) for name, value in changes.items()}
    refused(await office.post("wang", "/inspections", body), 409, code, rule)
    assert await office.world.rows(tables.contents) == [], "the words of a refused inspection are gone"
    assert await office.world.rows(tables.inspections) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "stroll"},
        {"officers": []},
        {"started_at": "2026-11-20T10:00:00"},
        {"ended_at": "2020-01-01T00:00:00Z"},
        {"findings": [{"title": "只有标题"}]},
        {"findings": [finding(deadline_days=0)]},
        {"colour": "red"},
    ],
)
async def test_malformed_inspections(office: Office, wrong: dict[str, Any]) -> None:
    problem = refused(
        await office.post("wang", "/inspections", office.visit() | wrong), 422, "malformed", "api.schema"
    )
    assert problem["details"]["fields"]


async def test_an_enterprise_that_is_not_the_askers_is_unknown(office: Office) -> None:
    for enterprise in ("nowhere", "e-a"):
        who = "u-foreign" if enterprise == "e-a" else "wang"
        answer = await office.post(who, "/inspections", office.visit(enterprise_id=enterprise))
        refused(answer, 404, "not_found", "scope.enterprise")


async def test_an_unconfirmed_inspection_is_202_and_the_key_tells(office: Office) -> None:
    body, idem = office.visit(finding()), key()
    office.gateway.failing = [Pending("尚未确认", "not confirmed yet", rule="engine.timeout")]
    answer = await office.post("wang", "/inspections", body, idem=idem)
    assert (answer.status_code, answer.json()["code"]) == (202, "pending")
    assert answer.headers["retry-after"]
    found = ok(await office.get("wang", answer.headers["location"].removeprefix("/api/v1")))
    replay = await office.post("wang", "/inspections", body, idem=idem)
    assert (replay.status_code, replay.headers["Idempotency-Replayed"]) == (200, "true")
    assert replay.json() == found


async def test_an_unreachable_engine_keeps_the_words(office: Office) -> None:
    body, idem = office.visit(finding()), key()
    office.gateway.failing = [EngineUnavailable("引擎不可用", "the engine is away")]
    refused(await office.post("wang", "/inspections", body, idem=idem), 503, "engine_unavailable")
    assert len(await office.world.rows(tables.contents)) == 2
    ok(await office.post("wang", "/inspections", body, idem=idem))


async def test_the_list_by_enterprise_officer_and_period(office: Office) -> None:
    first = await office.inspected()
    await office.pass_time(days=1)
    second = await office.inspected(enterprise_id="e-c", officers=["wang", "zhao"], kind="surprise")
    numbers = {"first": first["number"], "second": second["number"]}
    midnight = (office.now - timedelta(hours=12)).isoformat()
    for query, names in (
        ({}, ["second", "first"]),
        ({"enterprise": "e-a"}, ["first"]),
        ({"officer": "zhao"}, ["second"]),
        ({"kind": "surprise"}, ["second"]),
        ({"since": midnight}, ["second"]),
        ({"until": midnight}, ["first"]),
        ({"officer": "nobody"}, []),
    ):
        listed = ok(await office.get("li", "/inspections", **query))
        assert [one["number"] for one in listed["items"]] == [numbers[name] for name in names], query
    page = ok(await office.get("li", "/inspections", limit=1))
    rest = ok(await office.get("li", "/inspections", limit=1, after=page["next"]))
    assert [page["items"][0]["number"], rest["items"][0]["number"]] == [numbers["second"], numbers["first"]]
    assert rest["next"] is None
    refused(await office.get("zhao", "/inspections", limit=1, after=page["next"]), 422, "malformed")


# -- orders ------------------------------------------------------------------------------------------
async def unserved(office: Office) -> dict[str, Any]:
    return await office.inspected(finding(), finding(title="未设置警示标志", deadline_days=5), service=None)


async def test_an_order_is_served_for_all_its_cases_at_once(office: Office) -> None:
    found = await unserved(office)
    assert [case["state"] for case in found["cases"]] == ["RECORDED", "RECORDED"]
    body, idem = {"served_at": office.now.isoformat(), "method": "in_person"}, key()
    answer = await office.post("li", f"/orders/{found['order_id']}/service", body, idem=idem)
    served = ok(answer)
    assert served["refused"] == []
    assert [item["state"] for item in served["order"]["items"]] == ["ORDERED", "ORDERED"]
    assert served["order"]["served_label"] == {"zh": "直接送达", "en": "in person"}
    assert all(item["deadline_at"] for item in served["order"]["items"])
    rolled, counted = (item["deadline_moved"] for item in served["order"]["items"])
    assert (rolled["zh"], counted) == ("末日逢休息日，顺延", None)
    again = await office.post("li", f"/orders/{found['order_id']}/service", body, idem=idem)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
    assert again.json() == served
    refused(
        await office.post("li", f"/orders/{found['order_id']}/service", body),
        409,
        "transition_not_allowed",
        "lifecycle.serve_order",
    )
    other = body | {"method": "post"}
    refused(
        await office.post("li", f"/orders/{found['order_id']}/service", other, idem=idem),
        409,
        "idempotency_conflict",
    )


async def test_service_says_which_case_refused(office: Office) -> None:
    found = await unserved(office)
    first, second = (case["case_id"] for case in found["cases"])
    await office.done("wang", first, "serve_order", service={"served_at": office.now.isoformat()})
    body = {"served_at": office.now.isoformat()}
    served = ok(await office.post("li", f"/orders/{found['order_id']}/service", body))
    (one,) = served["refused"]
    assert (one["case_id"], one["problem"]["code"]) == (first, "transition_not_allowed")
    assert ok(await office.get("li", f"/cases/{second}"))["state"] == "ORDERED"


async def test_leaving_an_order_takes_witnesses_or_pictures_of_its_case(office: Office) -> None:
    found = await unserved(office)
    path = f"/orders/{found['order_id']}/service"
    body: dict[str, Any] = {"served_at": office.now.isoformat(), "method": "witnessed_leave"}
    problem = refused(
        await office.post("li", path, body), 409, "requirement_missing", "service.witnessed_leave"
    )
    assert "第八十九条" in problem["article"]
    stray = await office.photo("wang", await office.case())
    refused(
        await office.post("li", path, body | {"evidence": [stray]}),
        409,
        "requirement_missing",
        "evidence.own",
    )
    photo = await office.photo("li", found["cases"][0]["case_id"], "送达影像")
    served = ok(await office.post("li", path, body | {"evidence": [photo]}))
    assert [one["case_id"] for one in served["refused"]] == [found["cases"][1]["case_id"]]


async def test_an_order_of_another_is_unknown(office: Office) -> None:
    found = await unserved(office)
    body = {"served_at": office.now.isoformat()}
    for who in ("rival", "far-town", "u-foreign", "u-admin", "assessor"):
        refused(await office.get(who, f"/orders/{found['order_id']}"), 404, "not_found")
        refused(await office.post(who, f"/orders/{found['order_id']}/service", body), 404, "not_found")
    unserved_yet = await office.post("firm", f"/orders/{found['order_id']}/service", body)
    refused(unserved_yet, 404, "not_found")


async def test_papers_of_a_visit_recorded_late_bear_its_day(office: Office) -> None:
    began, served = "2025-12-30T09:00:00+08:00", "2025-12-30T10:00:00+08:00"
    times = {"started_at": began, "ended_at": served, "service": {"served_at": served}}
    found = await office.inspected(finding(), **times)
    assert "〔2025〕" in found["number"]
    assert "〔2025〕" in found["order_no"]
    order = ok(await office.get("wang", f"/orders/{found['order_id']}"))
    assert datetime.fromisoformat(order["issued_at"]) <= datetime.fromisoformat(order["served_at"])


async def test_an_order_served_before_it_is_recorded_was_issued_before_too(office: Office) -> None:
    found = await office.inspected(finding())
    order = ok(await office.get("wang", f"/orders/{found['order_id']}"))
    assert datetime.fromisoformat(order["issued_at"]) <= datetime.fromisoformat(order["served_at"])


@pytest.mark.parametrize(
    "moment", ["0026-11-20T10:00:00+08:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59Z"]
)
async def test_a_slip_of_a_year_is_malformed_and_the_field_is_named(office: Office, moment: str) -> None:
    problem = refused(
        await office.post("wang", "/inspections", office.visit() | {"started_at": moment}),
        422,
        "malformed",
        "api.schema",
    )
    assert "“检查开始时间”" in problem["detail"]
    assert await office.world.rows(tables.inspections) == []


async def test_any_offset_is_a_moment_and_a_device_a_little_ahead_is_now(office: Office) -> None:
    ahead = office.now + timedelta(seconds=1)
    far = ahead.astimezone(timezone(timedelta(hours=16))).isoformat()
    found = await office.inspected(finding(), ended_at=far, service={"served_at": far})
    assert datetime.fromisoformat(found["ended_at"]) == office.now
    (row,) = await office.world.rows(tables.inspections)
    assert list(row["data"]["taken_as_now"]) == ["ended_at"]


async def test_a_refusal_to_sign_takes_two_witnesses_and_no_signature(office: Office) -> None:
    for signing in (
        {"refused_before": ["周建平"]},
        {"refused_before": ["周建平", "周建平"]},
        {"on_screen": True, "refused_before": ["周建平", "何敏"]},
    ):
        body = office.visit(finding()) | {"signing": signing}
        problem = refused(await office.post("wang", "/inspections", body), 422, "malformed")
        assert problem["details"]["fields"][0]["field"] == "body.signing.refused_before"
    body = office.visit(finding()) | {"signing": {"refused_before": ["周建平", "何敏"]}}
    ok(await office.post("wang", "/inspections", body), 201)
    (row,) = await office.world.rows(tables.inspections)
    assert row["signing"] == {"refused_before": ["周建平", "何敏"]}
