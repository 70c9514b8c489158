"""Dated delegations (委托代理): mine and to me, giving one, ending one."""

from __future__ import annotations

from api.parts import part
from models.errors import RequirementMissing
from services.delegations import reads, writes

router = part("accounts")

router.reads("/delegations", reads.list_delegations)
router.writes(
    "/delegations",
    writes.give_delegation,
    "delegations.give",
    RequirementMissing,
    created="/delegations",
    audited="delegate",
)
router.writes(
    "/delegations/{delegation_id}/end",
    writes.end_delegation,
    "delegations.end",
    at="/delegations",
    audited="end_delegation",
)
