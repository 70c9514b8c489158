"""Document numbers (文书编号): per authority, kind and year in Shanghai, without gaps, never reused.

A number is taken in the transaction that writes the row it belongs to; the counter's row lock makes
concurrent takers queue, and a rollback gives the number back. Takers of several kinds take case, inspection and
order in that order, then instruments in alphabetical order of kind, so that no two can wait for each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, column, text

from ledger.driver import fetch
from ledger.errors import LedgerGap
from ledger.readers.rules import policy_of
from ledger.sessions import ReadSession, WriteSession
from models.clocks import SHANGHAI
from models.policy.values import Numbering

PER_YEAR = 10_000_000


@dataclass(frozen=True, slots=True)
class Number:
    """A document number as people read it, and a key that sorts like it (year × 10⁷ + number)."""

    text: str
    key: int


def shanghai_year(at: datetime) -> int:
    """The calendar year in Shanghai at ``at``: 2026-12-31T16:00Z belongs to 2027."""
    return at.astimezone(SHANGHAI).year


_NEXT = text(
    "INSERT INTO counters (authority, kind, year, n) VALUES (:authority, :kind, :year, :many)"
    " ON CONFLICT (authority, kind, year) DO UPDATE SET n = counters.n + excluded.n RETURNING n"
).columns(column("n", Integer))


async def next_number(session: WriteSession, numbering: Numbering, kind: str, at: datetime) -> Number:
    """Take the next number for a document ``kind`` issued at ``at``. KeyError for a kind without a code."""
    return (await next_numbers(session, numbering, kind, shanghai_year(at), 1))[0]


async def next_numbers(
    session: WriteSession, numbering: Numbering, kind: str, year: int, many: int
) -> list[Number]:
    """Take the next ``many`` numbers for documents ``kind`` of a year. KeyError for a kind without a code."""
    numbering.format(kind, year, 0)  # a kind without a code must not take a number
    taken = {"authority": numbering.authority, "kind": kind, "year": year, "many": many}
    ((last,),) = await fetch(session, _NEXT, taken)
    return [
        Number(numbering.format(kind, year, n), year * PER_YEAR + n) for n in range(last - many + 1, last + 1)
    ]


async def numbering_of(session: ReadSession, policy_version: str) -> Numbering:
    """How documents are numbered under a stored policy version.

    Raises :class:`LedgerGap` when the version is not stored yet.
    """
    policy = await policy_of(session, policy_version)
    if policy is None:
        raise LedgerGap(
            f"政策版本 {policy_version} 尚未入库，无法编号",
            f"policy version {policy_version} is not stored yet, so documents cannot be numbered",
            policy_version=policy_version,
        )
    return policy.numbering
