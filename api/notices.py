"""In-app notices (站内通知): mine, unread first, and marking them read."""

from __future__ import annotations

from api.parts import part
from services.notices import reads, writes

router = part("notices")

router.reads("/notices", reads.list_notices)
router.writes("/notices/{notice_id}/read", writes.read_notice, "notices.read", at="/notices")
router.writes("/notices/read", writes.read_notices, "notices.read_some", at="/notices")
