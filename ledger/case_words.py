"""The words of a case: those it was opened with, written once, and the facts its parties are told of.

A lead's first words are whoever reported it: the parties are told only what the officers state for the order
(``case_told``). Names are those of the day they were written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Text, bindparam, func, insert, select, update

from ledger import statements
from ledger.driver import fetch
from ledger.sessions import WriteSession
from ledger.tables import case_texts, case_told, contents
from models.batch import LedgerEntry
from models.industries import industry_words
from models.searching import searched

UNSTATED = "安全生产隐患（事实尚未书面告知）"
"""What the parties read for a title while the facts were not stated: a measure came before any order."""
WORDS = ("title", "description", "location", "requirement", "requirements")
"""What is said of a case, by column."""
_TEXTS, _TOLD = insert(case_texts), insert(case_told)
_MINE = case_told.c.case_id == bindparam("of")
_BODY = select(contents.c.body).where(contents.c.command_id == bindparam("command")).scalar_subquery()
_STATED = select(_BODY, case_told.c.search_text, case_told.c.enterprise_name).where(_MINE)
_STATE = (
    update(case_told)
    .where(_MINE)
    .values({name: bindparam(f"told_{name}") for name in WORDS} | {"search_text": bindparam("search")})
)
_FOUND_BY = (
    update(case_texts)
    .where(case_texts.c.case_id == bindparam("of"))
    .values(search_text=func.concat_ws("\n", case_texts.c.search_text, bindparam("also", type_=Text)))
)
_RENUMBER = (
    update(case_told)
    .where(_MINE)
    .values(
        search_text=func.concat(
            bindparam("number", type_=Text),
            "\n",
            func.regexp_replace(case_told.c.search_text, r"^[^\n]*\n?", ""),
        )
    )
)
"""Built once: building such a statement costs more than running it."""


async def write_words(
    session: WriteSession, opened: LedgerEntry, doc: Mapping[str, Any], number: str
) -> None:
    """Title, description, location and requirements from the opening command's contents, and the text to search.

    A command without contents leaves them empty: the ledger never waits for words. The parties are told the same,
    unless the case is a lead.
    """
    keys = {"command_id": opened.command_id, "enterprise_id": doc["enterprise_id"]}
    ((body, name),) = await fetch(session, statements.WORDS, keys)
    row = {"case_id": opened.case_id, "district_id": doc["district_id"], "enterprise_name": name or ""}
    more = (number, name or "", *_industry(doc))
    given = words_of(body or {})
    told = given if doc.get("stated") else words_of({"title": UNSTATED})
    texts = {key: value for key, value in given.items() if key != "requirements"}
    await fetch(session, _TEXTS, {**row, **texts, "search_text": _search_text(given, *more)})
    await fetch(session, _TOLD, {**row, **told, "search_text": _search_text(told, *more)})


async def state_facts(session: WriteSession, issued: LedgerEntry, doc: Mapping[str, Any]) -> None:
    """The facts an order states for the parties, where it states any; officials find the case by them too."""
    if issued.data.get("items") is None:
        return
    keys = {"of": issued.case_id, "command": issued.command_id}
    ((body, found, name),) = await fetch(session, _STATED, keys)
    told = words_of((body or {}).get("stated") or {})
    search = _search_text(told, found.partition("\n")[0], name, *_industry(doc))
    said = {f"told_{name}": told[name] for name in WORDS}
    await fetch(session, _STATE, {**said, "of": issued.case_id, "search": search})
    await fetch(session, _FOUND_BY, {"of": issued.case_id, "also": _search_text(told)})


async def renumber_words(session: WriteSession, case_id: str, number: str) -> None:
    """Officials find the case by its old and its new number, its parties by the new one alone."""
    await fetch(session, _FOUND_BY, {"of": case_id, "also": searched(number)})
    await fetch(session, _RENUMBER, {"of": case_id, "number": searched(number)})


def expected_words(
    rows: Sequence[Mapping[str, Any]], doc: Mapping[str, Any], number: str, name: str, lead: str | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What :func:`write_words` and :func:`state_facts` leave in ``case_texts`` and ``case_told`` of a case with this
    ledger, each entry with its ``body``; ``name`` is the enterprise's on the day of the opening, ``lead`` the number it
    had as a lead."""
    more = (number, name, *_industry(doc))
    first = (lead or number, *more[1:])
    again = [searched(number)] if lead and lead != number else []
    given = words_of(rows[0]["body"] or {})
    stated = [
        words_of((row["body"] or {}).get("stated") or {})
        for row in rows
        if row["event"] == "order_issued" and row["data"].get("items") is not None
    ]
    told = stated[-1] if stated else given if doc.get("stated") else words_of({"title": UNSTATED})
    found = "\n".join([_search_text(given, *first), *again, *(_search_text(one) for one in stated)])
    texts = {key: value for key, value in given.items() if key != "requirements"}
    return {**texts, "search_text": found}, {**told, "search_text": _search_text(told, *more)}


def words_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """The texts of an opening or of stated facts by column; the requirements as a list, and as numbered lines when
    there are several."""
    requirements = [_text(part) for part in body.get("requirements") or ()]
    lines = (
        requirements
        if len(requirements) < 2
        else [f"{no}. {line}" for no, line in enumerate(requirements, start=1)]
    )
    return {
        "title": _text(body.get("title")),
        "description": _text(body.get("description")),
        "location": _text(body.get("location")),
        "requirement": "\n".join(lines),
        "requirements": requirements,
    }


def _search_text(words: Mapping[str, Any], *more: str) -> str:
    """What a search looks through: number, name of the enterprise, industry and words; a code is no word."""
    named = (part for part in more if not ("_" in part and part.isascii()))
    return searched(*named, words["title"], words["description"], words["location"], words["requirement"])


def _industry(doc: Mapping[str, Any]) -> tuple[str, ...]:
    return industry_words(doc.get("industry") or "")


def _text(part: Any) -> str:
    if isinstance(part, Mapping):
        return _text(part.get("text"))
    return part if isinstance(part, str) else ""
