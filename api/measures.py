"""Measures (措施): of one case with their steps and documents, and over everything the asker sees."""

from __future__ import annotations

from api.parts import part
from services.measures import reads

router = part("measures")

router.reads("/measures", reads.list_measures)
router.reads("/cases/{case_id}/measures", reads.list_measures_of_case)
router.reads("/cases/{case_id}/measures/{measure_id}", reads.show_measure)
router.reads("/cases/{case_id}/instruments", reads.list_instruments)
