"""The penalty articles in words: every one of the packaged policy, none with a part that nobody named."""

from __future__ import annotations

from models.penalised import PARTS, article_words, articles_in
from policies import load_default


def test_every_article_of_the_policy_has_words_and_stands_in_the_order_of_the_law() -> None:
    found = articles_in(load_default().figures)
    numbers = [int(one.split(".")[0]) for one in found]
    assert len(found) > 30
    assert numbers == sorted(numbers)
    assert {part for one in found for part in one.split(".")[1:]} == set(PARTS)
    assert article_words("102.refused") == (
        "《安全生产法》第一百零二条（拒不执行）",
        "《安全生产法》第一百零二条 (refused)",
    )
    assert article_words("106.new")[0] == "《安全生产法》第一百零六条（new）"
    assert [article_words(one)[0][8:-1] for one in ("92", "100", "110", "114")] == [
        "九十二",
        "一百",
        "一百一十",
        "一百一十四",
    ]
