"""The party's signature of a visit on its papers: drawn on the screen, refused before witnesses, or written by hand later."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw
from pypdf import PdfReader

from console.rendering import FILES
from ledger import papers as kept
from models.evidence import PARTY_SIGNATURE
from services.papers.firm_making import make_signed_papers
from services.papers.making import make_papers
from tests.api.support import Office, finding, key, ok


@pytest.fixture(autouse=True)
def _any_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "SIGNED_WITHIN", timedelta(days=36_500))  # the clock is not the database's
    monkeypatch.setattr(kept, "OLD", timedelta(days=73_000))


def drawn(colour: str = "black") -> bytes:
    """A signature as the field page draws it."""
    picture = Image.new("RGB", (640, 220), "white")
    ImageDraw.Draw(picture).line([(40, 180), (200, 30), (360, 190), (600, 60)], fill=colour, width=5)
    held = BytesIO()
    picture.save(held, "PNG")
    return held.getvalue()


async def visited(office: Office, **signing: Any) -> str:
    body = office.visit(finding("清理积尘"), finding("修复接地")) | {"signing": signing}
    visit = ok(await office.post("wang", "/inspections", body), 201)
    for one in visit["cases"]:
        await make_papers(office.world.services, one["case_id"])
    return str(visit["cases"][0]["case_id"])


async def handed_in(office: Office, case_id: str, who: str = "wang", picture: bytes | None = None) -> None:
    client = await office.person(who)
    answer = await client.post(
        f"/api/v1/cases/{case_id}/evidence",
        files={"file": ("signature.png", picture or drawn(), "image/png")},
        data={"purpose": PARTY_SIGNATURE},
        headers={"Idempotency-Key": key()},
    )
    assert answer.status_code == 201, answer.text


async def papers_of(office: Office, case_id: str) -> dict[str, tuple[str, int]]:
    """The record and the order: what each says, and how many pictures it shows."""
    found = ok(await office.get("wang", f"/cases/{case_id}/documents"))["items"]
    said = {}
    for one in found:
        if one["kind"] in ("inspection", "order"):
            answer = await office.get("wang", f"/cases/{case_id}/documents/{one['paper_id']}")
            pages = PdfReader(BytesIO(answer.content)).pages
            text = "".join(page.extract_text() for page in pages).replace(" ", "").replace("\n", "")
            said[one["kind"]] = (text, sum(len(page.images) for page in pages))
    return said


async def test_the_papers_of_a_visit_wait_for_what_was_drawn_and_show_it(office: Office) -> None:
    case_id = await visited(office, on_screen=True)
    assert await papers_of(office, case_id) == {}, "the telephone has not sent it yet"
    assert await make_signed_papers(office.world.services) == 0
    await handed_in(office, case_id)
    assert await make_signed_papers(office.world.services) == 4, "record and order of both cases of the visit"
    for text, pictures in (await papers_of(office, case_id)).values():
        assert "当事人现场屏幕签名" in text
        assert "当事人（签名或者盖章）" not in text
        assert text.count("执法证号") >= 2, "the officers with their certificates"
        assert pictures == 1
    assert await make_signed_papers(office.world.services) == 0
    order = next(
        one
        for one in ok(await office.get("wang", f"/cases/{case_id}/documents"))["items"]
        if one["kind"] == "order"
    )
    copy = await office.get("wang", f"/cases/{case_id}/documents/{order['paper_id']}/docx")
    assert b"word/media/" in copy.content


async def test_who_waits_in_vain_gets_lines_to_sign_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = await visited(office, on_screen=True)
    await handed_in(office, case_id, "firm")
    assert await make_signed_papers(office.world.services) == 0, (
        "what the party says is its signature is none"
    )
    monkeypatch.setattr(kept, "SIGNED_WITHIN", timedelta(days=-36_500))
    assert await make_signed_papers(office.world.services) == 4
    for text, pictures in (await papers_of(office, case_id)).values():
        assert "当事人（签名或者盖章）" in text
        assert pictures == 0


async def test_a_refusal_names_its_witnesses_at_once(office: Office) -> None:
    case_id = await visited(office, refused_before=["周建平", "何敏"])
    found = await papers_of(office, case_id)
    assert set(found) == {"inspection", "order"}
    assert all("当事人拒绝签字。见证人：周建平、何敏" in text for text, _ in found.values())


async def test_a_visit_that_says_nothing_waits_for_nothing(office: Office) -> None:
    case_id = await visited(office)
    assert set(await papers_of(office, case_id)) == {"inspection", "order"}


async def test_a_picture_that_is_gone_is_said(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = await visited(office, on_screen=True)
    await handed_in(office, case_id)
    store = office.world.services.vault.store

    with monkeypatch.context() as patch:
        patch.setattr(store, "digest", lambda key: _other())
        await make_papers(office.world.services, case_id)
    waiting = ok(await office.get("wang", f"/cases/{case_id}/documents"))["items"]
    faults = {one["kind"]: (one["fault"] or {}).get("zh", "") for one in waiting}
    assert "签名" in faults["order"]


async def _other() -> str:
    return "0" * 64


def test_the_field_page_hands_it_in_by_the_name_it_is_looked_for() -> None:
    script = FILES["field_queue.js"].decode()
    assert f'SIGNED = "{PARTY_SIGNATURE}"' in script
