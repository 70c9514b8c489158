"""The case file (案卷) as one PDF: cover, index, every paper as it was issued, the closing note; pages numbered throughout.

The number stands in the upper right corner and is the PDF's own page; nothing of a paper is set again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:  # whoever hands a file to the press does not load what sets it
    from documents.typesetting import Typesetter

_NOTHING = ("", "（尚无文书）", "", "", "", "")


class Leaf(BaseModel):
    """A paper of the file as it was issued; ``note`` is what the index remarks of it."""

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    title: str
    number: str
    on: date
    note: str = ""
    pdf: bytes


class Cover(BaseModel):
    """What the cover says (案卷首页), and the day the file was put together; equal files give equal bytes."""

    model_config = ConfigDict(frozen=True)

    authority: str
    number: str
    rows: tuple[tuple[str, str], ...]
    on: date


class CaseFile(BaseModel):
    """All a case file is made of; ``leaves`` are in its order."""

    model_config = ConfigDict(frozen=True)

    cover: Cover
    leaves: tuple[Leaf, ...]


def case_file(setter: Typesetter, cover: Cover, leaves: Sequence[Leaf]) -> bytes:
    """The file as one PDF with an outline. Raises :class:`documents.errors.PaperError`."""
    from pypdf import PdfReader, PdfWriter  # loaded by the first file, not by every process that starts

    papers = [PdfReader(BytesIO(leaf.pdf)) for leaf in leaves]
    lengths = [len(paper.pages) for paper in papers]
    before = _length(_part(setter, cover, "front", index=_index(leaves, lengths, before=2)))
    pages = before + sum(lengths) + 1
    front = _part(setter, cover, "front", index=_index(leaves, lengths, before=before))
    back = _part(setter, cover, "back", remarks=_remarks(leaves, cover.on, pages))
    stamps = PdfReader(BytesIO(_part(setter, cover, "stamps", pages=pages)))
    whole = PdfWriter()
    whole.append(BytesIO(front), outline_item="案卷首页、卷内目录")
    for leaf, paper in zip(leaves, papers, strict=True):
        whole.append(paper, outline_item=f"{leaf.title}　{leaf.number}".strip())
    whole.append(BytesIO(back), outline_item="备考表")
    for page, stamp in zip(whole.pages, stamps.pages, strict=True):
        page.merge_page(stamp)
    whole.add_metadata({"/Title": _title(cover), "/Author": cover.authority})
    held = BytesIO()
    whole.write(held)
    return held.getvalue()


def _part(
    setter: Typesetter, cover: Cover, part: Literal["front", "back", "stamps"], **data: object
) -> bytes:
    said = {"authority": cover.authority, "number": cover.number, "title": _title(cover), "cover": cover.rows}
    return setter.set("casefile", "case_file", cover.on, {**said, "part": part, **data})


def _title(cover: Cover) -> str:
    return f"案卷　{cover.number}"


def _length(pdf: bytes) -> int:
    from pypdf import PdfReader

    return len(PdfReader(BytesIO(pdf)).pages)


def _index(leaves: Sequence[Leaf], lengths: Sequence[int], *, before: int) -> list[tuple[str, ...]]:
    """The rows of the index; ``before`` pages come before the first paper."""
    ends = [before + one for one in accumulate(lengths)]
    return [
        (str(no), leaf.title, leaf.number, leaf.on.isoformat(), _span(end - length + 1, end), leaf.note)
        for no, (leaf, length, end) in enumerate(zip(leaves, lengths, ends, strict=True), start=1)
    ] or [_NOTHING]


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _remarks(leaves: Sequence[Leaf], on: date, pages: int) -> list[str]:
    noted = sum(1 for leaf in leaves if leaf.note)
    made = f"{on.year}年{on.month}月{on.day}日"
    return [
        f"本卷共{len(leaves)}件文书，{pages}页（含案卷首页、卷内目录和本表），由系统于{made}按案卷顺序汇总。",
        *([f"其中{noted}件有备注，见卷内目录。"] if noted else []),
        "照片、录像等证据和案件台账不在本卷内，见案卷数据包。",
    ]
