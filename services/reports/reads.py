"""Reports counted: each number by the query of the list it names, as in the overview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from ledger.readers.cases import NOT_MAJOR
from ledger.readers.overview import Counts, together
from ledger.sessions import Scope
from models.actors import Actor
from models.choices import choice_label
from models.commands import Grade
from models.instants import day_of
from models.lifecycle import CaseState
from services.context import Services
from services.labels import label
from services.overview.lists import DONE, FOUND, NOT_STATED, Lists, check_oversees, period
from services.overview.views import CASES, Asked, Axis, Head, Number, Rate, axis, head, number, rate
from services.reports.forms import (
    COLUMNS,
    COLUMNS_VERIFIED,
    FORMS,
    LEFT,
    Counted,
    FormName,
    Period,
    Share,
    Span,
    due_on,
    named,
    period_of,
)
from services.reports.views import (
    By,
    PeriodQuery,
    PeriodView,
    RateLine,
    Rates,
    Report,
    ReportLine,
    ReportQuery,
)

_ALL: tuple[Head, Asked] = (head("all", ("合计", "all")), {})
_GRADES = {Grade.MAJOR: Grade.MAJOR.value, Grade.GENERAL: NOT_MAJOR}
"""What a list asks for: a hazard nobody determined to be major is a general one."""
_STATES = {True: DONE, False: FOUND}


async def show_report(services: Services, actor: Actor, form: FormName, query: ReportQuery) -> Report:
    """A report (月报表, 统计分析表) over a period, a line a territory or an industry: each number is the length, for the asker
    and now, of the list ``of`` when asked with ``asked``. Raises NotAuthorised."""
    check_oversees(actor)
    told, now = FORMS[form], services.clock()
    span = _chosen(query.period, told.span, day_of(now))
    days, year = period("opened", span.first, span.before), _year_so_far(span)
    async with services.database.read(Scope.of(actor)) as session:
        lists = Lists(session, actor, now)
        found = await lists.cases(days, query.by, "state", "grade")
        late = await lists.cases({**days, "overdue": "true", "state": _names(LEFT)}, query.by)
        so_far = await lists.cases(year, query.by, "state")
        rows = await _axis(lists, query.by, (found, so_far))
    counting = _Counting(days, year, found, late, so_far)
    return Report(
        form=form,
        label=label(told.title),
        period=_period_view(span, day_of(now)),
        at=now,
        by=query.by,
        due_on=due_on(told, span),
        basis=told.basis,
        verified=told.verified,
        columns_verified=COLUMNS_VERIFIED,
        columns=[head(one.key, one.label) for one in COLUMNS],
        lines=[counting.line(one, more) for one, more in rows],
        foot=counting.line(*_ALL),
    )


async def show_rates(services: Services, actor: Actor, query: PeriodQuery) -> Rates:
    """The rectification rates (整改率) of what was found in a period, by territory and industry. Raises NotAuthorised."""
    check_oversees(actor)
    now = services.clock()
    span = _chosen(query.period, None, day_of(now))
    days = period("opened", span.first, span.before)
    async with services.database.read(Scope.of(actor)) as session:
        lists = Lists(session, actor, now)
        counts = await lists.cases({**days, "state": _names(FOUND)}, "territory", "industry", "state")
        places = await _axis(lists, "territory", (counts,))
        trades = await _axis(lists, "industry", ({key[1:]: n for key, n in counts.items()},))

    def of(one: Head, *conditions: Asked) -> Rate:
        more: dict[str, str] = {name: str(value) for part in conditions for name, value in part.items()}
        sums = {
            done: sum(
                n
                for (place, trade, state), n in counts.items()
                if more.get("territory", place) == place
                and more.get("industry", trade) == trade
                and state in _STATES[done]
            )
            for done in (True, False)
        }
        asked = {**days, **more}
        return rate(one, *(_number(sums[done], asked, _STATES[done]) for done in (True, False)))

    def line(one: Head, more: Asked) -> RateLine:
        cells = [of(top, more, within) for top, within in trades]
        return RateLine(**dict(one), cells=cells, total=of(_ALL[0], more))

    return Rates(
        period=_period_view(span, day_of(now)),
        at=now,
        columns=[top for top, _ in trades],
        lines=[line(one, more) for one, more in places],
        foot=line(*_ALL),
    )


class _Counting:
    """The counts of one report, and the lines made of them."""

    def __init__(self, days: Asked, year: Asked, found: Counts, late: Counts, so_far: Counts) -> None:
        self._days, self._year = days, year
        self._found, self._late, self._so_far = found, late, so_far

    def line(self, one: Head, more: Asked) -> ReportLine:
        """A line: what is counted under ``more``; without it, all."""
        return ReportLine(**dict(one), cells=[self._cell(column, more) for column in COLUMNS])

    def _cell(self, column: Counted | Share, more: Asked) -> Number | Rate:
        if isinstance(column, Counted):
            return self._counted(column.states, column.grade, more, overdue=column.overdue)
        if column.year:
            done, all_found = (self._of_year(states, more) for states in (DONE, FOUND))
        else:
            done, all_found = (self._counted(states, column.grade, more) for states in (DONE, FOUND))
        return rate(head(column.key, column.label), done, all_found)

    def _counted(
        self, states: Sequence[CaseState], grade: Grade | None, more: Asked, *, overdue: bool = False
    ) -> Number:
        asked: dict[str, object] = {**self._days, **more, **({"grade": _GRADES[grade]} if grade else {})}
        if overdue:
            n = sum(n for key, n in self._late.items() if _of(key, more))
            return _number(n, {**asked, "overdue": "true"}, states)
        n = sum(
            n
            for key, n in self._found.items()
            if _of(key, more)
            and key[1] in states
            and (grade is None or (key[2] == Grade.MAJOR) is (grade is Grade.MAJOR))
        )
        return _number(n, asked, states)

    def _of_year(self, states: Sequence[CaseState], more: Asked) -> Number:
        n = sum(n for key, n in self._so_far.items() if _of(key, more) and key[1] in states)
        return _number(n, {**self._year, **more}, states)


def _of(key: Sequence[str], more: Asked) -> bool:
    """Whether a count belongs to a line: its first part is what the line asks for."""
    return not more or key[0] in more.values()


def _names(states: Sequence[CaseState]) -> list[str]:
    return [one.value for one in states]


def _number(n: int, asked: Mapping[str, object], states: Sequence[CaseState]) -> Number:
    return number(n, CASES, {**asked, "state": _names(states)})


def _chosen(name: str | None, span: Span | None, today: date) -> Period:
    """The period asked for; of a form always one of its span: the one the beginning of what was named lies in."""
    asked = named(name) if name else None
    if asked is None:
        return period_of(today, span or "month")
    return asked if span in (None, asked.span) else period_of(asked.first, span or asked.span)


def _year_so_far(span: Period) -> dict[str, str]:
    return period("opened", date(span.first.year, 1, 1), span.before)


def _period_view(span: Period, today: date) -> PeriodView:
    later = period_of(span.before, span.span)
    return PeriodView(
        name=span.name,
        label=label(span.label),
        first=span.first,
        last=span.last,
        earlier=period_of(span.first - timedelta(days=1), span.span).name,
        later=later.name if later.first <= today else None,
    )


async def _axis(lists: Lists, by: By, counts: Sequence[Counts]) -> Axis:
    """The lines that count something: territories by name, industries with most hazards first."""
    there = sum((together(one, 0) for one in counts), together({}))
    if by == "territory":
        return [one for one in await lists.places() if (one[0].key,) in there]
    most = sorted((-n, industry) for (industry,), n in there.items())
    known = dict([NOT_STATED])
    return axis("industry", [(one, known.get(one) or choice_label("industry", one)) for _, one in most])
