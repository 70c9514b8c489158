"""Papers as DOCX, for an office that edits before it issues: the same blocks in the same order."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO

from docx import Document
from docx.document import Document as Sheet
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from documents.paper import Block, Paper

_BODY, _HEAD = "仿宋_GB2312", "方正小标宋简体"
_RULED = "＿" * 28
"""A line to write on, as wide as the text."""


def docx(paper: Paper) -> bytes:
    """The paper as an editable document; it is a working copy, never what is issued."""
    sheet = Document()
    _prepare(sheet)
    title = f"{paper.title}（草稿）" if paper.draft else paper.title
    for text, size in ((paper.authority, 18), (title, 22)):
        _line(sheet, text, size=size, font=_HEAD, align=WD_ALIGN_PARAGRAPH.CENTER)
    if paper.number:
        _line(sheet, paper.number, align=WD_ALIGN_PARAGRAPH.RIGHT)
    if paper.to:
        _line(sheet, f"{paper.to}：")
    for block in paper.blocks:
        _block(sheet, block)
    for one in paper.signatures:
        _line(sheet, one)
    if paper.hand:
        sheet.add_picture(BytesIO(b64decode(paper.hand.partition(",")[2])), height=Cm(1.6))
    day = f"{paper.on.year}年{paper.on.month}月{paper.on.day}日"
    for text in (paper.authority, "（印　章）", day) if paper.seal else () if paper.blank else (day,):
        _line(sheet, text, align=WD_ALIGN_PARAGRAPH.RIGHT)
    if paper.copies:
        _line(sheet, paper.copies, size=10.5)
    held = BytesIO()
    sheet.save(held)
    return held.getvalue()


def _prepare(sheet: Sheet) -> None:
    page = sheet.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.top_margin, page.bottom_margin = Cm(3.3), Cm(3)
    page.left_margin, page.right_margin = Cm(2.8), Cm(2.6)
    normal = sheet.styles["Normal"]
    normal.font.size = Pt(14)
    normal.font.name = _BODY
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _BODY)


def _line(
    sheet: Sheet,
    text: str,
    *,
    size: float = 14,
    font: str = _BODY,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
    indent: bool = False,
) -> None:
    line = sheet.add_paragraph()
    line.alignment = align
    if indent:
        line.paragraph_format.first_line_indent = Pt(size * 2)
    run = line.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _block(sheet: Sheet, block: Block) -> None:
    if block.kind in ("text", "heading", "ruled"):
        for text in block.lines if block.kind != "ruled" else (_RULED,) * len(block.lines):
            _line(sheet, text, indent=True)
        return
    rows = (block.head, *block.rows) if block.head else block.rows
    table = sheet.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
