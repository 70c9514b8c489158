"""Oversight: people and organisations (administrators, auditors), the audit log and a check of the ledger (auditors)."""

from __future__ import annotations

from api.parts import part
from services.oversight import reads

router = part("oversight")

router.reads("/people", reads.list_people)
router.reads("/organisations", reads.list_organisations)
router.reads("/audit", reads.list_audit)
router.reads("/ledger/entries", reads.list_entries)
router.reads("/ledger/check", reads.check_ledger)
