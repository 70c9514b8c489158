"""Chinese substring search among cases: by an index where a word is rare, in the order of the list where it is common.

The cases of a rare word are found by an index and sorted; of a common word a page is full sooner by walking the list. Which of
the two a word is follows from how many of a sample have it, and from how many cases there are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Float,
    Select,
    Text,
    and_,
    cast,
    column,
    func,
    or_,
    select,
    tablesample,
    text,
)
from sqlalchemy.sql.util import ClauseAdapter

from ledger.scope import Scope, words_of
from ledger.sessions import ReadSession
from ledger.tables import case_texts, cases, enterprises
from models.searching import pairs, wanted

_INDEXED = frozenset({"xh_bureau", "xh_auditor", "xh_territory"})
"""Whose words an index has; all others have few cases each."""
_TRIGRAM = re.compile(r"[^\W_]{3}")
"""What the index of trigrams needs of a word: three letters, figures or characters in a row."""
_PERCENT = "least(100, 100.0 * 128 * 8192 / greatest(pg_relation_size('case_texts'), 1))"
"""Of a large ledger 128 pages are looked at, about a thousand cases, to know how common a word is; the same ones each time."""
_ALL = text("SELECT reltuples FROM pg_class WHERE oid = 'cases'::regclass").columns(
    column("reltuples", Float)
)


async def common_words(session: ReadSession, scope: Scope, search: str) -> frozenset[str]:
    """The words looked for that are to be found in the order of the list, and by no index."""
    words = wanted(search)
    if not words or scope.db_role not in _INDEXED:
        return frozenset(words)
    known, seen, together, *each = (await session.execute(_shares(scope, words))).one()
    few = _few(max(known, seen)) * seen / max(known, seen, 1)
    if together > few:
        return frozenset(words)
    rarest = each.index(min(each))
    return frozenset(word for no, word in enumerate(words) if each[no] > few and no != rarest)


def _few(cases_there: float) -> float:
    """A word is rare that no more of the cases have: to fetch and sort those takes about as long as to pass by all the others
    until a page is full, where they are spread over the list."""
    return 5 * math.sqrt(cases_there)


def _shares(scope: Scope, words: Sequence[str]) -> Select[Any]:
    """How many cases PostgreSQL knows of; of a sample how many there are, have all the words, and have each."""
    some = tablesample(case_texts, func.system(text(_PERCENT)), name="some", seed=text("1"))
    had = [some.c.search_text.like(pattern_of(word)) for word in words]
    counts = (func.count().filter(one) for one in (and_(*had), *had))
    mine = ClauseAdapter(some).traverse(scope.where(case_texts))
    return select(_ALL.scalar_subquery(), func.count(), *counts).select_from(some).where(mine)


def matches(scope: Scope, word: str, common: Collection[str] = ()) -> ColumnElement[bool]:
    """Whether a case has a folded ``word``: in number, title, description, location, requirement or industry, or in what its
    enterprise is or was called."""
    if scope.db_role not in _INDEXED or word in common:
        return looked_through(scope, word)
    by_trigram = _TRIGRAM.search(word) is not None
    pieces = cast([] if by_trigram else pairs(word), ARRAY(Text))
    hits = func.search_cases(pattern_of(word), pieces).table_valued("case_id").render_derived(name="hits")
    return cases.c.case_id.in_(select(hits.c.case_id))


def looked_through(scope: Scope, word: str) -> ColumnElement[bool]:
    """:func:`matches` for one case after the other, in whatever order they come."""
    pattern = pattern_of(word)
    called = select(enterprises.c.enterprise_id).where(
        enterprises.c.search_text.like(pattern), scope.where(enterprises)
    )
    return or_(words_of(scope).c.search_text.like(pattern), cases.c.enterprise_id.in_(called))


def pattern_of(word: str) -> str:
    """A folded ``word`` as a substring pattern: nothing in it is a wildcard."""
    for special in ("\\", "%", "_"):
        word = word.replace(special, "\\" + special)
    return f"%{word}%"
