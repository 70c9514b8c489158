"""Batches, districts and scopes for the ledger's tests."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert

import policies
from ledger import registry
from ledger.sessions import SYSTEM_SCOPE, Database, Scope
from ledger.tables import contents, evidence
from models.actors import Role
from models.batch import Batch, LedgerEntry, Notice, Task
from models.enterprise.batch import EnterpriseBatch, EnterpriseEntry
from tests.builders import FACTS, SAID
from tests.ledger.looking import past_locks

POLICY = policies.load_default()
START = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
CODES = ("91330100MA2000001U", "91330100MA2000002Y", "91330100MA20000032")
BUREAU = Scope(Role.INSPECTOR, district_id="d1", user_id="wang")
OTHER_BUREAU = Scope(Role.INSPECTOR, district_id="d2", user_id="sun")
FIRM_A = Scope(Role.ENTERPRISE, district_id="d1", enterprise_id="e-a", user_id="firm-a")
FIRM_B = Scope(Role.ENTERPRISE, district_id="d1", enterprise_id="e-b", user_id="firm-b")
TOWN_EAST = Scope(Role.TERRITORY, district_id="d1", territory_id="t-east", user_id="town-east")
TOWN_WEST = Scope(Role.TERRITORY, district_id="d1", territory_id="t-west", user_id="town-west")
ASSESSOR = Scope(Role.ASSESSOR, district_id="d1", assessor_org_id="o-assess", user_id="assessor")
OTHER_ASSESSOR = Scope(Role.ASSESSOR, district_id="d1", assessor_org_id="o-other", user_id="assessor-2")
AUDITOR = Scope(Role.AUDITOR, district_id="d1", user_id="auditor")
ADMIN = Scope(Role.ADMIN, district_id="d1", user_id="admin")
HOME = {"e-a": "t-east", "e-b": "t-west"}


def fresh() -> str:
    """A new id."""
    return str(uuid.uuid4())


def entry(case_id: str, seq: int, *, command_id: str | None = None, **fields: Any) -> LedgerEntry:
    """An entry as the case would write it."""
    shape: dict[str, Any] = {
        "case_id": case_id,
        "seq": seq,
        "event": "opened" if seq == 1 else "progress_reported",
        "at": START + timedelta(hours=seq),
        "actor_id": "wang",
        "role": "inspector",
        "command_id": command_id or fresh(),
        "data": {"percent": seq},
    }
    return LedgerEntry(**{**shape, **fields})


def snapshot(case_id: str, seq: int, **fields: Any) -> dict[str, Any]:
    """The read model after ``seq``."""
    enterprise = fields.get("enterprise_id", "e-a")
    shape: dict[str, Any] = {
        "case_id": case_id,
        "district_id": "d1",
        "territory_id": HOME.get(enterprise, "t-east"),
        "enterprise_id": enterprise,
        "industry": "粉尘涉爆",
        "source": "inspection",
        "policy_version": POLICY.version,
        "policy_digest": POLICY.digest(),
        "opened_at": START.isoformat(),
        "opened_by": ["wang"],
        "state": "RECTIFYING",
        "items": [{"no": 1, "passed": None}],
        "clocks": {},
        "seq": seq,
        "stated": fields.get("source") != "tip",
        "told_seq": 1,
        "told_at": START.isoformat(),
    }
    return {**shape, **fields}


def batch(
    case_id: str,
    entries: list[LedgerEntry],
    *,
    tasks: tuple[Task, ...] = (),
    notices: tuple[Notice, ...] = (),
    **fields: Any,
) -> Batch:
    """A batch whose snapshot stands after its last entry."""
    doc = snapshot(case_id, entries[-1].seq, **fields)
    return Batch(case_id=case_id, entries=tuple(entries), doc=doc, tasks=tasks, notices=notices)


def first(case_id: str | None = None, **fields: Any) -> Batch:
    """The opening of a case."""
    case_id = case_id or fresh()
    return batch(case_id, [entry(case_id, 1)], **fields)


def measure(no: int = 1, **fields: Any) -> dict[str, Any]:
    """A measure as the snapshot shows it."""
    shape: dict[str, Any] = {
        "measure_id": f"m-{no}",
        "no": no,
        "kind": "fine",
        "state": "PROPOSED",
        "proposed_by": ["wang"],
        "proposed_at": (START + timedelta(hours=no)).isoformat(),
        "in_force_at": None,
        "ended_at": None,
        "known": False,
        "done": {},
    }
    return {**shape, **fields}


def step(case_id: str, seq: int, **data: Any) -> LedgerEntry:
    """A step of a measure; ``at`` is the entry's own."""
    shape: dict[str, Any] = {
        "measure_id": "m-1",
        "kind": "fine",
        "step": "decide",
        "state": "IN_FORCE",
        "by": ["head"],
    }
    at = data.pop("at", START + timedelta(hours=seq))
    return entry(case_id, seq, event="measure_step", at=at, data={**shape, **data})


