"""The overview (总览): open cases, overdue heat, rates, trend, measures; every number with the list it counts."""

from __future__ import annotations

from api.parts import part
from services.overview import reads

router = part("overview")

router.reads("/overview", reads.show_overview)
