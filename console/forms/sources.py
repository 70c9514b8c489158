"""What the fields of a form choose from: people, organisations, evidence, requirements, standards, measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from console.forms.widgets import PICTURES, Kind, Widget
from console.page import Page
from models.actors import Role
from models.decisions.base import all_certified
from models.errors import RequirementMissing
from models.evidence import UPLOADERS, Shows
from models.explain_measures import MeasureView, ProposalView
from models.measures.kinds import MeasureKind
from models.measures.procedures import PROCEDURES
from models.penalised import article_words, articles_in
from services.cases.views import CaseDetail
from services.evidence import reads as evidence
from services.evidence.views import Evidence
from services.people import reads as people
from services.people.views import Official
from services.policies import reads as policies

_OFFICERS = (Role.INSPECTOR, Role.SECTION_HEAD)


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose; ``group`` is what it is listed under, ``note`` what is said beside it; ``off``: it is shown with
    the note saying why it cannot be chosen."""

    value: str
    text: str
    note: str = ""
    group: str = ""
    off: bool = False


Options = list[Option]


@dataclass
class Sources:
    """The options of one form."""

    lists: dict[str, Options] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    """Of the case: to choose from, or beside the form to look at."""
    uploads: bool = False
    items: tuple[int, ...] = ()
    """Requirements that still have to be judged."""

    def pictures(self, no: str | int, shows: Shows) -> list[Evidence]:
        """The pictures of requirement ``no`` from before or after; of a case with one requirement all of them."""
        about = (None, int(no)) if len(self.lists["items"]) == 1 else (int(no),)
        images = (one for one in self.evidence if "thumbnail" in one.variants)
        return [one for one in images if one.item in about and one.shows == shows]

    def of(self, name: str) -> Options:
        """What a widget with this source chooses from."""
        return self.lists.get(name, [])


async def of_case(
    page: Page, case: CaseDetail, widgets: Sequence[Widget], named: Iterable[str] = ()
) -> Sources:
    """What a form about a case chooses from, as far as its widgets need it; ``named`` are people it names besides."""
    known = {one.id for one in (case.order.officers if case.order else ())} | set(named)
    known |= {case.handler.id} if case.handler else set()
    found, needed = await people_for(page, widgets, known), set(_needed(widgets))
    if "assessors" in needed:
        listed = await people.list_assessors(page.services, page.actor)
        found.lists["assessors"] = [Option(one.org_id, one.name) for one in listed]
    if "standards" in needed:
        found.lists["standards"] = await _standards(page)
    if "articles" in needed:
        found.lists["articles"] = await _articles(page)
    found.evidence = (await evidence.list_of_case(page.services, page.actor, case.case_id)).items
    found.uploads = bool(needed & {"evidence", *PICTURES}) and page.actor.role in UPLOADERS
    found.lists["items"] = [Option(str(one.no), f"{one.no}. {one.text}") for one in case.items]
    found.items = tuple(one.no for one in case.items if not one.passed) or tuple(one.no for one in case.items)
    _of_measures(page, found, case.measures, case.proposals)
    return found


async def of_opening(page: Page, widgets: Sequence[Widget]) -> Sources:
    """What the form of a case that is not there yet chooses from."""
    found = await people_for(page, widgets)
    found.uploads = page.actor.role in UPLOADERS
    if "standards" in set(_needed(widgets)):
        found.lists["standards"] = await _standards(page)
    return found


async def people_for(page: Page, widgets: Sequence[Widget], named: Iterable[str] = ()) -> Sources:
    """The people a form chooses from, if it does; ``named`` are those whoever stands outside may know."""
    found = Sources()
    if set(_needed(widgets)) & {"people", "officers", "handlers"}:
        _people(page, found, await people.list_officials(page.services, page.actor, named))
    return found


def _needed(widgets: Iterable[Widget]) -> Iterable[str]:
    for one in widgets:
        yield one.source
        if one.kind is not Kind.STANDARD:
            yield from _needed(one.parts)


def _people(page: Page, found: Sources, listed: Sequence[Official]) -> None:
    found.lists["people"] = [_person(page, one, page.words.say(one.label)) for one in listed]
    officers = [one for one in listed if one.role in _OFFICERS]
    own = next((one.org for one in listed if one.user_id == page.actor.user_id), "")
    officers.sort(
        key=lambda one: (one.user_id != page.actor.user_id, not one.certified, one.org != own, one.name)
    )
    found.lists["officers"] = [_officer(page, one) for one in officers]
    found.lists["handlers"] = [replace(one, off=False) for one in found.lists["officers"]]


def _officer(page: Page, one: Official) -> Option:
    """Somebody to be named as an officer, unless the rule of certificates refuses them."""
    try:
        all_certified((one.user_id,), (one.user_id,) if one.certified else ())
    except RequirementMissing:
        note = page.words.t(
            "无有效执法证，不能列为执法人员", "no valid certificate: cannot be named as an officer"
        )
        return replace(_person(page, one, note), off=True)
    return _person(page, one, page.words.t("持执法证", "certified"))


def _person(page: Page, one: Official, note: str) -> Option:
    """Somebody by the name they are called by; their office stands in it already where it tells them apart."""
    called = page.words.called(one.called)
    office = "" if one.org in called else one.org
    return Option(one.user_id, called or one.user_id, _said(office, note))


def _said(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


async def _standards(page: Page) -> Options:
    found: Options = []
    for one in (await policies.show_current(page.services, page.actor)).standards:
        group = f"{one.title}（{one.version}）"
        whole = page.words.t("（条款填在下一栏）", "(state the clause below)")
        if not one.clauses:
            found.append(Option(f"{one.id}|{one.version}|", f"{one.title} {whole}", group=group))
        found += [
            Option(f"{one.id}|{one.version}|{clause.no}", f"{clause.no} {clause.heading}", group=group)
            for clause in one.clauses
        ]
    return found


async def _articles(page: Page) -> Options:
    figures = (await policies.show_current(page.services, page.actor)).figures
    return [
        Option(one, page.words.pair(article_words(one))) for one in articles_in([row.key for row in figures])
    ]


def _of_measures(
    page: Page, found: Sources, measures: Sequence[MeasureView], proposals: Sequence[ProposalView]
) -> None:
    say = page.words.say
    taken = {row.step: say(row.label) for one in measures for row in one.steps if row.taken_at}
    found.lists |= {
        "measures": [Option(one.measure_id, f"{one.no}. {say(one.label)}") for one in measures],
        "subjects": [
            Option("order", page.words.t("责令限期整改指令书", "the order to rectify")),
            *(Option(one.measure_id, f"{one.no}. {say(one.label)}") for one in measures),
        ],
        "proposals": [Option(one.key, f"{say(one.label)}：{say(one.why)}") for one in proposals],
        "steps": [Option(key, text) for key, text in taken.items()],
    }


def of_kind(page: Page, found: Sources, kind: MeasureKind) -> None:
    """Add what a measure of this ``kind`` is limited to: its grounds and industries."""
    procedure = PROCEDURES[kind]
    for name, listed in (("grounds", procedure.grounds), ("industries", procedure.industries)):
        found.lists[name] = _pairs(page, listed)


def _pairs(page: Page, listed: Mapping[str, tuple[str, str]]) -> Options:
    return [Option(key, page.words.pair(pair)) for key, pair in listed.items()]


__all__ = ["Option", "Options", "Sources", "of_case", "of_kind", "of_opening", "people_for"]
