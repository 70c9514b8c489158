"""The open dump (开放数据): the lists and the ledgers of a district as JSON Lines, each with the JSON Schema of its lines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from pydantic import BaseModel

from exchange.files import Made
from exchange.lists import FIRMS, HAZARDS, STEPS_TAKEN, VISITS, Exported, pages
from exchange.making import Wanted, make_file
from models.actors import Actor
from services.cases.views import CaseView
from services.context import Services
from services.enterprises.views import EnterpriseView
from services.inspections.views import InspectionView
from services.measures.views import MeasureRow
from services.oversight.reads import check_audits, list_entries
from services.oversight.views import LedgerLine
from services.paging import Paged

DumpName = Literal["cases", "enterprises", "inspections", "measures", "entries"]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Dumped:
    """A list of the dump and what a line of it is."""

    what: Exported[Any, Any]
    line: type[BaseModel]


_ENTRIES: Exported[Paged, LedgerLine] = Exported(
    "entries", "台账条目", "ledger entries", Paged, list_entries, (), {}
)
DUMP: Mapping[DumpName, Dumped] = {
    "cases": Dumped(HAZARDS, CaseView),
    "enterprises": Dumped(FIRMS, EnterpriseView),
    "inspections": Dumped(VISITS, InspectionView),
    "measures": Dumped(STEPS_TAKEN, MeasureRow),
    "entries": Dumped(_ENTRIES, LedgerLine),
}
"""Every file of the dump, by its name."""


def schema_of(name: DumpName) -> dict[str, Any]:
    """The JSON Schema of a line of a file of the dump."""
    return {"$schema": _DIALECT, **DUMP[name].line.model_json_schema(mode="serialization")}


async def take_dump(services: Services, actor: Actor, name: DumpName, *, ip: str) -> Made:
    """One file of the open dump (开放数据), for auditors: JSON Lines, each line as ``GET
    /exports/dump/{name}.schema.json`` says. Raises NotAuthorised."""
    check_audits(actor)
    what = DUMP[name].what

    async def write(file: BinaryIO, _: str) -> int:
        rows = 0
        async for page in pages(services, actor, what, what.query()):
            rows += len(page)
            lines = "".join(f"{_json(one)}\n" for one in page)
            await asyncio.to_thread(file.write, lines.encode())
        return rows

    wanted = Wanted(f"dump-{name}", (what.zh, what.en), {}, "jsonl", "zh", ip)
    return await make_file(services, actor, wanted, write)


def _json(one: BaseModel) -> str:
    return json.dumps(one.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":"))
