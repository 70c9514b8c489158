"""What a year's notice would move: every open case it can touch, asked by the decision the case will take itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from ledger.readers.calendars import cases_reaching
from ledger.readers.paging import Found
from ledger.readers.rules import YEARS_AFTER, YEARS_BEFORE, calendar_of, notices_entered, policy_of
from ledger.sessions import SYSTEM_SCOPE, Database, ReadSession
from models.actors import Actor, Role
from models.administrators import administrators_alone
from models.calendar import CalendarYear, calendar_between
from models.calendarmoves import Move, moves
from models.caseclocks import Rules
from models.clocks import SHANGHAI
from models.sight import kinds_of, sight_of
from models.snapshot import Case
from models.yearnotice import Notice, forgotten, same_days, within_reach
from services.calendars.views import MoveView, NoticePreview
from services.context import Services
from services.labels import clock_label, label

FIRST = 200
"""How many moves are named; all of them are counted."""
_AT_ONCE = 100
_INNER = ("内部期限（案件不公开）", "an internal deadline, of a case not shown")


def check_enters(actor: Actor) -> None:
    """Raise NotAuthorised for whoever does not keep the reference data."""
    administrators_alone(
        actor,
        "仅系统管理员可以录入放假通知",
        "Only administrators enter a year's notice",
        rule="calendar.enters",
    )


class Touched(NamedTuple):
    """An open case and what a notice does to its clocks."""

    row: Found
    moves: list[Move]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a notice stands to the calendar as it is known now."""

    known: bool
    corrects: bool


async def preview(services: Services, actor: Actor, notice: Notice) -> NoticePreview:
    """Which clocks of the district's open cases a year's notice would move, from when to when (administrators).

    Nothing is stored. All are counted, the first 200 named.

    Raises NotAuthorised, Malformed.
    """
    check_enters(actor)
    return await look(services.database, notice, actor.district_id or "", services.clock())


async def look(
    database: Database, notice: Notice, district_id: str | None, now: datetime, first: int = FIRST
) -> NoticePreview:
    """:func:`preview` of a district, of all of them when none is named. Raises Malformed."""
    year = arranged(notice, now)
    async with database.read(SYSTEM_SCOPE) as session:
        stands = await standing(session, year)
    touched = moved = settled = 0
    named: list[MoveView] = []
    async for row, changes in touched_by(database, year, district_id, now):
        touched += 1
        shifted = [one for one in changes if one.shifted]
        moved, settled = moved + len(shifted), settled + len(changes) - len(shifted)
        named += [_view(row, one) for one in shifted[: first - len(named)]]
    return NoticePreview(
        notice=notice,
        known=stands.known,
        corrects=stands.corrects,
        forgotten=forgotten(year),
        cases=touched,
        moved=moved,
        settled=settled,
        first=named,
    )


def arranged(notice: Notice, now: datetime) -> CalendarYear:
    """The year of ``notice``, which calendars around ``now`` reach. Raises Malformed with every fault that was found."""
    this_year = now.astimezone(SHANGHAI).year
    within_reach(notice, this_year - YEARS_BEFORE, this_year + YEARS_AFTER)
    return notice.arranged()


async def standing(session: ReadSession, year: CalendarYear) -> Standing:
    """Whether the year is confirmed already, with these days or with others."""
    (kept,) = calendar_between(year.year, year.year, await notices_entered(session)).years
    same = kept.confirmed and same_days(kept, year)
    return Standing(known=same, corrects=kept.confirmed and not same)


async def touched_by(
    database: Database, year: CalendarYear, district_id: str | None, now: datetime
) -> AsyncIterator[Touched]:
    """The open cases with a clock that changes once ``year`` is known, in order of id, a hundred in memory at a time."""
    since, after = date(year.year - 1, 12, 1), ""
    rules: dict[tuple[str, int], Rules] = {}
    while True:
        async with database.read(SYSTEM_SCOPE) as session:
            rows = await cases_reaching(session, district_id, since, after, _AT_ONCE)
            for row in rows:
                key = (row.policy_version, row.opened_at.astimezone(SHANGHAI).year)
                if key not in rules and (policy := await policy_of(session, row.policy_version)):
                    notices = [*await notices_entered(session), year]
                    rules[key] = Rules(policy=policy, calendar=calendar_of(notices, row.opened_at, now))
        for row in rows:
            found = rules.get((row.policy_version, row.opened_at.astimezone(SHANGHAI).year))
            if found and (changes := moves(Case.model_validate(row.doc), found, now)):
                yield Touched(row, changes)
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].case_id


def _view(row: Found, move: Move) -> MoveView:
    """A move as an administrator may read it: what nobody outside may know of is only two dates."""
    doc: Mapping[str, Any] = row.doc
    mine = sight_of(Role.ADMIN, doc.get("measures") or (), doc.get("told_seq"), None)
    dates = {"before": move.before.last_day, "after": move.after.last_day}
    if doc.get("told_seq") is None or not mine.shows(move.key):
        return MoveView(case_id="", number="", enterprise="", clock="", clock_label=label(_INNER), **dates)
    return MoveView(
        case_id=row.case_id,
        number=row.number,
        enterprise=row.enterprise,
        clock=move.key,
        clock_label=clock_label(move.key, kinds_of(doc.get("measures"), doc.get("proposals"))),
        **dates,
    )
