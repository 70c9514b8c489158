"""The case file as one PDF: everything in order, the index names the pages, every page has its number."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from documents.casefile import Cover, Leaf, case_file
from documents.errors import GlyphMissing
from documents.paper import Block
from documents.typesetting import Typesetter
from tests.documents.test_typesetting import paper

COVER = Cover(
    authority="示范区应急管理局",
    number="（示）应急患〔2026〕1号",
    rows=(("案件名称", "除尘系统未设泄爆装置"), ("当事人", "示范粉体材料有限公司")),
    on=date(2026, 11, 28),
)
LONG = Block(kind="text", lines=tuple(f"第{no}点：除尘系统未设泄爆装置。" for no in range(90)))


@pytest.fixture(scope="module")
def setter() -> Typesetter:
    return Typesetter()


@pytest.fixture(scope="module")
def leaves(setter: Typesetter) -> list[Leaf]:
    record = paper(kind="site_record", title="现场检查记录", number="", blocks=(LONG,), check="")
    pdfs = (
        (record, ""),
        (paper(), "已更正或者撤回"),
        (paper(number="（示）应急责改〔2026〕13号"), ""),
    )
    return [
        Leaf(title=one.title, number=one.number, on=one.on, note=note, pdf=setter.pdf(one))
        for one, note in pdfs
    ]


def pages(pdf: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def test_every_page_has_its_number_and_the_index_names_it(setter: Typesetter, leaves: list[Leaf]) -> None:
    lengths = [len(PdfReader(BytesIO(leaf.pdf)).pages) for leaf in leaves]
    assert lengths[0] > 1
    found = pages(case_file(setter, COVER, leaves))
    assert len(found) == 2 + sum(lengths) + 1
    assert "卷内第" not in found[0], "the cover is counted, its number is not shown"
    for number, text in enumerate(found[1:], start=2):
        assert f"卷内第{number}页共{len(found)}页" in text
    first = 3 + lengths[0]
    assert f"3–{2 + lengths[0]}" in found[1]
    for page, leaf in ((2, leaves[0]), (first - 1, leaves[1]), (first, leaves[2])):
        assert leaf.title in found[page]
        assert leaf.number in found[page]
        assert str(page + 1) in found[1]
    assert "已更正或者撤回" in found[1]
    assert f"本卷共3件文书，{len(found)}页" in found[-1]


def test_a_paper_lies_in_it_as_it_was_issued(setter: Typesetter, leaves: list[Leaf]) -> None:
    issued = pages(leaves[1].pdf)
    whole = pages(case_file(setter, COVER, leaves[1:]))
    for text, kept in zip(issued, whole[2:], strict=False):
        assert text in kept


def test_it_is_gone_through_by_its_outline(setter: Typesetter, leaves: list[Leaf]) -> None:
    read = PdfReader(BytesIO(case_file(setter, COVER, leaves)))
    begins = {
        str(one["/Title"]): read.get_destination_page_number(one)
        for one in read.outline
        if not isinstance(one, list)
    }
    assert next(iter(begins)) == "案卷首页、卷内目录"
    assert begins["责令限期整改指令书　（示）应急责改〔2026〕13号"] == len(read.pages) - 2
    assert begins["备考表"] == len(read.pages) - 1


def test_equal_files_are_equal_bytes(setter: Typesetter, leaves: list[Leaf]) -> None:
    assert case_file(setter, COVER, leaves) == case_file(Typesetter(), COVER, leaves)


def test_a_long_index_goes_on_and_still_names_the_right_pages(setter: Typesetter, leaves: list[Leaf]) -> None:
    found = pages(case_file(setter, COVER, [leaves[1]] * 60))
    fronts = next(no for no, text in enumerate(found) if "经查" in text)
    assert fronts > 2
    assert all("题名" in text for text in found[1:fronts]), "the head of the table is repeated"
    assert f"{fronts + 60}" in found[fronts - 1]


def test_a_case_without_papers_has_a_file_that_says_so(setter: Typesetter) -> None:
    found = pages(case_file(setter, COVER, []))
    assert len(found) == 3
    assert "尚无文书" in found[1]


def test_a_character_no_font_has_is_named(setter: Typesetter) -> None:
    unknown = COVER.model_copy(update={"rows": (("当事人", "\U000f1234公司"),)})
    with pytest.raises(GlyphMissing):
        case_file(setter, unknown, [])
