"""The checker of enterprises: client log against SQL alone. It uses nothing of the product, so that it can contradict it.

What it holds the service to, beyond what :mod:`chaos.check` asks of the cases:

* every acknowledged entry that bears on an enterprise is consumed by that enterprise, once; nothing else is;
* penalties, stops, listing and status are those the client log leads to;
* a closure flag is raised and withdrawn after the very entries where a count by hand says so, and nowhere else;
* a closed enterprise ends each case open at that moment once, and no other case ends so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chaos.check import chain, check, numbers, read, sent_commands
from chaos.enterprise_books import Books, Row, books
from chaos.enterprise_law import EVENTS, Count, bearing_named, status_of
from chaos.log import ACKED, REFUSED, UNKNOWN, records

HASHED = (
    *("enterprise_id", "seq", "event", "at", "actor_id", "acting_for", "role", "command_id"),
    *("source_case_id", "source_seq", "data"),
)
_FLAG_CLOCK = "closure.flag.answer"
_FLAGS = ("closure_flagged", "closure_flag_dropped")


@dataclass(frozen=True, slots=True)
class Story:
    """One enterprise as the client log tells it."""

    firm: str
    flags: int
    given: list[Row] = field(default_factory=list)
    """What was acknowledged in its cases, in the order of the answers."""
    asked: list[Row] = field(default_factory=list)
    """What was acknowledged to itself."""

    @property
    def closing(self) -> float | None:
        """When the government's decision was sent."""
        return next((one["sent_at"] for one in self.given if bearing_named(one) == "closed"), None)


def stories(log: Path) -> dict[str, Story]:
    """Every enterprise of a client log."""
    found: dict[str, Story] = {}
    for one in records(log):
        if one["kind"] == "firm":
            found[one["firm"]] = Story(one["firm"], one["flags"])
        elif one["kind"] == "done" and one["status"] == ACKED:
            found[one["firm"]].given.append(one)
        elif one["kind"] == "answered" and one["status"] == ACKED:
            found[one["firm"]].asked.append(one)
    return found


# -- checking --------------------------------------------------------------------------------------
async def check_all(log: Path, database_url: str) -> tuple[Books, list[str]]:
    """Everything that is not as promised, in the cases and in the enterprises of a client log."""
    told = stories(log)
    held = await books(database_url, list(told))
    whole = await read(database_url)
    mine = type(whole)(
        {case: entries for case, entries in whole.entries.items() if case in held.cases},
        {case: row for case, row in whole.cases.items() if case in held.cases},
    )
    problems = check(sent_commands(log), mine)
    return held, [*problems, *surprises(log, told), *check_firms(told, held)]


def surprises(log: Path, told: Mapping[str, Story]) -> Iterator[str]:
    """Answers nobody had reason to expect: only in the cases of an enterprise being closed may a right be refused."""
    for one in records(log):
        if one["kind"] not in ("done", "answered"):
            continue
        closing = told[one["firm"]].closing
        named = f"{one['command']} {one.get('step') or ''} {one['key']}: {one['code']}"
        if one["status"] == UNKNOWN:
            yield f"nobody answered {named}"
        if one["status"] == REFUSED and (closing is None or one["at"] < closing):
            yield f"refused: {named}"


def check_firms(told: Mapping[str, Story], held: Books) -> list[str]:
    """Everything about the enterprises that is not as promised, in words; empty when all is well."""
    found = [*_inbox(held), *_orders(told, held)]
    for firm, story in told.items():
        ledger, row = held.ledgers.get(firm, ()), held.firms.get(firm)
        if row is None:
            found.append(f"enterprise {firm} has no row")
            continue
        found += numbers(f"enterprise {firm}", ledger)
        found += chain(f"enterprise {firm}", ledger, row, HASHED)
        found += [*_bearings(story, held), *_file(story, row), *_flags(story, held), *_asked(story, ledger)]
    return found + list(_closures(told, held))


def _inbox(held: Books) -> Iterator[str]:
    """Every row is an entry of a case with that meaning, and the enterprise's own ledger has consumed it once."""
    consumed = Counter(
        (entry["source_case_id"], entry["source_seq"])
        for entries in held.ledgers.values()
        for entry in entries
        if entry["source_case_id"] is not None
    )
    rows = {(row["case_id"], row["seq"]): row for row in held.inbox}
    for source, times in consumed.items():
        if times != 1:
            yield f"{source} was consumed {times} times"
        if source not in rows:
            yield f"{source} was consumed and is in no inbox"
    for source, row in rows.items():
        entry = held.entry(*source)
        if entry is None or _meaning(entry) != row["kind"]:
            yield f"{source} is in the inbox as {row['kind']}"
        if consumed[source] != 1 or row["consumed_seq"] is None:
            yield f"{source} ({row['kind']}) was never consumed"
    for case, entries in held.entries.items():
        for entry in entries:
            if _meaning(entry) and (case, entry["seq"]) not in rows:
                yield f"{(case, entry['seq'])} ({_meaning(entry)}) never came into an inbox"


def _meaning(entry: Row) -> str | None:
    named = entry["data"].get("bearing") or EVENTS.get(entry["event"])
    return str(named) if named else None


def _orders(told: Mapping[str, Story], held: Books) -> Iterator[str]:
    """An entry of the log is of the case, and the case of the enterprise, that the client gave it to."""
    for firm, story in told.items():
        for one in story.given:
            row = held.cases.get(one["case"])
            if row is None or row["enterprise_id"] != firm:
                yield f"{one['key']} of {firm} was acknowledged in a case of {row and row['enterprise_id']}"


