"""What was handed to other departments (移送其他部门), and whether they answered."""

from __future__ import annotations

from api.parts import part
from models.errors import Conflict, LimitExceeded
from services.transfers import reads, writes

router = part("tips")

router.reads("/transfers", reads.list_transfers)
router.reads("/transfers/{transfer_id}", reads.show_transfer)
router.writes(
    "/cases/{case_id}/transfers",
    writes.record,
    "transfers.record",
    Conflict,
    LimitExceeded,
    created="/transfers/{answer.transfer_id}",
    audited="transfer_to_department",
    name="record_transfer",
)
router.writes(
    "/transfers/{transfer_id}/answer",
    writes.answered,
    "transfers.answer",
    Conflict,
    LimitExceeded,
    at="/transfers/{transfer_id}",
    audited="transfer_to_department",
    name="record_answer",
)
