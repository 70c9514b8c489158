"""A newer policy: checked, stored, compared, put in force from a day, adopted once for the open cases somebody chose."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from ledger import tables
from models.errors import EngineUnavailable
from policies import default_policy_path
from services.policies.carrying import AGAIN, Adopter
from tests.api.support import Office, key, ok, refused

TEXT = default_policy_path().read_text(encoding="utf-8")
NEWER = TEXT.replace('version = "2026.12"', 'version = "2026.13"').replace(
    "effective_from = 2026-11-01", "effective_from = 2026-11-15"
)


def document(text: str = NEWER) -> dict[str, Any]:
    return {"format": "toml", "text": text}


def stricter() -> str:
    """The newer version with ten days for the longest deadline, and the letter proposed three days after the deadline."""
    first, mark, rest = NEWER.partition('when = "overdue_days"')
    assert mark
    return first + mark + rest.replace("at_least = 1", "at_least = 3", 1)


async def test_a_document_is_checked_stored_compared_and_put_in_force(office: Office) -> None:
    loose = NEWER.replace('"seizure" = { n = 30', '"seizure" = { n = 60')
    assert loose != NEWER
    wrong = ok(await office.post("u-admin", "/policies/check", document(loose)))
    assert (wrong["valid"], [(one["where"], one["article"]) for one in wrong["faults"]]) == (
        False,
        [("clocks.seizure", "《行政强制法》第二十五条")],
    )
    refused(await office.post("u-admin", "/policies", document(loose)), 422, "policy_invalid")
    looked = ok(await office.post("u-admin", "/policies/check", document(stricter())))
    assert (looked["valid"], looked["known"], looked["taken"], looked["version"]) == (
        *(True, False, False),
        "2026.13",
    )
    (one,) = looked["compared"]["differences"]
    assert (one["before"]["zh"], one["after"]["zh"], one["change_label"]["zh"]) == (
        "逾期满 1 日，建议督办，由执法人员答复",
        "逾期满 3 日，建议督办，由执法人员答复",
        "修改",
    )
    assert one["basis"]
    assert [one["version"] for one in ok(await office.get("firm", "/policies"))["items"]] == ["2026.12"]
    stored = ok(await office.post("u-admin", "/policies", document(stricter())))
    assert (stored["fresh"], stored["version"]["state"]) == (True, "stored")
    assert ok(await office.post("u-admin", "/policies", document(stricter())))["fresh"] is False
    refused(await office.post("u-admin", "/policies", document(NEWER)), 409, "conflict", "policies.immutable")
    assert ok(await office.post("u-admin", "/policies/check", document(NEWER)))["taken"] is True
    assert ok(await office.get("firm", "/policies/2026.13"))["effective_from"] == "2026-11-15"
    assert len(ok(await office.get("wang", "/policies/2026.13/differences"))["differences"]) == 1
    same = ok(await office.get("wang", "/policies/2026.13/differences", against="2026.13"))
    assert same["differences"] == []
    refused(await office.get("wang", "/policies/1999"), 404, "not_found", "scope.version")
    refused(await office.get("wang", "/policies/2026.13/differences", against="1999"), 404, "not_found")
    assert ok(await office.get("wang", "/policies/current"))["version"] == "2026.12"

    path = "/policies/2026.13/activate"
    refused(await office.post("u-admin", path, {"from_day": "2026-11-19"}), 409, "limit_exceeded")
    refused(await office.post("u-admin", "/policies/1999/activate", {}), 404, "not_found")
    refused(await office.post("u-admin", "/policies/2026.12/activate", {}), 409, "conflict", "policies.begun")
    coming = ok(await office.post("u-admin", path, {"from_day": "2026-12-01"}))
    assert (coming["state"], coming["in_force_from"]) == ("coming", "2026-12-01")
    assert ok(await office.post("u-admin", path, {"from_day": "2026-12-01"})) == coming
    assert ok(await office.get("wang", "/policies/current"))["version"] == "2026.12"
    case_id = await office.case()
    early = await office.give("chief", case_id, "adopt_policy", version="2026.13", reason="早")
    assert refused(early, 409, "requirement_missing")["rule"] == "policy.in_force"
    choice = {"cases": [case_id]}
    refused(
        await office.post("chief", "/policies/2026.13/adoptions/preview", choice), 409, "requirement_missing"
    )
    today = ok(await office.post("u-admin", path, {"from_day": "2026-11-20"}))
    assert today["state"] == "in_force"
    assert ok(await office.get("wang", "/policies/current"))["version"] == "2026.13"
    states = {one["version"]: one["state"] for one in ok(await office.get("firm", "/policies"))["items"]}
    assert states == {"2026.12": "former", "2026.13": "in_force"}
    for who in ("wang", "chief", "head", "firm", "town", "u-auditor", "assessor"):
        for other, body in (("/policies/check", document()), ("/policies", document()), (path, {})):
            assert (await office.post(who, other, body)).status_code == 403, (who, other)
    done = [one["action"] for one in await office.world.audit() if one["outcome"] == "success"]
    assert [done.count(one) for one in ("store_policy", "activate_policy")] == [1, 2]


async def begun(office: Office, text: str = "") -> None:
    ok(await office.post("u-admin", "/policies", document(text or stricter())))
    ok(await office.post("u-admin", "/policies/2026.13/activate", {}))


def adopter(office: Office, **options: Any) -> Adopter:
    return Adopter(office.world.services, clock=office.world.clock, **options)


async def test_chosen_open_cases_adopt_it_once_with_progress(office: Office) -> None:
    async with office.world.superuser.begin() as connection:
        await connection.execute(update(tables.cases).values(closed_at=office.now))
    late, calm, other = [await office.case(deadline_days=days) for days in (5, 25, 25)]
    await office.pass_time(
        days=5, hours=20
    )  # the first is overdue: the old rule's threshold lies a day after that
    await begun(office)
    path = "/policies/2026.13"
    found = ok(await office.get("chief", f"{path}/candidates"))["items"]
    assert {one["case_id"] for one in found} == {late, calm, other}
    before = {one: ok(await office.get("wang", f"/cases/{one}")) for one in (late, calm)}
    looked = ok(await office.post("chief", f"{path}/adoptions/preview", {"cases": [late, calm]}))
    assert (looked["cases"], looked["unmoved"], looked["moved"], looked["refused_cases"]) == (2, 1, 1, 0)
    (shift,) = looked["first"]
    assert (shift["case_id"], shift["clock"]) == (late, "ladder/overdue.letter")
    days = [shift[name] for name in ("before", "after")]
    assert days == ["2026-11-26", "2026-11-28"]
    assert ok(await office.get("wang", f"/cases/{late}")) == before[late], "a preview stores nothing"
    everything = ok(await office.post("chief", f"{path}/adoptions/preview", {"under": "2026.12"}))
    assert everything["cases"] == 3

    asked, idem = {"cases": [late, calm], "reason": "本区新规"}, key()
    sent = ok(await office.post("chief", f"{path}/adoptions", asked, idem=idem), 201)
    assert (sent["total"], sent["waiting"], sent["finished_at"]) == (2, 2, None)
    again = ok(await office.post("chief", f"{path}/adoptions", asked, idem=idem))
    assert again["adoption_id"] == sent["adoption_id"]
    twice = await office.post("chief", f"{path}/adoptions", asked, idem=key())
    assert refused(twice, 409, "requirement_missing")["rule"] == "policies.none_left"
    rest = ok(
        await office.post("deputy", f"{path}/adoptions", {"under": "2026.12", "reason": "其余"}, idem=key()),
        201,
    )
    assert rest["total"] == 1

    office.gateway.failing = [EngineUnavailable("引擎不可用", "away", rule="engine.reachable")]
    assert await adopter(office, at_once=2).once() == 2
    assert await adopter(office).once() == 1, "another worker takes the next; the one not heard waits"
    office.world.clock.pass_(seconds=AGAIN.total_seconds() + 1)
    assert await adopter(office).once() == 1
    assert await adopter(office).once() == 0
    shown = ok(await office.get("wang", f"{path}/adoptions"))["items"]
    assert {one["adoption_id"]: one["by_state"] for one in shown} == {
        sent["adoption_id"]: {"adopted": 2},
        rest["adoption_id"]: {"adopted": 1},
    }
    assert all(one["finished_at"] for one in shown)
    for one in (late, calm, other):
        case = ok(await office.get("wang", f"/cases/{one}"))
        assert case["policy_version"] == "2026.13"
        entries = ok(await office.get("wang", f"/cases/{one}/events"))["items"]
        adopted = [entry for entry in entries if entry["event"] == "policy_adopted"]
        assert [entry["texts"]["reason"] for entry in adopted] == ["其余" if one == other else "本区新规"]
        assert [entry["actor"]["user_id"] for entry in adopted] == ["deputy" if one == other else "chief"]
    assert ok(await office.get("wang", f"/cases/{calm}"))["next_clock"] == before[calm]["next_clock"]
    assert ok(await office.get("chief", f"{path}/candidates"))["items"] == []


async def test_who_may_adopt_and_what_becomes_of_a_case_that_cannot(office: Office) -> None:
    async with office.world.superuser.begin() as connection:
        await connection.execute(update(tables.cases).values(closed_at=office.now))
    gone, left = [await office.case() for _ in range(2)]
    await begun(office)
    path, choice = "/policies/2026.13", {"cases": [gone, left]}
    for who in ("wang", "firm", "town", "u-auditor", "assessor", "u-admin"):
        for answer in (
            await office.get(who, f"{path}/candidates"),
            await office.post(who, f"{path}/adoptions/preview", choice),
            await office.post(who, f"{path}/adoptions", choice | {"reason": "x"}, idem=key()),
        ):
            assert answer.status_code == 403, who
    for who in ("firm", "town", "assessor", "u-admin"):
        assert (await office.get(who, f"{path}/adoptions")).status_code == 403, who
    both = choice | {"under": "2026.12"}
    for body in ({}, both):
        refused(await office.post("chief", f"{path}/adoptions/preview", body), 422, "malformed")
    ok(await office.post("chief", f"{path}/adoptions", choice | {"reason": "本区新规"}, idem=key()), 201)
    async with office.world.superuser.begin() as connection:
        users = tables.users
        await connection.execute(update(users).where(users.c.user_id == "chief").values(active=False))
    assert await adopter(office).once() == 2
    (one,) = ok(await office.get("head", f"{path}/adoptions"))["items"]
    assert (one["by_state"], "不在岗" in one["refusals"][0]["reason"]["zh"]) == ({"refused": 2}, True)
    lost = office.gateway.cases.pop(gone)
    office.world.clock.pass_(seconds=1)
    ok(await office.post("deputy", f"{path}/adoptions", choice | {"reason": "重办"}, idem=key()), 201)
    assert await adopter(office).once() == 2
    latest = ok(await office.get("head", f"{path}/adoptions"))["items"][0]
    assert latest["by_state"] == {"ended": 1, "adopted": 1}
    office.gateway.cases[gone] = lost
