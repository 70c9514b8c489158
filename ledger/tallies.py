"""What the overview counts, kept beside the cases: each case says under what it is counted (``cases.counted``), and the batch
that changes it adds the difference to ``case_tallies``. So a number over a million cases is the sum of a few thousand rows.

A day or month is the Shanghai one, by its beginning.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from ledger import statements
from ledger.chain import dumps, plain
from ledger.readers.measures import PROPOSING
from ledger.readers.paging import Found
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import FAR
from models.industries import industry_key
from models.instants import day_of, midnight
from models.measures.kinds import OVER

OPEN, COLOURS, GRADES, OWED, ACTED = "open", "colour", "grade", "owed", "acted"
"""Open cases: by state and the day they were opened; by risk colour; by grade; by industry and the instant a rectification
still owed falls due; by the day somebody last acted."""
OPENED, CLOSED = "opened", "closed"
"""All cases: by state and the month they were opened; by the month they were closed."""
MEASURES, STEPS = "measure", "step"
"""Open measures: by kind and state; by kind and the step taken last."""
NOT_STATED = "none"
"""What is not stated goes by the name its filter has."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The day of cases on which nobody ever acted."""

Sort = tuple[str, str, str, str]
"""What is counted, when, and by which one and other."""


def counted(doc: Mapping[str, Any], acted_at: str | None) -> list[str]:
    """Under what the case with this snapshot (JSON) is counted; each as JSON text of a :data:`Sort`."""
    return [dumps(sort) for sort in _sorts(doc, acted_at)]


def difference(doc: Mapping[str, Any], before: Iterable[str], after: Iterable[str]) -> list[dict[str, Any]]:
    """The rows that lead from what a case was counted under to what it is counted under now."""
    moved = Counter(after)
    moved.subtract(before)
    where = {"district_id": doc["district_id"], "territory_id": doc.get("territory_id")}
    names = ("what", "at", "one", "other")
    return [
        {**where, **dict(zip(names, json.loads(sort), strict=True)), "n": n}
        for sort, n in sorted(moved.items())
        if n
    ]


def _sorts(doc: Mapping[str, Any], acted_at: str | None) -> Iterator[Sort]:
    state, opened, closed = doc["state"], doc["opened_at"], doc.get("closed_at")
    yield OPENED, _month(opened), state, ""
    if closed:
        yield CLOSED, _month(closed), "", ""
    else:
        yield OPEN, _day(opened), state, ""
        yield COLOURS, _ALWAYS, doc.get("risk_colour") or NOT_STATED, ""
        yield GRADES, _ALWAYS, doc.get("grade") or NOT_STATED, ""
        yield ACTED, _day(acted_at) if acted_at else _instant(NEVER), "", ""
        if due := doc.get("rectify_due_at"):
            yield (
                OWED,
                _instant(datetime.fromisoformat(due)),
                industry_key(doc.get("industry") or "") or NOT_STATED,
                "",
            )
    for measure in doc.get("measures") or ():
        if measure["state"] not in OVER:
            yield MEASURES, _ALWAYS, measure["kind"], measure["state"]
            yield STEPS, _ALWAYS, measure["kind"], _last_step(measure.get("done") or {})


def _last_step(done: Mapping[str, Mapping[str, Any]]) -> str:
    """The twin of :func:`ledger.readers.measures.last_step`."""
    return min(done, key=lambda step: (-done[step]["seq"], step), default=PROPOSING)


def _instant(at: datetime) -> str:
    return str(plain(at))


_ALWAYS = _instant(FAR)


def _day(at: str) -> str:
    return _instant(midnight(day_of(datetime.fromisoformat(at))))


def _month(at: str) -> str:
    return _instant(midnight(day_of(datetime.fromisoformat(at)).replace(day=1)))


_SORT = "district_id, territory_id, what, at, one, other"
_SAID = (
    "SELECT district_id, territory_id, s ->> 0 AS what, CAST(s ->> 1 AS timestamptz) AS at, s ->> 2 AS one,"
    " s ->> 3 AS other, CAST(count(*) AS int) AS n"
    " FROM {cases}, unnest(counted) AS said, LATERAL (SELECT CAST(said AS jsonb) AS s) AS j"
    " GROUP BY district_id, territory_id, 3, 4, 5, 6"
)
"""The tallies of ``cases`` by what each of them says."""
_OF_ROWS = _SAID.format(cases="jsonb_populate_recordset(CAST(NULL AS cases), CAST(:rows AS jsonb))")

ADD = text(f"INSERT INTO case_tallies ({_SORT}, n) {_OF_ROWS}")
"""The tallies of whole rows of ``cases`` (JSON), as :mod:`ledger.whole` writes them."""

_SUM_UP = text(
    "WITH gone AS (DELETE FROM case_tallies WHERE ctid = ANY (ARRAY(SELECT unnest(array_agg(ctid))"  # noqa: S608 - our own names
    f" FROM case_tallies GROUP BY {_SORT} HAVING count(*) > 1)) RETURNING *)"
    f" INSERT INTO case_tallies ({_SORT}, n)"
    f" SELECT {_SORT}, sum(n) FROM gone GROUP BY {_SORT} HAVING sum(n) <> 0"
)
_DIFFERING = text(
    f"WITH kept AS (SELECT {_SORT}, CAST(sum(n) AS int) AS n FROM case_tallies"  # noqa: S608 - our own names
    f" GROUP BY {_SORT} HAVING sum(n) <> 0), said AS ({_SAID.format(cases='cases')})"
    " (TABLE kept EXCEPT TABLE said) UNION ALL (TABLE said EXCEPT TABLE kept) LIMIT 1"
)


async def sum_up(session: WriteSession) -> None:
    """Replace rows of one sort by their sum; what readers see of it is the same number at every moment."""
    await session.execute(statements.LOCK, {"key": "case_tallies"})
    await session.execute(_SUM_UP)


async def differing(session: ReadSession) -> Found | None:
    """A sort of which there are not as many as the cases say, if there is one."""
    found: Found | None = (await session.execute(_DIFFERING)).one_or_none()
    return found
