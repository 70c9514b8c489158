"""What may follow what in a case: written by hand for the checker, from the rules of the field and not from the product.

Deliberately independent of ``models.lifecycle``: where the two disagree, one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

BEGINS: dict[str, str] = {
    "inspection": "RECORDED",
    "tip": "REPORTED",
    "self_report": "REPORTED",
    "transfer": "REPORTED",
}
"""Source of a case → the state it is opened in: only what officers saw themselves needs no verification."""

FINAL = frozenset({"ARCHIVED", "UNFOUNDED", "TRANSFERRED", "VOIDED", "CLOSED_WITH_ENTERPRISE"})

MOVES: dict[str, dict[str, str]] = {
    "REPORTED": {
        "verified": "RECORDED",
        "found_unfounded": "UNFOUNDED",
        "transferred": "TRANSFERRED",
        "voided": "VOIDED",
    },
    "RECORDED": {
        "major_suspected": "DETERMINING",
        "order_served": "ORDERED",
        "fixed_on_spot": "SUBMITTED",
        "transferred": "TRANSFERRED",
        "voided": "VOIDED",
    },
    "DETERMINING": {"graded": "RECORDED", "graded_under_order": "ORDERED", "voided": "VOIDED"},
    "ORDERED": {
        "major_suspected": "DETERMINING",
        "plan_filed": "PLANNING",
        "rectification_begun": "RECTIFYING",
        "completion_signalled": "SUBMITTED",
        "deadline_passed": "OVERDUE",
        "voided": "VOIDED",
    },
    "PLANNING": {
        "plan_accepted": "RECTIFYING",
        "plan_returned": "ORDERED",
        "plan_withdrawn": "ORDERED",
        "plan_dropped": "RECTIFYING",
        "voided": "VOIDED",
    },
    "RECTIFYING": {
        "reinspection_withdrawn_assessing": "ASSESSING",
        "reinspection_withdrawn": "SUBMITTED",
        "reinspection_withdrawn_overdue": "OVERDUE",
        "plan_filed": "PLANNING",
        "plan_accepted": "RECTIFYING",
        "plan_returned": "RECTIFYING",
        "plan_withdrawn": "RECTIFYING",
        "plan_dropped": "RECTIFYING",
        "completion_signalled": "SUBMITTED",
        "deadline_passed": "OVERDUE",
        "voided": "VOIDED",
    },
    "OVERDUE": {
        "plan_filed": "OVERDUE",
        "plan_accepted": "OVERDUE",
        "plan_returned": "OVERDUE",
        "plan_withdrawn": "OVERDUE",
        "overdue_withdrawn": "RECTIFYING",
        "overdue_withdrawn_unbegun": "ORDERED",
        "plan_dropped": "OVERDUE",
        "completion_signalled": "SUBMITTED",
        "reinspection_passed": "SIGNING_OFF",
        "reinspection_failed": "RECTIFYING",
        "voided": "VOIDED",
    },
    "SUBMITTED": {
        "assessment_commissioned": "ASSESSING",
        "completion_withdrawn": "RECTIFYING",
        "reinspection_passed": "SIGNING_OFF",
        "reinspection_failed": "RECTIFYING",
        "voided": "VOIDED",
    },
    "ASSESSING": {
        "assessment_commissioned": "ASSESSING",
        "completion_withdrawn": "RECTIFYING",
        "assessment_filed": "SUBMITTED",
        "reinspection_failed": "RECTIFYING",
        "voided": "VOIDED",
    },
    "SIGNING_OFF": {
        "signed_off": "SIGNED_OFF",
        "sign_off_refused": "RECTIFYING",
        "reinspection_withdrawn": "SUBMITTED",
        "reinspection_withdrawn_overdue": "OVERDUE",
    },
    "SIGNED_OFF": {"look_back_completed": "ARCHIVED", "recurred": "RECURRED"},
    "RECURRED": {"order_served": "ORDERED"},
}
"""State → event → next state. The enterprise's closure ends any open case (:data:`ENDS_ALL`)."""

ENDS_ALL = {"enterprise_closed": "CLOSED_WITH_ENTERPRISE"}

_CORRECTING = frozenset({"ORDERED", "PLANNING", "RECTIFYING"})
_OWED = frozenset({*_CORRECTING, "OVERDUE"})
_ANY = frozenset(MOVES)
_MEASURED = _ANY - {"REPORTED"}
_EVEN_FINAL = _MEASURED | FINAL
"""A measure that survives the case, a fine above all, is taken to its own end."""

STAYS: dict[str, frozenset[str]] = {
    "lead_signed": frozenset({"RECORDED", "DETERMINING"}),
    "service_corrected": _MEASURED,
    "days_corrected": _OWED,
    "extension_withdrawn": _CORRECTING,
    "regrade_withdrawn": _OWED,
    "refusal_withdrawn": _MEASURED,
    "measure_service_corrected": _EVEN_FINAL,
    "step_withdrawn": _EVEN_FINAL,
    "order_issued": frozenset({"RECORDED", "RECURRED", "DETERMINING"}),
    "service_recorded": frozenset({"DETERMINING"}),
    "progress_reported": _OWED,
    "extension_requested": _CORRECTING,
    "extension_granted": _CORRECTING,
    "extension_refused": _CORRECTING,
    "deadline_held": _CORRECTING,
    "deadline_rederived": _OWED,
    "clock_paused": _CORRECTING,
    "clock_resumed": _CORRECTING,
    "major_reported": _OWED,
    "report_acknowledged": _OWED | {"SUBMITTED", "ASSESSING"},
    "congress_reported": _OWED,
    "regrade_proposed": _OWED,
    "regraded": _OWED,
    "regrade_refused": _OWED,
    "look_back_passed": frozenset({"SIGNED_OFF"}),
    "measure_proposed": _MEASURED,
    "refusal_recorded": _MEASURED,
    "proposal_raised": _MEASURED,
    "proposal_escalated": _MEASURED,
    "proposal_closed": _MEASURED,
    "proposal_lapsed": _EVEN_FINAL,
    "measure_step": _EVEN_FINAL,
    "measure_lapsed": _EVEN_FINAL,
    "windows_closed": _EVEN_FINAL,
    "approval_escalated": _EVEN_FINAL,
    "lift_due": _MEASURED,
    "handler_assigned": _ANY,
    "policy_adopted": _ANY,
    "clocks_rederived": _ANY,
    "clocks_missed": _ANY | FINAL,
    "reminded": _ANY | FINAL,
    "digested": _ANY | FINAL,
}
"""Events that leave the state as it is → the states they may happen in."""


TELLS = frozenset({"order_served", "service_recorded", "fixed_on_spot"})
"""Entries by which an enterprise first hears of a case officially. What came before is not for it, nor counted to it."""


def told_from(source: str, events: Sequence[str]) -> int:
    """The place of the entry that is the first one to the enterprise: all are of what it reported itself."""
    if source == "self_report":
        return 1
    return next((no for no, event in enumerate(events, 1) if event in TELLS), len(events) + 1)


def after(state: str, event: str) -> str | None:
    """The state after ``event`` in ``state``; None when it may not happen there."""
    if event in STAYS:
        return state if state in STAYS[event] else None
    if state in FINAL:
        return None
    return ENDS_ALL.get(event) or MOVES[state].get(event)
