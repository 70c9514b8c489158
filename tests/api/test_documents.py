"""Documents (文书) over HTTP: they write themselves once, are shown to whom they are for, and can be checked by anybody."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from documents.errors import FieldMissing
from ledger import papers as kept
from ledger.sessions import SYSTEM_SCOPE
from ledger.tables import counters, papers
from services.context import Services
from services.papers import making
from services.papers.making import PaperMaker, make_papers, write_papers
from services.papers.reads import check_paper
from tests.api.support import Office, ok, opened, refused
from tests.api.words import STATED
from tests.ledger import looking


def services(office: Office) -> Services:
    return office.world.services


async def written(office: Office, case_id: str, who: str = "wang") -> dict[str, dict[str, Any]]:
    """The documents somebody sees, by kind."""
    found = ok(await office.get(who, f"/cases/{case_id}/documents"))["items"]
    return {one["kind"]: one for one in found}


async def text_of(office: Office, case_id: str, paper: dict[str, Any], who: str = "wang") -> str:
    answer = await office.get(who, f"/cases/{case_id}/documents/{paper['paper_id']}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)


async def letter(office: Office, case_id: str) -> str:
    measure = await office.proposed(case_id, "supervision_letter", cause="逾期未改")
    await office.stepped("chief", case_id, measure, "approve", opinion="同意督办")
    return measure


async def test_an_order_and_its_receipt_write_themselves(office: Office) -> None:
    case_id = await office.case("清理积尘")
    assert await written(office, case_id) == {}, "nothing waits for a paper"
    assert await make_papers(services(office), case_id) == 3
    found = await written(office, case_id)
    assert list(found) == ["inspection", "order", "service_receipt"], "in the order of the case file"
    visit, order, receipt = found.values()
    assert visit["number"].startswith("（示）应急检记〔2026〕")
    assert "打磨车间" in await text_of(office, case_id, visit)
    assert order["number"].startswith("（示）应急责改〔2026〕")
    assert receipt["number"].startswith("（示）应急送回〔2026〕")
    text = await text_of(office, case_id, order)
    assert "清理积尘" in text
    assert "60 日" in text or "60日" in text
    assert order["number"].replace(" ", "") in (await text_of(office, case_id, receipt)).replace(" ", "")


async def test_written_once_it_never_changes(office: Office) -> None:
    case_id = await office.case()
    await make_papers(services(office), case_id)
    before = await written(office, case_id)
    assert await make_papers(services(office), case_id) == 0
    again = await written(office, case_id)
    assert [one["sha256"] for one in again.values()] == [one["sha256"] for one in before.values()]
    assert [one["number"] for one in again.values()] == [one["number"] for one in before.values()]


async def test_the_worker_finds_what_is_owed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "OLD", kept.OLD * 100)  # the office's clock is not the database's
    first, second = await office.case(), await office.case()
    maker = PaperMaker(services(office))
    while await maker.once():
        pass
    assert (
        set(await written(office, first))
        == set(await written(office, second))
        == {"inspection", "order", "service_receipt"}
    )
    assert await maker.once() == 0
    measure = await letter(office, first)
    assert await maker.once() > 0
    assert (await written(office, first))["supervision_letter"]["measure_id"] == measure


async def test_a_case_that_cannot_be_read_holds_up_no_other_says_so_and_is_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "OLD", kept.OLD * 100)
    cases = [await office.case(), await office.case()]
    honest = making.rules_of
    tried: list[str] = []

    async def broken(session: Any, version: str, *moments: Any) -> Any:
        tried.append(version)
        if len(tried) == 1:
            raise KeyError("odd")
        return await honest(session, version, *moments)

    with monkeypatch.context() as patch:
        patch.setattr(making, "rules_of", broken)
        assert [await write_papers(services(office), case_id) for case_id in cases] == [0, 3]
    odd, sound = cases
    told = ok(await office.get("wang", f"/cases/{odd}/documents"))
    assert (told["items"], "无法读取" in told["fault"]["zh"]) == ([], True)
    assert "KeyError" in told["fault"]["en"]
    assert ok(await office.get("wang", f"/cases/{sound}/documents"))["fault"] is None
    assert ok(await office.get("firm", f"/cases/{odd}/documents"))["fault"] is None, (
        "not the party's business"
    )
    monkeypatch.setattr(making, "AGAIN", -timedelta(days=36_500))  # the office's clock is not the database's
    maker = PaperMaker(services(office))
    await maker.once()
    told = ok(await office.get("wang", f"/cases/{odd}/documents"))
    assert (len(told["items"]), told["fault"]) == (3, None)


async def test_what_was_written_down_late_is_found_by_the_second_look(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "OLD", kept.OLD * 100)
    maker = PaperMaker(services(office))
    while await maker.once():
        pass
    case_id = await office.case()
    passed = await office.case()
    await maker.once()
    async with services(office).database.read(SYSTEM_SCOPE) as session:
        rows = await kept.entries_after(session, None, timedelta(), 1_000)
    maker._first, maker._second = kept.mark_of(rows[-1]), None
    maker._seen.clear()  # as if the look had gone past what was not there yet
    async with office.world.superuser.begin() as connection:
        await looking.empty(connection, [papers])
    assert await maker.once() == 0, "not long enough ago"
    monkeypatch.setattr(kept, "LATE", timedelta())
    assert await maker.once() > 0
    assert await written(office, case_id)
    assert await written(office, passed)


async def test_who_sees_what(office: Office) -> None:
    case_id = await office.case()
    measure = await letter(office, case_id)
    await make_papers(services(office), case_id)
    assert "supervision_letter" in await written(office, case_id)
    assert set(await written(office, case_id, "firm")) == {"inspection", "order", "service_receipt"}, (
        "not served yet"
    )
    hidden = (await written(office, case_id))["supervision_letter"]["paper_id"]
    refused(await office.get("firm", f"/cases/{case_id}/documents/{hidden}"), 404, "not_found")
    refused(await office.get("rival", f"/cases/{case_id}/documents"), 404, "not_found")
    await office.stepped("wang", case_id, measure, "serve", service=office.delivered())
    await make_papers(services(office), case_id)
    mine = await written(office, case_id, "firm")
    assert "supervision_letter" in mine
    assert "逾期未改" in await text_of(office, case_id, mine["supervision_letter"], "firm")
    refused(
        await office.get("firm", f"/cases/{case_id}/documents/{mine['order']['paper_id']}/docx"),
        404,
        "not_found",
    )
    copy = await office.get("wang", f"/cases/{case_id}/documents/{mine['order']['paper_id']}/docx")
    assert copy.status_code == 200
    assert copy.content[:2] == b"PK"


async def test_whoever_holds_one_may_ask(office: Office) -> None:
    case_id = await office.case()
    await make_papers(services(office), case_id)
    order = (await written(office, case_id))["order"]
    found = await check_paper(services(office), order["paper_id"], ip="192.0.2.9")
    assert (found.genuine, found.standing) == (True, "issued")
    assert (found.number, found.sha256) == (order["number"], order["sha256"])
    case = ok(await office.get("wang", f"/cases/{case_id}"))
    for secret in (case["number"], case["title"], case["enterprise"]["name"], case_id, "wang"):
        assert secret not in found.model_dump_json()
    for wrong in ("a" * 22, "x", "", "a" * 21 + "\0", order["paper_id"].lower()):
        assert not (await check_paper(services(office), wrong, ip="192.0.2.9")).genuine


async def test_the_paper_leads_to_its_own_check(office: Office) -> None:
    case_id = await office.case()
    await make_papers(services(office), case_id)
    order = (await written(office, case_id))["order"]
    assert order["paper_id"] in (await text_of(office, case_id, order)).replace("\n", "")


async def test_a_corrected_one_says_so(office: Office) -> None:
    case_id = await office.submitted()
    await office.done(
        "wang", case_id, "reinspect", officers=["wang", "li"], findings=[{"no": 1, "passed": True}]
    )
    await make_papers(services(office), case_id)
    await office.done("wang", case_id, "correct", what="reinspection", reason="填错")
    await make_papers(services(office), case_id)
    found = await written(office, case_id)
    assert found["reinspection"]["standing"] == "withdrawn"
    assert found["correction_notice"]["standing"] == "issued"
    asked = await check_paper(services(office), found["reinspection"]["paper_id"], ip="192.0.2.9")
    assert asked.genuine
    assert asked.standing == "withdrawn"


async def test_one_that_cannot_be_written_says_why_and_is_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = await office.case()

    def broken(kind: Any, *_: Any, **__: Any) -> Any:
        raise FieldMissing(kind.key, "case.title")

    with monkeypatch.context() as patch:
        patch.setattr(making, "compose", broken)
        assert await make_papers(services(office), case_id) == 0
    waiting = await written(office, case_id)
    assert waiting["order"]["standing"] == "waiting"
    assert "case.title" in waiting["order"]["fault"]["zh"]
    refused(
        await office.get("wang", f"/cases/{case_id}/documents/{waiting['order']['paper_id']}"),
        409,
        "requirement_missing",
    )
    assert await make_papers(services(office), case_id) == 3
    there = await written(office, case_id)
    assert there["order"]["standing"] == "issued"
    assert there["service_receipt"]["number"] == waiting["service_receipt"]["number"], "its number was kept"


async def test_its_numbers_have_no_gap(office: Office) -> None:
    for _ in range(3):
        await make_papers(services(office), await office.case())
    rows = [row for row in await office.world.rows(papers) if row["kind"] == "service_receipt"]
    assert len({row["number"] for row in rows}) == 3
    given = [row for row in await office.world.rows(counters) if row["kind"] == "service_receipt"]
    assert sum(row["n"] for row in given) == len(rows), "every number taken is borne"


async def test_what_is_kept_is_what_was_set(office: Office) -> None:
    case_id = await office.case()
    await make_papers(services(office), case_id)
    order = (await written(office, case_id))["order"]
    answer = await office.get("wang", f"/cases/{case_id}/documents/{order['paper_id']}")
    assert len(answer.content) == order["size"]
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]


async def test_a_form_is_printed_with_what_is_known_and_kept_by_nobody(office: Office) -> None:
    case_id = await office.case()
    listed = ok(await office.get("wang", f"/cases/{case_id}/documents/forms"))["items"]
    assert {"inquiry", "service_address"} <= {one["form"] for one in listed}
    for one in listed:
        answer = await office.get("wang", f"/cases/{case_id}/documents/forms/{one['form']}")
        assert answer.status_code == 200, answer.text
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
        flat = text.replace(" ", "").replace("\n", "")
        case = ok(await office.get("wang", f"/cases/{case_id}"))
        for known in (case["number"], case["enterprise"]["name"], "未编号、未存档", one["label"]["zh"]):
            assert known in flat, (one["form"], known)
        edited = await office.get("wang", f"/cases/{case_id}/documents/forms/{one['form']}", format="docx")
        assert edited.content[:2] == b"PK"
    assert await written(office, case_id) == {}
    assert await office.world.rows(papers) == []
    path = f"/cases/{case_id}/documents/forms"
    assert ok(await office.get("firm", path))["items"] == []
    refused(await office.get("firm", f"{path}/inquiry"), 404, "not_found")
    refused(await office.get("rival", f"{path}/inquiry"), 404, "not_found", "scope.case")
    refused(await office.get("wang", f"{path}/nothing"), 404, "not_found", "scope.form")


async def drawn(office: Office, who: str, case_id: str, **body: Any) -> Any:
    return await office.post(who, f"/cases/{case_id}/documents/drafts", body)


async def test_a_draft_is_drawn_and_nothing_is_done(office: Office) -> None:
    case_id = await office.case()
    letter_id = await office.proposed(case_id, "supervision_letter", cause="逾期未改")
    before = ok(await office.get("chief", f"/cases/{case_id}"))
    step = {"act": "approve", "measure_id": letter_id, "form": {"opinion": "同意督办"}}
    command = {"act": "grant_extension", "form": {"days": 5, "opinion": "同意"}}
    for body, words in ((step, "逾期未改"), (command, "延期整改审批表")):
        answer = await drawn(office, "chief", case_id, **body)
        assert answer.headers["content-type"] == "application/pdf", answer.text
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
        assert words in text.replace(" ", "").replace("\n", "")
        edited = await drawn(office, "chief", case_id, **body, format="docx")
        assert edited.content[:2] == b"PK"
        for who in ("rival", "far-town", "u-foreign"):
            refused(await drawn(office, who, case_id, **body), 404, "not_found")
        refused(await drawn(office, "firm", case_id, **command), 409, "requirement_missing", "paper.kind")
    after = ok(await office.get("chief", f"/cases/{case_id}"))
    assert (after["seq"], await office.world.rows(papers)) == (before["seq"], [])


async def test_the_order_is_read_before_it_is_issued(office: Office) -> None:
    case_id = (await opened(office))["case_id"]
    form = {"officers": ["wang", "li"], "deadline_days": 15, "stated": STATED}
    answer = await drawn(office, "wang", case_id, act="issue_order", form=form)
    assert answer.status_code == 200, answer.text
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    flat = "".join(text.split())
    for said in ("责令限期整改指令书", STATED["title"], STATED["requirements"][0]["text"], "整改期限15日"):
        assert said in flat, said
    assert "应急责改" not in flat, "it has no number yet"


async def test_a_draft_of_what_has_no_paper_or_makes_no_sense_is_refused(office: Office) -> None:
    case_id = await office.case()
    letter_id = await office.proposed(case_id, "supervision_letter", cause="逾期未改")
    for body in (
        {"act": "signal_completion"},
        {"act": "nothing"},
        {"act": "withdraw", "measure_id": letter_id},
    ):
        refused(await drawn(office, "chief", case_id, **body), 409, "requirement_missing", "paper.kind")
    wrong = await drawn(office, "chief", case_id, act="grant_extension", form={"days": "many"})
    assert "days" in str(refused(wrong, 422, "malformed")["details"])
    refused(await drawn(office, "chief", case_id, act="approve", measure_id="m-0"), 404, "not_found")
