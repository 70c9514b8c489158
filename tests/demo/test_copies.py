"""A case told again: names are filled in wherever they stand, numbers last, and a rule that changed is met at once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from demo.copies import Original, Place, Text, together
from demo.enterprises import ENTERPRISES
from demo.findings import FINDINGS
from demo.lives import Life, Retold, names_of, told_again
from ledger.chain import GENESIS, check_chain
from ledger.rows import case_row, event_rows
from ledger.whole import Whole
from models.calendar import calendar_between
from models.caseclocks import Rules
from models.envelope import is_signed
from policies import load_default

KEY = b"k" * 32
NOW = datetime(2026, 11, 28, 4, 20, tzinfo=UTC)
FIRM, OTHER = ENTERPRISES[0], ENTERPRISES[7]


def life() -> Life:
    """A lead verified and ordered."""
    rules = Rules(policy=load_default(), calendar=calendar_between(2024, 2027))
    return (
        Life(NOW - timedelta(days=9), rules, "transfer", next(iter(FINDINGS.values()))).order(15).until(NOW)
    )


def whole(told: Retold) -> Whole:
    """What the projector would leave of the ledger and of the case's own row."""
    events, head = event_rows(told.batch.entries, told.batch.doc["district_id"], GENESIS)
    numbers = {"number": "（示）应急患〔2026〕1号", "number_key": 20260000001, "head_hash": head}
    digests = dict.fromkeys(("tasks_digest", "clocks_digest", "measures_digest"), "")
    return Whole({"cases": [case_row(told.batch.doc) | numbers | digests], "case_events": events})


def original(told: Retold, left: Whole) -> Original:
    return Original(told.batch, told.envelopes, left, [*told.names.values()], KEY)


def test_a_name_that_holds_another_is_one_name() -> None:
    text = Text("a1 and a12, not b", ["a12", "a1"])
    assert text.filled({"a1": "x", "a12": "y"}) == "x and y, not b"


def test_a_number_is_shown_as_it_is_read_searched_and_sorted() -> None:
    place = Place("7/0", "case", 2026)
    old = "（示）应急患〔2026〕1号"
    said = "|".join(place.marked(old).values())
    shown = place.shown("（示）应急患〔2026〕23号", "20260000023")
    assert together([said], shown) == "[（示）应急患〔2026〕23号|(示)应急患(2026)23号|20260000023]"


def test_a_copy_is_chained_and_signed_under_its_own_names() -> None:
    recorded = life().recorded()
    told = told_again(recorded, "one", FIRM, KEY)
    names = names_of(recorded, "two", OTHER)
    copy = original(told, whole(told)).copy("2", {told.names[old]: new for old, new in names.items()})
    (place,) = copy.places
    rows = json.loads(together([copy.rows["case_events"]]))
    case_id = names_of(recorded, "two", OTHER)["zz-case-zz"]
    assert (place.kind, place.year) == ("case", 2026)
    assert check_chain(case_id, rows) is None
    given = [row for row in rows if row["command_id"]]
    assert [is_signed(case_id, row, [KEY]) for row in given] == [True] * 3
    text = copy.rows["case_events"] + copy.rows["cases"]
    assert not [name for old, name in told.names.items() if name != names[old] and name in text]


def test_what_is_not_computed_as_thought_is_refused() -> None:
    told = told_again(life().recorded(), "one", FIRM, KEY)
    left = whole(told)
    left.rows["case_events"][1]["hash"] = "f" * 64
    with pytest.raises(RuntimeError, match="f" * 64):
        original(told, left)
