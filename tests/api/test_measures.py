"""Measures over HTTP: proposed, answered, stepped through to their end; who sees what of them on the way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ledger import tables
from models.audiences import words_stay_inside
from models.commands import ProposeMeasure, TakeStep
from models.errors import Pending
from models.measures.procedures import PROCEDURES
from models.policy.keys import DOCUMENT_LABELS
from policies import load_default
from services.cases.facts import named
from services.limits import Limits
from services.measures.writes import STEPS, forms_of
from tests.api.support import Office, key, ledger, major, ok, refused


async def letter(office: Office, case_id: str) -> str:
    """A supervision letter approved and served."""
    measure = await office.proposed(case_id, "supervision_letter")
    await office.stepped("chief", case_id, measure, "approve")
    await office.stepped("wang", case_id, measure, "serve", service=office.delivered())
    return measure


async def view(office: Office, who: str, case_id: str, measure_id: str) -> dict[str, Any]:
    found: dict[str, Any] = ok(await office.get(who, f"/cases/{case_id}/measures/{measure_id}"))
    return found


def test_every_step_has_one_route_and_every_document_a_name() -> None:
    assert set(STEPS) == {row.key for procedure in PROCEDURES.values() for row in procedure.rows}
    assert len(forms_of("approve")) == 2, "a listing names its sponsor"
    assert set(DOCUMENT_LABELS) >= set(load_default().numbering.codes)
    assert set(DOCUMENT_LABELS) >= {
        row.instrument for procedure in PROCEDURES.values() for row in procedure.rows if row.instrument
    }


def test_words_of_what_is_not_served_stay_inside() -> None:
    for step, rows in STEPS.items():
        form = next(iter(rows.values())).form.model_construct()
        command = TakeStep.model_construct(measure_id="m", step=step, form=form)
        assert words_stay_inside(command) is not all(row.open for row in rows.values()), step
    for urgent in (False, True):
        assert (
            words_stay_inside(ProposeMeasure(measure_id="m", kind="seal", cause="x", urgent=urgent))
            is not urgent
        )


async def test_the_whole_life_of_a_letter(office: Office) -> None:
    case_id = await office.case()
    measure = await office.proposed(case_id, "supervision_letter", cause="逾期未改")
    shown = await view(office, "chief", case_id, measure)
    assert (shown["state"], shown["label"]["zh"], shown["kind"]) == ("PROPOSED", "督办", "supervision_letter")
    assert [one["name"] for one in shown["proposed_by"]] == ["wang同志"]
    assert [one["step"] for one in shown["steps"] if one["allowed"]] == [
        "approve",
        "refuse",
        "return_for_more",
    ]
    (clock,) = shown["clocks"]
    assert (clock["key"], clock["label"]["zh"]) == ("m1/approval.decide", "督办：审批措施")
    (entry,) = shown["entries"]
    assert (entry["label"]["zh"], entry["texts"]) == (
        "提请采取措施：督办",
        {"cause": "逾期未改", "object": "", "inventory": "", "new_violation": ""},
    )
    approved = await office.stepped("chief", case_id, measure, "approve", opinion="同意")
    assert approved["events"][0]["label"]["zh"] == "督办：签发督办函"
    (paper,) = ok(await office.get("wang", f"/cases/{case_id}/instruments"))["items"]
    assert (paper["label"]["zh"], paper["step"]) == ("督办函", "approve")
    assert paper["number"].startswith("（示）应急督办〔2026〕")
    assert paper["issued_by"]["name"] == "chief同志"
    await office.stepped("wang", case_id, measure, "serve", service=office.delivered())
    (task,) = [one for one in ok(await office.get("firm", "/tasks"))["items"] if one["measure"]]
    assert (task["key"], [one["step"] for one in task["measure"]["steps"]]) == (
        "m1/letter.answer",
        ["answer"],
    )
    answered = await office.stepped("firm", case_id, measure, "answer", text="已安排停机清理")
    assert answered["events"][0]["actor"]["user_id"] == "firm"
    shown = await view(office, "firm", case_id, measure)
    assert (shown["state"], shown["outcome"]) == ("ENDED", "answered")
    assert [one["step"] for one in shown["steps"]] == ["serve", "answer", "end"]
    assert shown["proposed_by"] == []
    listed = ok(await office.get("firm", "/measures"))["items"]
    assert [(one["measure_id"], one["state_label"]["zh"]) for one in listed] == [(measure, "已办结")]


async def test_the_list_of_a_district_filters_and_pages(office: Office) -> None:
    first, second = await office.case(), await office.case()
    letters = [
        await office.proposed(first, "supervision_letter"),
        await office.proposed(second, "supervision_letter"),
    ]
    talk = await office.proposed(first, "warning_talk")
    await office.step("wang", first, letters[0], "withdraw", reason="重复")

    async def ids(who: str = "wang", **query: Any) -> set[str]:
        return {one["measure_id"] for one in ok(await office.get(who, "/measures", **query))["items"]}

    assert await ids() == {*letters, talk}
    assert await ids(kind="warning_talk") == {talk}
    assert await ids(state="WITHDRAWN") == {letters[0]}
    assert await ids(open=True) == {letters[1], talk}
    assert await ids(enterprise="e-b") == set()
    assert await ids("town", territory="t-east") == {*letters, talk}
    assert await ids("u-auditor") == {*letters, talk}
    for who in ("firm", "rival", "far-town", "assessor", "u-foreign", "u-admin"):
        assert await ids(who) == set(), who
    page = ok(await office.get("wang", "/measures", limit=2))
    rest = ok(await office.get("wang", "/measures", limit=2, after=page["next"]))
    assert [one["measure_id"] for one in page["items"] + rest["items"]].count(talk) == 1
    assert (len(page["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    refused(await office.get("wang", "/measures", sort="kind"), 422, "malformed")


async def test_a_refused_step_names_what_is_missing_and_its_article(office: Office) -> None:
    case_id = await office.case()
    measure = await office.proposed(case_id, "supervision_letter")
    problem = refused(
        await office.step("wang", case_id, measure, "serve", service=office.delivered()),
        409,
        "requirement_missing",
        "measure.supervision_letter.serve.needs",
    )
    assert problem["details"]["missing"] == ["approve"]
    assert "第四十一条" in problem["article"]
    (line,) = [one for one in await office.world.audit() if one["outcome"] == "refused"]
    assert (line["action"], line["case_id"], line["code"]) == ("serve", case_id, "requirement_missing")
    refused(await office.step("wang", case_id, measure, "approve"), 403, "not_authorised")
    refused(
        await office.step("wang", case_id, measure, "decide", facts="x", basis="y"),
        404,
        "not_found",
        "measure.step",
    )
    refused(await office.step("chief", case_id, "nothing", "approve"), 404, "not_found", "measure.scope")
    refused(await office.step("chief", case_id, measure, "explode"), 404, "not_found", "api.path")
    refused(await office.step("chief", case_id, measure, "refuse"), 422, "malformed", "api.schema")
    answer = await office.step(
        "chief", case_id, measure, "approve", sponsor_id="head", finish_on="2027-01-01"
    )
    assert refused(answer, 422, "malformed", "measure.form")


async def test_a_proposer_does_not_approve_not_even_through_a_delegate(office: Office) -> None:
    case_id = await office.case()
    measure = await office.proposed(case_id, "supervision_letter", who="chief")
    refused(await office.step("chief", case_id, measure, "approve"), 403, "duties_not_separated")
    await office.delegated("chief", "u-section")
    path = f"/cases/{case_id}/measures/{measure}/approve"
    answer = await office.post("u-section", path, {}, **{"X-Acting-For": "chief"})
    refused(answer, 403, "duties_not_separated")
    ok(await office.post("u-section", path, {}))


async def test_the_same_key_takes_a_step_once(office: Office) -> None:
    case_id, idem = await office.case(), key()
    measure = await office.proposed(case_id, "supervision_letter")
    first = ok(await office.step("chief", case_id, measure, "approve", idem=idem, opinion="同意"))
    again = await office.step("chief", case_id, measure, "approve", idem=idem, opinion="同意")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["events"] == first["events"]
    other = await office.step("chief", case_id, measure, "approve", idem=idem, opinion="不同")
    refused(other, 409, "idempotency_conflict")
    refused(
        await office.step("chief", case_id, measure, "refuse", idem=idem, reason="x"),
        409,
        "idempotency_conflict",
    )


async def test_an_urgent_stop_is_known_at_once_and_confirmed_by_the_head(office: Office) -> None:
    case_id = await major(office)
    stop = await office.proposed(
        case_id,
        "interim_stop",
        officers=["wang", "li"],
        scope="equipment",
        object="三号打磨台",
        service=office.delivered(),
    )
    shown = await view(office, "firm", case_id, stop)
    assert (shown["state"], shown["scope"]) == ("IN_FORCE", "equipment")
    assert shown["entries"][0]["texts"]["object"] == "三号打磨台"
    assert [one["label"]["zh"] for one in shown["instruments"]] == ["现场处理措施决定书"]
    problem = refused(await office.step("deputy", case_id, stop, "confirm"), 403, "not_authorised")
    assert problem["rule"] == "authority.confirm.rank"
    await office.stepped("head", case_id, stop, "confirm")
    blocked = await office.give("head", case_id, "sign_off")
    refused(blocked, 409, "transition_not_allowed")
    (task,) = [one for one in ok(await office.get("wang", "/tasks"))["items"] if one["measure"]]
    assert task["label"]["zh"].startswith("暂时停产停业")


async def test_facts_of_a_step_come_from_sql(office: Office) -> None:
    case_id = await major(office)
    listing = await office.proposed(case_id, "listing")
    for sponsor, known in (("head", {"head": "head"}), ("firm", {}), ("u-foreign", {}), ("u-gone", {})):
        answer = await office.step(
            "head", case_id, listing, "approve", sponsor_id=sponsor, finish_on="2027-03-01"
        )
        assert office.gateway.sent[-1].facts.officials == known
        assert (answer.status_code == 200) is bool(known), answer.text
        if known:
            break
    photo = await office.photo("wang", case_id)
    await office.done(
        "wang", case_id, "record_refusal", officers=["wang", "li"], text="拒绝整改", evidence=[photo]
    )
    assert office.gateway.sent[-1].facts.certified == ("li", "wang")
    assert set(office.gateway.sent[-1].facts.evidence) == {photo}
    fine = await office.proposed(case_id, "fine", officers=["wang", "li"], amount=20000, evidence=[photo])
    await office.stepped("head", case_id, fine, "approve")
    await office.stepped(
        "wang",
        case_id,
        fine,
        "conclude_investigation",
        officers=["wang", "li"],
        text="调查完毕",
        evidence=[photo],
    )
    sent = office.gateway.sent[-1]
    assert (sent.facts.certified, set(sent.facts.evidence)) == (("li", "wang"), {photo})
    assert "调查完毕" not in "".join(one.model_dump_json() for one in office.gateway.sent)


@pytest.mark.timeout(300)
async def test_many_deciding_at_once_decide_once_and_the_losers_read_who(office: Office) -> None:
    """Show 5 over the API: 100 approvals and 100 withdrawals of one measure."""
    office.world.services.limits = limits = Limits(writes=400, writes_each=400)
    limits.writes.limit = limits.writes.most
    case_id = await office.case()
    measure = await office.proposed(case_id, "supervision_letter")
    for who in ("chief", "u-section", "deputy", "head", "wang"):
        await office.person(who)
    before = len(await ledger(office, case_id))
    office.world.clock.pass_(seconds=1)

    async def decide(n: int) -> Any:
        if n % 2:
            return await office.step("wang", case_id, measure, "withdraw", reason=f"撤回{n}")
        return await office.step(
            ("chief", "u-section", "deputy", "head")[n // 2 % 4], case_id, measure, "approve"
        )

    answers = await asyncio.gather(*(decide(n) for n in range(200)))
    won = [answer for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    entries = await ledger(office, case_id)
    assert len(entries) == before + 1
    decider = entries[-1]["actor"]
    for answer in answers:
        if answer is won[0]:
            continue
        problem = refused(answer, 409, "conflict")
        assert problem["details"]["decided_by"] == [{"id": decider["user_id"], "name": decider["name"]}]
        assert problem["details"]["answer"] == entries[-1]["facts"]["step"]
    words = [row for row in await office.world.rows(tables.contents) if row["case_id"] == case_id]
    kept = {row["command_id"] for row in words}
    assert kept <= {entry["command_id"] for entry in entries}, "the words of the losers are gone"


async def test_notices_name_the_step_and_its_measure(office: Office) -> None:
    case_id = await office.case()
    measure = await letter(office, case_id)
    office.world.clock.pass_(seconds=1)
    await office.stepped("firm", case_id, measure, "answer", text="已安排")
    told = ok(await office.get("wang", "/notices"))["items"]
    answered = next(one for one in told if one["kind"] == "measure_step")
    assert (answered["label"]["zh"], answered["measure_id"]) == ("督办：答复督办函", measure)
    mine = ok(await office.get("firm", "/notices"))["items"]
    served = next(one for one in mine if one["kind"] == "measure_step")
    assert served["label"]["zh"] == "督办：送达督办函"
    assert served["clock_label"] is None or served["clock_label"]["zh"].startswith("督办：")
    turn = next(
        one for one in ok(await office.get("chief", "/notices"))["items"] if one["kind"] == "measure_proposed"
    )
    assert (turn["clock"], turn["clock_label"]["zh"]) == ("m1/approval.decide", "督办：审批措施")
    for who in ("wang", "chief", "head", "town", "firm"):
        for one in ok(await office.get(who, "/notices"))["items"]:
            assert one["label"]["zh"], one
            assert one["kind"] not in one["label"].values(), "never a raw key"


async def test_tasks_of_measures_and_proposals_say_what_to_do(office: Office) -> None:
    case_id = await major(office)
    await office.pass_time(days=30)
    tasks = ok(await office.get("wang", "/tasks"))["items"]
    proposal = next(one for one in tasks if one["proposal"] and one["label"]["zh"].startswith("督办"))
    assert [one["command"] for one in proposal["commands"]] == ["propose_measure"]
    (closer,) = [
        one
        for one in ok(await office.get("chief", "/tasks"))["items"]
        if one["proposal"] == proposal["proposal"]
    ]
    assert [one["command"] for one in closer["commands"]] == ["propose_measure", "close_proposal"]
    await office.done("wang", case_id, "record_refusal", officers=["wang", "li"], text="拒绝")
    fine = await office.proposed(case_id, "fine", officers=["wang", "li"], amount=20000)
    await office.stepped("head", case_id, fine, "approve")
    (penalty,) = [
        one
        for one in ok(await office.get("wang", "/tasks"))["items"]
        if one["key"].endswith("/penalty.decide")
    ]
    assert (penalty["measure"]["measure_id"], penalty["label"]["zh"]) == (fine, "罚款：作出处罚决定")
    assert "conclude_investigation" in [one["step"] for one in penalty["measure"]["steps"]]
    shown = ok(await office.get("wang", f"/cases/{case_id}"))
    assert {one["kind"] for one in shown["measures"]} == {"fine"}
    assert shown["proposals"]
    (clock,) = [one for one in shown["clocks"] if one["key"] == "m1/penalty.decide"]
    assert (clock["label"]["zh"], clock["status_label"]["zh"]) == ("罚款：作出处罚决定", "计时中")
    assert "第六十条" in clock["basis"]


async def test_the_policy_shows_which_clocks_roll_off_holidays(office: Office) -> None:
    clocks = {one["key"]: one["rolls"] for one in ok(await office.get("wang", "/policies/current"))["clocks"]}
    shown = [clocks[key] for key in ("seizure", "fine.pay", "urgent_measure.report", "hearing.request")]
    assert shown == [False, True, None, None]


async def test_the_policy_shows_its_ladder(office: Office) -> None:
    ladder = ok(await office.get("wang", "/policies/current"))["ladder"]
    rung = next(one for one in ladder if one["key"] == "refused.fine")
    assert (rung["propose_label"]["zh"], rung["role_label"]["zh"], rung["class_label"]["zh"]) == (
        "罚款",
        "执法人员",
        "法定",
    )
    assert len(ladder) == len(load_default().ladder)


async def test_an_unconfirmed_step_is_202_and_the_key_tells(office: Office) -> None:
    case_id, idem = await office.case(), key()
    measure = await office.proposed(case_id, "supervision_letter")
    office.gateway.failing = [Pending("尚未确认", "not confirmed yet", rule="engine.timeout")]
    answer = await office.step("chief", case_id, measure, "approve", idem=idem)
    assert (answer.status_code, answer.json()["code"]) == (202, "pending")
    assert answer.headers["location"] == f"/api/v1/cases/{case_id}/measures/{measure}"
    replay = await office.step("chief", case_id, measure, "approve", idem=idem)
    assert (replay.status_code, replay.headers["Idempotency-Replayed"]) == (200, "true")


async def test_a_receipt_is_taken_while_the_fine_outlives_its_hazard(office: Office) -> None:
    case_id = await office.case()
    fine = await office.proposed(case_id, "fine", officers=["wang", "li"], amount=9000)
    photo = await office.photo("firm", case_id)
    await office.done("firm", case_id, "signal_completion", text="完成", evidence=[photo])
    await office.done(
        "zhao", case_id, "reinspect", officers=["zhao", "sun"], findings=[{"no": 1, "passed": True}]
    )
    await office.done("chief", case_id, "sign_off")
    for month in range(2):
        await office.pass_time(days=30)
        look = {"officers": ["wang", "zhao"], "recurred": False, "text": "未复发"}
        await office.done("wang", case_id, "record_look_back", **look)
        assert month or await office.photo("wang", case_id, "缴款凭证")
    assert ok(await office.get("wang", f"/cases/{case_id}"))["state"] == "ARCHIVED"
    assert await office.photo("wang", case_id, "缴款凭证")
    await office.stepped("head", case_id, fine, "refuse", reason="情节轻微")
    client = await office.person("wang")
    answer = await client.post(
        f"/api/v1/cases/{case_id}/evidence",
        files={"file": ("a.jpg", b"x", "image/jpeg")},
        data={"purpose": "x"},
        headers={"Idempotency-Key": key()},
    )
    refused(answer, 409, "transition_not_allowed", "evidence.open_case")


def test_what_a_command_names_is_found_wherever_it_stands() -> None:
    proofs = {name: {"text": name, "evidence": [name]} for name in ("danger", "assured")}
    cut = ProposeMeasure(
        measure_id="m",
        kind="power_cut",
        cause="x",
        officers=("wang", "li"),
        evidence=("photo",),
        conditions=proofs,
    )
    assert set(named(cut, "evidence")) == {"photo", "danger", "assured"}
    assert named(cut, "officers") == ("wang", "li")
    service = {"served_at": "2026-11-20T00:00:00Z", "evidence": ["receipt"]}
    sealed = {"officers": ["wang"], "inventory": "x", "text": "x", "service": service, "evidence": ["film"]}
    step = TakeStep.model_validate(
        {"measure_id": "m", "step": "execute", "form": {"form": "seal_record", **sealed}}
    )
    assert set(named(step, "evidence")) == {"receipt", "film"}
    held = {"form": "hearing_notice", "held_at": service["served_at"], "place": "x", "presiding": "lawyer"}
    step = TakeStep.model_validate(
        {"measure_id": "m", "step": "serve_hearing_notice", "form": held | {"service": service}}
    )
    assert named(step, "presiding") == ("lawyer",)
