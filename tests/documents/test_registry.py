"""The set of papers: every act that issues one has it, and every field of every text has a source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from documents.composing import BY_HAND, compose, compose_form, value_of
from documents.errors import FieldMissing
from documents.facts import Act, Facts, Firm, Matter, Office, Person, Remedy
from documents.registry import PLACE, Kind, Sheet, forms, issued_by, kinds
from ledger.papers import OLD, TAKEN_OVER, paperless
from models.commands import COMMANDS, Source
from models.events import EVENTS
from models.measures.procedures import PROCEDURES
from models.policy.keys import DOCUMENT_KINDS
from services.papers.acts import COMMAND_OF, EVENT_OF

EMPTY = Facts(
    office=Office(name="局", district="区"),
    firm=Firm(name="企业"),
    case=Matter(number="1", title="隐患", opened="2026年1月1日"),
    act=Act(label="办理", basis="条", date="2026年1月1日", time="", by=Person(name="某")),
    remedy=Remedy(reconsider="60日", litigate="6个月", pay="15日", demand="10个工作日"),
)
NO_PAPERS = ("case",)
"""Numbers that no paper bears: that of the case itself."""
ROWS = [(procedure, row) for procedure in PROCEDURES.values() for row in procedure.rows]


def test_every_numbered_document_is_written() -> None:
    assert set(kinds()) >= DOCUMENT_KINDS - set(NO_PAPERS)
    issued = {row.instrument for _, row in ROWS if row.instrument}
    issued |= {one.instrument_at_once for one in PROCEDURES.values() if one.instrument_at_once}
    assert issued <= set(kinds())


def test_what_issues_a_paper_exists() -> None:
    steps = {row.key for _, row in ROWS}
    for kind in kinds().values():
        assert set(kind.events) <= set(EVENTS), kind.key
        assert set(kind.steps) <= steps, kind.key
        own = kind.events or kind.steps or kind.served
        assert own or kind.key in DOCUMENT_KINDS, f"nothing issues {kind.key}"
    assert set(EVENT_OF) <= set(COMMANDS)
    assert set(EVENT_OF.values()) <= {event for kind in kinds().values() for event in kind.events}


def test_taking_an_old_ledger_over_issues_no_paper() -> None:
    assert set(EVENTS) >= TAKEN_OVER
    issued = {
        kind.when
        for event in TAKEN_OVER
        for kind in issued_by(event, instrument=None, step=None, served=False)
    }
    assert issued == {"visit.ready"}, "of an opening, its inspection alone; an old ledger names none"


@pytest.mark.parametrize(
    ("source", "event", "late", "none"),
    [
        (Source.OLD_LEDGER, "opened", timedelta(), True),
        (Source.OLD_LEDGER, "overdue_taken_over", timedelta(), True),
        (Source.OLD_LEDGER, "reinspection_failed", timedelta(), False),
        (Source.INSPECTION, "opened", timedelta(), False),
        (Source.INSPECTION, "opened", OLD, True),
    ],
)
def test_an_entry_of_history_is_not_looked_at(source: str, event: str, late: timedelta, none: bool) -> None:
    at = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
    assert paperless(SimpleNamespace(source=source, event=event, at=at, recorded_at=at + late)) is none


def test_the_order_of_the_file_is_one_order() -> None:
    places = [kind.order for kind in kinds().values()]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.key)
def test_every_field_has_a_source(kind: Kind) -> None:
    for place in kind.places():
        value_of(EMPTY, place)
        room, _, name = place.partition(".")
        if room == "said":
            assert name in set(_said(kind)), f"{kind.key}: nobody fills in {name}"
        elif room == "earlier":
            assert name in kinds(), f"{kind.key}: there is no {name}"


@pytest.mark.parametrize("form", forms().values(), ids=lambda form: form.key)
def test_a_form_takes_what_the_case_knows_and_leaves_lines_for_the_rest(form: Sheet) -> None:
    for place in form.places():
        value_of(EMPTY, place)
    bare = compose_form(form, EMPTY, on=date(2026, 1, 1))
    assert (bare.number, bare.check, bare.blank, bare.draft) == ("", "", True, False)
    assert bare.copies == BY_HAND
    rows = dict(row for block in bare.blocks for row in block.rows)
    assert "" in rows.values(), "something is left to be written"
    assert form.key not in kinds(), "what is written by hand is never issued"


def test_an_unknown_field_fails() -> None:
    with pytest.raises(KeyError):
        value_of(EMPTY, "case.colour")


def test_every_field_says_where_it_comes_from() -> None:
    for model in _models(Facts):
        described = {name for name, one in model.model_fields.items() if one.description}
        nested = {name for name, one in model.model_fields.items() if list(_inside(one.annotation))}
        assert set(model.model_fields) == described | nested | set(model.model_fields) & {
            "step",
            "by",
            "on",
            "opinion",
        }


def test_a_text_that_needs_what_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(FieldMissing) as refusal:
        compose(kinds()["discussion"], EMPTY, on=date(2026, 1, 1))
    assert refusal.value.field == "measure.cause"
    draft = compose(kinds()["discussion"], EMPTY, on=date(2026, 1, 1), draft=True)
    assert any("＿" in value for block in draft.blocks for _, value in block.rows)


def test_no_text_of_a_paper_names_an_article() -> None:
    for kind in kinds().values():
        for piece in kind.body:
            texts = (piece.text or "", piece.heading or "", *(one for pair in piece.pairs for one in pair))
            assert not any("《" in PLACE.sub("", text) for text in texts), kind.key


def _said(kind: Kind) -> Iterator[str]:
    """What whoever acts fills in, or their entry says."""
    for _, row in ROWS:
        if row.instrument == kind.key or row.key in kind.steps:
            yield from _fields(row.form)
    for event in kind.events:
        yield from EVENTS[event].model_fields
        if event in COMMAND_OF:
            yield from _fields(COMMANDS[COMMAND_OF[event]])
    if kind.key == "correction_notice":
        yield from _fields(COMMANDS["correct"])
    if kind.key == "daily_fine_total":
        yield from ("days", "total")  # reckoned, and kept with the step
    if kind.key in ("on_site_measure", "seal_decision"):
        yield from _fields(COMMANDS["propose_measure"])


def _fields(shape: type[BaseModel]) -> Iterator[str]:
    yield from shape.model_fields


def _models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for one in model.model_fields.values():
        for nested in _inside(one.annotation):
            yield from _models(nested)


def _inside(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is not None:
        for part in get_args(annotation):
            yield from _inside(part)
