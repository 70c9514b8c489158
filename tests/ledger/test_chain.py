"""The chain and the verifier: every way of tampering is found, and the first bad row named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from ledger.append import append
from ledger.chain import GENESIS, canonical, check_chain, content, dumps, link, plain, same
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import case_events
from ledger.verify_cases import Finding, verify, verify_case
from models.batch import Batch, LedgerEntry
from models.caseclocks import ClockStatus
from models.envelope import text_digest
from models.events import fold
from tests.builders import FIRM, general
from tests.ledger.looking import past_locks
from tests.ledger.makers import POLICY, START, batch, entry, fresh, keep_said, say

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False, width=64)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8), inner, max_size=4
        )
    ),
    max_leaves=12,
)


def test_canonical_json_is_one_text_for_equal_data() -> None:
    shanghai = timezone(timedelta(hours=8))
    same = (
        {"b": (1, 2.0), "a": datetime(2026, 11, 2, 10, tzinfo=shanghai), "甲": date(2026, 1, 1)},
        {"甲": "2026-01-01", "a": datetime(2026, 11, 2, 2, tzinfo=UTC), "b": [1, 2]},
    )
    assert (
        canonical(same[0]) == canonical(same[1]) == '{"a":"2026-11-02T02:00:00Z","b":[1,2],"甲":"2026-01-01"}'
    )
    assert canonical({"status": ClockStatus.MET}) == '{"status":"met"}'


@pytest.mark.parametrize("value", [{1, object()}, b"bytes", object()])
def test_what_json_has_no_word_for_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_the_hash_covers_every_field() -> None:
    base = entry("c", 2, command_id="x")
    changes: dict[str, Any] = {
        "case_id": "d",
        "seq": 3,
        "event": "voided",
        "at": START,
        "actor_id": "li",
        "acting_for": "head",
        "role": "head",
        "command_id": "y",
        "data": {"percent": 3},
    }
    assert set(changes) == set(LedgerEntry.model_fields)
    hashes = {
        link(GENESIS, content(base.model_copy(update={name: value}))) for name, value in changes.items()
    }
    assert len(hashes | {link(GENESIS, content(base))}) == len(changes) + 1


@given(JSON, JSON)
def test_the_same_data_are_told_from_other_data(one: Any, other: Any) -> None:
    assert same(one, plain(one))
    assert same(one, other) == (canonical(one) == canonical(other))


def test_yes_is_not_one_and_a_whole_float_is_its_integer() -> None:
    assert (same(True, 1), same(1.0, 1), same(None, ""), same("1", 1)) == (False, True, False, False)


@given(JSON)
def test_plain_data_are_a_fixed_point(value: Any) -> None:
    assert dumps(plain(value)) == canonical(plain(value))


def chained(*seqs: int) -> list[dict[str, Any]]:
    rows, prev = [], GENESIS
    for seq in seqs:
        one = entry("c", seq, command_id=str(seq))
        hashed = link(prev, content(one))
        rows.append({**one.model_dump(), "prev_hash": prev, "hash": hashed})
        prev = hashed
    return rows


@pytest.mark.parametrize(
    ("tamper", "seq"),
    [
        (lambda rows: rows, None),
        (lambda rows: [*rows[:2], {**rows[2], "actor_id": "x"}, *rows[3:]], 3),
        (lambda rows: rows[1:], 1),
        (lambda rows: [*rows[:2], *rows[3:]], 3),
        (lambda rows: [rows[0], rows[2], rows[1], *rows[3:]], 2),
        (lambda rows: [*rows[:2], rows[1], *rows[2:]], 3),
        (lambda rows: [*rows[:3], {**rows[3], "case_id": "d"}, rows[4]], 4),
    ],
)
def test_a_tampered_chain_names_its_first_bad_row(tamper: Any, seq: int | None) -> None:
    broken = check_chain("c", tamper(chained(1, 2, 3, 4, 5)))
    assert (broken.seq if broken else None) == seq


def test_a_rewritten_row_with_a_fresh_hash_breaks_the_next() -> None:
    rows = chained(1, 2, 3)
    forged = {**rows[1], "actor_id": "x"}
    forged["hash"] = link(forged["prev_hash"], content(forged))
    broken = check_chain("c", [rows[0], forged, rows[2]])
    assert broken is not None
    assert broken.seq == 3


# -- in the database ---------------------------------------------------------------------------------
async def tell(ledger: Database, length: int = 4, **fields: Any) -> str:
    case_id = fresh()
    for seq in range(1, length + 1):
        await append(ledger, batch(case_id, [entry(case_id, seq)], **fields))
    return case_id


SWAP = (
    "UPDATE case_events SET seq = 90 WHERE seq = 3 AND case_id = :c",
    "UPDATE case_events SET seq = 3 WHERE seq = 4 AND case_id = :c",
    "UPDATE case_events SET seq = 4 WHERE seq = 90 AND case_id = :c",
)
"""Two rows change places by way of a third, as the key is unique."""


async def finding(ledger: Database, case_id: str, **options: Any) -> Finding | None:
    async with ledger.read(SYSTEM_SCOPE) as session:
        return await verify_case(session, case_id, **options)


async def tamper(ledger: Database, statement: str, **values: Any) -> None:
    """What somebody who owns the database could do."""
    async with past_locks(ledger) as superuser:
        await superuser.execute(text("ALTER TABLE case_events DISABLE TRIGGER append_only"))
        await superuser.execute(text(statement), values)
        await superuser.execute(text("ALTER TABLE case_events ENABLE ALWAYS TRIGGER append_only"))


@pytest.mark.parametrize(
    ("statement", "kind", "seq"),
    [
        ("UPDATE case_events SET data = '{\"percent\": 99}' WHERE case_id = :c AND seq = 2", "chain", 2),
        ("UPDATE case_events SET actor_id = 'x' WHERE case_id = :c AND seq = 4", "chain", 4),
        (
            "UPDATE case_events SET at = at + interval '1 microsecond' WHERE case_id = :c AND seq = 1",
            "chain",
            1,
        ),
        ("DELETE FROM case_events WHERE case_id = :c AND seq = 3", "chain", 3),
        ("DELETE FROM case_events WHERE case_id = :c AND seq = 4", "head", 4),
        ("DELETE FROM case_events WHERE case_id = :c", "bare", None),
        ("DELETE FROM cases WHERE case_id = :c", "orphan", None),
        ("swap", "chain", 3),
        ("UPDATE cases SET seq = 3 WHERE case_id = :c", "head", 4),
    ],
)
async def test_tampering_is_found_and_named(
    ledger: Database, statement: str, kind: str, seq: int | None
) -> None:
    case_id = await tell(ledger)
    assert await finding(ledger, case_id) is None
    if statement == "swap":
        for step in SWAP:
            await tamper(ledger, step, c=case_id)
    else:
        await tamper(ledger, statement, c=case_id)
    found = await finding(ledger, case_id)
    assert found is not None
    assert (found.kind, found.seq) == (kind, seq)


async def test_changed_words_are_found(ledger: Database) -> None:
    case_id, command = fresh(), fresh()
    await say(ledger, command, case_id, {"title": "积尘"})
    sealed = entry(case_id, 1, command_id=command, data={"title": text_digest("积尘")})
    await append(ledger, batch(case_id, [sealed]))
    assert await finding(ledger, case_id) is None
    await tamper(
        ledger, 'UPDATE contents SET body = \'{"title": "无隐患"}\' WHERE command_id = :c', c=command
    )
    found = await finding(ledger, case_id)
    assert found is not None
    assert (found.kind, found.seq) == ("words", 1)


def folded(entries: Sequence[LedgerEntry]) -> Mapping[str, Any]:
    return fold(list(entries)).model_dump(mode="json")


async def told(ledger: Database) -> str:
    """A real case of the rules, appended as it went."""
    story = general()
    for batch_of in ("report_progress", None, "signal_completion"):
        if batch_of:
            more = {"percent": 40} if batch_of == "report_progress" else {"evidence": ["photo"]}
            story.give(batch_of, FIRM, text="已清理", **more)
        else:
            story.pass_time(days=5)
    doc = story.case.model_dump(mode="json")
    await keep_said(ledger)
    await append(
        ledger, Batch(case_id=story.case.case_id, entries=tuple(story.entries), doc=doc), POLICY.numbering
    )
    return str(story.case.case_id)


async def test_the_ledger_folds_to_the_row(ledger: Database) -> None:
    assert await finding(ledger, await told(ledger), fold=folded) is None


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE cases SET doc = jsonb_set(doc, '{failures}', '3') WHERE case_id = :c", "failures"),
        ("UPDATE cases SET state = 'ARCHIVED' WHERE case_id = :c", "state"),
        ("UPDATE cases SET doc = doc - 'clocks' WHERE case_id = :c", "clocks"),
        ("UPDATE cases SET doc = doc - 'proposals' WHERE case_id = :c", "proposals"),
    ],
)
async def test_a_row_that_says_something_else_is_named(ledger: Database, statement: str, named: str) -> None:
    case_id = await told(ledger)
    await tamper(ledger, statement, c=case_id)
    found = await finding(ledger, case_id, fold=folded)
    assert found is not None
    assert (found.kind, found.detail.split(":")[0]) == ("fold", f"'{named}'")


async def test_every_case_is_visited_once(ledger: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.verify_cases.PER_STEP", 3)
    ids = {await tell(ledger, 1) for _ in range(8)}
    seen = [case_id async for case_id, _ in verify(ledger)]
    assert len(seen) == len(set(seen))
    assert ids <= set(seen)


async def test_data_come_back_from_the_database_with_the_same_hash(ledger: Database) -> None:
    odd: dict[str, Any] = {
        "big": 1e20,
        "small": 1e-9,
        "whole": 3.0,
        "zero": -0.0,
        "long": 2**70,
        "text": '生僻字𠮷 "quoted" \\ \n',
        "keys": {"b": 1, "a": [None, True, {}]},
        "at": START,
    }
    case_id = fresh()
    await append(ledger, batch(case_id, [entry(case_id, 1, data=odd)]))
    assert await finding(ledger, case_id) is None
    async with ledger.read(SYSTEM_SCOPE) as session:
        stored = await session.scalar(select(case_events.c.data).where(case_events.c.case_id == case_id))
    assert stored["text"] == odd["text"]
