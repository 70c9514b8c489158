"""The overview: every number counted by the query of the list it names, so that the two agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from ledger.readers.enterprises import territories_of
from ledger.readers.measures import PROPOSING
from ledger.readers.overview import Counts, count_cases, count_measures
from ledger.sessions import ReadSession, Scope
from models.actors import Actor, Role
from models.choices import CHOICE_LABELS, choice_label
from models.errors import NotAuthorised
from models.instants import day_of, midnight
from models.lifecycle import FINAL, STATE_LABELS, CaseState
from models.measures.kinds import KIND_LABELS, MeasureKind
from models.measures.kinds import STATE_LABELS as MEASURE_STATES
from models.measures.procedures import PROCEDURES
from services.cases.reads import filters_of as cases_asked
from services.cases.views import CaseQuery
from services.context import Services
from services.labels import Pair, label, step_label
from services.measures.reads import filters_of as measures_asked
from services.measures.views import MeasureQuery
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

OVERSEERS = frozenset(
    {Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD, Role.GOVERNMENT, Role.COMMITTEE, Role.TERRITORY}
    | {Role.AUDITOR}
)
"""Who is shown the overview: whoever answers for a district or a territory, and whoever audits them."""

_OPEN: Asked = {"open": "true"}
_OVERDUE: Asked = {"overdue": "true"}
_AGES: tuple[tuple[int, Pair], ...] = (
    (7, ("7 天内", "7 days")),
    (30, ("8–30 天", "8–30 days")),
    (90, ("31–90 天", "31–90 days")),
    (180, ("91–180 天", "91–180 days")),
)
"""Days since the opening that part the ages of open cases."""
_OLDER = ("180 天以上", "over 180 days")
_MONTHS = 12
_DONE = (CaseState.SIGNED_OFF, CaseState.ARCHIVED)
_LOST = FINAL - {CaseState.ARCHIVED}
_FOUND = tuple(one for one in CaseState if one is not CaseState.REPORTED and one not in _LOST)
"""Hazards that were found: not leads that wait to be verified, nor what came to nothing or was handed on."""
_NOT_STATED = ("none", ("未填写", "not stated"))


async def show_overview(services: Services, actor: Actor, query: OverviewQuery) -> Overview:
    """The overview of what the asker sees: a district, or a territory's own. Raises NotAuthorised."""
    if actor.role not in OVERSEERS:
        raise NotAuthorised(
            "总览供领导、科室负责人、安委办、政府、属地和监督人员使用",
            "The overview is for leaders, section heads, the committee, the government, territories and auditors",
            rule="overview.role",
        )
    async with services.database.read(Scope.of(actor)) as session:
        lists = _Lists(session, actor, services.clock())
        today, places = day_of(lists.now), await lists.places()
        ages, heat = await _ages(lists, today), await _heat(lists, places)
        whole, rates = await _rates(lists, places, today)
        return Overview(
            at=lists.now,
            idle=query.idle,
            figures=[
                Figure(**dict(head("open", ("在办", "open"))), number=ages.foot.total),
                Figure(**dict(head("overdue", ("逾期未改", "past the deadline"))), number=heat.foot.total),
                *await _figures(lists, query.idle),
            ],
            ages=ages,
            heat=heat,
            colours=await _colours(lists, places),
            rate=whole,
            rates=rates,
            months=await _months(lists, today),
            measures=await _measures(lists),
            steps=await _steps(lists),
        )


@dataclass(frozen=True, slots=True)
class _Lists:
    """The lists of one asker at one moment, counted instead of shown."""

    session: ReadSession
    actor: Actor
    now: datetime

    async def cases(self, asked: Asked, *by: str, bounds: Sequence[datetime] = ()) -> Counts:
        """How many cases the list ``asked`` has."""
        filters = cases_asked(CaseQuery.model_validate(asked), self.actor, self.now)
        scope = Scope.of(self.actor)
        return await count_cases(self.session, scope, filters, *by, now=self.now, bounds=bounds)

    async def measures(self, asked: Asked, *by: str) -> Counts:
        """How many measures the list ``asked`` has."""
        filters = measures_asked(MeasureQuery.model_validate(asked))
        return await count_measures(self.session, Scope.of(self.actor), *by, **filters)

    async def places(self) -> Axis:
        """The asker's territories."""
        rows = await territories_of(self.session, Scope.of(self.actor))
        named = [(row.territory_id, (row.name or row.territory_id,) * 2) for row in rows]
        return axis("territory", [*named, ("none", ("未划定", "no territory"))])


async def _figures(lists: _Lists, idle: int) -> list[Figure]:
    """What must not be overlooked: major hazards, listed ones, cases that nobody moves."""
    major: Asked = {**_OPEN, "grade": "major"}
    still: Asked = {**_OPEN, "idle": str(idle)}
    listed: Asked = {**_OPEN, "kind": MeasureKind.LISTING.value}
    found = (
        ("major", ("重大隐患在办", "major, open"), CASES, major, await lists.cases(major)),
        ("listed", ("挂牌督办", "listed hazards"), MEASURES, listed, await lists.measures(listed)),
        ("idle", (f"{idle} 天无人办理", f"untouched {idle} days"), CASES, still, await lists.cases(still)),
    )
    return [
        Figure(**dict(head(key, pair)), number=number(counts.get((), 0), what, asked))
        for key, pair, what, asked, counts in found
    ]


