"""The approvals inbox: what waits for whom, everything needed to decide, what follows; and consents given in bulk."""

from __future__ import annotations

from typing import Any

import pytest

from models.bulk import BULK_STEPS
from models.caselives import LIVES
from models.enterprise.clocks import ENTERPRISE_LIVES, answers_to
from models.measures.kinds import MeasureKind
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure
from services.approvals.consequences import after_command, after_proposing, after_step
from tests.api.support import Office, key, major, ok, refused
from tests.builders import at, rules


async def inbox(office: Office, who: str, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(await office.get(who, "/approvals", **query))["items"]
    return items


async def keys(office: Office, who: str, **query: Any) -> list[str]:
    return [one["key"] for one in await inbox(office, who, **query)]


def test_every_answer_to_a_decision_has_its_words() -> None:
    for life in LIVES.values():
        for command in life.answers if life.decision else ():
            assert after_command(command, life.states[0].value).zh, command
    to_enterprises = [name for clock in (*ENTERPRISE_LIVES, None) for name in answers_to(clock)]
    assert all(after_command(name, None).en for name in (*to_enterprises, "close_proposal"))


@pytest.mark.parametrize("kind", list(MeasureKind))
def test_what_follows_a_step_is_told_from_its_row(kind: MeasureKind) -> None:
    procedure = PROCEDURES[kind]
    assert after_proposing(kind, rules()).zh
    measure = Measure(
        measure_id="m",
        no=1,
        kind=kind,
        state=procedure.first,
        proposed_by=("a",),
        proposed_at=at("2026-11-20 10:00"),
    )
    for row in procedure.rows:
        told = after_step(measure, row, rules())
        assert told.zh.startswith(f"{row.zh}：")
        assert told.en.startswith(f"{row.en}: ")
    if kind is MeasureKind.FINE:
        assert "90日内作出处罚决定" in after_step(measure, procedure.steps["approve"], rules()).zh


def test_nothing_that_takes_rights_away_is_decided_in_bulk() -> None:
    for kind, steps in BULK_STEPS.items():
        procedure = PROCEDURES[kind]
        assert not procedure.penalty
        assert not procedure.blocks_sign_off
        for step in steps:
            row = procedure.steps[step]
            assert row.bearing is None
            assert not any(field.is_required() for field in row.form.model_fields.values())


async def test_one_screen_holds_what_is_needed_to_decide(office: Office) -> None:
    case_id = await major(office)
    await office.pass_time(days=30)
    photo = await office.photo("wang", case_id, "现场照片")
    await office.photo("wang", case_id, "无关照片")
    await office.done(
        "wang", case_id, "record_refusal", officers=["wang", "li"], text="拒绝整改", evidence=[photo]
    )
    fine = await office.proposed(
        case_id,
        "fine",
        officers=["wang", "li"],
        amount=60000,
        article="98",
        evidence=[photo],
        cause="逾期且拒不整改",
    )
    found = [one for one in await inbox(office, "head") if one["asked"]]
    (item,) = found
    assert (item["case_id"], item["label"]["zh"], item["duty"]["zh"]) == (
        case_id,
        "罚款：审批措施",
        "主要负责人",
    )
    asked = item["asked"]
    assert (asked["measure_id"], asked["amount"], asked["cause"]) == (fine, 60000, "逾期且拒不整改")
    assert [one["name"] for one in asked["proposed_by"]] == ["li同志", "wang同志"]
    assert item["facts"]["days_overdue"] == 13
    assert item["facts"]["refusals"] == 1
    assert [(one["name"], one["cited"]) for one in item["evidence"]] == [
        ("after.jpg", True),
        ("after.jpg", False),
    ]
    assert item["evidence"][0]["path"] == f"/api/v1/evidence/{photo}"
    assert item["history"][0]["label"]["zh"] == "提请采取措施：罚款"
    assert item["history"][0]["by"] == "wang同志"
    assert {law["basis"] for law in item["law"]} >= {"《安全生产法》第一百零二条等罚则"}
    assert all(law["verified_label"]["zh"] for law in item["law"])
    answers = {one["step"]: one for one in item["answers"]}
    assert list(answers) == ["approve", "refuse", "return_for_more"]
    assert answers["approve"]["allowed"] is True
    assert "90日内作出处罚决定" in answers["approve"]["then"]["zh"]
    assert answers["refuse"]["fields"] == [{"name": "reason", "required": True, "words": True}]
    assert not any(one["bulk"] for one in answers.values())
    ok(await office.post("head", answers["approve"]["path"].removeprefix("/api/v1"), {}))
    assert [one for one in await inbox(office, "head") if one["asked"]] == []
    await office.pass_time(days=1)
    assert [one["key"] for one in await inbox(office, "deputy") if one["asked"]] == []


async def test_unanswered_it_goes_up_and_says_from_whom(office: Office) -> None:
    case_id = await office.case()
    await office.proposed(case_id, "supervision_letter")
    assert await keys(office, "chief") == ["m1/approval.decide"]
    assert await keys(office, "deputy", own=True) == [], "not his own rank's yet"
    assert await keys(office, "deputy") == ["m1/approval.decide"]
    assert await keys(office, "wang") == await keys(office, "firm") == await keys(office, "u-admin") == []
    await office.pass_time(days=5)
    (own,) = await inbox(office, "deputy", own=True)
    assert (own["key"], own["escalated_from"]["zh"]) == ("m1/approval.decide^1", "科室负责人")
    (both,) = await inbox(office, "deputy")
    assert both["key"] == "m1/approval.decide^1", "one matter, one item"
    (still,) = await inbox(office, "chief")
    assert (still["key"], still["escalated_from"]) == ("m1/approval.decide", None)


async def test_what_the_ladder_proposes_comes_with_a_draft(office: Office) -> None:
    case_id = await office.case()
    await office.pass_time(days=30)
    mine = [one for one in await inbox(office, "wang") if one["proposal"]]
    item = next(one for one in mine if one["proposal"]["kind"] == "supervision_letter")
    assert item["proposal"]["why"]["zh"] == "逾期未整改，建议督办"
    take, close = item["answers"]
    assert (take["command"], take["allowed"]) == ("propose_measure", True)
    assert "2个工作日内审批措施" in take["then"]["zh"]
    assert "逾期未整改" in take["draft"]["cause"]
    assert (close["command"], close["allowed"]) == ("close_proposal", False), "a section head closes it"
    done = ok(await office.post("wang", take["path"].removeprefix("/api/v1"), take["draft"]))
    assert done["events"][0]["facts"]["proposal"] == item["proposal"]["key"]
    left = [one["proposal"]["kind"] for one in await inbox(office, "wang") if one["proposal"]]
    assert "supervision_letter" not in left
    talk = next(one for one in await inbox(office, "chief") if one["proposal"])
    answer = next(one for one in talk["answers"] if one["command"] == "close_proposal")
    assert answer["allowed"] is True
    ok(
        await office.post(
            "chief", answer["path"].removeprefix("/api/v1"), answer["draft"] | {"reason": "已约谈"}
        )
    )
    assert case_id


async def test_plain_approvals_of_a_case_are_here_too_overdue_first(office: Office) -> None:
    first = await office.case()
    ask = {"days": 5, "reason": "设备到货延迟", "interim_measures": "停用三号打磨台"}
    await office.done("firm", first, "request_extension", **ask)
    await office.pass_time(days=7)
    second = await office.signing_off()
    items = await inbox(office, "chief")
    assert [one["case_id"] for one in items if one["asked"] is None] == [first, second]
    extension, sign_off = items
    assert (extension["overdue"], sign_off["overdue"]) == (True, False)
    assert extension["request"]["texts"]["reason"] == "设备到货延迟"
    assert [one["command"] for one in extension["answers"]] == ["grant_extension", "refuse_extension"]
    assert [one["bulk"] for one in extension["answers"]] == [True, False]
    assert sign_off["request"]["label"]["zh"] == "复查合格"
    (sign, _) = sign_off["answers"]
    assert sign["then"]["zh"] == "销号，进入回头看；案件转为“已销号，回头看期”"
    page = ok(await office.get("chief", "/approvals", limit=1))
    rest = ok(await office.get("chief", "/approvals", limit=1, after=page["next"]))
    assert [page["items"][0]["case_id"], rest["items"][0]["case_id"], rest["next"]] == [first, second, None]


async def test_a_delegate_finds_the_principals_and_is_told_to_act_for_them(office: Office) -> None:
    case_id = await office.case()
    await office.proposed(case_id, "supervision_letter")
    await office.delegated("chief", "sun")
    (item,) = await inbox(office, "sun")
    assert item["acting_for"] == "chief"
    assert item["answers"][0]["allowed"] is True
    path = item["answers"][0]["path"].removeprefix("/api/v1")
    refused(await office.post("sun", path, {}), 403, "not_authorised")
    ok(await office.post("sun", path, {}, **{"X-Acting-For": "chief"}))


# -- in bulk -----------------------------------------------------------------------------------------
async def bulk(
    office: Office, who: str, *items: dict[str, Any], idem: str | None = None
) -> list[dict[str, Any]]:
    answer = ok(await office.post(who, "/approvals/bulk", {"items": list(items)}, idem=idem))
    results: list[dict[str, Any]] = answer["items"]
    return results


def approving(case_id: str, measure: str, step: str = "approve", **changed: Any) -> dict[str, Any]:
    return {"case_id": case_id, "key": "m1/approval.decide", "measure_id": measure, "step": step} | changed


async def test_everyday_consents_go_together_each_as_its_own_command(office: Office) -> None:
    letters = {}
    for _ in range(3):
        case_id = await office.case()
        letters[case_id] = await office.proposed(case_id, "supervision_letter")
    late = await office.case()
    await office.done("firm", late, "request_extension", days=5, reason="迟", interim_measures="停用")
    items = [approving(*pair) for pair in letters.items()]
    items.append(
        {"case_id": late, "key": "extension.answer", "command": "grant_extension", "form": {"days": 3}}
    )
    idem = key()
    results = await bulk(office, "chief", *items, idem=idem)
    assert [(one["outcome"], one["replayed"]) for one in results] == [("done", False)] * 4
    assert len({one.command_id for one in office.gateway.sent[-4:]}) == 4
    again = await bulk(office, "chief", *items, idem=idem)
    assert [(one["outcome"], one["replayed"]) for one in again] == [("done", True)] * 4
    other = await office.post("chief", "/approvals/bulk", {"items": items[:1]}, idem=idem)
    refused(other, 409, "idempotency_conflict")


async def test_one_refusal_keeps_nobody_back_and_is_audited(office: Office) -> None:
    mine, theirs, gone = await office.case(), await office.case(), await office.case()
    own = await office.proposed(mine, "supervision_letter", who="chief")
    good = await office.proposed(theirs, "supervision_letter")
    taken = await office.proposed(gone, "supervision_letter")
    await office.stepped("chief", gone, taken, "approve")
    results = await bulk(
        office,
        "chief",
        approving(mine, own),
        approving(theirs, good),
        approving(gone, taken),
        approving("nothing", "nothing"),
    )
    assert [one["outcome"] for one in results] == ["refused", "done", "refused", "refused"]
    assert [one["problem"] and one["problem"]["code"] for one in results] == [
        "duties_not_separated",
        None,
        "conflict",
        "not_found",
    ]
    refusals = [one for one in await office.world.audit() if one["outcome"] == "refused"]
    assert [(one["action"], one["case_id"]) for one in refusals] == [("approve", mine), ("approve", gone)]


async def test_what_weighs_is_decided_one_by_one(office: Office) -> None:
    case_id = await office.case()
    measure = await office.proposed(case_id, "warning_talk")
    for item in (
        approving(case_id, measure),
        approving(case_id, measure, "refuse", form={"reason": "x"}),
        {"case_id": case_id, "key": "sign_off.decide", "command": "sign_off"},
        {"case_id": case_id, "key": "plan.review", "command": "return_plan", "form": {"reason": "x"}},
    ):
        (result,) = await bulk(office, "deputy", item)
        assert (result["outcome"], result["problem"]["rule"]) == ("refused", "bulk.kind")
    letter = await office.proposed(await office.case(), "supervision_letter")
    (wrong,) = await bulk(office, "chief", approving(case_id, letter))
    assert wrong["problem"]["rule"] == "measure.scope"
    extension = {"case_id": case_id, "key": "extension.answer", "command": "grant_extension"}
    (absent,) = await bulk(office, "chief", extension | {"form": {"days": 3}})
    assert absent["problem"]["rule"] == "bulk.waiting"
    for body in (
        {"items": []},
        {"items": [approving(case_id, measure), approving(case_id, measure)]},
        {"items": [{"case_id": case_id, "key": "m1/approval.decide", "step": "approve"}]},
        {"items": [approving(case_id, measure) | {"command": "sign_off"}]},
    ):
        refused(await office.post("chief", "/approvals/bulk", body), 422, "malformed")
