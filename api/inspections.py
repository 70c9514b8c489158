"""Inspections (检查): one visit, its findings, one order, a case for each finding."""

from __future__ import annotations

from api.parts import part
from models.audit import AuditAction
from models.errors import LimitExceeded, Pending, RequirementMissing
from services.inspections import reads, writes
from services.inspections.visits import inspection_id_of

router = part("inspections")

router.writes(
    "/inspections",
    writes.record_inspection,
    "inspect",
    RequirementMissing,
    LimitExceeded,
    Pending,
    at="/inspections/{made}",
    made=inspection_id_of,
    created="/inspections/{answer.inspection_id}",
    audited=AuditAction.INSPECT,
)
router.reads("/inspections", reads.list_inspections)
router.reads("/inspections/{inspection_id}", reads.show_inspection)
