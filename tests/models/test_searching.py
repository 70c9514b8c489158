"""Words as they are looked for: their pieces are in every text that has the word."""

from __future__ import annotations

import pytest

from models.searching import folded, pairs, pieces, searched, wanted


@pytest.mark.parametrize(
    ("word", "two"),
    [("氨", ["氨"]), ("液氨", ["液氨"]), ("a-b", ["a-", "-b"]), ("消防通道", ["消防", "防通", "通道"])],
)
def test_pieces_of_a_word(word: str, two: list[str]) -> None:
    assert pairs(word) == two


@pytest.mark.parametrize("asked", ["〔2025〕9", "液 氨", "Ｄｕｓｔ-7", "1.5米"])
def test_what_has_a_word_has_its_pieces(asked: str) -> None:
    text = searched("一车间", f"前{asked}后")
    for word in wanted(asked):
        assert word in text
        assert all(piece in text for piece in pairs(word))
    assert pairs(folded(asked))


@pytest.mark.parametrize(
    ("text", "found"),
    [("", []), ("氨", ["氨"]), ("液氨", ["液", "氨", "液氨"]), ("a\nb", ["a", "\n", "b", "a\n", "\nb"])],
)
def test_pieces_of_a_text(text: str, found: list[str]) -> None:
    assert pieces(text) == found
