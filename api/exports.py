"""Exports (导出): the lists as files, with the lists' own filters, for whoever may see the rows."""

from __future__ import annotations

from functools import partial
from typing import Any

from api.parts import part
from api.problems import responses
from exchange.dump import DumpName, schema_of, take_dump
from exchange.lists import LISTS, take_out
from exchange.logs import take_ocel, take_xes
from exchange.making import FORMATS, MEDIA_TYPES
from exchange.reports import take_rates, take_report
from models.audit import AuditAction
from models.errors import LimitExceeded

router = part("exports")
_sends = partial(router.sends, audited=AuditAction.EXPORT)
_TABLES = tuple(MEDIA_TYPES[form] for form in FORMATS)
_AS = {
    "cases": "The hazard ledger (隐患台账) as a workbook or as text: the cases ``GET /cases`` lists under the same filters,\n"
    "all pages, by number. One file at a time for each account; recorded in the audit log.",
    "enterprises": "The register of enterprises as a file, as ``GET /enterprises`` lists it.",
    "inspections": "Inspections as a file, as ``GET /inspections`` lists them.",
    "measures": "Measures as a file, as ``GET /measures`` lists them.",
    "major": "The list of major hazards (一单四制) as a file, as ``GET /reports/major`` lists it.",
}
"""List → what its file is."""

for _name, _list in LISTS.items():
    _sends(
        f"/exports/{_name}.{{form}}",
        take_out,
        LimitExceeded,
        kinds=_TABLES,
        given={"what": _list},
        shape=_list.query,
        name=f"export_{_name}",
        description=_AS[_name],
    )
_sends("/exports/reports/rates.{form}", take_rates, LimitExceeded, kinds=_TABLES, name="export_rates")
_sends("/exports/reports/{name}.{form}", take_report, LimitExceeded, kinds=_TABLES, name="export_report")
_sends("/exports/dump/{name}.jsonl", take_dump, kinds=[MEDIA_TYPES["jsonl"]], name="export_dump")


@router.get("/exports/dump/{name}.schema.json", responses=responses())
async def describe_dump(name: DumpName) -> dict[str, Any]:
    """The JSON Schema of a line of a file of the dump."""
    return schema_of(name)


_sends("/exports/log.xes", take_xes, kinds=[MEDIA_TYPES["xes"]], name="export_xes")
_sends("/exports/log.ocel.json", take_ocel, kinds=[MEDIA_TYPES["ocel.json"]], name="export_ocel")
