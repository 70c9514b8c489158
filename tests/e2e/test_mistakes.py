"""What goes wrong among people, from the outside: a slip of a year, a tip's words, somebody who leaves; on skipped time
over HTTP.

The town begins on Monday, 2 November 2026; no day off but weekends lies in the weeks told of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.api.support import finding, ok, refused
from tests.api.words import STATED
from tests.builders import at
from tests.e2e.proceedings import (
    completed,
    kept_tip,
    major_corrected,
    moment,
    refused_by,
    sound,
    suspicion,
)
from tests.e2e.skipped import Matter, Town, tell

SLIPPED = "0026-11-26T10:00:00+08:00"
TOLD_IN_CONFIDENCE = ("夜间偷排", "群众来电", "核实消防通道", "来电人拍的照片", "核查时群众所述属实")
"""Words of a tip and of what was said before the authority acted openly."""
HINTS = ("举报", '"tip"', "REPORTED", ':"verified"', ':"opened"', '"lead.')
"""What would tell a tip from an inspection."""


@dataclass
class November:
    """The cases of the story, all of e-a."""

    town: Town
    tipped: Matter
    """A tip, kept from everybody outside until its order is served."""
    plain: Matter
    """An inspection's case, as served as the tip's."""
    begun: Matter
    """In the hands of somebody who leaves, under its order."""
    submitted: Matter
    """The same, waiting for its re-inspection."""
    seen: list[str] = field(default_factory=list)
    """Evidence of the tip: what came with it, then what an officer took."""


async def second_of_november(office: Town) -> November:
    """The visits of the morning, their orders to be carried out by 17 November; and a tip."""
    visits = [Matter(office, await office.opened()) for _ in range(3)]
    return November(office, await kept_tip(office), *visits)


async def a_slip_of_a_year_is_refused(story: November) -> None:
    """(B1) Nothing is recorded, no number is used up, everything else goes on."""
    town = story.town
    before = ok(await town.get("wang", "/inspections", limit=100))["items"]
    cases = ok(await town.get("wang", "/cases", limit=100))["items"]
    for field_name in ("started_at", "ended_at"):
        visit = town.visit(finding(), **{field_name: SLIPPED})
        problem = refused_by(await town.post("wang", "/inspections", visit), "api.schema", status=422)
        assert [one["field"] for one in problem["details"]["fields"]] == [f"body.{field_name}"]
    slipped = {"service": {"served_at": SLIPPED}}
    unserved = await story.plain.give("wang", "serve_order", **slipped)
    refused_by(unserved, "api.schema", status=422)
    old = town.visit(finding(), started_at="1999-12-31T10:00:00+08:00")
    problem = refused_by(await town.post("wang", "/inspections", old), "api.schema", status=422)
    assert "2000-01-01" in problem["detail"]
    assert ok(await town.get("wang", "/inspections", limit=100))["items"] == before
    assert ok(await town.get("wang", "/cases", limit=100))["items"] == cases
    next_visit = await town.inspected()
    assert next_visit["number"].endswith(f"〔2026〕{len(before) + 1}号")
    await sound(town)


# -- (B2) a tip -------------------------------------------------------------------------------------
async def looks(town: Town, who: str, matter: Matter, order_id: str | None, *files: str) -> dict[str, str]:
    """Every answer somebody gets about the district and about this case, as text."""
    case = f"/cases/{matter.case_id}"
    paths = [
        *("/cases", "/tasks", "/notices", "/approvals", "/measures", "/inspections", "/enterprises"),
        *(f"/enterprises/e-a{end}" for end in ("", "/standing", "/events")),
        *(
            f"{case}{end}"
            for end in ("", "/events", "/explanation", "/evidence", "/measures", "/instruments")
        ),
        *([f"/orders/{order_id}"] if order_id else []),
        *(f"/evidence/{one}" for one in files),
    ]
    found = {}
    for path in paths:
        query = {"limit": 100} if path.count("/") == 1 else {}
        found[path] = (await town.get(who, path, **query)).text
    return found


def silent(answers: dict[str, str]) -> None:
    for path, told in answers.items():
        for words in (*TOLD_IN_CONFIDENCE, *HINTS):
            assert words not in told, f"{path} tells {words}"


async def found_by(town: Town, who: str, words: str) -> set[str]:
    return {one["case_id"] for one in ok(await town.get(who, "/cases", q=words, limit=100))["items"]}


async def a_tip_is_unknown_before_service(story: November) -> None:
    """(B2) Verified, signed, suspected, graded, ordered: the enterprise and the assessor have heard of nothing."""
    town, tipped = story.town, story.tipped
    story.seen += [
        await town.photo("wang", tipped.case_id, "来电人拍的照片"),
        await town.photo("wang", tipped.case_id, "现场照片"),
    ]
    await tipped.done("wang", "verify", officers=["wang", "zhao"], findings="核查时群众所述属实")
    await tipped.done("deputy", "sign_lead", opinion="同意")
    await tipped.done("wang", "suspect_major", standard=await suspicion(town), reason="群众来电所述疑似重大")
    await tipped.done("chief", "determine_grade", grade="major", reason="核查时群众所述属实")
    officers = {"officers": ["wang", "zhao"], "deadline_days": 30}
    refused_by(await tipped.give("wang", "issue_order", **officers), "order.facts")
    issued = await tipped.done("wang", "issue_order", **officers, stated=STATED)
    order_id = issued["case"]["order_id"]
    for who in ("firm", "assessor"):
        answers = await looks(town, who, tipped, order_id, *story.seen)
        silent(answers)
        assert tipped.case_id not in "".join(answers[path] for path in ("/cases", "/tasks", "/notices"))
        assert refused(await town.get(who, f"/cases/{tipped.case_id}"), 404, "not_found")
        assert refused(await town.get(who, f"/orders/{order_id}"), 404, "not_found")
        assert refused(await tipped.give(who, "report_progress", text="进展"), 404, "not_found")
        for words in (*TOLD_IN_CONFIDENCE, STATED["title"], "消防通道"):
            assert await found_by(town, who, words) == set(), words
        for one in story.seen:
            refused(await town.get(who, f"/evidence/{one}"), 404, "not_found")
    assert await found_by(town, "wang", "夜间偷排") == {tipped.case_id}
    await tipped.done("wang", "serve_order", service={"served_at": moment(town)})


async def a_served_tip_looks_like_an_inspection(story: November) -> None:
    """(B2) What the officers stated is shown, what was told them never; the first entry is the service."""
    town, tipped, plain = story.town, story.tipped, story.plain
    case = await tipped.case("firm")
    order_id = case["order_id"]
    answers = await looks(town, "firm", tipped, order_id, *story.seen)
    silent(answers)
    assert (case["title"], case["description"]) == (STATED["title"], STATED["description"])
    other = await plain.case("firm")
    for name in ("source", "source_label", "inspection_id", "state"):
        assert case[name] == other[name], name
    for one in (tipped, plain):
        entries = ok(await town.get("firm", f"/cases/{one.case_id}/events"))["items"]
        assert entries[0]["seq"] == 1
    assert await found_by(town, "firm", "夜间偷排") == set()
    assert await found_by(town, "firm", "消防通道堵塞") == {tipped.case_id}
    listed = ok(await town.get("firm", f"/cases/{tipped.case_id}/evidence"))["items"]
    assert listed == []
    ok(await town.post("wang", f"/evidence/{story.seen[1]}/release", {"purpose": "消防通道现状"}))
    (shown,) = ok(await town.get("firm", f"/cases/{tipped.case_id}/evidence"))["items"]
    assert (shown["evidence_id"], shown["purpose"]) == (story.seen[1], "消防通道现状")
    assert (shown["taken_at"], shown["latitude"]) == (None, None)
    refused(await town.get("firm", f"/evidence/{story.seen[0]}"), 404, "not_found")


async def the_assessor_learns_no_more(story: November) -> None:
    """(B2) Commissioned weeks later, the assessor sees the served hazard and nothing of how it was heard of."""
    town, tipped = story.town, story.tipped
    await major_corrected(tipped)
    answers = await looks(town, "assessor", tipped, (await tipped.case())["order_id"], *story.seen)
    assert STATED["title"] in answers[f"/cases/{tipped.case_id}"]
    silent(answers)
    assert await found_by(town, "assessor", "夜间偷排") == set()
    refused(await town.get("assessor", f"/evidence/{story.seen[0]}"), 404, "not_found")
    silent(await looks(town, "firm", tipped, (await tipped.case())["order_id"], *story.seen))


# -- (B3) somebody leaves --------------------------------------------------------------------------
async def listed(town: Town, who: str, path: str, **query: Any) -> set[str]:
    return {one["case_id"] for one in ok(await town.get(who, path, limit=100, **query))["items"]}


async def notices(town: Town, who: str, cases: set[str]) -> set[str]:
    found = ok(await town.get(who, "/notices", limit=100))["items"]
    return {one["notice_id"] for one in found if one["case_id"] in cases}


async def somebody_leaves(story: November) -> None:
    """(B3) Zhao's cases, tasks and notices are the section head's until they are handed over."""
    town, begun, submitted = story.town, story.begun, story.submitted
    await town.until("2026-11-16 10:00")
    await completed(submitted)
    for one in (begun, submitted):
        await one.done("chief", "assign_handler", handler_id="zhao")
    mine = {begun.case_id, submitted.case_id}
    assert submitted.case_id in await listed(town, "zhao", "/tasks")
    assert submitted.case_id not in await listed(town, "chief", "/tasks")
    told = await notices(town, "zhao", mine)
    assert told
    assert not told & await notices(town, "chief", mine)
    refused_by(await town.post("chief", "/accounts/zhao/deactivate"), "accounts.deactivate", status=403)
    left = ok(await town.post("admin", "/accounts/zhao/deactivate"))
    assert (left["active"], left["open_cases"]) == (False, 2)
    assert (await town.get("zhao", "/cases")).status_code == 401
    await town.until("2026-11-18 10:00")
    assert (await begun.case())["state"] == "OVERDUE"
    assert await listed(town, "chief", "/cases", handler="zhao") == mine
    assert mine <= await listed(town, "chief", "/cases", mine=True)
    assert mine <= await listed(town, "chief", "/tasks")
    assert told < await notices(town, "chief", mine)


async def nothing_is_given_to_who_has_left(story: November) -> None:
    """(B3) Neither a case nor an order, a visit, a hearing or a sponsorship; what is handed over is the other's."""
    town, begun, submitted = story.town, story.begun, story.submitted
    to_zhao = {"officers": ["wang", "zhao"]}
    assigned = await begun.give("chief", "assign_handler", handler_id="zhao")
    refused_by(assigned, "assign.official")
    refused_by(await town.post("chief", "/accounts/zhao/hand-over", {"to": "zhao"}), "assign.official")
    visit = await town.post("wang", "/inspections", town.visit(finding(), **to_zhao))
    refused_by(visit, "officers.certified")
    proposed = await begun.propose("wang", "suspension", **to_zhao, scope="whole")
    refused_by(proposed, "officers.certified")
    done = ok(await town.post("chief", "/accounts/zhao/hand-over", {"to": "li", "reason": "离任移交"}))
    assert (set(done["moved"]), done["open_cases"]) == ({begun.case_id, submitted.case_id}, 0)
    assert await listed(town, "chief", "/cases", handler="zhao") == set()
    assert set(done["moved"]) <= await listed(town, "li", "/cases", handler="li")
    assert submitted.case_id in await listed(town, "li", "/tasks")
    assert submitted.case_id not in await listed(town, "chief", "/tasks")
    await sound(town)
    assert not town.alarms


CHAPTERS = (
    a_slip_of_a_year_is_refused,
    a_tip_is_unknown_before_service,
    a_served_tip_looks_like_an_inspection,
    the_assessor_learns_no_more,
    somebody_leaves,
    nothing_is_given_to_who_has_left,
)


async def test_slips_tips_and_departures(database_url: str, tmp_path: Path) -> None:
    await tell(database_url, tmp_path, at("2026-11-02 10:00"), second_of_november, CHAPTERS)