def _bearings(story: Story, held: Books) -> Iterator[str]:
    """Every acknowledged bearing stands in its case's ledger as what it is, and in the enterprise's once."""
    mine = Counter(
        (entry["source_case_id"], entry["source_seq"]) for entry in held.ledgers.get(story.firm, ())
    )
    for one in story.given:
        meaning = bearing_named(one)
        if meaning is None:
            continue
        entry = held.entry(one["case"], one["first"] or 0)
        if entry is None or _meaning(entry) != meaning:
            yield f"{one['key']} should be {meaning} and is {entry and _meaning(entry)}"
        elif mine[(one["case"], one["first"])] != 1:
            yield f"{one['key']} ({meaning}) was consumed {mine[(one['case'], one['first'])]} times"


def _file(story: Story, row: Row) -> Iterator[str]:
    """Penalties, stops, listing and status as the log's answers lead to them."""
    doc, named = row["doc"], f"enterprise {story.firm}"
    penalties: dict[tuple[str, str], str] = {}
    stops: dict[tuple[str, str], tuple[str, str | None]] = {}
    listed: str | None = None
    closed = False
    for one in story.given:
        meaning, key = bearing_named(one), (one["case"], str(one.get("measure")))
        if meaning == "penalty_decided":
            penalties[key] = one["kind_of"]
        elif meaning == "stop_in_force":
            stops[key] = (one["kind_of"], one["scope"])
        elif meaning in ("stop_ended", "penalty_annulled"):
            stops.pop(key, None)
            penalties.pop(key if meaning == "penalty_annulled" else ("", ""), None)
        elif meaning == "listed_bad_faith":
            listed = one["case"]
        closed |= meaning == "closed"
    shown = {(one["case_id"], one["measure_id"]): one["kind"] for one in doc["penalties"]}
    if shown != penalties or len(doc["penalties"]) != len(penalties):
        yield f"{named} counts {sorted(shown)}, the log {sorted(penalties)}"
    if {(one["case_id"], one["measure_id"]) for one in doc["stops"]} != set(stops):
        yield f"{named} has the stops {doc['stops']}, the log {stops}"
    if (doc["bad_faith"] or {}).get("case_id") != listed:
        yield f"{named} is listed by {doc['bad_faith']}, by the log {listed}"
    status = status_of(stops.values(), closed=closed, accident=_waiting(story))
    if {row["status"], row["shown"], doc["status"]} != {status}:
        yield f"{named} is {row['status']}, shown as {row['shown']}; the log says {status}"


def _waiting(story: Story) -> bool:
    named = Counter(one["command"] for one in story.asked)
    return named["record_accident"] > named["accept_after_accident"]


def _flags(story: Story, held: Books) -> Iterator[str]:
    """Count by hand along the enterprise's own ledger; every flag stands where the count says, as often as planned."""
    named, count = f"enterprise {story.firm}", Count()
    ledger = held.ledgers.get(story.firm, ())
    expected: str | None = None
    for place, entry in enumerate(ledger):
        if entry["source_case_id"] is not None:
            source = held.entry(entry["source_case_id"], entry["source_seq"])
            meaning = _meaning(source) if source else None
            data = source["data"] if source else {}
            expected = count.told(meaning or "", entry["source_case_id"], data)
            following = ledger[place + 1]["event"] if place + 1 < len(ledger) else None
            if expected != (following if following in _FLAGS else None):
                yield f"{named}: after {entry['seq']} ({meaning}) comes {following}, the count says {expected}"
        elif entry["event"] == "closure_flag_answered":
            count.answered()
        elif entry["event"] in _FLAGS and ledger[place - 1]["source_case_id"] is None:
            yield f"{named}: {entry['event']} at {entry['seq']} follows from no entry of a case"
    raised = sum(entry["event"] == "closure_flagged" for entry in ledger)
    if not raised == count.raised == story.flags:
        yield f"{named} raised {raised} flags; planned {story.flags}, counted {count.raised}"
    doc = held.firms[story.firm]["doc"]
    open_flag = bool(doc["flag"] and doc["flag"]["status"] == "open")
    due = sum(one["enterprise_id"] == story.firm and one["clock"] == _FLAG_CLOCK for one in held.tasks)
    if due != (open_flag and not doc["closure"]):
        yield f"{named}: {due} tasks to answer a flag, open: {open_flag}"


def _asked(story: Story, ledger: Sequence[Row]) -> Iterator[str]:
    """What the enterprise itself was asked and acknowledged stands in its ledger once."""
    stands = Counter(entry["command_id"] for entry in ledger)
    for one in story.asked:
        if stands[one["command_id"]] != 1:
            yield f"{one['command']} of {story.firm} stands in its ledger {stands[one['command_id']]} times"


def _closures(told: Mapping[str, Story], held: Books) -> Iterator[str]:
    """Cases open when the government decided end once, as such; no others."""
    decided = {
        firm: entry["at"]
        for firm, story in told.items()
        for one in story.given
        if bearing_named(one) == "closed" and (entry := held.entry(one["case"], one["first"] or 0))
    }
    for case, row in held.cases.items():
        at = decided.get(row["enterprise_id"])
        ended = sum(entry["event"] == "enterprise_closed" for entry in held.entries[case])
        before = any(entry["event"] == "voided" for entry in held.entries[case])
        due = at is not None and row["opened_at"] <= at and not before
        if ended != due or (row["state"] == "CLOSED_WITH_ENTERPRISE") != due:
            yield f"case {case} of {row['enterprise_id']} ended {ended} times with it, is {row['state']}"
