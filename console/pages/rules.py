"""The rules everybody goes by: clocks with their articles, ranks, the ladder; holidays by year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from starlette.responses import Response

from console.months import months
from console.page import PageDep
from console.parts import part
from models.actors import Role
from models.calendar import CalendarYear, WorkingCalendar
from models.calendarbatch import PUBLISH_LABELS, PublishEffect
from services.calendars.publishing import progress
from services.missing import missing
from services.policies import reads, versions
from services.policies.bases import by_article, law_of
from services.policies.views import YearView

router = part()


@router.get("/policy")
async def show_policy(page: PageDep) -> Response:
    """The policy in force, or the version the address names: every clock with its length, class, article, roll rule, and
    how far it was verified."""
    version = page.query.get("version") or ""
    policy = await (
        versions.show_version(page.services, page.actor, version)
        if version
        else reads.show_current(page.services, page.actor)
    )
    wanted = (page.query.get("q") or "").strip().lower()
    return await page.show(
        "policy.html",
        policy=policy,
        q=wanted,
        version=version,
        clocks=_by_law(policy.clocks, wanted),
        figures=_by_law(policy.figures, wanted),
        ranks=_by_law(policy.ranks, wanted),
        ladder=_by_law(policy.ladder, wanted, in_order=False),
    )


def _by_law(values: Iterable[Any], wanted: str, *, in_order: bool = True) -> dict[str, list[Any]]:
    """What was asked for, law by law; in the order of the articles, or as the policy has it. What rests on no law is last."""
    found = [one for one in values if _says(one, wanted)]
    laws: dict[str, list[Any]] = {
        law_of(basis): [] for basis in sorted({one.basis for one in found}, key=by_article)
    }
    for one in sorted(found, key=lambda one: by_article(one.basis)) if in_order else found:
        laws[law_of(one.basis)].append(one)
    return laws


def _says(one: Any, wanted: str) -> bool:
    said = f"{one.key} {one.label.zh} {one.label.en} {one.basis}".lower()
    return all(word in said for word in wanted.split())


@router.get("/calendar")
async def show_calendar(page: PageDep) -> Response:
    """The working days of a year, this one unless the address says another."""
    found = {one.year: one for one in (await reads.show_calendar(page.services, page.actor)).years}
    desk = await page.desk()
    asked = page.query.get("year") or str(desk.today.year)
    year = found.get(int(asked)) if asked.isdecimal() and len(asked) == 4 else None
    if year is None:
        raise missing("year")
    working = WorkingCalendar(years=tuple(_year(one) for one in found.values()))
    tables = list(months(date(year.year, 1, 1), date(year.year, 12, 31), working))
    keeps = page.actor.role is Role.ADMIN
    done = page.query.get("done", "")
    return await page.show(
        "calendar.html",
        year=year,
        years=list(found.values()),
        months=tables,
        today=desk.today,
        keeps=keeps,
        batch=await progress(page.services.database, page.actor, year.year) if keeps else None,
        said=page.words.pair(PUBLISH_LABELS[PublishEffect(done)]) if done in {*PublishEffect} else "",
    )


def _year(one: YearView) -> CalendarYear:
    return CalendarYear(
        year=one.year,
        days_off=tuple(one.days_off),
        workdays=tuple(one.workdays),
        confirmed=one.confirmed,
        source=one.source,
    )
