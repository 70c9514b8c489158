"""From a batch to rows: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from ledger.chain import FIELDS, Fields, digest, dumps, link, plain
from ledger.tables import FAR
from models.actors import Role
from models.batch import Batch, LedgerEntry, Task
from models.caselives import base_key
from models.enterprise.batch import EnterpriseBatch
from models.enterprise.bearing import bearing_of
from models.envelope import PROOF
from models.industries import industry_key
from models.measures.kinds import OVER
from models.sight import discloses, next_told
from models.tasks import DECISIONS

_RISK = {"red": 0, "orange": 1, "yellow": 2, "blue": 3}
_SAME_NAME = (
    "case_id",
    "district_id",
    "territory_id",
    "enterprise_id",
    "source",
    "inspection_id",
    "order_id",
    "team_id",
    "assessor_org_id",
    "handler_id",
    "state",
    "grade",
    "risk_colour",
    "policy_version",
    "opened_at",
    "closed_at",
    "told_seq",
    "told_at",
    "rectify_due_at",
    "next_due_at",
    "next_clock",
)
_CLOCK = ("starts_at", "due_at", "last_day", "status", "next_at", "paused_at")
_MEASURE = ("measure_id", "no", "kind", "state", "proposed_at", "in_force_at", "ended_at")
_TASK = ("key", "role", "rank", "user_id", "enterprise_id", "assessor_org_id", "due_at", "clock")


def risk_rank(grade: str | None, colour: str | None) -> int:
    """0 is the most urgent: major hazards before general ones, red before blue, none last."""
    return (0 if grade == "major" else 10) + _RISK.get(colour or "", 4)


def case_row(doc: Mapping[str, Any]) -> dict[str, Any]:
    """The flat columns of ``cases`` that follow from the snapshot alone, and the snapshot itself."""
    opened_by = doc.get("opened_by")
    return {
        **{name: doc.get(name) for name in _SAME_NAME},
        "industry": industry_key(doc.get("industry") or ""),
        "opened_by": opened_by if isinstance(opened_by, str) or not opened_by else opened_by[0],
        "officers": doc.get("officers") or [],
        "flags": (doc.get("taken_over") or {}).get("flags") or [],
        "failures": doc.get("failures") or 0,
        "recurrences": doc.get("recurrences") or 0,
        "risk_rank": risk_rank(doc.get("grade"), doc.get("risk_colour")),
        "disclosed": discloses(doc),
        "due_sort": doc.get("next_due_at") or plain(FAR),
        "due_told": next_told(doc) or plain(FAR),
        "doc": doc,
    }


def event_rows(
    entries: Iterable[BaseModel], district_id: str, prev: str, fields: Fields = FIELDS
) -> tuple[list[dict[str, Any]], str]:
    """The entries as rows chained after the hash ``prev``, and the hash of the last."""
    rows = []
    for entry in entries:
        covered = {name: plain(getattr(entry, name)) for name in fields}
        hashed = link(prev, dumps(covered))
        rows.append({**covered, "district_id": district_id, "prev_hash": prev, "hash": hashed})
        prev = hashed
    return rows, prev


def acted_at(entries: Iterable[LedgerEntry]) -> str | None:
    """When somebody last acted, by ``entries`` in their order; clocks are nobody."""
    by_hand = [entry.at for entry in entries if entry.role != Role.SYSTEM]
    return str(plain(by_hand[-1])) if by_hand else None


def clocks_of(doc: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every clock of the snapshot."""
    clocks: Mapping[str, Mapping[str, Any]] = doc.get("clocks") or {}
    return [
        {
            "case_id": doc["case_id"],
            "key": key,
            "district_id": doc["district_id"],
            **{name: clock.get(name) for name in _CLOCK},
            "provisional": bool(clock.get("provisional")),
            "basis": clock.get("basis") or "",
        }
        for key, clock in sorted(clocks.items())
    ]


def task_rows(batch: Batch) -> list[dict[str, Any]]:
    """Who must act now."""
    return [
        {
            "case_id": batch.case_id,
            "district_id": batch.doc["district_id"],
            "territory_id": batch.doc.get("territory_id"),
            **row,
        }
        for row in turn_rows(batch.tasks)
    ]


def entity_task_rows(batch: EnterpriseBatch) -> list[dict[str, Any]]:
    """Who must act on the enterprise now; never an assessor, who has cases alone."""
    rows = turn_rows(batch.tasks)
    for row in rows:
        row |= {"enterprise_id": batch.enterprise_id, "district_id": batch.district_id}
        del row["assessor_org_id"]
    return rows


def turn_rows(tasks: Iterable[Task]) -> list[dict[str, Any]]:
    """The columns of all tasks of one subject that do not say what it is: of several for one matter (``key``, ``key^1``,
    ``key^2``) each but the last says whom the matter was raised to."""
    matters: dict[str, list[Task]] = {}
    told = tuple(tasks)
    for task in sorted(told, key=lambda one: one.key):
        matters.setdefault(task.clock or task.key, []).append(task)
    raised = {
        one.key: above.rank or above.role for ranks in matters.values() for one, above in pairwise(ranks)
    }
    return [
        {
            **{name: plain(getattr(task, name)) for name in _TASK},
            "due_sort": plain(task.due_at or FAR),
            "decision": task.clock is None or base_key(task.clock) in DECISIONS,
            "raised_to": raised.get(task.key, ""),
        }
        for task in told
    ]


def measures_of(doc: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every measure of the snapshot; ``known`` is whether its enterprise may know of it."""
    measures: Iterable[Mapping[str, Any]] = doc.get("measures") or ()
    return [
        {
            **whereabouts(doc),
            **{name: measure.get(name) for name in _MEASURE},
            "open": measure["state"] not in OVER,
            "known": bool(measure.get("known")),
            "doc": measure,
        }
        for measure in measures
    ]


def whereabouts(doc: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that say whose row it is."""
    return {name: doc.get(name) for name in ("case_id", "district_id", "territory_id", "enterprise_id")}


def bearing_rows(batch: Batch, fresh: Iterable[LedgerEntry]) -> list[dict[str, Any]]:
    """What ``fresh`` entries mean to the enterprise; for most batches nothing."""
    return [row for entry in fresh if (row := bearing_row(batch.doc, entry)) is not None]


def bearing_row(doc: Mapping[str, Any], entry: LedgerEntry) -> dict[str, Any] | None:
    """What an entry means to the enterprise of the case with this snapshot, if anything."""
    kind = bearing_of(entry)
    if kind is None:
        return None
    return {
        "case_id": entry.case_id,
        "seq": entry.seq,
        "enterprise_id": doc["enterprise_id"],
        "district_id": doc["district_id"],
        "kind": kind,
        "major": doc.get("grade") == "major" and doc.get("signed_off_at") is None,
        "at": plain(entry.at),
        "data": without_clocks(entry.data),
    }


def rows_digest(rows: Sequence[Mapping[str, Any]]) -> str:
    """One digest over rows that have a ``key``, in whatever order they come."""
    return digest(sorted(rows, key=lambda row: str(row["key"])))


def without_clocks(data: Mapping[str, Any]) -> Any:
    """The data of an entry as JSON, without what only its own case needs: its clocks, the proof of its command."""
    return plain({name: value for name, value in data.items() if name != "clocks" and name not in PROOF})


def notice_rows(batch: Batch) -> list[dict[str, Any]]:
    """The notices this batch adds."""
    return [
        {**notice.model_dump(mode="json"), "case_id": batch.case_id, "district_id": batch.doc["district_id"]}
        for notice in batch.notices
    ]
