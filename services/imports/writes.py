"""Sending an old ledger (导入历史台账): staged whole in one transaction, or not at all; the worker then opens case by case."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from ledger import audit, claims
from ledger import imports as kept
from ledger.readers.rules import policy_in_force
from ledger.sessions import Database, Scope, WriteSession
from models.actors import Actor
from models.audit import AuditAction, Outcome
from models.decisions.takeover import VOUCHERS
from models.errors import Conflict, NotAuthorised
from models.instants import day_of
from models.programs import Program
from models.takeover import Bounds, Flag
from services import audit as audited
from services.asking import Asking, Done, derived_id
from services.imports.reads import show_import
from services.imports.rows import MOST_NAMED, Firms, Report, Row, code_of, staged
from services.imports.views import HazardsSent, ImportView, sent_view
from services.missing import missing
from services.register.trying import written

AT_ONCE = 500
"""Rows of one statement."""


async def send_hazards(
    ask: Asking, rows: Iterator[Row], *, file: str, sha256: str, ip: str, only_look: bool
) -> Done[HazardsSent]:
    """Stage an old ledger that was sent to a door: under the same key it is the same import. Raises IdempotencyConflict for
    a key of another request, and as :func:`import_hazards`."""
    vouchers_only(ask.actor)
    services = ask.services
    if not only_look:
        async with services.database.write(ask.scope) as session:
            await claims.claim(session, ask.actor, ask.key, ask.hash)
    report = await import_hazards(
        services.database,
        ask.actor,
        rows,
        services.clock(),
        file=file,
        sha256=sha256,
        ip=ip,
        only_look=only_look,
        import_id=derived_id(ask.command_id, "import"),
    )
    return Done(sent_view(report), before=report.before)


def vouchers_only(actor: Actor) -> None:
    """Raise NotAuthorised for whoever may not vouch for an old ledger; nobody does it on behalf of another, no program does."""
    if actor.role not in VOUCHERS or actor.acting_for is not None or isinstance(actor, Program):
        raise NotAuthorised(
            "历史台账由科室负责人或局领导本人导入：导入即立案，须有人对台账负责",
            "an old ledger is taken over by a section head or a leader of the bureau, in person: it opens cases, and somebody"
            " answers for it",
            rule="import.voucher",
            article="《安全生产法》第六十五条",
            remedy_zh="请科室负责人或局领导导入",
            remedy_en="ask a section head or a leader to import it",
        )


async def import_hazards(
    database: Database,
    by: Actor,
    rows: Iterator[Row],
    now: datetime,
    *,
    file: str,
    sha256: str,
    ip: str = "",
    only_look: bool = False,
    import_id: str | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> Report:
    """Stage an old ledger. The same file again, while it is worked off, is the same import; a file whose rows are cases
    already adds nothing. With ``only_look`` nothing is kept; ``tell`` hears how many rows were read.

    Raises NotAuthorised, and what reading the file raises: then nothing of it is kept.
    """
    vouchers_only(by)
    scope, report = Scope.of(by), Report()
    async with written(database, scope, keep=not only_look) as session:
        known = None if only_look else await _sent_before(session, scope, sha256, import_id)
        if known is not None:
            return Report(import_id=known, before=True)
        import_id = import_id or str(uuid.uuid4())
        await kept.begin(
            session,
            import_id=import_id,
            district_id=scope.district_id,
            file_name=file,
            sha256=sha256,
            created_by=by.user_id,
            created_at=now,
        )
        bounds = await _bounds(session, now)
        while some := await asyncio.to_thread(lambda: [*islice(rows, AT_ONCE)]):
            await _stage(session, by, scope, some, bounds, import_id, file, report)
            tell(report.rows)
        await kept.end_staging(session, import_id, report.rows)
        if not only_look:
            await _noted(database, by, import_id, report, now, ip)
    report.import_id = None if only_look else import_id
    return report


async def _sent_before(session: WriteSession, scope: Scope, sha256: str, import_id: str | None) -> str | None:
    """The import that this is again: under the same key, or of the same file while it is worked off."""
    if import_id is not None and await kept.exists(session, scope, import_id):
        return import_id
    return await kept.unfinished(session, scope, sha256)


async def _bounds(session: WriteSession, now: datetime) -> Bounds:
    limits = (await policy_in_force(session, now)).limits
    return Bounds(limits.beginning, day_of(now), day_of(now + limits.horizon))


async def _stage(
    session: WriteSession,
    by: Actor,
    scope: Scope,
    rows: list[Row],
    bounds: Bounds,
    import_id: str,
    file: str,
    report: Report,
) -> None:
    codes = {code for row in rows if (code := code_of(row))}
    names = {name for row in rows if (name := row.given.get("enterprise"))}
    firms, district = Firms(await kept.firms_called(session, scope, codes, names)), str(scope.district_id)
    found = [
        staged(row, no, firms, bounds, import_id=import_id, district_id=district, file=file)
        for no, row in enumerate(rows, report.rows + 1)
    ]
    good = [one for one in found if one.row["state"] == "waiting"]
    wrong = [one for one in found if one.row["state"] == "wrong"]
    fresh = await kept.stage(session, by, good, [one.row for one in wrong])
    report.rows += len(rows)
    report.waiting += len(fresh)
    report.same += len(good) - len(fresh)
    report.wrong += len(wrong)
    report.closed += sum(one.row["closed"] for one in fresh)
    report.flags.update(Flag(flag) for one in fresh for flag in one.row["flags"])
    report.named += wrong[: MOST_NAMED - len(report.named)]


async def _noted(
    database: Database, by: Actor, import_id: str, report: Report, now: datetime, ip: str
) -> None:
    await audit.record(
        database,
        at=now,
        action=AuditAction.IMPORT,
        outcome=Outcome.SUCCESS,
        actor=by,
        ip=ip,
        details={"import": import_id, "rows": report.rows, "waiting": report.waiting, "wrong": report.wrong},
    )


async def cancel_import(ask: Asking, import_id: str, *, ip: str) -> Done[ImportView]:
    """End an import between two rows; what is a case stays one. Raises NotFound, NotAuthorised, IdempotencyConflict,
    Conflict once it has ended."""
    vouchers_only(ask.actor)
    services, scope = ask.services, ask.scope
    async with services.database.write(scope) as session:
        if not await kept.exists(session, scope, import_id):
            raise missing("import")
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh and not await kept.cancel(session, scope, import_id, ask.actor.user_id):
            raise Conflict("导入已经结束", "the import has ended already", rule="import.ended")
    if fresh:
        details = {"import": import_id, "cancelled": True}
        await audited.succeeded(services, AuditAction.IMPORT, ask.actor, ip, details=details)
    return Done(await show_import(services, ask.actor, import_id), before=not fresh)
