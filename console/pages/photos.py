"""The photographs of a case: before and after side by side for each requirement, adding some, letting the parties see one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from pydantic import BaseModel
from starlette.responses import Response

from console.forms.giving import MAX_FORM_BYTES, Act, answer, show
from console.forms.pictures import add_pictures
from console.forms.sources import Sources, of_case
from console.forms.widgets import FILES, Widget, widgets_of
from console.page import Page, PageDep
from console.parts import part
from models.actors import ROLE_LABELS
from models.choices import CHOICE_LABELS
from models.evidence import RELEASERS, audience_of, check_may_release, check_may_upload, may_upload
from models.fields import field_name
from models.labels import Label
from models.malformed import malformed_fields
from services.asking import asking
from services.cases import reads as cases
from services.cases.views import CaseDetail, ItemView
from services.evidence import reads, writes
from services.evidence.views import Evidence, Pictures, Release
from services.missing import missing

router = part()


@dataclass(frozen=True, slots=True)
class Beside:
    """What was seen of one requirement (None: of the hazard as a whole) before the correction and after."""

    item: ItemView | None
    before: list[Evidence]
    after: list[Evidence]


def side_by_side(items: Sequence[ItemView], files: Sequence[Evidence]) -> list[Beside]:
    """The pictures of a case by requirement; what is about no single one comes first. The only requirement has all."""
    pictures = [one for one in files if "thumbnail" in one.variants]
    alone = len(items) == 1

    def of(item: ItemView | None) -> Beside:
        no = item.no if item else None
        mine = [one for one in pictures if alone or one.item == no]
        return Beside(item, *([one for one in mine if one.shows == when] for when in ("before", "after")))

    whole = of(None)
    found = [of(item) for item in items]
    return found if alone or not (whole.before or whole.after) else [whole, *found]


def shown(page: Page, case: CaseDetail, files: Sequence[Evidence]) -> dict[str, Any]:
    """What a page with the photographs of a case shows of them."""
    return {
        "besides": side_by_side(case.items, files),
        "papers": [one for one in files if "thumbnail" not in one.variants],
        "roles": {role.value: pair for role, pair in ROLE_LABELS.items()},
        "when": CHOICE_LABELS["shows"],
        "uploads": uploads_to(page, case),
        "releases": page.actor.role in RELEASERS,
    }


def uploads_to(page: Page, case: CaseDetail) -> bool:
    """Whether the asker may add anything to a case."""
    open_measure = any(one.ended_at is None for one in case.measures)
    return may_upload(page.actor, case.state, measure_open=open_measure)


@router.get("/cases/{case_id}/photos")
async def show_photos(case_id: str, page: PageDep) -> Response:
    """Before and after side by side, requirement by requirement: who, when, what it shows."""
    case = await cases.show_case(page.services, page.actor, case_id)
    files = (await reads.list_of_case(page.services, page.actor, case_id)).items
    added = page.query.get("done", "")
    done = int(added) if added.isdecimal() and len(added) < 4 else 0
    return await page.show("photos.html", case=case, done=done, **shown(page, case, files))


# -- adding --------------------------------------------------------------------------------------------
@router.get("/cases/{case_id}/photos/new")
async def new_photos(case_id: str, page: PageDep) -> Response:
    """The form to add photographs and papers to a case."""
    case = await cases.show_case(page.services, page.actor, case_id)
    open_measure = any(one.ended_at is None for one in case.measures)
    check_may_upload(page.actor, audience_of(page.actor, None), case.state, measure_open=open_measure)
    act, sources = await _adding(page, case)
    return await show(page, act, sources)


@router.post("/cases/{case_id}/photos/new", max_body_size=MAX_FORM_BYTES)
async def add_photos(case_id: str, page: PageDep) -> Response:
    """Add them, and on to the photographs of the case."""
    case = await cases.show_case(page.services, page.actor, case_id)
    act, sources = await _adding(page, case)
    return await answer(page, act, sources)


async def _adding(page: Page, case: CaseDetail) -> tuple[Act, Sources]:
    back = page.with_for(f"/cases/{case.case_id}/photos")

    async def give(key: str, body: BaseModel) -> str:
        rows = list(zip(cast(Pictures, body).pictures, act.data["pictures"], strict=True))
        _check_chosen([row["photos"] for _, row in rows])
        added = 0
        for picture, row in rows:
            caption = picture.caption or page.words.say(act.title)
            said = writes.Said(caption, item=picture.item, shows=picture.shows)
            added += await add_pictures(page, case.case_id, row["photos"], said, key)
        return page.with_for(f"/cases/{case.case_id}/photos?done={added}")

    act = Act(
        title=Label(zh="上传照片和材料", en="Add photographs and papers"),
        shape=Pictures,
        widgets=_pictures(case),
        back=back,
        action="evidence",
        give=give,
        case_id=case.case_id,
        around={"case": case, "firm": None, "measure": None},
    )
    return act, await of_case(page, case, act.widgets)


def _pictures(case: CaseDetail) -> tuple[Widget, ...]:
    """The files first, then what is said of them; with one requirement nobody is asked which."""
    rows = widgets_of(Pictures)[0]
    parts = (one for one in rows.parts if one.name != "item" or len(case.items) > 1)
    return (replace(rows, parts=(FILES, *parts)),)


def _check_chosen(photos: Sequence[dict[str, Any]]) -> None:
    """Raise Malformed for every row that names no file."""
    zh, en = field_name("file")
    wrong = {"type": "missing", "name_zh": zh, "name_en": en, "zh": "：请选择", "en": " must be chosen"}
    missing = [wrong | {"field": f"pictures.{no}.photos"} for no, one in enumerate(photos) if not one["kept"]]
    if missing:
        raise malformed_fields(missing)


# -- releasing -----------------------------------------------------------------------------------------
@router.get("/cases/{case_id}/photos/{evidence_id}/release")
async def release_form(case_id: str, evidence_id: str, page: PageDep) -> Response:
    """The form to let the parties see a piece of the bureau's evidence."""
    check_may_release(page.actor)
    act, sources = await _release(page, case_id, evidence_id)
    return await show(page, act, sources)


@router.post("/cases/{case_id}/photos/{evidence_id}/release")
async def release(case_id: str, evidence_id: str, page: PageDep) -> Response:
    """Let them see it, and back to the photographs."""
    act, sources = await _release(page, case_id, evidence_id)
    return await answer(page, act, sources)


async def _release(page: Page, case_id: str, evidence_id: str) -> tuple[Act, Sources]:
    case = await cases.show_case(page.services, page.actor, case_id)
    files = (await reads.list_of_case(page.services, page.actor, case_id)).items
    piece = next((one for one in files if one.evidence_id == evidence_id), None)
    if piece is None:
        raise missing("evidence")
    back = page.with_for(f"/cases/{case_id}/photos")

    async def give(key: str, body: BaseModel) -> str:
        told = cast(Release, body)
        ask = asking(page.services, page.actor, key, "evidence.release", evidence_id, told)
        await writes.release(ask, evidence_id, told, ip=page.ip)
        return back

    act = Act(
        title=Label(zh="向当事人公开材料", en="Let the parties see a piece"),
        shape=Release,
        widgets=widgets_of(Release),
        back=back,
        action="evidence.release",
        give=give,
        case_id=case_id,
        draft={"purpose": piece.purpose},
        around={"case": case, "firm": None, "measure": None},
    )
    return act, await of_case(page, case, act.widgets)
