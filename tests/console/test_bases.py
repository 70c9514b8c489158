"""What a rule rests on is told whole in both languages: the packaged policy's bases and those of the tables in the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from console.words import Words
from models.enterprise.grants import GRANT_OF
from models.givendays import ANEW, BY_OLD_LEDGER, BY_ORDER
from models.grants import BY_COMMAND
from models.measures.procedures import PROCEDURES
from policies import load_default, phrases_of_bases
from services.policies.bases import basis_words, by_article, unmarked

_CITED = re.compile(
    r"《[^》]*》|第[一二三四五六七八九十百零]+[条款]|[\u4e00-\u9fff]+〔\d{4}〕\d+号[一二三四五六七八九十]?|[\u4e00-\u9fff]+令第\d+号|[至（）]"
)
"""What stays in its own language."""


def _stated(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        yield from [found["basis"]] if isinstance(found.get("basis"), str) else []
        found = list(found.values())
    if isinstance(found, list):
        for one in found:
            yield from _stated(one)


POLICY = sorted({*_stated(load_default().model_dump(mode="json")), *load_default().sources})
CODE = sorted(
    {procedure.basis for procedure in PROCEDURES.values()}
    | {row.basis for procedure in PROCEDURES.values() for row in procedure.rows}
    | {one.basis for table in (BY_COMMAND, GRANT_OF) for one in table.values()}
    | {one.basis for one in (BY_ORDER, ANEW, BY_OLD_LEDGER)}
)
BASES = sorted({*POLICY, *CODE} | {unmarked(one) for one in (*POLICY, *CODE)})


def test_the_bases_are_found() -> None:
    assert len(POLICY) > 100
    assert len(CODE) > 50


@pytest.mark.parametrize("basis", BASES)
def test_a_basis_is_told_whole_in_both_languages(basis: str) -> None:
    english = basis_words(basis, "en")
    assert not re.search(r"[\u4e00-\u9fff]", _CITED.sub("", english)), english
    assert "设计" not in basis_words(basis, "zh")


def test_no_phrase_is_kept_that_no_basis_says() -> None:
    said = "\n".join(BASES)
    assert not [one for phrases in phrases_of_bases().values() for one in phrases if one not in said]


def test_the_longest_phrase_is_taken_and_a_citation_stays() -> None:
    assert basis_words("设计建议（无法定期限）", "en") == "set by this service: no statute sets a time"
    assert basis_words("《安全生产法》第四十一条（督办制度）、国发〔2010〕23号；天数为设计建议", "en") == (
        "《安全生产法》第四十一条 (supervision), 国发〔2010〕23号; the days are set by this service"
    )
    assert basis_words("本地另行规定", "en") == "本地另行规定", "what nobody translated is told as it is"


def test_what_is_still_to_be_verified_stands_on_the_pages_of_the_rules_and_before_whoever_audits() -> None:
    basis = "《安全生产违法行为行政处罚办法》延期条款（待核对应急管理部令第18号）"
    daily, audit = Words("zh"), Words("en", marked=True)
    assert daily.basis(basis) == "《安全生产违法行为行政处罚办法》延期条款"
    assert daily.source(basis) == basis
    assert (
        audit.basis(basis)
        == audit.source(basis)
        == ("《安全生产违法行为行政处罚办法》, on extensions (to be checked against Order 18)")
    )
    assert not [one for one in BASES if "待核" in unmarked(one)]


def test_bases_stand_law_by_law_and_article_by_article() -> None:
    assert sorted(
        (
            "设计建议",
            "《行政处罚法》第六十三条、第六十四条",
            "《安全生产法》第一百一十条",
            "《安全生产法》第一百零九条",
            "《安全生产法》第十条",
            "《安全生产法》第九十九条（无天数）",
            "《安全生产法》第二十一条",
        ),
        key=by_article,
    ) == [
        "《安全生产法》第十条",
        "《安全生产法》第二十一条",
        "《安全生产法》第九十九条（无天数）",
        "《安全生产法》第一百零九条",
        "《安全生产法》第一百一十条",
        "《行政处罚法》第六十三条、第六十四条",
        "设计建议",
    ]