async def _ages(lists: _Lists, today: date) -> Table:
    """Open cases by state and by the days since they were opened."""
    firsts = [today - timedelta(days=days) for days, _ in _AGES]
    columns: Axis = [
        (head(str(len(_AGES) - no), pair), _period("opened", first, before))
        for no, (first, before, pair) in enumerate(
            zip([*firsts, None], [None, *firsts], [*(pair for _, pair in _AGES), _OLDER], strict=True)
        )
    ]
    counts = await lists.cases(_OPEN, "state", "opened", bounds=[midnight(day) for day in reversed(firsts)])
    states = axis("state", ((state.value, pair) for state, pair in STATE_LABELS.items()))
    return table(counts, states, columns, CASES, _OPEN)


async def _heat(lists: _Lists, places: Axis) -> Table:
    """Overdue cases by territory and industry, the industry with most of them first."""
    counts = await lists.cases(_OVERDUE, "territory", "industry")
    most: dict[str, int] = {}
    for (_, industry), n in counts.items():
        most[industry] = most.get(industry, 0) + n
    known = dict([_NOT_STATED])
    industries = [
        (one, known.get(one) or choice_label("industry", one))
        for one in sorted(most, key=lambda one: (-most[one], one))
    ]
    return table(counts, places, axis("industry", industries), CASES, _OVERDUE)


async def _colours(lists: _Lists, places: Axis) -> Table:
    """Open cases by territory and risk colour (红橙黄蓝)."""
    colours = axis("colour", [*CHOICE_LABELS["risk_colour"].items(), _NOT_STATED])
    return table(await lists.cases(_OPEN, "territory", "colour"), places, colours, CASES, _OPEN)


async def _rates(lists: _Lists, places: Axis, today: date) -> tuple[Rate, list[Rate]]:
    """The rectification rate of the hazards found in the period: of all, and of each territory."""
    period = _period("opened", _month(today, 1 - _MONTHS), None)
    done, found = ({**period, "state": [one.value for one in states]} for states in (_DONE, _FOUND))
    finished: Counter[tuple[str, ...]] = Counter()
    hazards: Counter[tuple[str, ...]] = Counter()
    for (territory, state), n in (await lists.cases(found, "territory", "state")).items():
        hazards[(territory,)] += n
        finished[(territory,)] += n if state in _DONE else 0

    def of(key: str, n: Counts, asked: Asked, more: Asked) -> Number:
        return number(sum(n.values()) if not more else n.get((key,), 0), CASES, {**asked, **more})

    every = [(head("all", ("全部", "all")), {}), *(one for one in places if (one[0].key,) in hazards)]
    whole, *each = (
        rate(one, of(one.key, finished, done, more), of(one.key, hazards, found, more)) for one, more in every
    )
    return whole, each


async def _months(lists: _Lists, today: date) -> list[Month]:
    """What was opened and closed, month by month."""
    months = [_month(today, no) for no in range(1 - _MONTHS, 2)]
    first, last = months[0], months[-1]
    bounds = [midnight(month) for month in months]
    opened = await lists.cases(_period("opened", first, last), "opened", bounds=bounds)
    closed = await lists.cases(_period("closed", first, last), "closed", bounds=bounds)
    return [
        Month(
            month=f"{month:%Y-%m}",
            opened=number(opened.get((str(no),), 0), CASES, _period("opened", month, after)),
            closed=number(closed.get((str(no),), 0), CASES, _period("closed", month, after)),
        )
        for no, (month, after) in enumerate(pairwise(months), start=1)
    ]


async def _measures(lists: _Lists) -> Table:
    """Open measures by kind and by where they stand."""
    kinds = axis("kind", ((kind.value, pair) for kind, pair in KIND_LABELS.items()))
    states = axis("state", ((state.value, pair) for state, pair in MEASURE_STATES.items()))
    return table(await lists.measures(_OPEN, "kind", "state"), kinds, states, MEASURES, _OPEN)


async def _steps(lists: _Lists) -> list[Steps]:
    """Open measures of each kind by the step taken last."""
    counts = await lists.measures(_OPEN, "kind", "step")
    found = []
    for kind, pair in KIND_LABELS.items():
        order = (PROPOSING, *PROCEDURES[kind].steps)
        taken = sorted((step for own, step in counts if own == kind), key=order.index)
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


def _period(what: str, first: date | None, before: date | None) -> dict[str, str]:
    """What a list asks for of the days from ``first`` until the one before ``before``."""
    asked = {f"{what}_from": first.isoformat()} if first else {}
    return asked | ({f"{what}_to": (before - timedelta(days=1)).isoformat()} if before else {})


def _month(day: date, n: int) -> date:
    """The first day of the month ``n`` months after that of ``day``."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, 1)
