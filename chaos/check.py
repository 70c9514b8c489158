"""The checker: client log against ledger, by SQL alone. It uses nothing of the product, so that it can contradict it.

What it holds the service to:

* every acknowledged command is in the ledger exactly once, where the answer said; every other one at most once;
  a refused one not at all;
* the entries of a case are numbered 1..n without a gap and hang in one chain of hashes;
* a command answered before another was sent stands before it;
* only what :mod:`chaos.law` allows has happened, and it leads to the state the case's row shows.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped,unused-ignore]

from chaos.law import BEGINS, after, told_from
from chaos.log import ACKED, REFUSED, Sent, records

_COMMANDS = uuid.UUID("3d0f4f3e-5d0b-5b0e-8a55-0c6c3e2d9f11")
_DERIVED = uuid.UUID("b4a2a0c6-6f6d-5a39-9a0e-5e1f6f6f7a21")
_GENESIS = "0" * 64
_HASHED = ("case_id", "seq", "event", "at", "actor_id", "acting_for", "role", "command_id", "data")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the database holds: the entries of every case in order, and every case's state and head."""

    entries: Mapping[str, Sequence[Row]]
    cases: Mapping[str, Row]


# -- reading -----------------------------------------------------------------------------------------
async def read(database_url: str) -> Ledger:
    """The whole ledger in one snapshot, with the projector's eyes, which see every case."""
    connection = await asyncpg.connect(plain_url(database_url))
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute("SET LOCAL ROLE xh_ledger")
            found = await connection.fetch("SELECT * FROM case_events ORDER BY case_id, seq")
            heads = await connection.fetch("SELECT case_id, state, seq, head_hash, source FROM cases")
    finally:
        await connection.close()
    entries: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        entries[row["case_id"]].append({**row, "data": json.loads(row["data"])})
    return Ledger(entries, {row["case_id"]: dict(row) for row in heads})


def plain_url(database_url: str) -> str:
    """The URL without SQLAlchemy's driver in it."""
    return "postgresql://" + database_url.partition("://")[2]


def sent_commands(path: Path) -> list[Sent]:
    """Every command of a client log; one that was never answered is there too."""
    asked: dict[tuple[str, str], dict[str, Any]] = {}
    done: list[dict[str, Any]] = []
    for record in records(path):
        if record["kind"] == "sent":
            asked[(record["actor"], record["key"])] = record
        elif record["kind"] == "done":
            done.append(record)
    answered = {(one["actor"], one["key"]) for one in done}
    found = [sent for record in done for sent in _told(record)]
    return found + [sent for key, record in asked.items() if key not in answered for sent in _told(record)]


def _told(record: Row) -> Iterator[Sent]:
    """A record as commands: an inspection is one for each case it opened."""
    base = str(uuid.uuid5(_COMMANDS, f"{record['actor']}\n{record['key']}"))
    if record["command"] == "inspect":
        for no, case in enumerate(record.get("cases", ())):
            yield _sent(
                record, str(uuid.uuid5(_DERIVED, f"{base}\nopen\n{no}")), _derived_case(base, no, case)
            )
        return
    cases = record.get("cases") or (record["case"],)
    yield _sent(record, base, cases[0])


def _derived_case(base: str, no: int, _: str) -> str:
    return str(uuid.uuid5(_DERIVED, f"{base}\ncase\n{no}"))


def _sent(record: Row, command_id: str, case: str) -> Sent:
    done = record["kind"] == "done"
    return Sent(
        key=record["key"],
        actor=record["actor"],
        case=case,
        command=record["command"],
        sent_at=record["sent_at"] if done else record["at"],
        command_id=command_id,
        expected=record["expected"],
        outside=record.get("outside", False),
        **(
            {
                "status": record["status"],
                "acked_at": record["at"] if record["status"] == ACKED else None,
                "http": record["http"],
                "code": record["code"],
                "first": record["first"],
                "last": record["last"],
                "events": tuple(record["events"]),
                "attempts": record["attempts"],
            }
            if done
            else {}
        ),
    )


# -- checking ----------------------------------------------------------------------------------------
def check(sent: Sequence[Sent], ledger: Ledger) -> list[str]:
    """Everything that is not as promised, in words; empty when all is well."""
    where: dict[str, list[Row]] = defaultdict(list)
    for entries in ledger.entries.values():
        for entry in entries:
            if entry["command_id"] is not None:
                where[entry["command_id"]].append(entry)
    found = [problem for one in sent for problem in _command(one, where[one.command_id], ledger)]
    known = {one.command_id for one in sent}
    for command_id, entries in where.items():
        if command_id not in known:
            found.append(f"command {command_id} of case {entries[0]['case_id']} was sent by nobody")
    for case, entries in ledger.entries.items():
        found += numbers(f"case {case}", entries) + chain(f"case {case}", entries, ledger.cases.get(case))
        found += _lawful(case, entries, ledger.cases.get(case))
    found += [f"case {case} has a row and no ledger" for case in ledger.cases if case not in ledger.entries]
    return found + _order(sent, where)


