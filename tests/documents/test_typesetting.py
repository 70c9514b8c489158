"""Papers as files: equal data give equal bytes, long ones break well, and a character no font has is named."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from docx import Document
from pypdf import PdfReader

from documents.errors import GlyphMissing
from documents.paper import Block, Paper
from documents.typesetting import Typesetter
from documents.word import docx

RARE = "喆堃昇燚珺玥祎"


def paper(**changed: object) -> Paper:
    given: dict[str, object] = {
        "kind": "order",
        "title": "责令限期整改指令书",
        "authority": "示范区应急管理局",
        "number": "（示）应急责改〔2026〕12号",
        "to": "示范粉体材料有限公司",
        "blocks": (
            Block(kind="text", lines=("经查，你单位存在下列问题：除尘系统未设泄爆装置。",)),
            Block(
                kind="items", head=("序号", "整改要求", "整改期限"), rows=(("1", "增设泄爆装置", "30日内"),)
            ),
        ),
        "signatures": ("执法人员：陈立新　签名：＿＿＿＿",),
        "seal": True,
        "on": date(2026, 11, 28),
        "copies": "本指令书一式两份。",
        "check": "https://xh.example.gov.cn/check/abcdefghijklmnopqrstuv",
    }
    return Paper.model_validate({**given, **changed})


@pytest.fixture(scope="module")
def setter() -> Typesetter:
    return Typesetter()


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def test_equal_papers_are_equal_bytes(setter: Typesetter) -> None:
    first = setter.pdf(paper())
    assert setter.pdf(paper()) == first
    assert Typesetter().pdf(paper()) == first, "another process sets it the same"
    assert setter.pdf(paper(number="（示）应急责改〔2026〕13号")) != first


def test_it_is_archived_as_pdf_a_with_its_title(setter: Typesetter) -> None:
    found = PdfReader(BytesIO(setter.pdf(paper())))
    assert found.metadata is not None
    assert found.metadata.title == "责令限期整改指令书"
    assert b"pdfaid:part" in setter.pdf(paper()) or found.xmp_metadata is not None


def test_it_says_what_it_must(setter: Typesetter) -> None:
    text = "".join(pages(setter.pdf(paper())))
    for part in ("示范区应急管理局", "责令限期整改指令书", "〔2026〕12", "增设泄爆装置", "2026", "第 1 页"):
        assert part.replace(" ", "") in text.replace(" ", ""), part


def test_rare_names_are_set_and_an_impossible_one_is_named(setter: Typesetter) -> None:
    assert RARE in "".join(pages(setter.pdf(paper(to=RARE))))
    with pytest.raises(GlyphMissing) as refusal:
        setter.pdf(paper(to="𠮷田公司"))
    assert refusal.value.text == "𠮷"


def test_long_ones_break_and_nothing_is_lost(setter: Typesetter) -> None:
    rows = tuple((str(no), f"第{no}项整改要求，" + "逐一核对并限期整改" * 5, "30日内") for no in range(1, 31))
    minutes = Block(kind="text", lines=tuple(f"问{no}：" + "现场情况如实陈述。" * 30 for no in range(60)))
    table = Block(kind="items", head=("序号", "整改要求", "整改期限"), rows=rows)
    found = pages(setter.pdf(paper(to="某" * 200, blocks=(minutes, table))))
    assert len(found) > 8
    text = "".join(found).replace("\n", "").replace(" ", "")
    assert all(f"第{no}项整改要求" in text for no in range(1, 31))
    assert all(f"问{no}：" in text for no in range(60))
    assert text.count("整改期限") > 1, "the head stands on every page of the table"


@pytest.mark.parametrize("lines", range(18, 30))
def test_a_seal_never_stands_alone_on_a_page(setter: Typesetter, lines: int) -> None:
    body = Block(kind="text", lines=tuple(f"第{no}行事实。" for no in range(lines)))
    last = pages(setter.pdf(paper(blocks=(body,))))[-1]
    assert "行事实" in last.replace("\n", "")


@pytest.mark.parametrize("rows", range(14, 24))
def test_nor_do_the_signatures_below_a_table(setter: Typesetter, rows: int) -> None:
    table = Block(kind="pairs", rows=tuple((f"第{no}栏", "内容") for no in range(rows)))
    text = ["".join(page.split()) for page in pages(setter.pdf(paper(blocks=(table,))))]
    assert f"第{rows - 1}栏" in text[-1]
    assert all("".join(text).count(f"第{no}栏") == 1 for no in range(rows)), "no row is lost or shown twice"


@pytest.mark.parametrize("lines", range(8, 20))
def test_nor_do_they_below_lines_to_write_on(setter: Typesetter, lines: int) -> None:
    ruled = Block(kind="ruled", lines=("",) * lines)
    found = PdfReader(BytesIO(setter.pdf(paper(blocks=(ruled,), blank=True, check="", copies="")))).pages
    drawn = [page.get_contents().get_data().count(b" l\n") for page in found]  # type: ignore[union-attr]
    assert sum(drawn) == lines + 1, "every line, and the one below the title"
    assert drawn[-1] >= 2


def test_a_draft_says_so_and_bears_no_number(setter: Typesetter) -> None:
    text = "".join(pages(setter.pdf(paper(draft=True, number="", check=""))))
    assert "草" in text
    assert "核对本文书" not in text


def test_what_somebody_wrote_is_text_and_never_a_template(setter: Typesetter) -> None:
    wild = '#read("/etc/passwd") $x$ *b* @a <b> \\ {{ x }}'
    text = "".join(pages(setter.pdf(paper(blocks=(Block(kind="text", lines=(wild,)),)))))
    assert "#read" in text
    assert "root:" not in text


def test_the_working_copy_says_the_same() -> None:
    sheet = Document(BytesIO(docx(paper())))
    text = "\n".join(line.text for line in sheet.paragraphs)
    assert "责令限期整改指令书" in text
    assert "执法人员：陈立新" in text
    assert [cell.text for cell in sheet.tables[0].rows[1].cells] == ["1", "增设泄爆装置", "30日内"]
