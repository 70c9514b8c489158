"""Chinese substring search among cases: among the nearest of the list first, and where those do not fill a page, by the cards.

A page of a word that many cases have is full after a few of them. The cases of any other word are found by the index of pieces
and sorted by the keys on their cards (:data:`ledger.tables.case_cards`); what is longer than two characters is then looked for in
the words themselves, in the order of the list and until the page is full.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Select,
    Text,
    bindparam,
    func,
    or_,
    select,
    tablesample,
    text,
)
from sqlalchemy.sql.util import ClauseAdapter

from ledger.readers.paging import ordered
from ledger.scope import Scope, words_of
from ledger.sessions import ReadSession
from ledger.tables import cards, case_texts, cases, enterprises
from models.searching import PAIR, pairs

_CARDED = frozenset({"xh_bureau", "xh_auditor", "xh_territory"})
"""Who has cards to look in; all others have few cases each."""
SORTED = 20
"""Hits that are fetched by their cards and sorted while one case of the list is looked through."""
_CALLED = text(
    "SELECT word, enterprise_id FROM unnest(:words, :patterns) AS w(word, pattern), enterprises_called(pattern) AS enterprise_id"
).bindparams(bindparam("words", type_=ARRAY(Text)), bindparam("patterns", type_=ARRAY(Text)))

_SHARE = "least(1, 128.0 * 8192 / greatest(pg_relation_size('case_texts'), 1))"
"""Of a large ledger 128 pages are looked at, about a thousand cases, to know how common words are; the same ones each time."""

Called = Mapping[str, Sequence[str]]
"""Word → the enterprises that are or were called so."""


def has_cards(scope: Scope) -> bool:
    """Whether ``scope`` may look in the cards."""
    return scope.db_role in _CARDED


async def called(session: ReadSession, words: Sequence[str]) -> Called:
    """The enterprises of the asker's part that are or were called by each of the folded ``words``."""
    asked = {"words": [*words], "patterns": [pattern_of(word) for word in words]}
    found: dict[str, list[str]] = {word: [] for word in words}
    for word, enterprise_id in await session.execute(_CALLED, asked):
        found[word].append(enterprise_id)
    return found


async def about(session: ReadSession, scope: Scope, words: Sequence[str]) -> int:
    """How many cases of the asker's part say all of the folded ``words``, as a sample has it."""
    some = tablesample(case_texts, func.system(text(f"100 * {_SHARE}")), name="some", seed=text("1"))
    mine = ClauseAdapter(some).traverse(scope.where(case_texts))
    said = (some.c.search_text.like(pattern_of(word)) for word in words)
    found = select(func.count() / text(_SHARE)).select_from(some).where(mine, *said)
    return int(await session.scalar(found) or 0)


def matches(scope: Scope, word: str) -> ColumnElement[bool]:
    """Whether a case has a folded ``word``: in number, title, description, location, requirement or industry, or in what its
    enterprise is or was called."""
    return or_(
        words_of(scope).c.search_text.like(pattern_of(word)), cases.c.enterprise_id.in_(_firms(scope, word))
    )


def looked_up(scope: Scope, word: str) -> ColumnElement[bool]:
    """:func:`matches`, the words being looked up for one case after the other, in whatever order those come."""
    return or_(_said(scope, word, cases), cases.c.enterprise_id.in_(_firms(scope, word)))


def _firms(scope: Scope, word: str) -> Select[Any]:
    return select(enterprises.c.enterprise_id).where(
        enterprises.c.search_text.like(pattern_of(word)), scope.where(enterprises)
    )


def carded(
    scope: Scope,
    named: Called,
    others: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
    *,
    descending: bool,
) -> tuple[Select[Any], tuple[ColumnElement[Any], ...]]:
    """The cases that have all words of ``named`` (:func:`matches`) and pass ``others``, found by their cards; and the columns of
    ``order`` as it has them."""
    kept = tuple(cards.c[str(one.key)] for one in order)
    found = select(*dict.fromkeys((cards.c.case_id, *kept))).where(
        scope.where(cards), *(_pieces(word, firms) for word, firms in named.items())
    )
    longer = {word: firms for word, firms in named.items() if len(word) > PAIR}
    if not longer and not others:
        return found.with_only_columns(cards.c.case_id), kept
    hits = (
        found.add_columns(cards.c.enterprise_id)
        .order_by(*ordered(kept, descending=descending))
        .subquery("hits")
    )
    keys = select(hits.c.case_id).where(*(_has(scope, word, firms, hits) for word, firms in longer.items()))
    if others:
        keys = keys.join(cases, cases.c.case_id == hits.c.case_id).where(scope.where(cases), *others)
    return keys, tuple(hits.c[str(one.key)] for one in kept)


def _pieces(word: str, firms: Sequence[str]) -> ColumnElement[bool]:
    """Whether the card of a case has the pieces of a word: nobody has a word of one or two characters without it."""
    on_card = cards.c.pieces.contains(pairs(word))
    return or_(on_card, cards.c.enterprise_id.in_(firms)) if firms else on_card


def _has(scope: Scope, word: str, firms: Sequence[str], hits: FromClause) -> ColumnElement[bool]:
    """:func:`looked_up`, the enterprises being known."""
    said = _said(scope, word, hits)
    return or_(said, hits.c.enterprise_id.in_(firms)) if firms else said


def _said(scope: Scope, word: str, of: FromClause) -> ColumnElement[bool]:
    """Whether a word is in what is said of a case of ``of``: looked up, for a join would read the words of all others first."""
    texts = words_of(scope)
    text_of = select(texts.c.search_text).where(texts.c.case_id == of.c.case_id)
    return text_of.correlate(of).scalar_subquery().like(pattern_of(word))


def pattern_of(word: str) -> str:
    """A folded ``word`` as a substring pattern: nothing in it is a wildcard."""
    for special in ("\\", "%", "_"):
        word = word.replace(special, "\\" + special)
    return f"%{word}%"
