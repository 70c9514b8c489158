"""The overview: every number is the length of the list it names, summed up from what the projector keeps with every case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from ledger import tallies
from ledger.readers.measures import PROPOSING
from ledger.readers.overview import Counts, Tally, together
from ledger.sessions import Scope
from models.actors import Actor
from models.choices import CHOICE_LABELS, choice_label
from models.commands import Grade
from models.instants import day_of, midnight
from models.lifecycle import STATE_LABELS
from models.measures.kinds import KIND_LABELS, MeasureKind
from models.measures.kinds import STATE_LABELS as MEASURE_STATES
from models.measures.procedures import PROCEDURES
from services.context import Services
from services.labels import Pair, label, step_label
from services.overview.lists import DONE, FOUND, NOT_STATED, Lists, check_oversees, period
from services.overview.views import (
    CASES,
    MEASURES,
    Asked,
    Axis,
    Figure,
    Month,
    Number,
    Overview,
    OverviewQuery,
    Rate,
    Steps,
    Table,
    axis,
    head,
    number,
    rate,
    table,
)

_OPEN: Asked = {"open": "true"}
_OVERDUE: Asked = {"overdue": "true"}
_AGES: tuple[tuple[int, Pair], ...] = (
    (7, ("7 天内", "up to 7 days")),
    (30, ("8–30 天", "8–30 days")),
    (90, ("31–90 天", "31–90 days")),
    (180, ("91–180 天", "91–180 days")),
)
"""Days since the opening that part the ages of open cases."""
_OLDER = ("180 天以上", "over 180 days")
_MONTHS = 12


async def show_overview(services: Services, actor: Actor, query: OverviewQuery) -> Overview:
    """How the district, or the asker's territory, stands: each number is the length, for the asker and now, of the
    list ``of`` when asked with ``asked``. Raises NotAuthorised."""
    check_oversees(actor)
    async with services.database.read(Scope.of(actor)) as session:
        return await _overview(Lists(session, actor, services.clock()), query.idle)


async def _overview(lists: Lists, idle: int) -> Overview:
    """Sums of tallies (:mod:`ledger.tallies`): none of them grows with the cases."""
    today, places = day_of(lists.now), await lists.places()
    months = [_month(today, no) for no in range(1 - _MONTHS, 2)]
    bounds = [midnight(month) for month in months]
    still: Asked = {**_OPEN, "idle": str(idle)}
    year: Any = {"bounds": bounds, "since": bounds[0], "before": bounds[-1]}
    days = [midnight(day) for day in reversed(_firsts(today))]
    opened, closed, open_ones, colours, grades, due, untouched, measures, steps = await lists.tallied(
        Tally(tallies.OPENED, ("territory", "one", "at"), **year),
        Tally(tallies.CLOSED, ("at",), **year),
        Tally(tallies.OPEN, ("one", "at"), bounds=days),
        Tally(tallies.COLOURS, ("territory", "one")),
        Tally(tallies.GRADES, ("one",)),
        Tally(tallies.OWED, ("territory", "one"), before=lists.now + datetime.resolution),
        Tally(tallies.ACTED, before=midnight(today - timedelta(days=idle - 1))),
        Tally(tallies.MEASURES, ("one", "other")),
        Tally(tallies.STEPS, ("one", "other")),
    )
    ages, heat = _ages(open_ones, today), _heat(due, places)
    major = grades.get((Grade.MAJOR.value,), 0)
    listed = together(measures, 0)[(MeasureKind.LISTING,)]
    whole, rates = _rates(together(opened, 0, 1), places, months)
    figures = (
        ("open", ("在办", "open"), ages.foot.total),
        ("overdue", ("逾期未改", "past the deadline"), heat.foot.total),
        (
            "major",
            ("重大隐患在办", "major, open"),
            number(major, CASES, {**_OPEN, "grade": Grade.MAJOR.value}),
        ),
        (
            "listed",
            ("挂牌督办", "listed hazards"),
            number(listed, MEASURES, {**_OPEN, "kind": MeasureKind.LISTING.value}),
        ),
        (
            "idle",
            (f"{idle} 天无人办理", f"untouched {idle} days"),
            number(untouched.get((), 0), CASES, still),
        ),
    )
    return Overview(
        at=lists.now,
        idle=idle,
        figures=[Figure(**dict(head(key, pair)), number=found) for key, pair, found in figures],
        ages=ages,
        heat=heat,
        colours=_colours(colours, places),
        rate=whole,
        rates=rates,
        months=_by_month(months, together(opened, 2), closed),
        measures=_measures(measures),
        steps=_steps(steps),
    )


def _firsts(today: date) -> list[date]:
    """The first day of each age, the youngest age first."""
    return [today - timedelta(days=days) for days, _ in _AGES]


def _ages(counts: Counts, today: date) -> Table:
    """Open cases by state and by the days since they were opened."""
    firsts = _firsts(today)
    columns: Axis = [
        (head(str(len(_AGES) - no), pair), period("opened", first, before))
        for no, (first, before, pair) in enumerate(
            zip([*firsts, None], [None, *firsts], [*(pair for _, pair in _AGES), _OLDER], strict=True)
        )
    ]
    states = axis("state", ((state.value, pair) for state, pair in STATE_LABELS.items()))
    return table(counts, states, columns, CASES, _OPEN)


def _heat(counts: Counts, places: Axis) -> Table:
    """Overdue cases by territory and industry, the industry with most of them first."""
    most = sorted((-n, industry) for (industry,), n in together(counts, 1).items())
    known = dict([NOT_STATED])
    industries = [(one, known.get(one) or choice_label("industry", one)) for _, one in most]
    return table(counts, places, axis("industry", industries), CASES, _OVERDUE)


def _colours(counts: Counts, places: Axis) -> Table:
    """Open cases by territory and risk colour (红橙黄蓝)."""
    colours = axis("colour", [*CHOICE_LABELS["risk_colour"].items(), NOT_STATED])
    return table(counts, places, colours, CASES, _OPEN)


def _rates(counts: Counts, places: Axis, months: Sequence[date]) -> tuple[Rate, list[Rate]]:
    """The rectification rate of the hazards found in the period: of all, and of each territory."""
    done, found = (
        {**_year("opened", months), "state": [one.value for one in states]} for states in (DONE, FOUND)
    )
    finished, hazards = (
        together({key: n for key, n in counts.items() if key[1] in states}, 0) for states in (DONE, FOUND)
    )

    def of(key: str, n: Counts, asked: Asked, more: Asked) -> Number:
        return number(sum(n.values()) if not more else n.get((key,), 0), CASES, {**asked, **more})

    every = [(head("all", ("全部", "all")), {}), *(one for one in places if (one[0].key,) in hazards)]
    whole, *each = (
        rate(one, of(one.key, finished, done, more), of(one.key, hazards, found, more)) for one, more in every
    )
    return whole, each


def _by_month(months: Sequence[date], opened: Counts, closed: Counts) -> list[Month]:
    """What was opened and closed, month by month."""
    return [
        Month(
            month=f"{month:%Y-%m}",
            opened=number(opened.get((str(no),), 0), CASES, period("opened", month, after)),
            closed=number(closed.get((str(no),), 0), CASES, period("closed", month, after)),
        )
        for no, (month, after) in enumerate(pairwise(months), start=1)
    ]


def _measures(counts: Counts) -> Table:
    """Open measures by kind and by where they stand."""
    kinds = axis("kind", ((kind.value, pair) for kind, pair in KIND_LABELS.items()))
    states = axis("state", ((state.value, pair) for state, pair in MEASURE_STATES.items()))
    return table(counts, kinds, states, MEASURES, _OPEN)


def _steps(counts: Counts) -> list[Steps]:
    """Open measures of each kind by the step taken last, in the order of their procedure."""
    found = []
    for kind, pair in KIND_LABELS.items():
        order = {step: no for no, step in enumerate((PROPOSING, *PROCEDURES[kind].steps))}
        taken = sorted(
            (step for own, step in counts if own == kind), key=lambda step: order.get(step, len(order))
        )
        steps = [
            Figure(
                key=step,
                label=step_label(kind, None if step == PROPOSING else step) or label((step, step)),
                number=number(counts[(kind, step)], MEASURES, {**_OPEN, "kind": kind.value, "step": step}),
            )
            for step in taken
        ]
        found += [Steps(**dict(head(kind.value, pair)), steps=steps)] if steps else []
    return found


def _year(what: str, months: Sequence[date]) -> dict[str, str]:
    """What a list asks for of all the months."""
    return period(what, months[0], months[-1])


def _month(day: date, n: int) -> date:
    """The first day of the month ``n`` months after that of ``day``."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, 1)
