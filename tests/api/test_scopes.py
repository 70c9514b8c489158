"""What is not yours does not exist: every read and every command, for every kind of outsider."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from api.commands import ELSEWHERE
from ledger import enterprise_papers, tables
from models.commands import COMMANDS
from services.measures.writes import STEPS, forms_of
from services.papers.firm_making import make_firm_papers
from services.papers.making import make_papers
from tests.api.routes import every_route
from tests.api.support import Office, assigned, key, ok, refused
from tests.api.words import BODIES, FORMS, PLAN

pytestmark = pytest.mark.slow

OUTSIDERS = ("rival", "third", "far-town", "assessor", "u-foreign", "u-admin")
"""Another enterprise of the same and of another territory, another territory, an agency without an assignment,
an officer of another district, the operator."""
PARTIES_OWN = (
    "/cases/{case_id}",
    "/cases/{case_id}/documents",
    "/cases/{case_id}/documents/file",
    "/cases/{case_id}/documents/forms",
    "/cases/{case_id}/documents/{paper_id}",
    "/cases/{case_id}/events",
    "/cases/{case_id}/evidence",
    "/cases/{case_id}/explanation",
    "/cases/{case_id}/instruments",
    "/cases/{case_id}/measures",
    "/cases/{case_id}/measures/{measure_id}",
    "/enterprises/{enterprise_id}",
    "/enterprises/{enterprise_id}/documents",
    "/enterprises/{enterprise_id}/documents/{document_id}",
    "/enterprises/{enterprise_id}/events",
    "/enterprises/{enterprise_id}/evidence",
    "/enterprises/{enterprise_id}/standing",
    "/evidence/{evidence_id}",
    "/inspections/{inspection_id}",
    "/orders/{order_id}",
)
"""What a party reads of its own, and nobody of another's."""
OFFICIALS_ALONE = (
    "/accounts/{user_id}",
    "/accounts/{user_id}/departure",
    "/cases/{case_id}/alike",
    "/cases/{case_id}/documents/bundle",
    "/cases/{case_id}/documents/forms/{form}",
    "/cases/{case_id}/documents/{paper_id}/docx",
    "/cases/{case_id}/reporter",
    "/double-reports/{report_id}",
    "/enterprises/{enterprise_id}/documents/{document_id}/docx",
    "/imports/{import_id}",
    "/imports/{import_id}/rows",
    "/imports/{import_id}/wrong.xlsx",
    "/orders/{order_id}/links",
    "/register/enterprises/{entry_id}",
    "/register/enterprises/{entry_id}/merge",
    "/register/organisations/{entry_id}",
    "/register/people/{entry_id}",
    "/register/teams/{entry_id}",
    "/register/territories/{entry_id}",
    "/self-checks/{check_id}",
    "/self-findings/{finding_id}",
    "/tips/{tip_id}",
    "/tips/{tip_id}/alike",
    "/transfers/{transfer_id}",
)
"""What no party reads of its own case, or what hangs on none: who may is tested beside what they do."""
LEAKS = ("除尘风管", "清理积尘", "东区家具厂", "打磨车间")


@dataclass
class Theirs:
    """Everything of one enterprise an outsider might ask for by id."""

    case_id: str
    inspection_id: str
    order_id: str
    evidence_id: str
    notice_id: str
    measure_id: str
    paper_id: str
    document_id: str

    def path(self, template: str) -> str:
        return template.format(enterprise_id="e-a", code="not_found", form="inquiry", **vars(self))


async def theirs(office: Office) -> Theirs:
    case_id = await office.submitted()
    measure_id = await office.sealed(case_id)
    case = ok(await office.get("wang", f"/cases/{case_id}"))
    (file,) = ok(await office.get("firm", f"/cases/{case_id}/evidence"))["items"]
    notices = ok(await office.get("firm", "/notices"))["items"]
    await make_papers(office.world.services, case_id)
    (order, *_) = ok(await office.get("firm", f"/cases/{case_id}/documents"))["items"]
    await office.inspected()
    await make_firm_papers(office.world.services)
    (document,) = ok(await office.get("firm", "/enterprises/e-a/documents"))["items"]
    return Theirs(
        case_id,
        case["inspection_id"],
        case["order_id"],
        file["evidence_id"],
        notices[0]["notice_id"],
        measure_id,
        order["paper_id"],
        document["paper_id"],
    )


@pytest.fixture(autouse=True)
def _any_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enterprise_papers, "BACK", timedelta(days=36_500))  # the clock is not the database's


NOBODYS = ("/exports/", "/reports/", "/calendar/", "/policies/")
"""What these name is a kind of file, a report, a year or a policy version; whose rows they hold is held against the lists
(tests/exchange) or told with them (test_calendars, test_policies)."""


def reads() -> list[str]:
    """Every GET below /api/v1 that names something by id."""
    return sorted(
        {
            path
            for method, path in every_route()
            if method == "GET" and "{" in path and not path.startswith(NOBODYS)
        }
    )


def lists() -> list[str]:
    """Every GET that lists things of cases or enterprises."""
    return ["/cases", "/inspections", "/tasks", "/enterprises", "/notices", "/measures", "/approvals"]


def test_the_reads_under_test_are_all_there_are() -> None:
    assert reads() == sorted((*PARTIES_OWN, *OFFICIALS_ALONE))


