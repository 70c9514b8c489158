"""Bearing (对企业的影响): what an entry in a case's ledger means to its enterprise.

The ledger puts such an entry into the enterprise's inbox in the transaction that appends it. The messages between a
case and its enterprise carry no fact; who receives one reads the inbox.
"""

from __future__ import annotations

from models.batch import LedgerEntry

MEASURE_BEARINGS = frozenset(
    {
        "penalty_decided",
        "penalty_annulled",
        "stop_in_force",
        "stop_ended",
        "listed_bad_faith",
        "bad_faith_annulled",
        "closed",
    }
)
"""What a step of a measure may say of itself in ``data["bearing"]``."""

EVENT_BEARINGS: dict[str, str] = {
    "graded": "graded",
    "graded_under_order": "graded",
    "regraded": "graded",
    "signed_off": "signed_off",
    "recurred": "recurred",
    "voided": "case_ended",
    "transferred": "case_ended",
    "found_unfounded": "case_ended",
    "look_back_completed": "case_ended",
    "enterprise_closed": "case_ended",
}
"""Event of a case → what it means to the enterprise."""

BEARINGS = MEASURE_BEARINGS | set(EVENT_BEARINGS.values())


def bearing_of(entry: LedgerEntry) -> str | None:
    """What ``entry`` means to the enterprise; None for the many that mean nothing to it."""
    named = entry.data.get("bearing")
    if named in MEASURE_BEARINGS:
        return str(named)
    if entry.event == "enterprise_closed" and entry.command_id is not None:
        return "closed"  # recorded by somebody of the government, not taken over from the enterprise's file
    return EVENT_BEARINGS.get(entry.event)
