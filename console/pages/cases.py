"""Cases: the list, one case on one page, its ledger as a timeline."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from starlette.responses import Response

from console.life import stages
from console.page import Page, PageDep, query_of
from console.pages.photos import shown
from console.pages.saved import saved_of
from console.parts import part
from console.words import Words
from models.actors import DISTRICT_ROLES
from models.caselives import LIVES
from models.choices import CHOICE_LABELS, choice_label
from models.commands.base import GRADE_LABELS, Grade
from models.explain import Actee, ClockView, CommandView, Explanation
from models.grants import LEADERS, OFFICERS
from models.lifecycle import FINAL, STATE_LABELS
from models.saved import Listed
from services.cases import reads
from services.cases.views import CaseQuery, EventList, EventQuery, EventView
from services.enterprises import reads as enterprises
from services.evidence import reads as evidence
from services.papers.forms import forms_for
from services.papers.reads import count_papers
from services.people import reads as people

router = part()

_A_PAGE = 200
NONE, NOT_MAJOR = "none", "not_major"
_IN_FORM = frozenset({"q", "state", "open", "overdue", "mine"})
_GRADES = ((Grade.MAJOR.value, GRADE_LABELS[Grade.MAJOR]), (NOT_MAJOR, GRADE_LABELS[Grade.GENERAL]))
"""The grades people ask for: a general hazard is one that was not determined to be major, mostly by nobody at all."""
_CHOSEN = {"colour": "risk_colour", "flag": "flag", "industry": "industry"}
"""Filters whose values are choices, by the field they are choices of."""
_SAID = frozenset({"overdue", "open", "mine", "q"})
"""Filters whose values are words, numbers, or yes and no."""
_NOT_MINE = frozenset({"not_authorised"})


@router.get("/cases")
async def list_cases(page: PageDep) -> Response:
    """The cases I see: filters in the address, search, a page at a time."""
    query = query_of(CaseQuery, page.request)
    found = await reads.list_cases(page.services, page.actor, query)
    narrowed = query.model_dump(exclude={"limit", "after", "sort"}, exclude_defaults=True)
    wide = page.actor.role in DISTRICT_ROLES
    places = await enterprises.list_territories(page.services, page.actor) if wide or query.territory else []
    names = {one.id: one.name for one in places}
    return await page.listing(
        "cases.html",
        "cases",
        found,
        query,
        **await saved_of(page, Listed.CASES),
        narrowed=bool(narrowed),
        beyond=beyond(page, narrowed, names),
        asked=[_condition(page.words, name, value, names) for name, value in narrowed.items()],
        places=places if wide else [],
        handlers=await people.list_handlers(page.services, page.actor),
        may_hand_over=page.actor.effective_role in LEADERS,
        states=[(state.value, pair) for state, pair in STATE_LABELS.items()],
        grades=_GRADES,
        sources=list(CHOICE_LABELS["source"].items()),
    )


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the list that its form has no field for: in words, as it stands in the address, and how to drop
    it."""

    name: str
    words: str
    values: list[str]
    without: str


def beyond(page: Page, narrowed: Mapping[str, Any], places: Mapping[str, str]) -> list[Condition]:
    """What the address asks for beyond the fields of the form."""
    return [
        Condition(
            name,
            _condition(page.words, name, value, places),
            page.query.getlist(name),
            page.again(**{name: None, "after": None}),
        )
        for name, value in narrowed.items()
        if not _in_form(page, name, value, places)
    ]


def _in_form(page: Page, name: str, value: Any, places: Mapping[str, str]) -> bool:
    if name == "territory":
        return page.actor.role in DISTRICT_ROLES and value in places
    if name == "grade":
        return value in dict(_GRADES)
    if name == "handler":
        return page.actor.role in DISTRICT_ROLES
    return name in _IN_FORM and value is not False and not (name == "state" and len(value) > 1)


def _condition(words: Words, name: str, value: Any, places: Mapping[str, str]) -> str:
    """One condition in words; of an id, only what it is of."""
    if name == "state":
        said = words.t("、", ", ").join(words.pair(STATE_LABELS[state]) for state in value)
        return f"{words.field(name)}{words.t('：', ': ')}{said}"
    if name == "idle":
        return words.t(f"{value} 天无人办理", f"Untouched for {value} day{'' if value == 1 else 's'}")
    if value == NONE:
        shown = words.t("未填写", "not stated")
    elif name == "grade":
        shown = words.pair(dict(_GRADES).get(value, ("判定为一般隐患", "determined to be general")))
    elif name == "source":
        shown = words.t("、", ", ").join(words.pair(choice_label(name, one)) for one in value)
    elif name == "territory":
        shown = places.get(value, "")
    elif isinstance(value, date):
        shown = words.moment(value) if isinstance(value, datetime) else words.day(value)
    elif name in _CHOSEN:
        shown = words.pair(choice_label(_CHOSEN[name], value))
    else:
        shown = words.value(name, value) if name in _SAID else ""
    return f"{words.field(name)}{words.t('：', ': ')}{shown}" if shown else words.field(name)


