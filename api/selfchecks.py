"""Enterprises' own checks (自查自改自报): the checklist, what was found and put right, the quarterly double report.

An enterprise writes its own; its territory and the officials of the district read.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Form, Query, UploadFile

from api import links
from api.deps import ActorDep, IdempotencyKeyDep, ServicesDep
from api.parts import part
from api.problems import ON_UPLOADS, ON_WRITES, responses
from api.writing import WritingDep
from models.doublereports import Confirmation, Congress, Quarter
from models.errors import (
    BadRequest,
    Conflict,
    IdempotencyConflict,
    LimitExceeded,
    NotAuthorised,
    Pending,
    Refused,
    RequirementMissing,
)
from models.evidence import Shows
from models.selfchecks import OwnCheck, Rectified, SelfCheck, SelfFinding
from services.asking import derived_id
from services.cases.views import CaseOpening, CaseView
from services.evidence import writes as evidence
from services.evidence.sending import coming
from services.paging import Listing
from services.selfchecks import reads, reporting, writes
from services.selfchecks.views import (
    Checklist,
    CheckView,
    DoubleReportView,
    DueView,
    FindingDetail,
    FindingQuery,
    FindingView,
    OwnQuery,
)

router = part("self-checks")

_ON_WRITES = (*ON_WRITES, BadRequest, NotAuthorised, Conflict, IdempotencyConflict, LimitExceeded)
_FORM_ALLOWANCE = 1_000_000


# -- checks ---------------------------------------------------------------------------------------------
@router.get("/self-checks", responses=responses(NotAuthorised))
async def list_checks(
    query: Annotated[OwnQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[CheckView]:
    """The checks enterprises made themselves, the latest first."""
    return await reads.list_checks(services, actor, query)


@router.get("/checklist", responses=responses(NotAuthorised))
async def show_checklist(actor: ActorDep, services: ServicesDep) -> Checklist:
    """The checklist of my own enterprise, by its industry and the standards in force today."""
    return await reads.show_checklist(services, actor)


@router.get("/self-checks/{check_id}", responses=responses(NotAuthorised))
async def show_check(check_id: str, actor: ActorDep, services: ServicesDep) -> CheckView:
    """One check, its lines as they were worded then."""
    return await reads.show_check(services, actor, check_id)


@router.post("/self-checks", status_code=201, response_model=CheckView, responses=responses(*_ON_WRITES))
async def record_check(body: SelfCheck, write: WritingDep) -> Any:
    """Record a check of my own enterprise: every line of its checklist, once."""
    ask = write.asking("selfchecks.record", "", body, audited="self_check")
    where = links.self_check(derived_id(ask.command_id, "check"))
    return await write.answer(ask, lambda: writes.record_check(ask, body, ip=write.ip), where, created=True)


# -- findings -------------------------------------------------------------------------------------------
@router.get("/self-findings", responses=responses(NotAuthorised))
async def list_findings(
    query: Annotated[FindingQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[FindingView]:
    """What enterprises found themselves; ``late`` are those past the day the enterprise set itself."""
    return await reads.list_findings(services, actor, query)


@router.get("/self-findings/{finding_id}", responses=responses(NotAuthorised))
async def show_finding(finding_id: str, actor: ActorDep, services: ServicesDep) -> FindingDetail:
    """One finding with its loop and its pictures."""
    return await reads.show_finding(services, actor, finding_id)


@router.post(
    "/self-findings", status_code=201, response_model=FindingDetail, responses=responses(*_ON_WRITES)
)
async def record_finding(body: SelfFinding, write: WritingDep) -> Any:
    """Record something my own enterprise found, and the day by which it means to have put it right."""
    ask = write.asking("selfchecks.find", "", body, audited="self_check")
    where = links.self_finding(derived_id(ask.command_id, "finding"))
    work = writes.record_finding
    return await write.answer(ask, lambda: work(ask, body, ip=write.ip), where, created=True)


@router.post(
    "/self-findings/{finding_id}/photos",
    status_code=201,
    max_body_size=evidence.MAX_FILE_BYTES + _FORM_ALLOWANCE,
    responses=responses(*ON_UPLOADS, BadRequest, NotAuthorised, Refused, Conflict, IdempotencyConflict),
)
async def add_photo(
    finding_id: str,
    file: UploadFile,
    shows: Annotated[Shows, Form()],
    actor: ActorDep,
    services: ServicesDep,
    key: IdempotencyKeyDep,
) -> FindingDetail:
    """Add a picture of before or after; once the finding is reported, its pictures are added to the case."""
    await reads.show_finding(services, actor, finding_id)
    kept = await evidence.keep(services, actor, *coming(file))
    said = evidence.Said("自查照片", shows=shows)
    return await writes.attach(services, actor, finding_id, kept, said, key)


@router.post(
    "/self-findings/{finding_id}/rectify", response_model=FindingDetail, responses=responses(*_ON_WRITES)
)
async def rectify(finding_id: str, body: Rectified, write: WritingDep) -> Any:
    """Say what was done about a finding, and who did it."""
    ask = write.asking("selfchecks.rectify", finding_id, body, audited="self_check")
    work = writes.rectify
    return await write.answer(
        ask, lambda: work(ask, finding_id, body, ip=write.ip), links.self_finding(finding_id)
    )


@router.post(
    "/self-findings/{finding_id}/check", response_model=FindingDetail, responses=responses(*_ON_WRITES)
)
async def check(finding_id: str, body: OwnCheck, write: WritingDep) -> Any:
    """My own manager finds it gone, or sends it back; what may be a major hazard is never closed like this."""
    ask = write.asking("selfchecks.check", finding_id, body, audited="self_check")
    work = writes.check
    return await write.answer(
        ask, lambda: work(ask, finding_id, body, ip=write.ip), links.self_finding(finding_id)
    )


@router.post(
    "/self-findings/{finding_id}/report",
    status_code=201,
    response_model=CaseView,
    responses=responses(*_ON_WRITES, RequirementMissing, Pending),
)
async def report(finding_id: str, opening: CaseOpening, write: WritingDep) -> Any:
    """Report a finding to the bureau: it becomes a case with its pictures (``source`` is ``self_report``)."""
    ask = write.asking("selfchecks.report", finding_id, opening, audited="open")
    work = writes.report
    return await write.answer(
        ask, lambda: work(ask, finding_id, opening, ip=write.ip), links.case(finding_id), created=True
    )


# -- the double report ----------------------------------------------------------------------------------
@router.get("/double-reports", responses=responses(NotAuthorised))
async def list_reports(
    query: Annotated[OwnQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[DoubleReportView]:
    """The quarterly double reports, the latest quarter first; a draft is its enterprise's own."""
    return await reads.list_reports(services, actor, query)


