"""Reports (报表): months, quarters, half-years and years counted by their lists; rates; the list of major hazards."""

from __future__ import annotations

from api.parts import part
from services.reports import reads
from services.reports.major import list_major

router = part("reports")

router.reads("/reports/rates", reads.show_rates)
router.reads("/reports/major", list_major, name="list_major_hazards")
router.reads("/reports/{form}", reads.show_report)