@router.get("/cases/{case_id}")
async def show_case(case_id: str, page: PageDep) -> Response:
    """One case: where it stands, who must act until when and why, what I may do, its measures, photographs, firm."""
    services, actor = page.services, page.actor
    case = await reads.show_case(services, actor, case_id)
    told = await reads.explain_case(services, actor, case_id)
    events = await _ledger(page, case_id)
    files = await evidence.list_of_case(services, actor, case_id)
    done = page.query.get("done")
    return await page.show(
        "case.html",
        case=case,
        told=told,
        turns=turns(told),
        stages=stages(case.state, events.items, (case.state_label.zh, case.state_label.en)),
        groups=offered(told.commands, pressing(told)),
        done=[one for one in events.items if done and one.command_id == done],
        latest=events.items[-4:][::-1],
        more_events=len(events.items) > 4 or events.next is not None,
        **shown(page, case, files.items),
        writings=await count_papers(services, actor, case_id),
        forms=forms_for(actor),
        over=case.state in FINAL,
        makes_links=actor.effective_role in OFFICERS,
        rehearses=actor.role in DISTRICT_ROLES,
    )


async def _ledger(page: Page, case_id: str) -> EventList:
    return await reads.list_events(page.services, page.actor, case_id, EventQuery(limit=_A_PAGE))


@dataclass(frozen=True, slots=True)
class Turn:
    """Who must act, on which clock."""

    who: Actee
    clock: ClockView | None


def turns(told: Explanation) -> list[Turn]:
    """Whose turn it is, the clock that bites first before the others."""
    clocks = {clock.key: clock for clock in told.clocks}
    found = [Turn(who, clocks.get(who.clock)) for who in told.must_act]
    return sorted(found, key=lambda turn: (turn.who.due_at is None, str(turn.who.due_at)))


def pressing(told: Explanation) -> list[str]:
    """The commands that do what the running clocks of the case wait for, the clock that bites first first."""
    clocks = (turn.who.clock.partition("^")[0] for turn in turns(told))
    return [command for clock in clocks if clock in LIVES for command in LIVES[clock].answers]


@dataclass(frozen=True, slots=True)
class Offered:
    """Commands, or steps, by whether the asker may give them: now, not now, and not in their office at all."""

    now: list[CommandView]
    later: list[CommandView]
    others: list[CommandView]
    pressing: bool = False
    """Whether a clock waits for the first of them."""


def offered(commands: Sequence[CommandView], first: Sequence[str] = ()) -> Offered:
    """What is offered to the asker, the commands of ``first`` in their order before the others."""
    place = {command: no for no, command in reversed(list(enumerate(first)))}
    now = sorted((one for one in commands if one.allowed), key=lambda one: place.get(one.command, len(first)))
    refused = [one for one in commands if not one.allowed]
    others = [one for one in refused if {why.code for why in one.reasons} & _NOT_MINE]
    later = [one for one in refused if one not in others]
    return Offered(now, later, others, bool(now) and now[0].command in place)


@router.get("/cases/{case_id}/print")
async def print_case(case_id: str, page: PageDep) -> Response:
    """The case as a document to print: what it is, its clocks, measures, photographs, and its whole ledger."""
    services, actor = page.services, page.actor
    case = await reads.show_case(services, actor, case_id)
    told = await reads.explain_case(services, actor, case_id)
    files = await evidence.list_of_case(services, actor, case_id)
    events = [one async for one in whole_ledger(page, case_id)]
    return await page.show(
        "print.html",
        case=case,
        told=told,
        turns=turns(told),
        events=events,
        **shown(page, case, files.items),
    )


async def whole_ledger(page: Page, case_id: str) -> AsyncIterator[EventView]:
    """Every entry of a case's ledger that the reader may know of, in order."""
    after: int | None = 0
    while after is not None:
        query = EventQuery(limit=_A_PAGE, after=after)
        found = await reads.list_events(page.services, page.actor, case_id, query)
        for one in found.items:
            yield one
        after = found.next


@router.get("/cases/{case_id}/timeline")
async def timeline(case_id: str, page: PageDep) -> Response:
    """The ledger of a case, every entry in order."""
    query = query_of(EventQuery, page.request)
    case = await reads.show_case(page.services, page.actor, case_id)
    events = await reads.list_events(page.services, page.actor, case_id, query)
    return await page.show(
        "timeline.html", case=case, events=events.items, following=events.next, first=query.after == 0
    )
