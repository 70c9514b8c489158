"""Messages to people (外发消息), for administrators: what waits, what failed, sending it again."""

from __future__ import annotations

from api.parts import part
from models.audit import AuditAction
from models.errors import Conflict
from services.deliveries import reads, writes

router = part("notices")

router.reads("/deliveries", reads.list_deliveries)
router.reads("/deliveries/channels", reads.channels, name="list_channels")
router.writes(
    "/deliveries/{delivery_id}/again",
    writes.send_again,
    "deliveries.again",
    Conflict,
    at="/deliveries",
    audited=AuditAction.RESEND_DELIVERY,
)
