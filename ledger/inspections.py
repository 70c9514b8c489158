"""Recording an inspection (检查) and its order: one transaction, any number of deliveries, the same numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, null, select

from ledger.chain import digest, plain
from ledger.errors import conflict
from ledger.numbers import Number, next_number, numbering_of
from ledger.orders import lock_order, names_of_day
from ledger.sessions import SYSTEM_SCOPE, Database, ReadSession, WriteSession
from ledger.statements import LOCK
from ledger.tables import contents, inspections, order_items, orders
from models.envelope import Envelope
from models.inspection import InspectionEnvelope
from models.policy import Policy
from models.policy.values import Numbering


@dataclass(frozen=True, slots=True)
class InspectionNumbers:
    """The numbers an inspection and its order were given; no order, no order number."""

    inspection_no: str
    order_no: str | None


async def record_inspection(
    database: Database, inspection: InspectionEnvelope, numbering: Numbering | None = None
) -> InspectionNumbers:
    """Write the visit, its order and the order's items, with numbers; delivered again, find them.

    The numbers of its cases are taken here too, in the order of the findings, for the cases open all at once.
    ``inspection.record`` holds ``kind``, ``officers``, ``started_at``, ``ended_at`` and, when there is no
    finding to take them from, ``district_id``, ``territory_id``, ``enterprise_id`` and ``policy_version``.
    Place, summary and how the party signed are in ``contents`` under the command id. Raises :class:`LedgerConflict` when another
    inspection already has this id.
    """
    visit = _Visit(inspection)
    async with database.write(SYSTEM_SCOPE) as session:
        await session.execute(LOCK, {"key": f"inspection:{inspection.inspection_id}"})
        order_id = visit.order_id
        known = await _known(session, visit, order_id)
        if known is not None:
            return known
        numbering = numbering or visit.numbering or await numbering_of(session, visit.part("policy_version"))
        taken = {
            opening.case_id: await next_number(session, numbering, "case", inspection.issued_at)
            for opening in inspection.openings
        }
        number = await _record(session, visit, numbering, taken)
        order_no = await _order(session, visit, order_id, numbering) if order_id else None
        return InspectionNumbers(number, order_no)


class _Visit:
    """What the envelope says, by column; the first finding fills in what the record leaves out."""

    def __init__(self, inspection: InspectionEnvelope) -> None:
        self.envelope = inspection
        self.record: Mapping[str, Any] = inspection.record
        self.openings: tuple[Envelope, ...] = inspection.openings
        self.ordered = [o for o in inspection.openings if o.payload.get("order")]

    def part(self, name: str) -> Any:
        found = self.record.get(name)
        return found if found or not self.openings else self.openings[0].payload.get(name)

    def instant(self, name: str) -> datetime | None:
        value = self.record.get(name)
        return datetime.fromisoformat(value) if isinstance(value, str) else value

    @property
    def order(self) -> Mapping[str, Any]:
        order: Mapping[str, Any] = self.ordered[0].payload["order"] if self.ordered else {}
        return order

    @property
    def order_id(self) -> str | None:
        return self.order.get("order_id")

    @property
    def numbering(self) -> Numbering | None:
        policy = self.openings[0].payload.get("policy") if self.openings else None
        return Policy.model_validate(policy).numbering if policy else None

    @property
    def place(self) -> dict[str, Any]:
        """The columns inspections and orders share."""
        return {name: self.part(name) for name in ("district_id", "territory_id", "enterprise_id")}

    @property
    def opened(self) -> list[list[str]]:
        """The cases it opens, each with its command and the digest of the request."""
        return [[opening.case_id, opening.command_id, opening.digest()] for opening in self.openings]

    async def names(self, session: WriteSession, officers: Iterable[str]) -> dict[str, Any]:
        """The columns that keep the names of the day."""
        return await names_of_day(session, self.part("enterprise_id"), officers)

    def digest(self) -> str:
        return digest(plain([self.envelope.command_id, self.record, self.opened]))


async def _known(session: WriteSession, visit: _Visit, order_id: str | None) -> InspectionNumbers | None:
    inspection_id = visit.envelope.inspection_id
    wanted = select(inspections.c.number, inspections.c.digest).where(
        inspections.c.inspection_id == inspection_id
    )
    row = (await session.execute(wanted)).one_or_none()
    if row is None:
        return None
    if row.digest != visit.digest():
        raise conflict(
            inspection_id,
            "同一检查编号已有不同内容",
            "another inspection is recorded under this id",
            inspection_id=inspection_id,
        )
    order_no = await session.scalar(select(orders.c.number).where(orders.c.order_id == order_id))
    return InspectionNumbers(row.number, order_no)


async def taken_number(session: ReadSession, inspection_id: str, case_id: str) -> Number | None:
    """The number taken for a case of a recorded inspection; None when the inspection took none."""
    wanted = select(inspections.c.case_numbers[case_id]).where(inspections.c.inspection_id == inspection_id)
    found = await session.scalar(wanted)
    return Number(*found) if found else None


async def _record(
    session: WriteSession, visit: _Visit, numbering: Numbering, taken: Mapping[str, Number]
) -> str:
    envelope = visit.envelope
    started = visit.instant("started_at") or envelope.issued_at
    number = await next_number(session, numbering, "inspection", started)
    words = (
        await session.scalar(select(contents.c.body).where(contents.c.command_id == envelope.command_id))
        or {}
    )
    await session.execute(
        insert(inspections).values(
            inspection_id=envelope.inspection_id,
            number=number.text,
            number_key=number.key,
            kind=visit.record["kind"],
            officers=list(visit.record.get("officers") or ()),
            started_at=started,
            ended_at=visit.instant("ended_at"),
            place=words.get("place") or "",
            summary=words.get("summary") or "",
            signing=words.get("signing") or null(),
            recorded_by=envelope.actor.user_id,
            recorded_at=envelope.issued_at,
            command_id=envelope.command_id,
            digest=visit.digest(),
            data=plain({**visit.record, "openings": visit.opened}),
            case_numbers={case_id: [one.text, one.key] for case_id, one in taken.items()},
            **visit.place,
            **await visit.names(session, visit.record.get("officers") or ()),
        )
    )
    return number.text


async def _order(session: WriteSession, visit: _Visit, order_id: str, numbering: Numbering) -> str:
    await lock_order(session, order_id)
    issued_at = visit.instant("started_at") or visit.envelope.issued_at
    number = await next_number(session, numbering, "order", issued_at)
    await session.execute(
        insert(orders).values(
            order_id=order_id,
            inspection_id=visit.envelope.inspection_id,
            number=number.text,
            number_key=number.key,
            issued_at=issued_at,
            issued_by=visit.envelope.actor.user_id,
            officers=list(visit.order.get("officers") or ()),
            **visit.place,
            **await visit.names(session, visit.order.get("officers") or ()),
        )
    )
    items = [
        {
            "order_id": order_id,
            "case_id": opening.case_id,
            "district_id": visit.part("district_id"),
            "no": no,
            "deadline_days": opening.payload["order"].get("deadline_days"),
            "requirement": "",
        }
        for no, opening in enumerate(visit.ordered, start=1)
    ]
    await session.execute(insert(order_items), items)
    return number.text
