"""Cases: opened from a tip, a self-report or a transfer; listed, shown, told as their ledger, explained, rehearsed (预演)."""

from __future__ import annotations

from api.parts import part
from models.audit import AuditAction
from models.errors import Conflict, LimitExceeded, Pending, RequirementMissing
from services.cases import reads, writes
from services.rehearsals.reads import rehearse_case

router = part("cases")

router.writes(
    "/cases",
    writes.open_case,
    "open",
    RequirementMissing,
    LimitExceeded,
    Pending,
    at="/cases/{made}",
    made=writes.case_id_of,
    created="/cases/{answer.case_id}",
    audited="open",
    given={"case_id": None},
)
router.reads("/cases", reads.list_cases)
router.reads("/cases/{case_id}", reads.show_case)
router.reads("/cases/{case_id}/events", reads.list_events)
router.reads("/cases/{case_id}/explanation", reads.explain_case)
router.acts(
    "/cases/{case_id}/rehearsals", rehearse_case, Conflict, LimitExceeded, audited=AuditAction.REHEARSE
)
