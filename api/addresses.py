"""Where I am told outside the house (通知方式): giving an address, confirming it, how soon, taking it away."""

from __future__ import annotations

from functools import partial

from api.parts import part
from models.audit import AuditAction
from models.errors import Conflict, RequirementMissing
from services.addresses import reads, writes

router = part("notices")
_writes = partial(router.writes, at="/addresses", audited=AuditAction.CHANGE_ADDRESS)
_MAY_REFUSE = (Conflict, RequirementMissing)

router.reads("/addresses", reads.list_addresses)
_writes("/addresses", writes.give_address, "addresses.give", *_MAY_REFUSE, created="/addresses")
_writes("/addresses/{channel}/code", writes.send_code, "addresses.code", *_MAY_REFUSE)
_writes(
    "/addresses/{channel}/confirm", writes.confirm, "addresses.confirm", *_MAY_REFUSE, name="confirm_address"
)
_writes("/addresses/{channel}/manner", writes.change_manner, "addresses.manner", *_MAY_REFUSE)
_writes("/addresses/{channel}/remove", writes.remove_address, "addresses.remove", *_MAY_REFUSE)
