"""One key, one request, one effect: repeated, refused, at once, unconfirmed, with the engine away."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx2

from api.app import build_app
from ledger import tables
from models.errors import Conflict, EngineUnavailable, Pending, TransitionNotAllowed
from services.underway import UnderWay
from tests.api.support import Office, finding, key, ledger, ok, refused
from tests.api.words import passed
from tests.storage import corpus


async def test_the_same_key_answers_the_same_and_acts_once(office: Office) -> None:
    case_id, idem = await office.case(), key()
    path = f"/cases/{case_id}/commands/report_progress"
    first = await office.post("firm", path, {"text": "一", "percent": 10}, idem=idem)
    await office.done("firm", case_id, "report_progress", text="二", percent=20)
    again = await office.post("firm", path, {"text": "一", "percent": 10}, idem=idem)
    assert (first.status_code, again.status_code) == (200, 200)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["events"] == first.json()["events"]
    assert again.json()["seq"] == first.json()["seq"]
    assert [one["event"] for one in await ledger(office, case_id)][3:] == [
        "rectification_begun",
        "progress_reported",
    ]
    for other in ({"text": "一", "percent": 11}, {"text": "壹", "percent": 10}):
        refused(await office.post("firm", path, other, idem=idem), 409, "idempotency_conflict")
    elsewhere = f"/cases/{await office.case()}/commands/report_progress"
    refused(
        await office.post("firm", elsewhere, {"text": "一", "percent": 10}, idem=idem),
        409,
        "idempotency_conflict",
    )


async def upload(office: Office, case_id: str, idem: str, purpose: str = "现场") -> httpx2.Response:
    return await (await office.person("firm")).post(
        f"/api/v1/cases/{case_id}/evidence",
        files={"file": ("a.jpg", corpus.jpeg(), "image/jpeg")},
        data={"purpose": purpose},
        headers={"Idempotency-Key": idem},
    )


async def test_an_upload_claims_its_key_as_every_write_does(office: Office) -> None:
    here, there, idem = await office.case(), await office.case(), key()
    first, again = await upload(office, here, idem), await upload(office, here, idem)
    assert (first.status_code, again.status_code) == (201, 200)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    refused(await upload(office, there, idem), 409, "idempotency_conflict")
    refused(await upload(office, here, idem, purpose="别的"), 409, "idempotency_conflict")
    command = f"/cases/{here}/commands/report_progress"
    refused(await office.post("firm", command, {"text": "一"}, idem=idem), 409, "idempotency_conflict")
    other = await upload(office, here, key())
    assert (other.status_code, "Idempotency-Replayed" in other.headers) == (200, False), (
        "the same file, another key"
    )
    used = key()
    ok(await office.post("firm", command, {"text": "一"}, idem=used))
    refused(await upload(office, here, used), 409, "idempotency_conflict")


async def test_at_once_only_one_is_no_replay(office: Office) -> None:
    case_id, idem = await office.case(), key()
    path, body = f"/cases/{case_id}/commands/report_progress", {"text": "同时"}
    asked = (office.post("firm", path, body, idem=idem) for _ in range(6))
    answers = await asyncio.gather(
        *asked, *(office.post("firm", path, {"text": "别的"}, idem=idem) for _ in range(2))
    )
    assert [answer.status_code for answer in answers].count(409) in (2, 6), "one request owns the key"
    taken = [answer for answer in answers if answer.status_code == 200]
    assert sum("Idempotency-Replayed" not in answer.headers for answer in taken) == 1
    uploads = await asyncio.gather(*(upload(office, case_id, used) for used in [key()] * 4))
    assert sorted(answer.status_code for answer in uploads) == [200, 200, 200, 201]
    assert sum("Idempotency-Replayed" in answer.headers for answer in uploads) == 3


async def test_at_once_in_two_processes_only_one_is_no_replay(office: Office) -> None:
    """Two applications on one database: what one has under way the other does not know of."""
    other = build_app(https=False)
    other.state.services = replace(office.world.services, under_way=UnderWay())
    secret = await office.world.token("wang")
    doors = [
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app),
            base_url="http://xiaohao.test",
            headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": key()},
        )
        for app in (office.world.app, other)
    ]
    doors[1].headers["Idempotency-Key"] = doors[0].headers["Idempotency-Key"]
    visit, before = office.visit(finding(), finding()), len(await office.world.rows(tables.cases))
    asked = (doors[no % 2].post("/api/v1/inspections", json=visit) for no in range(20))
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert len({answer.text for answer in answers}) == 1
    assert len(await office.world.rows(tables.cases)) == before + 2
    for door in doors:
        await door.aclose()


async def test_keys_of_different_people_do_not_meet(office: Office) -> None:
    idem, case_id = key(), await office.case()
    ok(await office.post("firm", f"/cases/{case_id}/commands/report_progress", {"text": "一"}, idem=idem))
    path = f"/cases/{case_id}/commands/assign_handler"
    answer = await office.post("chief", path, {"handler_id": "li"}, idem=idem)
    assert ok(answer)["events"][0]["event"] == "handler_assigned"
    assert "Idempotency-Replayed" not in answer.headers


async def test_a_refused_key_may_be_tried_again_with_the_same_request_only(office: Office) -> None:
    case_id, idem = await office.case(), key()
    path = f"/cases/{case_id}/commands/sign_off"
    refused(await office.post("chief", path, {"opinion": "同意"}, idem=idem), 409, "transition_not_allowed")
    refused(await office.post("chief", path, {"opinion": "不同"}, idem=idem), 409, "idempotency_conflict")
    photo = await office.photo("firm", case_id)
    await office.done("firm", case_id, "signal_completion", text="完成", evidence=[photo])
    await office.done("wang", case_id, "reinspect", officers=["wang", "li"], findings=passed(1))
    answer = await office.post("chief", path, {"opinion": "同意"}, idem=idem)
    assert ok(answer)["events"][0]["texts"] == {"opinion": "同意"}


async def test_at_once_with_one_key_it_happens_once(office: Office) -> None:
    case_id, idem = await office.case(), key()
    path = f"/cases/{case_id}/commands/report_progress"
    answers = await asyncio.gather(
        *(office.post("firm", path, {"text": "同时", "percent": 5}, idem=idem) for _ in range(8))
    )
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len({str(answer.json()["events"]) for answer in answers}) == 1
    assert len(await ledger(office, case_id)) == 4
    cases = [await office.case() for _ in range(4)]
    idem = key()
    answers = await asyncio.gather(
        *(
            office.post("firm", f"/cases/{one}/commands/report_progress", {"text": "同时"}, idem=idem)
            for one in cases
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409], "one key, one request"


async def test_an_unconfirmed_command_is_202_and_the_key_tells(office: Office) -> None:
    case_id, idem = await office.case(), key()
    path = f"/cases/{case_id}/commands/report_progress"
    office.gateway.failing = [Pending("尚未确认", "not confirmed yet", rule="engine.timeout")]
    answer = await office.post("firm", path, {"text": "在途"}, idem=idem)
    assert (answer.status_code, answer.json()["code"]) == (202, "pending")
    assert answer.headers["location"] == f"/api/v1/cases/{case_id}"
    assert int(answer.headers["retry-after"]) > 0
    replay = await office.post("firm", path, {"text": "在途"}, idem=idem)
    assert (replay.status_code, replay.headers["Idempotency-Replayed"]) == (200, "true")
    assert replay.json()["events"][0]["texts"] == {"text": "在途"}


async def test_an_unreachable_engine_is_503_and_keeps_the_words(office: Office) -> None:
    case_id, idem = await office.case(), key()
    path = f"/cases/{case_id}/commands/report_progress"
    office.gateway.failing = [EngineUnavailable("引擎不可用", "the engine is away")]
    refused(await office.post("firm", path, {"text": "等等"}, idem=idem), 503, "engine_unavailable")
    assert (await ledger(office, case_id))[-1]["texts"] == {"text": "等等"}


async def test_a_retry_that_is_refused_by_its_own_first_attempt_reads_the_success(office: Office) -> None:
    case_id, idem = await office.case(), key()
    path = f"/cases/{case_id}/commands/report_progress"
    office.gateway.failing = [TransitionNotAllowed("已经办过", "done already", rule="lifecycle")]
    answer = await office.post("firm", path, {"text": "在途"}, idem=idem)
    assert answer.status_code == 200
    assert answer.json()["events"][0]["texts"] == {"text": "在途"}


async def test_a_case_that_was_opened_is_no_refusal_either(office: Office) -> None:
    before = len(office.gateway.sent)
    office.gateway.failing = [Conflict("该案件编号对应的流程已经结束", "ended", rule="open.once")]
    case_id = await office.case()
    assert (await ledger(office, case_id))[0]["event"] == "opened"
    assert len(office.gateway.sent) > before
