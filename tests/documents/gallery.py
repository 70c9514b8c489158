"""``python -m tests.documents.gallery FOLDER``: every kind of paper and form as PDF, as it commonly is and at its longest.

The longest has a party of 200 characters, thirty items, and ten pages and more of whatever was said; its people have names of
rare characters.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from rich.progress import track

from documents.composing import compose, compose_form
from documents.facts import Facts
from documents.paper import Paper
from documents.registry import Kind, forms
from documents.typesetting import Typesetter
from ledger.enterprise_papers import VISITED
from services.papers.firm_facts import FirmReading
from services.papers.firm_making import KIND_OF
from tests.builders import rules
from tests.documents import test_firm_papers as firms
from tests.documents.files import CHECK, every_story, told_by

NAME = ("示范区" + "喆堃昇燚珺玥祎精密粉体材料与金属制品联合制造" * 10)[:194] + "有限责任公司"
DAY = date(2026, 9, 1)
ITEMS = 30
SPEECH = "打磨车间除尘系统未按规定设置泄爆装置，积尘清扫记录不完整，现场作业人员未佩戴防静电用品。" * 3
LINES = {"hearing_minutes": 90, "talk_minutes": 90}
"""Paragraphs of speech: more than ten pages."""
WORDS = 28
"""Of everything else that is said: what a form takes (4,000 characters)."""


class Piece(NamedTuple):
    """A paper, and what it is written from."""

    kind: Kind
    facts: Facts
    words: frozenset[str]
    on: date
    number: str = ""

    def paper(self) -> Paper:
        return compose(self.kind, self.facts, on=self.on, number=self.number, check=CHECK)

    def longest(self) -> Piece:
        """The same at its longest."""
        facts = self.facts
        speech = "\n".join(f"{no}. {SPEECH}" for no in range(1, LINES.get(self.kind.key, WORDS) + 1))
        firm = facts.firm.model_copy(update={"name": NAME, "address": NAME, "representative": "欧阳燚堃"})
        case = facts.case.model_copy(update={"title": SPEECH, "requirements": (SPEECH,) * ITEMS})
        rows = facts.items and [facts.items[no % len(facts.items)] for no in range(ITEMS)]
        measure = {
            field: SPEECH for field in ("cause", "object", "inventory") if getattr(facts.measure, field)
        }
        changed = {
            "measure": facts.measure.model_copy(update=measure),
            "firm": firm,
            "case": case,
            "items": tuple((str(no), row[1] * 4, *row[2:]) for no, row in enumerate(rows, start=1)),
            "said": {**facts.said, **dict.fromkeys(self.words & set(facts.said), speech)},
        }
        return self._replace(facts=facts.model_copy(update=changed))


def pieces() -> Iterator[Piece]:
    """One of every kind."""
    seen = set()
    for story in every_story():
        for kind, facts, on, number, words in told_by(story):
            if kind.key not in seen:
                seen.add(kind.key)
                yield Piece(kind, facts, words, on, number)
    told = firms.stories()
    for event, kind in KIND_OF.items():
        file = firms.visit(summary="现场秩序良好") if event == VISITED else firms.file_of(told[event], event)
        reading = FirmReading(file, rules().policy)
        said = file.entries[-1].texts or () if file.entries else ()
        yield Piece(kind, reading.facts(), frozenset(said), reading.on)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    setter = Typesetter()
    for piece in track(list(pieces()), description="文书 · papers"):
        for name, one in (("", piece), (".long", piece.longest())):
            (folder / f"{piece.kind.key}{name}.pdf").write_bytes(setter.pdf(one.paper()))
    piece = next(piece for piece in pieces() if piece.facts.case.order_number)
    for key, form in forms().items():
        for name, one in (("", piece), (".long", piece.longest())):
            (folder / f"{key}{name}.pdf").write_bytes(setter.pdf(compose_form(form, one.facts, on=DAY)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
