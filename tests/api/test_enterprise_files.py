"""An enterprise as a whole over HTTP: its standing, accidents, the flag, early removal; what it may know of itself."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import tables
from models.enterprise.commands import ENTERPRISE_COMMANDS
from models.enterprise.envelope import EnterpriseEnvelope
from models.envelope import check_signature
from models.errors import EngineUnavailable, Pending
from services.gateway import TemporalGateway
from tests.api.support import Office, finding, key, major, ok, refused

FIRM = "/enterprises/e-a"
HAPPENED = {"happened_at": "2026-11-19T08:00:00+08:00", "text": "打磨机绞伤"}


async def give(
    office: Office, who: str, command: str, firm: str = FIRM, /, idem: str | None = None, **body: Any
) -> Any:
    return await office.post(who, f"{firm}/commands/{command}", body, idem=idem)


async def standing(office: Office, who: str, firm: str = FIRM) -> dict[str, Any]:
    found: dict[str, Any] = ok(await office.get(who, f"{firm}/standing"))
    return found


async def stopped(office: Office) -> tuple[str, str]:
    """A case with an interim stop of the whole enterprise, known to its file."""
    case_id = await major(office)
    stop = await office.proposed(
        case_id,
        "interim_stop",
        officers=["wang", "li"],
        scope="whole",
        object="全厂",
        service=office.delivered(),
    )
    await office.gateway.relay()
    return case_id, stop


async def fined(office: Office, *, serve: bool = True) -> str:
    """A small fine decided, and served unless told otherwise."""
    case_id = await major(office)
    fine = await office.proposed(case_id, "fine", officers=["wang", "li"], amount=9000)
    await office.stepped("head", case_id, fine, "approve")
    record = {"officers": ["wang", "li"], "text": "调查完毕"}
    await office.stepped("wang", case_id, fine, "conclude_investigation", **record)
    intended = {"facts": "事实", "basis": "依据", "amount": 9000, "service": office.delivered()}
    await office.stepped("wang", case_id, fine, "serve_notice", **intended)
    await office.stepped("firm", case_id, fine, "record_defence", waived=True)
    await office.stepped("wang", case_id, fine, "submit_decision")
    await office.stepped("head", case_id, fine, "decide", facts="事实", basis="依据", amount=9000)
    if serve:
        await office.stepped("wang", case_id, fine, "serve_decision", service=office.delivered())
    await office.gateway.relay()
    return case_id


async def test_an_enterprise_nothing_happened_to_is_running(office: Office) -> None:
    for who in ("wang", "firm", "town", "u-auditor", "mayor"):
        found = await standing(office, who)
        assert (found["status"], found["why"], found["seq"]) == ("running", [], 0), who
    for who in ("rival", "third", "far-town", "assessor", "u-foreign", "u-admin"):
        problem = refused(await office.get(who, f"{FIRM}/standing"), 404, "not_found")
        absent = refused(await office.get(who, "/enterprises/nothing/standing"), 404, "not_found")
        assert problem["rule"] == absent["rule"], who


async def test_a_stop_shows_in_the_file_and_in_the_register(office: Office) -> None:
    case_id, stop = await stopped(office)
    for who in ("wang", "firm", "town"):
        found = await standing(office, who)
        assert (found["status"], found["status_label"]["zh"]) == ("stopped", "停产停业"), who
        assert [(one["case_id"], one["measure_id"]) for one in found["why"]] == [(case_id, stop)]
    assert ok(await office.get("wang", FIRM))["status"] == "stopped"


async def test_an_accident_stops_until_the_head_accepts(office: Office) -> None:
    recorded = ok(await give(office, "wang", "record_accident", **HAPPENED))
    assert [one["event"] for one in recorded["events"]] == ["enrolled", "accident_recorded"][
        -len(recorded["events"]) :
    ]
    assert recorded["standing"]["status"] == "stopped"
    assert "打磨机" not in "".join(one.model_dump_json() for one in office.gateway.asked)
    (task,) = [one for one in ok(await office.get("head", "/tasks"))["items"] if one["case_id"] is None]
    assert (task["key"], task["enterprise"]["name"], task["due_at"]) == ("accident/1", "东区家具厂", None)
    assert [one["command"] for one in task["commands"]] == ["accept_after_accident"]
    (item,) = ok(await office.get("head", "/approvals"))["items"]
    assert (item["key"], item["answers"][0]["path"]) == (
        "accident/1",
        "/api/v1/enterprises/e-a/commands/accept_after_accident",
    )
    accept = {"accident": 1, "officers": ["wang", "zhao"], "text": "整改到位"}
    refused(await give(office, "deputy", "accept_after_accident", **accept), 403, "not_authorised")
    lone = refused(
        await give(office, "head", "accept_after_accident", **{**accept, "officers": ["wang", "u-expired"]}),
        409,
        "requirement_missing",
        "officers.certified",
    )
    assert lone["details"]["officers"] == ["u-expired"]
    office.world.clock.pass_(seconds=1)
    done = ok(await give(office, "head", "accept_after_accident", **accept))
    assert done["standing"]["status"] == "running"
    assert ok(await office.get("firm", "/notices"))["items"][0]["label"]["zh"] == "事故后验收合格，恢复生产"
    (told, *_) = ok(await office.get("firm", "/notices"))["items"]
    assert (told["case_id"], told["enterprise_id"], told["title"]) == (None, "e-a", "东区家具厂")
    again = await office.post("firm", f"/notices/{told['notice_id']}/read")
    assert ok(again)["read_at"]


async def test_commands_to_an_enterprise_cite_files_of_its_cases(office: Office) -> None:
    mine = await office.case()
    (other,) = (await office.inspected(finding(), enterprise_id="e-b"))["cases"]
    elsewhere = other["case_id"]
    photo, foreign = await office.photo("wang", mine, "事故现场"), await office.photo("wang", elsewhere)
    listed = ok(await office.get("wang", f"{FIRM}/evidence"))["items"]
    assert [one["evidence_id"] for one in listed] == [photo]
    refused(await office.get("rival", f"{FIRM}/evidence"), 404, "not_found")
    for wrong in (foreign, "nothing"):
        answer = await give(office, "wang", "record_accident", **HAPPENED, evidence=[photo, wrong])
        told = refused(answer, 409, "requirement_missing", "evidence.own")
        assert told["details"]["evidence"] == [wrong]
    unseen = await give(office, "firm", "request_removal", text="申请移出", evidence=[photo])
    assert unseen.status_code != 202, "what the bureau has not released is not the enterprise's to cite"
    ok(await give(office, "wang", "record_accident", **HAPPENED, evidence=[photo]))
    (entry,) = [
        one
        for one in await office.world.rows(tables.enterprise_events)
        if one["event"] == "accident_recorded"
    ]
    (cited,) = entry["data"]["evidence"]
    assert cited.startswith(f"{photo}@")
    assert len(cited) == len(photo) + 65


async def test_the_same_key_records_once_also_for_the_enterprise_itself(office: Office) -> None:
    idem = key()
    first = ok(await give(office, "wang", "record_accident", idem=idem, **HAPPENED))
    replay = await give(office, "wang", "record_accident", idem=idem, **HAPPENED)
    assert replay.headers["Idempotency-Replayed"] == "true"
    assert replay.json()["events"] == first["events"]
    refused(
        await give(office, "wang", "record_accident", idem=idem, **{**HAPPENED, "text": "另一起"}),
        409,
        "idempotency_conflict",
    )
    refused(
        await give(office, "wang", "record_accident", "/enterprises/e-b", idem=idem, **HAPPENED),
        409,
        "idempotency_conflict",
    )
    assert len([one for one in office.gateway.asked if one.command == "record_accident"]) == 1


async def test_refusals_are_audited_and_take_their_words_back(office: Office) -> None:
    problem = refused(
        await give(office, "firm", "request_removal", text="申请移出"), 409, "requirement_missing"
    )
    assert "名单" in problem["detail"]
    (line,) = [one for one in await office.world.audit() if one["outcome"] == "refused"]
    assert (line["action"], line["actor_id"], line["details"]["enterprise_id"]) == (
        "request_removal",
        "firm",
        "e-a",
    )
    assert not [one for one in await office.world.rows(tables.contents) if one["actor_id"] == "firm"]
    refused(await give(office, "firm", "answer_closure_flag", answer="declined"), 403, "not_authorised")
    refused(await give(office, "chief", "record_accident", happened_at="soon", text="x"), 422, "malformed")
    refused(await give(office, "wang", "close_down"), 404, "not_found", "api.path")


@pytest.mark.parametrize("command", sorted(ENTERPRISE_COMMANDS))
async def test_every_command_to_anothers_enterprise_is_404(office: Office, command: str) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "record_accident": HAPPENED,
        "accept_after_accident": {"accident": 1, "officers": ["wang", "zhao"], "text": "x"},
        "answer_closure_flag": {"answer": "declined", "reason": "x"},
        "request_removal": {"text": "x"},
        "decide_removal": {"granted": True},
    }
    for who in ("rival", "third", "far-town", "assessor", "u-foreign", "u-admin"):
        refused(await give(office, who, command, **bodies[command]), 404, "not_found", "scope.enterprise")
    assert office.gateway.asked == []


async def test_a_penalty_counts_at_once_and_the_enterprise_learns_at_service(office: Office) -> None:
    unserved = await fined(office, serve=False)
    inside = await standing(office, "wang")
    assert [(one["case_id"], one["kind"]) for one in inside["penalties"]] == [(unserved, "fine")]
    assert [one["counted"] for one in inside["windows"]] == [1, 1]
    assert inside["major_cases"] == [unserved]
    for who in ("firm", "town"):
        told = await standing(office, who)
        assert (told["penalties"] == []) is True, who
        assert (told["windows"], told["major_cases"], told["closure_flag"], told["tasks"]) == (
            [],
            [],
            None,
            [],
        )
    case_id = await fined(office)
    told = await standing(office, "firm")
    assert [(one["case_id"], one["counts"]) for one in told["penalties"]] == [(case_id, [])]


async def test_three_penalties_put_the_flag_before_the_head(office: Office) -> None:
    cases = [await fined(office) for _ in range(3)]
    (task,) = [one for one in ok(await office.get("head", "/tasks"))["items"] if one["case_id"] is None]
    assert (task["key"], task["commands"][0]["command"]) == ("closure.flag.answer", "answer_closure_flag")
    item = next(one for one in ok(await office.get("head", "/approvals"))["items"] if one["standing"])
    assert (item["label"]["zh"], item["standing"]["closure_flag"]["window"]) == (
        "答复“应当提请关闭”提示",
        "short",
    )
    assert item["history"][0]["event"] == "closure_flagged"
    told = await standing(office, "firm")
    assert (told["closure_flag"], [one["key"] for one in told["clocks"]]) == (None, [])
    text = (await office.get("firm", f"{FIRM}/standing")).text
    assert "closure.flag" not in text.replace('"closure_flag":null', "").replace(
        "authority.answer_closure_flag", ""
    )
    requested = {"answer": "requested", "case_id": cases[0]}
    refused(
        await give(office, "head", "answer_closure_flag", answer="requested", case_id="elsewhere"),
        409,
        "requirement_missing",
        "closure.flag.case",
    )
    ground = {"officers": ["wang", "li"], "ground": "counter", "cause": "180日内三次处罚"}
    await office.proposed(cases[0], "closure", **ground)
    assert office.gateway.sent[-1].facts.grounds == ("counter", "penalised"), "three fines"
    done = ok(await give(office, "head", "answer_closure_flag", **requested))
    assert done["standing"]["closure_flag"]["status"] == "requested"
    late = refused(await give(office, "head", "answer_closure_flag", **requested), 409, "conflict")
    assert late["details"]["answered_by"] == [{"id": "head", "name": "head同志"}]


async def test_closure_by_the_file_takes_a_ground_the_file_shows(office: Office) -> None:
    case_id = await major(office)
    ground = {"officers": ["wang", "li"], "ground": "counter", "cause": "处罚次数"}
    answer = await office.give("wang", case_id, "propose_measure", kind="closure", **ground)
    refused(answer, 409, "requirement_missing")
    assert office.gateway.sent[-1].facts.grounds == ()
    ok(await give(office, "wang", "record_accident", **HAPPENED, gravity="grave"))
    await office.give("wang", case_id, "propose_measure", kind="closure", **{**ground, "ground": "accident"})
    assert office.gateway.sent[-1].facts.grounds == ("accident",)


async def test_an_unreachable_engine_is_503(office: Office) -> None:
    async def away(_: Any) -> Any:
        raise EngineUnavailable("引擎不可用", "the engine is away")

    office.gateway.command_enterprise = away  # type: ignore[method-assign]
    refused(await give(office, "wang", "record_accident", **HAPPENED), 503, "engine_unavailable")
    words = [one for one in await office.world.rows(tables.contents) if one["case_id"] is None]
    assert any(one["body"] == {"text": "打磨机绞伤"} for one in words), (
        "it may have taken effect: the words stay"
    )


async def test_an_unconfirmed_command_is_202_and_the_key_tells(office: Office) -> None:
    idem = key()
    office.gateway.failing = [Pending("尚未确认", "not confirmed yet", rule="engine.timeout")]
    answer = await give(office, "wang", "record_accident", idem=idem, **HAPPENED)
    assert (answer.status_code, answer.headers["location"]) == (202, f"/api/v1{FIRM}/standing")
    replay = await give(office, "wang", "record_accident", idem=idem, **HAPPENED)
    assert (replay.status_code, replay.headers["Idempotency-Replayed"]) == (200, "true")


async def test_the_gateway_signs_what_goes_to_an_enterprise(office: Office) -> None:
    sent: list[EnterpriseEnvelope] = []

    class Doors:
        async def command_enterprise(self, envelope: EnterpriseEnvelope) -> None:
            sent.append(envelope)

    ok(await give(office, "wang", "record_accident", **HAPPENED))
    (unsigned,) = office.gateway.asked
    assert unsigned.signature == ""
    gateway = TemporalGateway(Doors(), b"k" * 32, limit=1, clock=office.world.clock)  # type: ignore[arg-type]
    await gateway.command_enterprise(unsigned)
    check_signature(sent[0], [b"k" * 32], "e-a", office.now)
    assert sent[0].actor.user_id == "wang"


async def test_an_enterprise_reads_its_own_ledger_as_far_as_it_was_told(office: Office) -> None:
    await fined(office, serve=False)
    await stopped(office)
    inside = ok(await office.get("wang", f"{FIRM}/events"))["items"]
    assert {"penalty_counted", "major_noted", "stop_began"} <= {one["event"] for one in inside}
    for who in ("firm", "town"):
        told = ok(await office.get(who, f"{FIRM}/events"))
        assert [(one["seq"], one["event"]) for one in told["items"]] == [(1, "stop_began")], who
        assert (await standing(office, who))["seq"] == 1, (
            "a higher number would tell of what they are not told"
        )
    for who in ("rival", "assessor", "u-foreign"):
        refused(await office.get(who, f"{FIRM}/events"), 404, "not_found")


async def test_an_enterprise_s_ledger_comes_in_pages(office: Office) -> None:
    for hour in ("08", "09", "10"):
        ok(
            await give(
                office, "wang", "record_accident", happened_at=f"2026-11-19T{hour}:00:00+08:00", text="事故"
            )
        )
    first = ok(await office.get("firm", f"{FIRM}/events", limit=2))
    assert [one["seq"] for one in first["items"]] == [1, 2]
    rest = ok(await office.get("firm", f"{FIRM}/events", limit=2, after=first["next"]))
    assert ([one["seq"] for one in rest["items"]], rest["next"]) == ([3], None)
