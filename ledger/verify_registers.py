"""Verification of what stands beside the cases: the numbers, the orders, the visits, the files, the audit log, the tallies.

Numbers are given without gaps, so a whole case that is gone is missed in the list of its authority. What a visit says is
held against the digest it was recorded with, an order against the entries that served it, a file against its row, and the
audit log is a chain of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, select, text, true, union_all

from ledger.chain import GENESIS, digest, plain
from ledger.numbers import PER_YEAR
from ledger.orders import ORDER_EVENTS, SERVED
from ledger.sessions import SYSTEM_SCOPE, Database, ReadSession
from ledger.tables import (
    audit_head,
    case_events,
    cases,
    contents,
    counters,
    enterprise_papers,
    evidence,
    inspections,
    instruments,
    order_items,
    orders,
    papers,
    policies,
)
from ledger.tallies import differing
from ledger.verify_cases import Finding
from models.policy import Policy

_NUMBERED: Mapping[str, tuple[Table, str]] = {
    "case": (cases, "case_id"),
    "inspection": (inspections, "inspection_id"),
    "order": (orders, "order_id"),
}
"""Kind of number → the table of what bears it; every other kind is an instrument."""

DigestOf = Callable[[str], Awaitable[str | None]]
"""The SHA-256 of a stored object by its key; None when there is none."""


async def verify_registers(
    database: Database, digest_of: DigestOf | None = None
) -> AsyncIterator[tuple[str, Finding | None]]:
    """Check every register: (its name, its first finding or None); without ``digest_of`` no file is opened."""
    async with database.read(SYSTEM_SCOPE, snapshot=True) as session:
        for name, check in _REGISTERS.items():
            yield name, await check(session)
    if digest_of is not None:
        yield "files", await _files(database, digest_of)


async def _numbers(session: ReadSession) -> Finding | None:
    """Every number given is borne by one row, and reads as its key says."""
    given = {
        (row.kind, row.year): int(row.n)
        for row in await session.execute(
            select(counters.c.kind, counters.c.year, func.sum(counters.c.n).label("n")).group_by(
                counters.c.kind, counters.c.year
            )
        )
    }
    borne = await numbers_borne(session)
    forms = [
        Policy.model_validate(one).numbering for one in await session.scalars(select(policies.c.document))
    ]
    for (kind, year), numbers in borne.items():
        for n, shown in numbers:
            if shown not in {form.format(kind, year, n) for form in forms if kind in form.codes}:
                return Finding(f"{kind} {year}", "number", n, f"{shown!r} is not the number that was given")
    for (kind, year), n in given.items():
        bearing = sorted(one for one, _ in borne[kind, year])
        if len(bearing) != n:
            missing = sorted({*range(1, n + 1)} - {*bearing})[:5]
            return Finding(
                f"{kind} {year}",
                "number",
                None,
                f"{n} numbers were given, {len(bearing)} are there: {missing} are not",
            )
    return None


async def numbers_borne(session: ReadSession) -> dict[tuple[str, int], list[tuple[int, str]]]:
    """The numbers in use by kind and year: the number, and how it reads."""
    found: dict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
    for kind, (table, _) in _NUMBERED.items():
        for key, shown in await session.execute(select(table.c.number_key, table.c.number)):
            found[kind, key // PER_YEAR].append((key % PER_YEAR, shown))
    leads = select(cases.c.lead_key, cases.c.lead_no).where(cases.c.lead_no != cases.c.number)
    for key, shown in await session.execute(leads):
        found["case", key // PER_YEAR].append((key % PER_YEAR, shown))
    issued = select(instruments.c.kind, instruments.c.number_key, instruments.c.number)
    of_their_own = select(papers.c.kind, papers.c.number_key, papers.c.number).where(
        papers.c.number_key.is_not(None)
    )
    firms = enterprise_papers.c
    of_firms = select(firms.series, firms.number_key, firms.number).where(firms.number_key.is_not(None))
    for kind, key, shown in await session.execute(issued.union_all(of_their_own, of_firms)):
        found[kind, key // PER_YEAR].append((key % PER_YEAR, shown))
    return found


async def _orders(session: ReadSession) -> Finding | None:
    """An order was served when an entry of one of its cases says so, and is its cases' enterprise's."""
    items = order_items.c
    in_cases = select(items.order_id).join(cases, cases.c.case_id == items.case_id)
    wanted = select(orders.c.order_id, orders.c.served_at).where(orders.c.order_id.in_(in_cases))
    served = await _served(session)
    for order_id, at in await session.execute(wanted.order_by(orders.c.order_id)):
        if (at is not None or served[order_id]) and at not in served[order_id]:
            return Finding(
                order_id, "order", None, "'served_at' of the order is not what its cases' ledgers say"
            )
    other = (
        select(orders.c.order_id)
        .join(order_items, items.order_id == orders.c.order_id)
        .join(cases, cases.c.case_id == items.case_id)
        .where(cases.c.enterprise_id != orders.c.enterprise_id)
    )
    wrong = await session.scalar(other.limit(1))
    return (
        Finding(wrong, "order", None, "the order is another enterprise's than its cases") if wrong else None
    )


async def _served(session: ReadSession) -> dict[str, set[datetime]]:
    """Order → when the entries of its cases say it was served; they speak of the order last issued in their case."""
    events = case_events.c
    wanted = select(events.case_id, events.event, events.at, events.data).where(
        events.event.in_(ORDER_EVENTS)
    )
    last: dict[str, str] = {}
    served: dict[str, set[datetime]] = defaultdict(set)
    for row in await session.execute(wanted.order_by(events.case_id, events.seq)):
        last[row.case_id] = row.data.get("order_id") or last.get(row.case_id, "")
        if row.event in SERVED:
            said = row.data.get("served_at")
            served[last[row.case_id]].add(datetime.fromisoformat(said) if said else row.at)
    return served


async def _visits(session: ReadSession) -> Finding | None:
    """A visit says what it was recorded with, its words too, and the cases it opened are in the ledger."""
    wanted = select(inspections, contents.c.body, contents.c.digest.label("sealed")).outerjoin(
        contents, contents.c.command_id == inspections.c.command_id
    )
    for row in (await session.execute(wanted.order_by(inspections.c.inspection_id))).mappings():
        wrong = _visit(row)
        if wrong is not None:
            return Finding(
                row["inspection_id"], "visit", None, f"{wrong!r} of the visit is not what was recorded"
            )
    return None


def _visit(row: Mapping[Any, Any]) -> str | None:
    record = dict(row["data"] or {})
    openings = record.pop("openings", [])
    if digest(plain([row["command_id"], record, openings])) != row["digest"]:
        return "data"
    words = row["body"] or {}
    if row["sealed"] is not None and digest(words) != row["sealed"]:
        return "words"
    for name in ("place", "summary"):
        if row[name] != (words.get(name) or ""):
            return name
    for name in ("started_at", "ended_at"):
        if record.get(name) and datetime.fromisoformat(record[name]) != row[name]:
            return name
    for name in ("kind", "officers", "enterprise_id", "territory_id", "district_id"):
        if record.get(name) and record[name] != row[name]:
            return name
    return None


_AUDIT = text(
    "WITH lines AS (SELECT audit_id, no, hash, lag(no, 1, 0::bigint) OVER (ORDER BY no) AS last,"
    " lag(hash, 1, :genesis) OVER (ORDER BY no) AS prev,"
    " (to_jsonb(l) - 'audit_id' - 'no' - 'hash')::text AS body FROM audit_log l)"
    " SELECT no FROM lines WHERE no <> last + 1"
    " OR hash <> encode(sha256(convert_to(prev || body, 'UTF8')), 'hex') ORDER BY no LIMIT 1"
)
_AUDIT_END = text("SELECT no, hash FROM audit_log ORDER BY no DESC LIMIT 1")


async def _audit(session: ReadSession) -> Finding | None:
    """No line of the audit log was changed, removed or put in between."""
    bad = await session.scalar(_AUDIT, {"genesis": GENESIS})
    if bad is not None:
        return Finding("audit_log", "audit", int(bad), "this line does not follow the one before it")
    end = (await session.execute(_AUDIT_END)).one_or_none()
    head = (await session.execute(select(audit_head.c.no, audit_head.c.hash).where(true()))).one_or_none()
    if (tuple(end) if end else None) != (tuple(head) if head else None):
        return Finding("audit_log", "audit", end.no if end else None, "the last lines are gone")
    return None


async def _tallies(session: ReadSession) -> Finding | None:
    """There are as many of every sort as the cases say."""
    sort = await differing(session)
    said = sort and f"{sort.what} {sort.one} {sort.other} of {sort.at:%Y-%m-%d}".replace("  ", " ")
    return (
        Finding("case_tallies", "tally", None, f"{said}: another number than the cases say") if said else None
    )


async def _files(database: Database, digest_of: DigestOf) -> Finding | None:
    """Every original and every paper is there, and is the file whose hash its row has."""
    wanted = select(evidence.c.evidence_id, evidence.c.sha256, evidence.c.object_key)
    written = union_all(
        *(
            select(one.c.token, one.c.sha256, one.c.object_key).where(one.c.sha256.is_not(None))
            for one in (papers, enterprise_papers)
        )
    )
    async with database.read(SYSTEM_SCOPE, snapshot=True) as session:
        kept = [tuple(row) for row in await session.execute(wanted.order_by(evidence.c.evidence_id))]
        kept += [tuple(row) for row in await session.execute(written.order_by("token"))]
    for name, sha256, key in kept:
        found = await digest_of(key)
        if found != sha256:
            said = "is gone" if found is None else "is not the file that was handed in"
            return Finding(name, "file", None, f"the original {said}")
    return None


_REGISTERS: Mapping[str, Callable[[ReadSession], Awaitable[Finding | None]]] = {
    "numbers": _numbers,
    "orders": _orders,
    "visits": _visits,
    "audit": _audit,
    "tallies": _tallies,
}
