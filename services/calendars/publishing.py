"""A year's notice is published once: stored, audited, and given to the workers to carry to the open cases."""

from __future__ import annotations

import uuid
from datetime import datetime

from ledger import audit
from ledger.calendars import begin_batch
from ledger.readers.calendars import latest_batch, refusals_of
from ledger.readers.rules import notices_entered
from ledger.registry import lock, store_calendar
from ledger.sessions import Database, ReadSession, Scope
from models.actors import Actor, Role
from models.audit import AuditAction, Outcome
from models.calendar import CalendarYear, calendar_between
from models.calendarbatch import PUBLISH_LABELS, BatchState, PublishEffect
from models.errors import Conflict, NotFound, RequirementMissing
from models.yearnotice import Notice
from services.calendars.previews import arranged, check_enters, standing
from services.calendars.views import BatchView, NoticeStanding, Published, batch_view
from services.context import Services
from services.labels import label
from services.missing import missing
from services.policies.views import year_view

MOST_REFUSALS = 200
FIRST_YEAR, LAST_YEAR = 2000, 2100


async def publish(
    database: Database, by: Actor, notice: Notice, now: datetime, *, ip: str = "", correct: bool = False
) -> Published:
    """Publish ``notice``; the same days again change nothing. Raises NotAuthorised, Malformed, and Conflict where other
    days are confirmed for the year and nobody said that they are corrected."""
    check_enters(by)
    year, scope = arranged(notice, now), Scope.of(by)
    async with database.write(scope) as session:
        await lock(session, "calendar")
        stands = await standing(session, year)
        kept = await _kept(session, year.year)
        renamed = correct and stands.known and kept.source != year.source
        if stands.known and not renamed:
            return _published(PublishEffect.SAME, await _batch(session, scope, year.year))
        if stands.corrects and not correct:
            raise _confirmed(kept)
        effect = PublishEffect.CORRECTED if kept.confirmed else PublishEffect.ADDED
        await store_calendar(session, year, entered_by=by.user_id, at=now)
        await begin_batch(session, str(uuid.uuid4()), year.year, by.user_id, now)
        await _audited(database, by, now, ip, effect=effect, year=year.year, source=year.source)
        return _published(effect, await _batch(session, scope, year.year))


async def again(database: Database, by: Actor, year: int, now: datetime, *, ip: str = "") -> BatchView:
    """Carry the calendar to the open cases once more, for those that did not take it; whoever knows it is passed over.

    Raises NotAuthorised, NotFound, and RequirementMissing while a batch is under way."""
    check_enters(by)
    scope = Scope.of(by)
    async with database.write(scope) as session:
        await lock(session, "calendar")
        last = await latest_batch(session, year)
        if last is None:
            raise NotFound(
                "没有公布过这一年的安排", "nothing was published for that year", rule="calendar.year"
            )
        if last.finished_at is None:
            raise RequirementMissing(
                "重新推算还没有完成",
                "the batch is under way",
                rule="calendar.under_way",
                remedy_zh="等它完成后再办",
                remedy_en="wait until it is done",
            )
        await begin_batch(session, str(uuid.uuid4()), year, by.user_id, now)
        await _audited(database, by, now, ip, effect="again", year=year)
        found = await _batch(session, scope, year)
    assert found is not None  # noqa: S101 - it was begun just now
    return found


async def show(services: Services, actor: Actor, year: int) -> NoticeStanding:
    """A year as it is known, with the progress of its batch for whoever keeps the calendar. Raises NotFound."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise missing("year")
    async with services.database.read(Scope.of(actor)) as session:
        kept = await _kept(session, year)
        keeps = actor.role is Role.ADMIN
        batch = await _batch(session, Scope.of(actor), year) if keeps else None
    return NoticeStanding(year=year_view(kept), batch=batch)


async def progress(database: Database, by: Actor, year: int) -> BatchView | None:
    """How far the last batch of the year has come."""
    async with database.read(Scope.of(by)) as session:
        return await _batch(session, Scope.of(by), year)


def under_way(batch: BatchView | None) -> bool:
    """Whether there is something left to wait for."""
    return batch is not None and batch.state in (BatchState.WAITING, BatchState.RUNNING)


async def _kept(session: ReadSession, year: int) -> CalendarYear:
    return calendar_between(year, year, await notices_entered(session)).years[0]


async def _batch(session: ReadSession, scope: Scope, year: int) -> BatchView | None:
    row = await latest_batch(session, year)
    if row is None:
        return None
    refusals = await refusals_of(session, scope, row.batch_id, MOST_REFUSALS) if row.refused else ()
    return batch_view(row, refusals)


def _published(effect: PublishEffect, batch: BatchView | None) -> Published:
    return Published(effect=effect, effect_label=label(PUBLISH_LABELS[effect]), batch=batch)


def _confirmed(kept: CalendarYear) -> Conflict:
    return Conflict(
        f"{kept.year} 年的安排已经确定（{kept.source}），与这次录入的不同",
        f"the year {kept.year} is confirmed ({kept.source}) with other days",
        rule="calendar.confirmed",
        article="《全国年节及纪念日放假办法》第六条",
        remedy_zh="核对通知；确实要改的，注明“更正”后重新提交",
        remedy_en="compare with the notice; to change it, say that it is a correction",
    )


async def _audited(database: Database, by: Actor, now: datetime, ip: str, **details: object) -> None:
    """One line in the audit log, before anything is committed."""
    await audit.record(
        database,
        at=now,
        action=AuditAction.PUBLISH_CALENDAR,
        outcome=Outcome.SUCCESS,
        actor=by,
        ip=ip,
        details=details,
    )
