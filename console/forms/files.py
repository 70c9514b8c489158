"""The files that come with a form: kept at once, so that nothing that is refused afterwards loses them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeGuard

from starlette.datastructures import FormData, UploadFile

from console.forms.sources import Sources
from console.forms.widgets import Kind, Widget
from console.page import Page
from models.errors import XiaohaoError
from services.evidence import held
from services.evidence import writes as evidence
from services.evidence.sending import coming, name_of

if TYPE_CHECKING:
    from console.forms.giving import Act

FILE = "@file"
_LONGEST = 100


async def take_files(page: Page, act: Act, sources: Sources, said: list[tuple[str, Any]], key: str) -> None:
    """Keep every file among what was ``said`` and name it in its field: as evidence of the case, or, in a field of
    photographs, by its mark. What was kept before one is refused stays named.

    Raises what the vault refuses, with the field and the name of the file.
    """
    form = FormData(said)
    files = [(name, one) for name, one in form.multi_items() if name.endswith(FILE) and is_file(one)]
    for no, (name, file) in enumerate(files):
        place = name.removesuffix(FILE)
        try:
            if _kind(act.widgets, place.split(".")) is Kind.PHOTOS:
                said.append((place, await _hold(page, file)))
            elif act.case_id is not None:
                said.append(await _add(page, act, sources, form, place, file, f"{key}/{no}"))
        except XiaohaoError as refusal:
            refusal.details.setdefault("field", place.partition("@")[0])
            refusal.zh, refusal.en = f"“{name_of(file)}”：{refusal.zh}", f"“{name_of(file)}”: {refusal.en}"
            raise


async def _hold(page: Page, file: UploadFile) -> str:
    kept = await evidence.keep(page.services, page.actor, *coming(file))
    return held.mark_of(page.services, page.actor, kept)


async def _add(
    page: Page, act: Act, sources: Sources, form: FormData, place: str, file: UploadFile, key: str
) -> tuple[str, str]:
    """Add a file to the case and name it in its field; ``evidence@2`` is one about requirement 2."""
    field, _, own = place.partition("@")
    purpose = str(form.get(f"{field}@purpose") or "").strip()
    item = own or str(form.get(f"{field}@item") or "")
    said = evidence.Said(
        purpose=(purpose or page.words.say(act.title))[:_LONGEST],
        audience="parties" if form.get(f"{field}@open") else None,
        item=int(item) if item.isdecimal() else None,
    )
    upload = evidence.Upload(*coming(file), said)
    stored = (await page.keep(str(act.case_id), upload, key)).evidence
    if all(one.evidence_id != stored.evidence_id for one in sources.evidence):
        sources.evidence.append(stored)
    return field, stored.evidence_id


def _kind(widgets: Sequence[Widget], path: Sequence[str]) -> Kind | None:
    """How the field at ``path`` is filled in."""
    steps = [step for step in path if not step.isdecimal()]
    found: Widget | None = None
    for step in steps:
        found = next((one for one in widgets if one.name == step), None)
        widgets = found.parts if found else ()
    return found.kind if found else None


def is_file(one: object) -> TypeGuard[UploadFile]:
    """Whether a field of a form brought a file."""
    return isinstance(one, UploadFile) and bool(one.filename)
