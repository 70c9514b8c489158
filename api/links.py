"""The API's own addresses of what services only name."""

from __future__ import annotations

from api.parts import PREFIX
from services.approvals.views import Target


def evidence(evidence_id: str) -> str:
    """A piece of evidence."""
    return f"{PREFIX}/evidence/{evidence_id}"


def answer(target: Target) -> str:
    """Where an answer of an approval is given: a step of a measure, a command to a case or to an enterprise."""
    if target.measure_id is not None:
        return f"{PREFIX}/cases/{target.case_id}/measures/{target.measure_id}/{target.step}"
    if target.case_id is not None:
        return f"{PREFIX}/cases/{target.case_id}/commands/{target.command}"
    return f"{PREFIX}/enterprises/{target.enterprise_id}/commands/{target.command}"