@router.get("/double-reports/due", responses=responses(NotAuthorised))
async def next_due(actor: ActorDep, services: ServicesDep) -> DueView | None:
    """The last quarter my enterprise has not reported yet, and by when it is due; null when it has."""
    return await reads.next_due(services, actor)


@router.get("/double-reports/{report_id}", responses=responses(NotAuthorised))
async def show_report(report_id: str, actor: ActorDep, services: ServicesDep) -> DoubleReportView:
    """One double report."""
    return await reads.show_report(services, actor, report_id)


@router.post(
    "/double-reports", status_code=201, response_model=DoubleReportView, responses=responses(*_ON_WRITES)
)
async def make_report(period: Quarter, write: WritingDep) -> Any:
    """Make the report of a quarter that is over from my own checks and findings; a draft is counted anew."""
    ask = write.asking("selfchecks.make_report", "", period, audited="double_report")
    return await write.answer(
        ask, lambda: reporting.make(ask, period, ip=write.ip), links.double_reports(), created=True
    )


@router.post(
    "/double-reports/{report_id}/confirm", response_model=DoubleReportView, responses=responses(*_ON_WRITES)
)
async def confirm_report(report_id: str, body: Confirmation, write: WritingDep) -> Any:
    """The principal confirms the figures: with it the department has the report."""
    ask = write.asking("selfchecks.confirm_report", report_id, body, audited="double_report")
    work = reporting.confirm
    return await write.answer(
        ask, lambda: work(ask, report_id, body, ip=write.ip), links.double_report(report_id)
    )


@router.post(
    "/double-reports/{report_id}/congress", response_model=DoubleReportView, responses=responses(*_ON_WRITES)
)
async def tell_congress(report_id: str, body: Congress, write: WritingDep) -> Any:
    """The staff congress was told, and on which day."""
    ask = write.asking("selfchecks.tell_congress", report_id, body, audited="double_report")
    work = reporting.tell
    return await write.answer(
        ask, lambda: work(ask, report_id, body, ip=write.ip), links.double_report(report_id)
    )