def _command(one: Sent, stands: Sequence[Row], ledger: Ledger) -> Iterator[str]:
    """Exactly once when acknowledged, and where it was said; never when refused; at most once otherwise."""
    name = f"{one.command} {one.key} ({one.command_id})"
    if len(stands) > 1:
        yield f"{name} stands in the ledger {len(stands)} times"
    if one.status == REFUSED and stands:
        yield f"{name} was refused and stands in the ledger at {stands[0]['seq']}"
    if one.status != ACKED:
        return
    if not stands:
        yield f"{name} was acknowledged and is not in the ledger"
        return
    first = stands[0]
    if first["case_id"] != one.case:
        yield f"{name} was given to {one.case} and stands in {first['case_id']}"
    if one.first is None or one.last is None:
        return
    before = _untold(ledger.entries[one.case]) if one.outside else 0
    entries = ledger.entries[one.case][one.first + before - 1 : one.last + before]
    if first["seq"] != one.first + before:
        yield f"{name} was acknowledged at {one.first} and stands at {first['seq'] - before}"
    elif tuple(entry["event"] for entry in entries) != one.events:
        yield f"{name} was told {one.events} and wrote {[entry['event'] for entry in entries]}"
    elif any(entry["command_id"] or entry["actor_id"] != one.actor for entry in entries[1:]):
        yield f"{name} was told of entries that are not its own"


def _untold(entries: Sequence[Row]) -> int:
    """How many entries come before those the enterprise is told of."""
    source = str(entries[0]["data"]["source"])
    return told_from(source, [str(entry["event"]) for entry in entries]) - 1


def numbers(named: str, entries: Sequence[Row]) -> list[str]:
    """Whether the entries are numbered from 1 without a gap."""
    told = [entry["seq"] for entry in entries]
    return [] if told == list(range(1, len(told) + 1)) else [f"{named} is numbered {told}"]


def chain(named: str, entries: Sequence[Row], head: Row | None, hashed: Sequence[str] = _HASHED) -> list[str]:
    """Whether the entries hang in one chain of hashes over the fields ``hashed``, and the row stands at its end."""
    prev = _GENESIS
    for entry in entries:
        body = {name: _plain(entry[name]) for name in hashed}
        told = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        link = hashlib.sha256((prev + told).encode()).hexdigest()
        if entry["prev_hash"] != prev or entry["hash"] != link:
            return [f"{named}: the chain breaks at {entry['seq']}"]
        prev = link
    if head is None:
        return [f"{named} has a ledger and no row"]
    stands = (head["seq"], head["head_hash"])
    return [] if stands == (len(entries), prev) else [f"{named}: the row stands at {stands[0]}"]


def _plain(value: Any) -> Any:
    """As the ledger writes it: instants in UTC with Z, whole numbers without a fraction."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _lawful(case: str, entries: Sequence[Row], head: Row | None) -> list[str]:
    if not entries or entries[0]["event"] != "opened":
        return [f"case {case} does not begin with its opening"]
    state = BEGINS[entries[0]["data"]["source"]]
    for entry in entries[1:]:
        following = after(state, entry["event"])
        if following is None:
            return [f"case {case}: {entry['event']} at {entry['seq']} is not lawful in {state}"]
        state = following
    shown = head["state"] if head else None
    return [] if shown == state else [f"case {case}: the ledger leads to {state}, the row shows {shown}"]


def _order(sent: Sequence[Sent], where: Mapping[str, Sequence[Row]]) -> list[str]:
    """Of two commands of one case, the one answered before the other was sent stands before it.

    Sorted by the moment they were sent, each must stand after everything answered by then.
    """
    by_case: dict[str, list[tuple[Sent, int]]] = defaultdict(list)
    for one in sent:
        if one.status == ACKED and where[one.command_id]:
            by_case[one.case].append((one, where[one.command_id][0]["seq"]))
    found = []
    for case, given in by_case.items():
        for later, after_seq in given:
            for earlier, seq in given:
                if (earlier.acked_at or 0) < later.sent_at and seq > after_seq:
                    found.append(
                        f"case {case}: {earlier.key} was answered before {later.key} and stands after it"
                    )
    return found