def told(
    enterprise_id: str, seq: int, source: tuple[str, int] | None = None, **fields: Any
) -> EnterpriseEntry:
    """An entry of an enterprise's ledger, perhaps one that consumes a bearing."""
    case_id, source_seq = source or (None, None)
    shape: dict[str, Any] = {
        "enterprise_id": enterprise_id,
        "seq": seq,
        "event": "bearing_noted" if source else "accident_recorded",
        "at": START + timedelta(days=seq),
        "command_id": None if source else fresh(),
        "source_case_id": case_id,
        "source_seq": source_seq,
        "data": {"no": seq},
    }
    return EnterpriseEntry(**{**shape, **fields})


def entity_batch(
    enterprise_id: str,
    entries: list[EnterpriseEntry],
    *,
    tasks: tuple[Task, ...] = (),
    notices: tuple[Notice, ...] = (),
    **doc: Any,
) -> EnterpriseBatch:
    """A batch of an enterprise whose snapshot stands after its last entry."""
    snapshot = {"enterprise_id": enterprise_id, "status": "running", "seq": entries[-1].seq, **doc}
    return EnterpriseBatch(
        enterprise_id=enterprise_id,
        district_id="d1",
        entries=tuple(entries),
        doc=snapshot,
        tasks=tasks,
        notices=notices,
    )


async def say(database: Database, command_id: str, case_id: str, body: dict[str, Any], **fields: Any) -> None:
    """Put the words of a command where the API puts them (no lock is tested here)."""
    row = {
        "command_id": command_id,
        "case_id": case_id,
        "district_id": "d1",
        "actor_id": "wang",
        "digest": "x",
    }
    async with past_locks(database) as connection:
        await connection.execute(insert(contents).values(**{**row, "body": body, **fields}))


async def keep_said(database: Database) -> None:
    """Put the words and the files of every command that :mod:`tests.builders` made where the API puts them."""
    kept = {"district_id": "d1", "actor_id": "wang", "digest": "x"}
    words = [{**kept, "command_id": one, "body": texts} for one, texts in SAID.items()]
    shared = {"case_id": "any", "district_id": "d1", "size": 1, "media_type": "image/jpeg", "object_key": "x"}
    named = {"uploaded_by": "wang", "uploaded_role": "inspector"}
    files = [{**shared, **named, "evidence_id": one, "sha256": sha} for one, sha in FACTS.evidence.items()]
    async with past_locks(database) as connection:
        for table, rows in ((contents, words), (evidence, files)):
            if rows:
                await connection.execute(upsert(table).on_conflict_do_nothing(), rows)


async def district(database: Database) -> None:
    """Two territories, two enterprises, a bureau, an assessor; and the policy."""
    async with database.write(SYSTEM_SCOPE) as session:
        await registry.store_policy(session, POLICY)
    async with database.write(ADMIN) as session:
        await registry.put_district(session, "d1", "示范区")
        for org, kind in (("o-bureau", "bureau"), ("o-assess", "assessor"), ("o-other", "assessor")):
            await registry.put_organisation(session, org_id=org, district_id="d1", name=org, kind=kind)
        for territory in ("t-east", "t-west"):
            await registry.put_territory(session, territory_id=territory, district_id="d1", name=territory)
        for no, (enterprise, territory) in enumerate(HOME.items()):
            await registry.put_enterprise(
                session,
                enterprise_id=enterprise,
                district_id="d1",
                territory_id=territory,
                uscc=CODES[no],
                name=f"示范{'甲乙'[no]}木业有限公司",
                industry="粉尘涉爆",
            )


async def rename(database: Database, name: str) -> None:
    """Call enterprise B something else."""
    async with database.write(ADMIN) as session:
        await registry.put_enterprise(
            session,
            enterprise_id="e-b",
            district_id="d1",
            territory_id=HOME["e-b"],
            uscc=CODES[list(HOME).index("e-b")],
            name=name,
            industry="粉尘涉爆",
        )
