"""What the ledger writes once, at the opening of a case: its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from ledger import statements
from ledger.sessions import WriteSession
from ledger.tables import case_texts
from models.batch import LedgerEntry


async def write_words(
    session: WriteSession, opened: LedgerEntry, doc: Mapping[str, Any], number: str
) -> None:
    """Title, description, location and requirements from the opening command's contents, and the text to search.

    A command without contents leaves them empty: the ledger never waits for words.
    """
    keys = {"command_id": opened.command_id, "enterprise_id": doc["enterprise_id"]}
    body, name = (await session.execute(statements.WORDS, keys)).one()
    words = words_of(body or {})
    shown = (number, words["title"], words["description"], words["location"], words["requirement"])
    search = "\n".join(part for part in (*shown, name or "", doc.get("industry") or "") if part)
    await session.execute(
        insert(case_texts).values(
            case_id=opened.case_id,
            district_id=doc["district_id"],
            enterprise_name=name or "",
            search_text=search,
            **words,
        )
    )


def words_of(body: Mapping[str, Any]) -> dict[str, str]:
    """The texts of an opening command by column; the requirements as numbered lines when there are several."""
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
    }


def _text(part: Any) -> str:
    if isinstance(part, Mapping):
        return _text(part.get("text"))
    return part if isinstance(part, str) else ""
