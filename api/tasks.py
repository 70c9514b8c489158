"""The worklist (待办): what I must do about cases and enterprises, next clock first, and with which commands or steps."""

from __future__ import annotations

from api.parts import part
from services.tasks import reads

router = part("tasks")

router.reads("/tasks", reads.list_tasks)
router.reads("/done", reads.list_done)