async def test_every_read_of_anothers_is_404_and_the_owners_is_not(office: Office) -> None:
    mine = await theirs(office)
    for path in PARTIES_OWN:
        assert (await office.get("firm", mine.path(path))).status_code == 200, path
        for who in OUTSIDERS:
            if who == "u-admin" and path == "/enterprises/{enterprise_id}":
                continue  # the operator keeps the register
            answer = await office.get(who, mine.path(path))
            problem = refused(answer, 404, "not_found")
            assert not any(word in answer.text for word in LEAKS), (who, path)
            absent = await office.get(who, path.replace("{", "").replace("}", ""))
            assert refused(absent, 404, "not_found")["rule"] == problem["rule"], "the same as absent"


async def test_no_list_of_anothers_shows_it(office: Office) -> None:
    mine = await theirs(office)
    for who in OUTSIDERS:
        for path in lists():
            if who == "u-admin" and path == "/enterprises":
                continue
            listed = ok(await office.get(who, path))
            text = str(listed)
            assert mine.case_id not in text, (who, path)
            assert not any(word in text for word in LEAKS), (who, path)
        for words in ("积尘", "东区家具厂", "清理积尘", "打磨"):
            assert ok(await office.get(who, "/cases", q=words))["items"] == [], (who, words)
        filters = {"enterprise": "e-a", "inspection": mine.inspection_id, "order": mine.order_id}
        for name, value in filters.items():
            assert ok(await office.get(who, "/cases", **{name: value}))["items"] == []
        assert ok(await office.get(who, "/inspections", enterprise="e-a"))["items"] == []


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - ELSEWHERE))
async def test_every_command_to_anothers_case_is_404(office: Office, command: str) -> None:
    case_id = await office.case()
    before = len(await office.world.rows(tables.contents))
    sent = len(office.gateway.sent)
    body = {"file_plan": PLAN}.get(command, BODIES.get(command, {}))
    for who in OUTSIDERS:
        refused(await office.give(who, case_id, command, **body), 404, "not_found", "scope.case")
    assert len(office.gateway.sent) == sent, "nothing was sent"
    assert len(await office.world.rows(tables.contents)) == before
    assert await office.world.rows(tables.idempotency_keys) == [
        row for row in await office.world.rows(tables.idempotency_keys) if row["actor_id"] not in OUTSIDERS
    ]


async def test_every_step_of_anothers_measure_is_404(office: Office) -> None:
    case_id = await office.case()
    measure = await office.proposed(case_id, "supervision_letter")
    before, sent = len(await office.world.rows(tables.contents)), len(office.gateway.sent)
    for step in sorted(STEPS):
        body = FORMS[str(forms_of(step)[0].model_fields["form"].default)]
        for who in OUTSIDERS:
            answer = await office.step(who, case_id, measure, step, **body)
            refused(answer, 404, "not_found", "scope.case")
    assert len(office.gateway.sent) == sent
    assert len(await office.world.rows(tables.contents)) == before


async def test_anothers_case_cannot_be_rehearsed(office: Office) -> None:
    case_id = await office.case()
    for who in OUTSIDERS:
        refused(await office.post(who, f"/cases/{case_id}/rehearsals", {}), 404, "not_found", "scope.case")


async def test_anothers_evidence_cannot_be_added_to(office: Office) -> None:
    case_id = await office.case()
    for who in OUTSIDERS:
        client = await office.person(who)
        answer = await client.post(
            f"/api/v1/cases/{case_id}/evidence",
            files={"file": ("a.jpg", b"x", "image/jpeg")},
            data={"purpose": "x"},
            headers={"Idempotency-Key": key()},
        )
        refused(answer, 404, "not_found")


async def test_a_territory_sees_its_own_and_an_auditor_everything(office: Office) -> None:
    mine = await theirs(office)
    for who in ("town", "u-auditor", "head", "mayor", "office", "zhao"):
        assert ok(await office.get(who, f"/cases/{mine.case_id}"))["case_id"] == mine.case_id
    problem = refused(await office.give("town", mine.case_id, "sign_off"), 403, "not_authorised")
    assert problem["rule"] == "authority.sign_off.role"
    refused(await office.give("u-auditor", mine.case_id, "void", reason="误立"), 403, "not_authorised")
    for who in ("town", "u-auditor"):
        answer = await office.step(who, mine.case_id, mine.measure_id, "confirm")
        rule = refused(answer, 403, "not_authorised")["rule"]
        assert rule == ("authority.confirm.role" if who == "town" else "authority.take_step.role")


async def test_an_agency_sees_only_the_case_assigned_to_it_and_only_while_it_is(office: Office) -> None:
    other, case_id = await office.case(), await assigned(office)
    listed = ok(await office.get("assessor", "/cases"))["items"]
    assert [one["case_id"] for one in listed] == [case_id]
    assert [one["key"] for one in ok(await office.get("assessor", "/tasks"))["items"]] == ["assessment.file"]
    refused(await office.get("assessor", f"/cases/{other}"), 404, "not_found")
    filed = await office.done(
        "assessor", case_id, "file_assessment", conclusion="not_effective", text="未达标"
    )
    assert filed["case"]["state"] == "SUBMITTED"
    failed = [{"no": 1, "passed": False}]
    await office.done(
        "wang", case_id, "reinspect", officers=["wang", "zhao"], findings=failed, new_deadline_days=10
    )
    refused(await office.get("assessor", f"/cases/{case_id}"), 404, "not_found")
    told = ok(await office.get("wang", f"/cases/{case_id}/events"))["items"]
    assert any((one["texts"] or {}).get("text") == "未达标" for one in told), "its words stay in the ledger"
