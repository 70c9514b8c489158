"""The page of a case's documents, the draft before an act, and the check of whoever holds a paper."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from pypdf import PdfReader

from documents.registry import forms
from ledger import enterprise_papers
from ledger.paper_faults import note_unread
from ledger.sessions import SYSTEM_SCOPE
from services.papers.firm_making import make_firm_papers
from services.papers.making import make_papers
from tests.api.support import ok
from tests.console.conftest import House
from tests.console.reading import read


async def test_a_case_lists_its_documents(house: House) -> None:
    case_id = await house.office.case()
    empty = await house.get("wang", f"/cases/{case_id}/documents")
    assert "还没有文书" in empty.text
    assert "还没有文书" in (await house.get("wang", f"/cases/{case_id}")).text
    await make_papers(house.office.world.services, case_id)
    for who in ("wang", "firm"):
        listed = ok(await house.office.get(who, f"/cases/{case_id}/documents"))["items"]
        assert f"全部文书（{len(listed)}）" in (await house.get(who, f"/cases/{case_id}")).text
    page = await house.get("wang", f"/cases/{case_id}/documents")
    assert "责令限期整改指令书" in page.text
    links = [one for one in read(page.text).links if f"/cases/{case_id}/documents/" in one]
    assert len(links) == 8 + len(forms()), (
        "each as issued, and to edit; the whole file, the bundle, the forms"
    )
    for link in links:
        answer = await house.get("wang", link)
        assert answer.status_code == 200
        assert answer.content[:4] in (b"%PDF", b"PK\x03\x04")
    theirs = [
        one
        for one in read((await house.get("firm", f"/cases/{case_id}/documents")).text).links
        if "documents/" in one
    ]
    assert not any("docx" in one or "forms" in one for one in theirs)
    assert (await house.get("rival", f"/cases/{case_id}/documents")).status_code == 404


async def test_whoever_holds_a_paper_may_ask_in_both_languages(house: House) -> None:
    case_id = await house.office.case()
    await make_papers(house.office.world.services, case_id)
    (_, order, *_) = ok(await house.office.get("wang", f"/cases/{case_id}/documents"))["items"]
    stranger = house.stranger()
    page = await stranger.get(f"/check/{order['paper_id']}")
    assert page.status_code == 200
    read(page.text)
    for part in (order["number"], "现行有效", order["sha256"], "发文机关"):
        assert part in page.text
    case = ok(await house.office.get("wang", f"/cases/{case_id}"))
    for secret in (case["number"], case["title"], case["enterprise"]["name"], case_id, "wang同志"):
        assert secret not in page.text
    wrong = await stranger.get("/check/" + "a" * 22)
    assert (wrong.status_code, "未查到这份文书" in wrong.text) == (404, True)
    stranger.cookies.set("xiaohao_lang", "en")
    english = await stranger.get(f"/check/{order['paper_id']}")
    assert "in force" in english.text.lower()


async def test_a_draft_is_shown_and_nothing_is_done(house: House) -> None:
    case_id = await house.office.case()
    measure = await house.office.proposed(case_id, "supervision_letter", cause="逾期未改")
    path = f"/cases/{case_id}/measures/{measure}/approve"
    form = await house.get("chief", path)
    assert "先看文书草稿" in form.text
    hidden = dict(re.findall(r'<input type="hidden" name="(_\w+)" value="([^"]*)">', form.text))
    client = await house.browser("chief")
    drawn = await client.post(path, data={**hidden, "opinion": "同意督办", "_draft": "1"})
    assert drawn.status_code == 200, drawn.text
    assert drawn.content[:4] == b"%PDF"
    measures = ok(await house.office.get("chief", f"/cases/{case_id}/measures"))["items"]
    assert [one["state"] for one in measures] == ["PROPOSED"]
    assert ok(await house.office.get("chief", f"/cases/{case_id}/instruments"))["items"] == []


async def test_a_draft_is_for_those_who_see_the_case(house: House) -> None:
    case_id = await house.office.case()
    sent = {"days": "5", "opinion": "同意", "_draft": "1"}
    drawn = await house.post("chief", f"/cases/{case_id}/do/grant_extension", **sent)
    assert drawn.content[:4] == b"%PDF"
    for who in ("far-town", "rival", "firm"):
        answer = await house.post(who, f"/cases/{case_id}/do/grant_extension", **sent)
        assert answer.status_code in (403, 404, 409), who
        assert answer.content[:4] != b"%PDF"
    events = ok(await house.office.get("chief", f"/cases/{case_id}/events"))["items"]
    assert "extension_granted" not in {one["event"] for one in events}


async def test_the_whole_file_and_the_bundle_are_taken_from_the_page_by_whoever_may(house: House) -> None:
    case_id = await house.office.case()
    await make_papers(house.office.world.services, case_id)
    page = f"/cases/{case_id}/documents"
    whole, bundle = f"{page}/file", f"{page}/bundle"
    case = ok(await house.office.get("wang", f"/cases/{case_id}"))
    for who, takes in (("wang", True), ("u-auditor", True), ("firm", False), ("town", False)):
        links = read((await house.get(who, page)).text).links
        assert (whole in links, bundle in links) == (True, takes), who
        file = await house.get(who, whole)
        assert file.headers["content-type"] == "application/pdf"
        first = PdfReader(BytesIO(file.content)).pages[0].extract_text()
        assert case["number"] in first.replace(" ", "")
        answer = await house.get(who, bundle)
        assert (answer.status_code == 200) == takes, who
        if takes:
            assert answer.headers["content-type"] == "application/zip"
            with ZipFile(BytesIO(answer.content)) as archive:
                assert {"casefile.pdf", "manifest.sig", "verify.py"} <= {*archive.namelist()}
                assert archive.testzip() is None
    for path in (whole, bundle):
        for who in ("rival", "far-town"):
            assert (await house.get(who, path)).status_code == 404
        gone = await house.stranger().get(path)
        assert (gone.status_code, gone.content[:4] in (b"%PDF", b"PK\x03\x04")) == (303, False)


async def test_the_page_says_why_there_are_no_documents(house: House) -> None:
    case_id = await house.office.case()
    async with house.office.world.services.database.write(SYSTEM_SCOPE) as session:
        await note_unread(session, case_id, "记载无法读取，文书未能生成", "the records cannot be read")
    assert "记载无法读取" in (await house.get("chief", f"/cases/{case_id}/documents")).text
    assert "记载无法读取" not in (await house.get("firm", f"/cases/{case_id}/documents")).text


async def test_a_visit_that_found_nothing_leads_to_its_record(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enterprise_papers, "BACK", timedelta(days=36_500))  # the clock is not the database's
    visit = await house.office.inspected()
    page = f"/inspections/{visit['inspection_id']}"
    assert "documents" not in (await house.get("wang", page)).text
    await make_firm_papers(house.office.world.services)
    for who in ("wang", "firm"):
        (link,) = [one for one in read((await house.get(who, page)).text).links if "/documents/" in one]
        assert link in (await house.get(who, "/enterprises/e-a")).text
        assert (await house.get(who, link)).content[:4] == b"%PDF"
    assert (await house.get("rival", link)).status_code == 404
