"""The ledgers as event logs for process mining: XES (IEEE 1849) and OCEL 2.0 (JSON). Roles stand for people; ids are the
ledger's own, so the same entry has the same id in every log.

Both are written entry by entry: a trace is a case, an event an entry; ``state`` is where the case stood after it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from xml.sax.saxutils import quoteattr

from exchange.files import Made
from exchange.making import Wanted, make_file
from models.actors import Actor
from models.events.labels import EVENT_LABELS
from models.lifecycle import TRIGGERS, CaseState, next_moves
from services.context import Services
from services.oversight.reads import list_entries
from services.oversight.views import LedgerLine
from services.paging import Paged

_A_PAGE = 200
_COPIED = 1 << 16
_TITLE = ("事件日志", "event log")


async def take_xes(services: Services, actor: Actor, *, ip: str) -> Made:
    """The ledgers as an event log (XES, IEEE 1849) for process mining, for auditors: roles, no people. Raises
    NotAuthorised."""

    async def write(file: BinaryIO, _: str) -> int:
        rows = 0
        file.write(_HEAD.encode())
        async for page in told(services, actor):
            await asyncio.to_thread(file.write, "".join(_xes(page, rows > 0)).encode())
            rows += len(page)
        file.write(("</trace>\n</log>\n" if rows else "</log>\n").encode())
        return rows

    return await make_file(services, actor, Wanted("log", _TITLE, {}, "xes", "zh", ip), write)


async def take_ocel(services: Services, actor: Actor, *, ip: str) -> Made:
    """The same as an object-centric event log (OCEL 2.0, JSON): cases, enterprises, orders, inspections, measures.
    Raises NotAuthorised."""

    async def write(file: BinaryIO, aside: str) -> int:
        rows, known, joint = 0, set[str](), ""
        with TemporaryFile(dir=aside) as events:
            file.write(
                f'{{"objectTypes":{_json(_OBJECT_TYPES)},"eventTypes":{_json(_event_types())},"objects":['.encode()
            )
            async for page in told(services, actor):
                rows += len(page)
                objects = [one for line in page for one in _objects(line.entry, known)]
                if objects:
                    file.write(joint.encode() + b",\n".join(_json(one).encode() for one in objects))
                    joint = ",\n"
                before = b",\n" if events.tell() else b""
                events.write(before + b",\n".join(_json(_event(line)).encode() for line in page))
            file.write(b'],"events":[')
            events.seek(0)
            while chunk := events.read(_COPIED):
                await asyncio.to_thread(file.write, chunk)
            file.write(b"]}\n")
        return rows

    return await make_file(services, actor, Wanted("log", _TITLE, {}, "ocel.json", "zh", ip), write)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, and where its case stood after it."""

    entry: LedgerLine
    state: CaseState


async def told(services: Services, actor: Actor) -> AsyncIterator[Sequence[Line]]:
    """Every entry the asker may read, page by page, case by case, with the state after it by the table of moves."""
    state, after = CaseState.REPORTED, None
    while True:
        found = await list_entries(services, actor, Paged(limit=_A_PAGE, after=after))
        page = []
        for entry in found.items:
            state = _next(state, entry)
            page.append(Line(entry, state))
        if page:
            yield page
        if (after := found.next) is None:
            return


def _next(state: CaseState, entry: LedgerLine) -> CaseState:
    if entry.seq == 1:
        return CaseState(entry.data["state"])
    return next_moves(state)[entry.event] if entry.event in TRIGGERS else state


# -- XES -------------------------------------------------------------------------------------------
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Identity" prefix="identity" uri="http://www.xes-standard.org/identity.xesext"/>
<global scope="trace">
<string key="concept:name" value="-"/>
</global>
<global scope="event">
<string key="concept:name" value="-"/>
<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>
</global>
<classifier name="event" keys="concept:name"/>
"""


def _xes(page: Iterable[Line], begun: bool) -> Iterable[str]:
    for line in page:
        one = line.entry
        if one.seq == 1:
            yield "</trace>\n<trace>\n" if begun else "<trace>\n"
            begun = True
            yield _attribute("concept:name", one.case_id) + _attribute("number", one.number)
        yield "<event>"
        yield _attribute("concept:name", one.event)
        yield f'<date key="time:timestamp" value="{_instant(one.at)}"/>'
        yield _attribute("org:role", one.role or "system")
        yield _attribute("identity:id", _id(one))
        yield _attribute("state", line.state.value)
        yield from (_attribute(name, str(one.data[name])) for name in _ABOUT_MEASURES if name in one.data)
        yield "</event>\n"


_ABOUT_MEASURES = ("measure_id", "kind", "step")
"""What an event says of a measure: no person, no words."""


def _attribute(key: str, value: str) -> str:
    return f"<string key={quoteattr(key)} value={quoteattr(value)}/>"


# -- OCEL ------------------------------------------------------------------------------------------
_STATES = [
    {"name": "role", "type": "string"},
    {"name": "state", "type": "string"},
    {"name": "step", "type": "string"},
]
_OBJECT_TYPES = [
    {"name": "case", "attributes": [{"name": "number", "type": "string"}]},
    {"name": "enterprise", "attributes": []},
    {"name": "order", "attributes": []},
    {"name": "inspection", "attributes": []},
    {"name": "measure", "attributes": [{"name": "kind", "type": "string"}]},
]
_HANGS_ON = (("enterprise", "enterprise_id"), ("order", "order_id"), ("inspection", "inspection_id"))


def _event_types() -> list[dict[str, Any]]:
    return [{"name": name, "attributes": _STATES} for name in sorted(EVENT_LABELS)]


def _objects(one: LedgerLine, known: set[str]) -> Iterable[dict[str, Any]]:
    """The objects an entry brings that were not ``known``; of cases and measures the first entry does."""
    for kind, field in _HANGS_ON:
        own = getattr(one, field)
        if own and f"{kind}:{own}" not in known:
            known.add(f"{kind}:{own}")
            yield _object(kind, own, [])
    if one.seq == 1:
        number = {"name": "number", "time": _instant(one.at), "value": one.number}
        related = [_related(kind, getattr(one, field)) for kind, field in _HANGS_ON if getattr(one, field)]
        yield _object("case", one.case_id, related, [number])
    if (own := one.data.get("measure_id")) and one.event == "measure_proposed":
        what = {"name": "kind", "time": _instant(one.at), "value": str(one.data["kind"])}
        yield _object("measure", own, [_related("case", one.case_id)], [what])


def _object(
    kind: str, own: str, related: list[dict[str, str]], attributes: Sequence[dict[str, str]] = ()
) -> dict[str, Any]:
    return {"id": f"{kind}:{own}", "type": kind, "attributes": list(attributes), "relationships": related}


def _event(line: Line) -> dict[str, Any]:
    one = line.entry
    said = {"role": one.role or "system", "state": line.state.value, "step": str(one.data.get("step", ""))}
    related = [_related("case", one.case_id)]
    related += [_related(kind, getattr(one, field)) for kind, field in _HANGS_ON if getattr(one, field)]
    related += [_related("measure", one.data["measure_id"])] if one.data.get("measure_id") else []
    return {
        "id": _id(one),
        "type": one.event,
        "time": _instant(one.at),
        "attributes": [{"name": name, "value": value} for name, value in said.items() if value],
        "relationships": related,
    }


def _related(kind: str, own: str) -> dict[str, str]:
    return {"objectId": f"{kind}:{own}", "qualifier": kind}


def _id(one: LedgerLine) -> str:
    return f"{one.case_id}/{one.seq}"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
