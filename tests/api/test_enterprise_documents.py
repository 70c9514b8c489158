"""Documents of an enterprise's file over HTTP: written by themselves, for whom they are, checked by anybody."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader
from sqlalchemy import insert

from documents.errors import FieldMissing
from ledger import enterprise_papers as kept
from ledger.append_enterprise import append_enterprise
from ledger.sessions import SYSTEM_SCOPE
from ledger.tables import counters, enterprise_inbox, enterprise_papers
from ledger.verify_registers import numbers_borne
from services.papers import firm_making
from services.papers.firm_making import FirmPaperMaker, make_firm_papers
from services.papers.reads import check_paper
from tests.api.support import Office, ok, refused
from tests.models.enterprises import bearing

FIRM = "/enterprises/e-a"
HAPPENED = {"happened_at": "2026-11-19T08:00:00+08:00", "text": "打磨机绞伤"}


@pytest.fixture(autouse=True)
def _any_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "BACK", timedelta(days=36_500))  # the office's clock is not the database's


async def written(office: Office, who: str = "wang") -> dict[str, dict[str, Any]]:
    found = ok(await office.get(who, f"{FIRM}/documents"))["items"]
    return {one["kind"]: one for one in found}


async def text_of(office: Office, paper: dict[str, Any], who: str = "wang") -> str:
    answer = await office.get(who, f"{FIRM}/documents/{paper['paper_id']}")
    assert answer.status_code == 200, answer.text
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    return text.replace(" ", "").replace("\n", "")


async def test_a_visit_that_found_nothing_and_an_accident_write_themselves(office: Office) -> None:
    visit = await office.inspected()
    ok(await office.post("wang", f"{FIRM}/commands/record_accident", HAPPENED))
    await office.case()
    assert await written(office) == {}
    assert await make_firm_papers(office.world.services) == 2, (
        "a visit with findings is in their cases' files"
    )
    found = await written(office)
    assert set(found) == {"clean_inspection", "accident"}
    clean = found["clean_inspection"]
    assert (clean["number"], clean["inspection_id"]) == (visit["number"], visit["inspection_id"])
    assert "未发现事故隐患" in await text_of(office, clean)
    assert "打磨机绞伤" in await text_of(office, found["accident"])
    assert await make_firm_papers(office.world.services) == 0, "once"
    assert [one["sha256"] for one in (await written(office)).values()] == [
        one["sha256"] for one in found.values()
    ]


async def test_who_sees_what(office: Office) -> None:
    await office.inspected()
    ok(await office.post("wang", f"{FIRM}/commands/record_accident", HAPPENED))
    await make_firm_papers(office.world.services)
    inner = (await written(office))["accident"]["paper_id"]
    for who in ("firm", "town"):
        assert set(await written(office, who)) == {"clean_inspection"}, who
        refused(await office.get(who, f"{FIRM}/documents/{inner}"), 404, "not_found", "scope.paper")
    assert set(await written(office, "u-auditor")) == {"clean_inspection", "accident"}
    for who in ("rival", "far-town", "u-foreign"):
        refused(await office.get(who, f"{FIRM}/documents"), 404, "not_found", "scope.enterprise")


async def test_officials_take_a_working_copy(office: Office) -> None:
    await office.inspected()
    ok(await office.post("wang", f"{FIRM}/commands/record_accident", HAPPENED))
    await make_firm_papers(office.world.services)
    for paper in (await written(office)).values():
        copy = await office.get("wang", f"{FIRM}/documents/{paper['paper_id']}/docx")
        assert copy.status_code == 200, copy.text
        assert ".docx" in copy.headers["content-disposition"]
        said = "".join(one.text for one in Document(BytesIO(copy.content)).paragraphs)
        assert ("未发现事故隐患" in said, "打磨机绞伤" in said).count(True) == 1
        for who in ("firm", "rival"):
            path = f"{FIRM}/documents/{paper['paper_id']}/docx"
            refused(await office.get(who, path), 404, "not_found")


async def test_whoever_holds_one_may_ask(office: Office) -> None:
    await office.inspected()
    await make_firm_papers(office.world.services)
    paper = (await written(office))["clean_inspection"]
    found = await check_paper(office.world.services, paper["paper_id"], ip="192.0.2.9")
    assert (found.genuine, found.standing, found.number) == (True, "issued", paper["number"])
    assert found.sha256 == paper["sha256"]
    assert not (await check_paper(office.world.services, "a" * 22, ip="192.0.2.9")).genuine


@pytest.mark.parametrize("error", [FieldMissing("accident", "said.text"), KeyError("odd")])
async def test_one_that_cannot_be_written_says_why_and_holds_up_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    ok(await office.post("wang", f"{FIRM}/commands/record_accident", HAPPENED))
    await office.inspected()
    honest = firm_making.compose

    def broken(kind: Any, *given: Any, **named: Any) -> Any:
        if kind.key == "accident":
            raise error
        return honest(kind, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(firm_making, "compose", broken)
        maker = FirmPaperMaker(office.world.services)
        assert await maker.once() == 1
        assert await maker.once() == 0, "not tried again at once"
    waiting = (await written(office))["accident"]
    assert waiting["standing"] == "waiting"
    assert waiting["fault"]["zh"]
    refused(await office.get("wang", f"{FIRM}/documents/{waiting['paper_id']}"), 409, "requirement_missing")
    monkeypatch.setattr(firm_making, "AGAIN", timedelta(days=-36_500))
    assert await make_firm_papers(office.world.services) == 1
    assert (await written(office))["accident"]["standing"] == "issued"


async def test_a_removal_is_numbered_among_the_decisions_of_the_list(office: Office) -> None:
    gateway, database = office.gateway, office.world.services.database
    firm = gateway._firm("e-a", "d-1")
    since = office.world.services.clock() - timedelta(days=500)
    listing = bearing("listed_bad_faith", since, case="c-b", facts={"decided_on": since.date().isoformat()})
    told = {"enterprise_id": "e-a", "district_id": "d-1"}
    listing = listing.model_copy(update=told)
    async with office.world.superuser.begin() as connection:
        await connection.execute(insert(enterprise_inbox).values(**listing.model_dump()))
    assert await append_enterprise(database, firm.batch(firm.consume(listing, since))) == []
    for granted, reason in ((False, "仍有未履行义务"), (True, "")):
        ok(await office.post("firm", f"{FIRM}/commands/request_removal", {"text": "申请移出"}))
        decision = {"granted": granted, "reason": reason}
        ok(await office.post("head", f"{FIRM}/commands/decide_removal", decision))
    await make_firm_papers(office.world.services)
    found = await written(office, "firm")
    numbers = [found[kind]["number"] for kind in ("removal_refused", "removal_decision")]
    assert [one.split("〕")[1] for one in numbers] == ["1号", "2号"]
    assert all("失决" in one for one in numbers)
    assert "移出" in await text_of(office, found["removal_decision"], "firm")
    (given,) = [row for row in await office.world.rows(counters) if row["kind"] == "bad_faith_decision"]
    async with database.read(SYSTEM_SCOPE) as session:
        borne = await numbers_borne(session)
    assert given["n"] == 2
    assert sorted(borne["bad_faith_decision", given["year"]]) == list(enumerate(numbers, start=1))


async def test_what_is_kept_can_be_verified(office: Office) -> None:
    await office.inspected()
    await make_firm_papers(office.world.services)
    (row,) = await office.world.rows(enterprise_papers)
    assert await office.world.services.vault.store.size(row["object_key"]) == row["size"]
