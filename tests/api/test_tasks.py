"""The worklist, the register of enterprises, the policy in force and the notices over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ledger import tables
from models.actors import Role
from models.lifecycle import CaseState
from services.tasks.commands import commands_for
from tests.api.support import Office, finding, key, ok, refused


async def tasks(office: Office, who: str, **headers: str) -> list[dict[str, Any]]:
    client = await office.person(who)
    answer = await client.get("/api/v1/tasks", headers=headers)
    body = ok(answer)
    assert body["next"] is None
    items: list[dict[str, Any]] = body["items"]
    return items


async def keys(office: Office, who: str, **headers: str) -> list[str]:
    return [one["key"] for one in await tasks(office, who, **headers)]


def test_a_task_shows_the_commands_of_its_doer_in_its_state() -> None:
    assert commands_for("assessment.file", "SUBMITTED", Role.ENTERPRISE) == ("commission_assessment",)
    assert commands_for("assessment.file", "ASSESSING", Role.ASSESSOR) == ("file_assessment",)
    assert commands_for("rectify", CaseState.OVERDUE, Role.ENTERPRISE) == (
        "report_progress",
        "signal_completion",
    )


async def test_nothing_to_do_is_an_empty_list(office: Office) -> None:
    for who in ("wang", "firm", "chief", "mayor", "town", "assessor", "u-auditor", "u-admin", "office"):
        assert await keys(office, who) == [], who


async def test_whose_turn_it_is(office: Office) -> None:
    case_id = await office.case()
    (task,) = await tasks(office, "firm")
    assert (task["key"], task["case_id"], task["overdue"]) == ("rectify", case_id, False)
    assert task["label"]["zh"] == "整改期限"
    assert task["enterprise"]["name"] == "东区家具厂"
    assert task["last_day"] == "2026-12-07"
    assert task["duty"] == {"zh": "企业", "en": "enterprise"}
    assert [one["command"] for one in task["commands"]] == [
        "report_progress",
        "signal_completion",
        "request_extension",
    ]
    assert await keys(office, "rival") == []
    photo = await office.photo("firm", case_id)
    await office.done("firm", case_id, "signal_completion", text="完成", evidence=[photo])
    assert await keys(office, "firm") == []
    assert await keys(office, "wang") == ["reinspect.within"]
    assert await keys(office, "li") == [], "the handler's, not his colleague's"
    await office.done("chief", case_id, "assign_handler", handler_id="li")
    assert (await keys(office, "wang"), await keys(office, "li")) == ([], ["reinspect.within"])


async def test_a_command_is_named_only_while_it_may_be_given(office: Office) -> None:
    case_id = await office.case()
    office.world.clock.now += timedelta(days=9)
    (task,) = await tasks(office, "firm")
    assert [one["command"] for one in task["commands"]] == ["report_progress", "signal_completion"]
    told = ok(await office.get("firm", f"/cases/{case_id}/explanation"))
    (asked,) = [one for one in told["commands"] if one["command"] == "request_extension"]
    assert [one["rule"] for one in asked["reasons"]] == ["extension.apply_before"]


async def test_leaders_see_what_their_rank_reaches(office: Office) -> None:
    policy = ok(await office.get("wang", "/policies/current"))
    standard = {"standard_id": policy["standards"][0]["id"], "version": "2023", "clause": "第四条"}
    await office.case(suspected_major=standard)
    await office.signing_off()
    (grade, sign_off) = sorted(await tasks(office, "chief"), key=lambda task: task["key"])
    assert (grade["key"], sign_off["key"]) == ("major.determine", "sign_off.decide")
    assert [one["command"] for one in sign_off["commands"]] == ["sign_off", "refuse_sign_off"]
    assert sorted(await keys(office, "head")) == ["major.determine", "sign_off.decide"]
    assert await keys(office, "mayor") == []
    assert await keys(office, "zhao") == []


async def test_a_delegate_sees_the_tasks_of_whom_they_act_for(office: Office) -> None:
    await office.signing_off()
    assert await keys(office, "sun") == []
    await office.delegated("chief", "sun")
    (task,) = await tasks(office, "sun")
    assert (task["key"], task["acting_for"]) == ("sign_off.decide", "chief")
    (task,) = await tasks(office, "sun", **{"X-Acting-For": "chief"})
    assert task["acting_for"] == "chief"
    path = f"/cases/{task['case_id']}/commands/sign_off"
    refused(await office.post("sun", path, {}), 403, "not_authorised")
    ok(await office.post("sun", path, {}, **{"X-Acting-For": "chief"}))
    office.world.clock.pass_(hours=2)
    await office.signing_off()
    assert await keys(office, "sun") == [], "the delegation has ended"


async def test_next_clock_first_in_stable_pages(office: Office) -> None:
    await office.inspected(*(finding(deadline_days=days) for days in (9, 3, 20, 5)))
    whole = await tasks(office, "firm")
    assert [one["last_day"] for one in whole] == sorted(one["last_day"] for one in whole)
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = ok(await office.get("firm", "/tasks", limit=3, **after))
        seen += [one["case_id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == [one["case_id"] for one in whole]
    await office.pass_time(days=4)
    overdue = [one["overdue"] for one in await tasks(office, "firm")]
    assert overdue[0] is True
    assert overdue[-1] is False
    refused(await office.get("firm", "/tasks", state="ORDERED"), 422, "malformed")


# -- enterprises -------------------------------------------------------------------------------------
async def test_the_register(office: Office) -> None:
    for who, query, wanted in (
        ("wang", {}, ["e-a", "e-b", "e-c"]),
        ("wang", {"q": "家具"}, ["e-a"]),
        ("wang", {"industry": "涉氨制冷"}, ["e-c"]),
        ("wang", {"territory": "t-east"}, ["e-a", "e-b"]),
        ("wang", {"team": "nobody"}, []),
        ("firm", {}, ["e-a"]),
        ("town", {}, ["e-a", "e-b"]),
        ("far-town", {}, ["e-c"]),
        ("assessor", {}, []),
        ("u-foreign", {}, []),
    ):
        listed = ok(await office.get(who, "/enterprises", **query))
        assert sorted(one["enterprise_id"] for one in listed["items"]) == wanted, (who, query)
    names = [one["name"] for one in ok(await office.get("wang", "/enterprises"))["items"]]
    page = ok(await office.get("wang", "/enterprises", limit=2))
    rest = ok(await office.get("wang", "/enterprises", limit=2, after=page["next"]))
    assert [one["name"] for one in page["items"] + rest["items"]] == names


async def test_one_enterprise_counts_the_cases_i_see(office: Office) -> None:
    found = await office.inspected(finding(deadline_days=3), finding(deadline_days=20))
    lead = {"source": "tip", "enterprise_id": "e-a", "title": "线索", "requirements": ["核实"]}
    ok(await office.post("wang", "/cases", lead), 201)
    assert len(found["cases"]) == 2
    await office.pass_time(days=5)
    seen = ok(await office.get("wang", "/enterprises/e-a"))
    assert seen["status_label"] == {"zh": "正常生产经营", "en": "running"}
    official = {"open": seen["open_cases"], "overdue": seen["overdue_cases"]}
    own = ok(await office.get("firm", "/enterprises/e-a"))
    assert own["overdue_cases"] == official["overdue"] == 1
    assert official["open"] - own["open_cases"] == 2, "the tip, and the hidden case of the seed"
    for who, enterprise in (("firm", "e-b"), ("far-town", "e-a"), ("wang", "nothing"), ("assessor", "e-a")):
        refused(await office.get(who, f"/enterprises/{enterprise}"), 404, "not_found", "scope.enterprise")


# -- policy ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["wang", "firm", "town", "assessor", "u-admin", "u-auditor"])
async def test_the_policy_in_force_names_its_sources(office: Office, who: str) -> None:
    policy = ok(await office.get(who, "/policies/current"))
    clocks = {clock["key"]: clock for clock in policy["clocks"]}
    assert clocks["publish.penalty"]["klass"] == "S"
    assert clocks["publish.penalty"]["class_label"]["zh"] == "法定"
    assert clocks["publish.penalty"]["basis"] == "《安全生产法》第七十八条"
    assert (clocks["rectify"]["n"], clocks["rectify"]["unit"], clocks["rectify"]["day_kind"]) == (
        15,
        "days",
        "calendar",
    )
    assert all(clock["basis"] and clock["verified_label"]["zh"] for clock in policy["clocks"])
    ranks = {rank["key"]: rank["rank"] for rank in policy["ranks"]}
    assert (ranks["sign_off_general"], ranks["sign_off_major"]) == ("section_head", "head")
    assert policy["caps"]["deadline_default_days"] == 15
    assert len(policy["digest"]) == 64


async def test_a_version_not_yet_in_force_is_not_current(office: Office) -> None:
    current = ok(await office.get("wang", "/policies/current"))
    (row,) = await office.world.rows(tables.policies)
    later = {
        "version": "2027.1",
        "digest": "d" * 64,
        "effective_from": row["effective_from"].replace(month=12),
        "in_force_from": row["effective_from"].replace(month=12),
        "activated_at": row["activated_at"],
    }
    document = row["document"] | {"version": "2027.1", "effective_from": "2026-12-01"}
    await office.world.add(tables.policies, later | {"document": document})
    assert ok(await office.get("wang", "/policies/current"))["version"] == current["version"]
    await office.pass_time(days=11)
    assert ok(await office.get("wang", "/policies/current"))["version"] == "2027.1"


# -- notices -----------------------------------------------------------------------------------------
async def test_notices_unread_first_and_reading_them(office: Office) -> None:
    await office.case()
    await office.pass_time(minutes=5)
    await office.case()
    listed = ok(await office.get("firm", "/notices"))["items"]
    assert len(listed) >= 2
    assert all(one["read_at"] is None for one in listed)
    assert [one["at"] for one in listed] == sorted((one["at"] for one in listed), reverse=True)
    assert listed[0]["label"]["zh"]
    assert listed[0]["number"].endswith("号")
    newest = listed[0]["notice_id"]
    idem = key()
    read = ok(await office.post("firm", f"/notices/{newest}/read", idem=idem))
    assert read["read_at"]
    office.world.clock.pass_(minutes=1)
    assert ok(await office.post("firm", f"/notices/{newest}/read", idem=idem)) == read
    assert ok(await office.post("firm", f"/notices/{newest}/read")) == read, "the first time counts"
    after = ok(await office.get("firm", "/notices"))["items"]
    assert after[-1]["notice_id"] == newest
    assert newest not in {
        one["notice_id"] for one in ok(await office.get("firm", "/notices", unread=True))["items"]
    }
    assert [one["notice_id"] for one in ok(await office.get("firm", "/notices", unread=False))["items"]] == [
        newest
    ]
    refused(
        await office.post("firm", f"/notices/{listed[1]['notice_id']}/read", idem=idem),
        409,
        "idempotency_conflict",
    )
    rest = [one["notice_id"] for one in listed[1:]]
    told = ok(await office.post("firm", "/notices/read", {"notice_ids": [*rest, newest, "nobody's"]}))
    assert told == {"read": len(listed)}
    assert ok(await office.get("firm", "/notices", unread=True))["items"] == []
    assert ok(await office.post("wang", "/notices/read", {"notice_ids": rest})) == {"read": 0}, (
        "others' are passed over"
    )
    refused(await office.post("firm", "/notices/read", {"notice_ids": []}), 422, "malformed")


async def test_pages_of_notices_show_each_once(office: Office) -> None:
    for _ in range(3):
        await office.case()
        office.world.clock.pass_(minutes=1)
    whole = [one["notice_id"] for one in ok(await office.get("firm", "/notices"))["items"]]
    ok(await office.post("firm", f"/notices/{whole[0]}/read"))
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = ok(await office.get("firm", "/notices", limit=2, **after))
        seen += [one["notice_id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == [*whole[1:], whole[0]]


async def test_anothers_notice_is_unknown(office: Office) -> None:
    await office.case()
    (first, *_) = ok(await office.get("firm", "/notices"))["items"]
    for who in ("rival", "wang", "town", "u-admin"):
        refused(await office.post(who, f"/notices/{first['notice_id']}/read"), 404, "not_found")
    assert ok(await office.get("rival", "/notices")) == {"items": [], "next": None}
