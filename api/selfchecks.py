"""Enterprises' own checks (自查自改自报): the checklist, what was found and put right, the quarterly double report.

An enterprise writes its own; its territory and the officials of the district read.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, UploadFile

from api.deps import ActorDep, IdempotencyKeyDep, ServicesDep
from api.parts import part
from api.problems import ON_UPLOADS, responses
from models.errors import Conflict, IdempotencyConflict, LimitExceeded, Pending, Refused, RequirementMissing
from models.evidence import Shows
from services.evidence import writes as evidence
from services.evidence.sending import coming
from services.selfchecks import reads, reporting, writes
from services.selfchecks.views import FindingDetail

router = part("self-checks")
_FINDING, _REPORT = "/self-findings/{finding_id}", "/double-reports/{report_id}"
_OWN = (Conflict, LimitExceeded)


# -- checks ---------------------------------------------------------------------------------------------
router.reads("/self-checks", reads.list_checks)
router.reads("/checklist", reads.show_checklist)
router.reads("/self-checks/{check_id}", reads.show_check)
router.writes(
    "/self-checks",
    writes.record_check,
    "selfchecks.record",
    *_OWN,
    created="/self-checks/{answer.check_id}",
    audited="self_check",
)

# -- findings -------------------------------------------------------------------------------------------
router.reads("/self-findings", reads.list_findings)
router.reads(_FINDING, reads.show_finding)
router.writes(
    "/self-findings",
    writes.record_finding,
    "selfchecks.find",
    *_OWN,
    created="/self-findings/{answer.finding_id}",
    audited="self_check",
)


@router.post(
    "/self-findings/{finding_id}/photos",
    status_code=201,
    max_body_size=evidence.MAX_FORM_BYTES,
    responses=responses(*ON_UPLOADS, Refused, Conflict, IdempotencyConflict),
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


router.writes(
    "/self-findings/{finding_id}/rectify",
    writes.rectify,
    "selfchecks.rectify",
    *_OWN,
    at=_FINDING,
    audited="self_check",
)
router.writes(
    "/self-findings/{finding_id}/check",
    writes.check,
    "selfchecks.check",
    *_OWN,
    at=_FINDING,
    audited="self_check",
)
router.writes(
    "/self-findings/{finding_id}/report",
    writes.report,
    "selfchecks.report",
    *_OWN,
    RequirementMissing,
    Pending,
    at="/cases/{finding_id}",
    created="/cases/{finding_id}",
    audited="open",
)

# -- the double report ----------------------------------------------------------------------------------
router.reads("/double-reports", reads.list_reports)
router.reads("/double-reports/due", reads.next_due)
router.reads(_REPORT, reads.show_report)
router.writes(
    "/double-reports",
    reporting.make,
    "selfchecks.make_report",
    *_OWN,
    created="/double-reports",
    audited="double_report",
    name="make_report",
)
router.writes(
    "/double-reports/{report_id}/confirm",
    reporting.confirm,
    "selfchecks.confirm_report",
    *_OWN,
    at=_REPORT,
    audited="double_report",
    name="confirm_report",
)
router.writes(
    "/double-reports/{report_id}/congress",
    reporting.tell,
    "selfchecks.tell_congress",
    *_OWN,
    at=_REPORT,
    audited="double_report",
    name="tell_congress",
)
