"""What the second lock keeps apart: files of one enterprise and of another, who sees the first and who is blind to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from ledger.append import append
from ledger.scope import Scope
from ledger.sessions import Database
from ledger.tables import (
    evidence,
)
from models.actors import Role
from models.batch import Notice, Task
from tests.ledger import makers
from tests.ledger.makers import START, batch, entry, fresh

NOW = START


SEEN_BY_A: Mapping[str, Scope] = {
    "bureau": makers.BUREAU,
    "enterprise": makers.FIRM_A,
    "territory": makers.TOWN_EAST,
    "assessor": makers.ASSESSOR,
    "auditor": makers.AUDITOR,
}


BLIND_TO_A: Mapping[str, Scope] = {
    "other district": makers.OTHER_BUREAU,
    "other enterprise": makers.FIRM_B,
    "other territory": makers.TOWN_WEST,
    "other assessor": makers.OTHER_ASSESSOR,
    "administrator": makers.ADMIN,
    "reporter of something else": Scope(Role.REPORTER, district_id="d1", user_id="0" * 64),
    "auditor elsewhere": Scope(Role.AUDITOR, district_id="d2", user_id="x"),
}


NOBODY = tuple(Scope(role, user_id=None) for role in Role if role is not Role.SYSTEM)


@dataclass(frozen=True)
class Files:
    """A case of enterprise A with something in every table, a tip about it, and one of enterprise B."""

    of_a: str
    tip_about_a: str
    of_b: str


async def case_of(ledger: Database, enterprise: str, **fields: Any) -> str:
    case_id, command = fresh(), fresh()
    await makers.say(ledger, command, case_id, {"title": f"{enterprise} 的消防通道堵塞"})
    order_id = fresh()
    tasks = tuple(
        Task(key=role, role=role, enterprise_id=firm, assessor_org_id=assessor)
        for role, firm, assessor in (
            ("inspector", None, None),
            ("enterprise", enterprise, None),
            ("assessor", None, fields.get("assessor_org_id")),
        )
    )
    told = tuple(
        Notice(
            notice_id=fresh(),
            seq=1,
            kind="k",
            audience_role=role,
            enterprise_id=enterprise,
            territory_id=town,
            at=NOW,
        )
        for role, town in (
            ("enterprise", None),
            ("territory", makers.HOME[enterprise]),
            ("assessor", None),
            ("inspector", None),
        )
    )
    clock = {"key": "rectify", "due_at": "2026-11-18T16:00:00Z", "status": "running"}
    issued = entry(case_id, 2, event="order_issued", data={"order_id": order_id, "deadline_days": 15})
    await append(
        ledger,
        batch(
            case_id,
            [entry(case_id, 1, command_id=command), issued],
            tasks=tasks,
            notices=told,
            clocks={"rectify": clock},
            order_id=order_id,
            enterprise_id=enterprise,
            **fields,
        ),
    )
    async with makers.past_locks(ledger) as superuser:
        await superuser.execute(
            insert(evidence).values(
                evidence_id=fresh(),
                case_id=case_id,
                district_id="d1",
                sha256="0" * 64,
                size=1,
                media_type="image/jpeg",
                object_key="k",
                uploaded_by="wang",
                uploaded_role="inspector",
            )
        )
    return case_id
