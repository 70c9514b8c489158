"""The sets of papers (文书目录), read once: what each is called, which act issues it, what it says. Those of cases stand in
``papers.toml``, those of an enterprise's file in ``firms.toml``, forms to be written on by hand in ``forms.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

PLACE = re.compile(r"\{([a-z_.]+)\}")
"""A place in a text that a field fills: ``{case.title}``."""

Signer = Literal[
    "visitors",
    "officers",
    "party",
    "approver",
    "issuer",
    "reviewer",
    "presiding",
    "minuted",
    "discussing",
    "applicant",
    "leader",
    "witnesses",
    "receiver",
    "recorder",
    "interviewed",
    "witnessed",
]


class Piece(BaseModel):
    """A piece of the body as the file writes it; exactly one of its kinds is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str | None = None
    heading: str | None = None
    pairs: tuple[tuple[str, str], ...] = ()
    items: tuple[str, ...] = ()
    opinions: bool = False
    ruled: Annotated[int, Field(ge=0, le=40)] = 0
    """So many lines to write on by hand."""


class Sheet(BaseModel):
    """What is printed: a form to be written on by hand (手写用表) is nothing more.

    A text or a label that begins with ``?`` is left out where a field in it is empty; any other empty field is an error of
    a paper, and a line to write on of a form.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    title: str
    en: str
    to: str = ""
    body: tuple[Piece, ...]
    signers: tuple[Signer, ...] = ()
    seal: bool = False
    copies: str = ""
    from_party: bool = False
    """Written by the party to the authority: it bears the party's name at its head."""

    def places(self) -> Iterator[str]:
        """Every field its texts name."""
        for text in (self.to, self.copies, *(one for piece in self.body for one in _texts(piece))):
            yield from PLACE.findall(text)


class Kind(Sheet):
    """One kind of paper (文书种类), which an act issues."""

    order: int
    """Its place among the papers of a case file (案卷顺序)."""
    events: tuple[str, ...] = ()
    """Events of the case that issue it."""
    steps: tuple[str, ...] = ()
    """Steps of a measure that issue it beside the numbered instrument they name."""
    served: bool = False
    """Issued by whatever records a service (送达)."""
    when: str = ""
    """A field that must say something for it to be issued."""
    number: Literal["act", "order", "visit", "own", ""] = "act"
    """Whose number it bears: the act's instrument, the order's, the visit's, one taken when it is written, or none."""
    series: str = ""
    """The instrument in whose numbers it is numbered, where ``number`` is ``own``: else its own."""
    inner: bool = False
    """For the authority alone (内部文书)."""

    def places(self) -> Iterator[str]:
        """Every field its texts name, and that it depends on."""
        yield from super().places()
        if self.when:
            yield self.when


def _texts(piece: Piece) -> Iterator[str]:
    yield from (one for one in (piece.text, piece.heading) if one)
    for pair in piece.pairs:
        yield from pair


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of paper by key, in the order of the file."""
    return {key: Kind.model_validate(row) for key, row in _rows("paper").items()}


@cache
def firm_kinds() -> dict[str, Kind]:
    """Every kind of paper of an enterprise's file by key, in the order of the file."""
    return {key: Kind.model_validate(row) for key, row in _rows("firm").items()}


@cache
def forms() -> dict[str, Sheet]:
    """Every form that is written on by hand, by key."""
    return {key: Sheet.model_validate(row) for key, row in _rows("form").items()}


def _rows(table: str) -> dict[str, dict[str, Any]]:
    raw = tomllib.loads((Path(__file__).parent / f"{table}s.toml").read_text(encoding="utf-8"))
    (rows,) = raw.values()
    return {key: {"key": key, **_pieces(row)} for key, row in rows.items()}


def _pieces(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "body": [{"text": one} if isinstance(one, str) else one for one in row.get("body", ())]}


def issued_by(event: str, *, instrument: str | None, step: str | None, served: bool) -> tuple[Kind, ...]:
    """The kinds an entry of the ledger issues: its numbered instrument first, then what goes with it."""
    found = (
        kind
        for kind in kinds().values()
        if kind.key == instrument or event in kind.events or (step in kind.steps) or (served and kind.served)
    )
    return tuple(sorted(found, key=lambda kind: kind.key != instrument))
