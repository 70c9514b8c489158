"""How every write of an enterprise's own entries begins and ends: its row is held, the act recorded, the entry shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ledger import selfchecks
from ledger.readers.paging import Found
from ledger.sessions import WriteSession
from ledger.tables import double_reports, self_checks, self_findings
from models.actors import Actor
from models.audit import AuditAction
from models.selfchecks import check_own
from services import audit
from services.asking import Asking, Done
from services.context import Services
from services.missing import missing
from services.selfchecks.reads import show_check, show_finding, show_report
from services.selfchecks.views import CheckView, DoubleReportView, FindingDetail

V = TypeVar("V")


@dataclass(frozen=True)
class Own(Generic[V]):
    """One kind of entry an enterprise keeps of itself."""

    table: selfchecks.OwnTable
    noun: str
    """What is missing when it is not there."""
    action: AuditAction
    show: Callable[[Services, Actor, str], Awaitable[V]]

    async def held(self, session: WriteSession, ask: Asking, entry_id: str) -> Found:
        """One of the asker's own enterprise, held until the write ends. Raises NotFound, NotAuthorised."""
        check_own(ask.actor)
        row = await selfchecks.find(session, ask.scope, self.table, entry_id, lock=True)
        if row is None:
            raise missing(self.noun)
        return row

    async def done(self, ask: Asking, entry_id: str, ip: str, fresh: bool) -> Done[V]:
        """The entry after the write, which is recorded once."""
        if fresh:
            await audit.succeeded(ask.services, self.action, ask.actor, ip)
        return Done(await self.show(ask.services, ask.actor, entry_id), before=not fresh)


CHECK: Own[CheckView] = Own(self_checks, "check", AuditAction.SELF_CHECK, show_check)
FINDING: Own[FindingDetail] = Own(self_findings, "finding", AuditAction.SELF_CHECK, show_finding)
REPORT: Own[DoubleReportView] = Own(double_reports, "double_report", AuditAction.DOUBLE_REPORT, show_report)
