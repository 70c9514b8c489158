"""Before it is served, a measure is the bureau's own affair: no route shows an enterprise or an assessor a trace of it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from models.actors import Role
from operations.cases import explain_text
from tests.api.routes import every_route
from tests.api.support import Office, assigned, key, ledger, ok

SECRET = "绝密事由"


def routes(case_id: str, measure_id: str) -> list[str]:
    """Every GET an outsider could look for a trace in."""
    named = {
        "case_id": case_id,
        "measure_id": measure_id,
        "enterprise_id": "e-a",
        "code": "not_found",
        "form": "csv",
    }
    found = []
    for method, path in every_route():
        if method == "GET" and all(part in named for part in _names(path)):
            found.append(path.format(**named))
    return sorted(found)


def _names(path: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", path)


async def everything(office: Office, who: str, case_id: str, measure_id: str) -> str:
    """All an asker gets from every route, as one text."""
    told = []
    for path in routes(case_id, measure_id):
        if path in ("/policies/current",):
            continue  # the policy is public: it names every kind of measure
        answer = await office.get(who, path)
        assert answer.status_code in (200, 403, 404, 422), (path, answer.text)
        if answer.headers["content-type"].startswith("text/csv"):
            told.append(f"{path}\n{answer.text.partition(chr(10))[2]}")
            continue
        if answer.headers["content-type"] == "application/pdf":
            pages = PdfReader(BytesIO(answer.content)).pages
            told.append(f"{path}\n" + "\n".join(page.extract_text() for page in pages))
            continue
        if answer.headers["content-type"] == "application/zip":
            assert who == "wang", "a bundle is for officials"
            continue
        body = answer.json()
        if isinstance(body, dict):
            body.pop("commands", None)  # every command of the table is named, with the reason against it
        told.append(f"{path}\n{json.dumps(body, ensure_ascii=False)}")
    order = json.loads((await office.get(who, f"/cases/{case_id}")).text).get("order")
    if order:
        told.append((await office.get(who, f"/orders/{order['order_id']}")).text)
    return "\n".join(told)


def traces(text: str, measure_id: str, *words: str) -> list[str]:
    """What gives the measure away."""
    lines = [line for line in text.splitlines() if not line.startswith("/")]
    found = "\n".join(lines)
    return [word for word in (measure_id, SECRET, "m1/", "p1/", "ladder/", *words) if word in found]


async def test_a_measure_not_served_leaves_no_trace(office: Office) -> None:
    case_id = await assigned(office)
    measure = await office.proposed(case_id, "exposure", cause=SECRET)
    for who, step, form in (
        ("deputy", "return_for_more", {"reason": SECRET}),
        ("wang", "resubmit", {"text": SECRET}),
        ("deputy", "approve", {"opinion": SECRET}),
        ("li", "check_secrets", {"passed": True, "opinion": SECRET}),
    ):
        await office.stepped(who, case_id, measure, step, **form)
    for who in ("firm", "assessor"):
        text = await everything(office, who, case_id, measure)
        assert traces(text, measure, "exposure", "通报曝光", "曝光", "提请采取措施", "办理措施步骤") == [], (
            who
        )
    inside = await everything(office, "wang", case_id, measure)
    assert {measure, SECRET, "m1/"} <= set(traces(inside, measure))
    await office.stepped(
        "wang", case_id, measure, "publish", channel="门户网站", published_at=office.now.isoformat()
    )
    told = await everything(office, "firm", case_id, measure)
    assert measure in told
    assert SECRET not in told, "what was said before stays inside"
    assert traces(await everything(office, "assessor", case_id, measure), measure, "通报曝光") == []


async def test_neither_the_ladder_nor_time_gives_it_away(office: Office) -> None:
    case_id = await office.case()
    await office.pass_time(days=19)  # overdue: the ladder proposes, nobody answers, ranks are passed
    await office.pass_time(days=12)
    proposals = ok(await office.get("wang", f"/cases/{case_id}/measures"))["proposals"]
    assert {"fine", "supervision_letter"} <= {one["kind"] for one in proposals}
    text = await everything(office, "firm", case_id, "none")
    for proposal in proposals:
        assert traces(text, proposal["key"], "督办", "立案", "升级", "supervision", "约谈") == []
    explained = ok(await office.get("firm", f"/cases/{case_id}/explanation"))
    assert explained["why"]["zh"] in ("逾期催办", "整改期限届满未改", "期限届满未办")
    assert explained["proposals"] == []
    entries = await ledger(office, case_id, "firm")
    assert entries[-1]["event"] in ("digested", "deadline_passed")
    assert all("/" not in moved["key"] for one in entries for moved in one["clocks"])
    assert ok(await office.get("firm", f"/cases/{case_id}"))["next_clock"]["key"] == "rectify"
    assert ok(await office.get("wang", f"/cases/{case_id}"))["next_clock"]["key"] == "rectify"


async def test_the_order_of_a_list_does_not_follow_clocks_it_hides(office: Office) -> None:
    near, far = await office.case(deadline_days=5), await office.case(deadline_days=15)
    await office.proposed(far, "supervision_letter", cause=SECRET)  # two working days: before either deadline

    async def order(who: str, **query: Any) -> list[str]:
        return [one["case_id"] for one in ok(await office.get(who, "/cases", **query))["items"]]

    assert await order("wang") == [far, near]
    assert await order("firm") == [near, far]
    assert await order("firm", sort="-next_due_at") == [far, near]
    soon = (office.now + timedelta(days=4, hours=20)).isoformat()
    assert (await order("wang", due_before=soon), await order("firm", due_before=soon)) == ([far], [])
    page = ok(await office.get("firm", "/cases", limit=1))
    rest = ok(await office.get("firm", "/cases", limit=1, after=page["next"]))
    assert [page["items"][0]["case_id"], rest["items"][0]["case_id"]] == [near, far]


async def test_an_outsider_reads_nothing_of_what_the_bureau_decided_inside(office: Office) -> None:
    case_id = await office.case()
    measure = await office.proposed(case_id, "supervision_letter")
    await office.stepped("chief", case_id, measure, "approve")
    hidden = await office.step("firm", case_id, measure, "answer", text="抢答")
    assert (hidden.status_code, hidden.json()["rule"]) == (404, "measure.scope")
    await office.stepped("wang", case_id, measure, "serve", service=office.delivered())
    office.world.clock.pass_(seconds=1)
    await office.stepped("chief", case_id, measure, "end", reason="已核实")
    late = await office.step("firm", case_id, measure, "answer", text="补答")
    assert late.status_code == 409
    assert late.json()["details"]["decided_by"] == [{"id": "chief", "name": "chief同志"}], "an open step"
    refused = await office.step("firm", case_id, measure, "approve", idem=key())
    assert refused.status_code == 403
    assert "decided_by" not in refused.json()["details"]


async def test_words_of_the_bureau_are_kept_from_the_parties(office: Office) -> None:
    case_id = await office.case()
    await office.done("wang", case_id, "record_refusal", officers=["wang", "li"], text=SECRET)
    await office.pass_time(days=19)
    proposals = ok(await office.get("chief", f"/cases/{case_id}/measures"))["proposals"]
    for proposal in proposals:
        await office.done("chief", case_id, "close_proposal", proposal=proposal["key"], reason=SECRET)
    assert proposals
    text = await everything(office, "firm", case_id, "none")
    assert traces(text, "none", "拒不执行", "不采纳") == []
    inside = await ledger(office, case_id, "zhao")
    closed = next(one for one in inside if one["event"] == "proposal_closed")
    assert closed["texts"] == {"reason": SECRET}


async def test_the_terminal_explains_only_what_the_role_may_know(office: Office) -> None:
    case_id = await assigned(office)
    await office.proposed(case_id, "exposure", cause=SECRET)

    async def told(role: Role) -> str:
        text = await explain_text(office.world.database, case_id, role)
        return "\n".join(line for line in text.splitlines() if line[0] not in "✓✗")  # every command is named

    for role in (Role.ASSESSOR, Role.ENTERPRISE):
        assert traces(await told(role), "措施 measure", "通报曝光", "提请采取措施") == []
        assert "委托评估" in await told(role), "the last thing they may know of"
    assert "m1/" in await told(Role.INSPECTOR)
    assert "措施 measure m1" in await told(Role.INSPECTOR)
    served = await office.case()
    letter = await office.proposed(served, "supervision_letter")
    await office.stepped("chief", served, letter, "approve")
    await office.stepped("wang", served, letter, "serve", service=office.delivered())
    assert "措施 measure m1" in await explain_text(office.world.database, served, Role.ENTERPRISE)
