"""Notices (通知): whom an event tells; at most one per audience for one waking, so an outage ends in no burst."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from models.actors import Role
from models.batch import LedgerEntry, Notice
from models.caseclocks import LIVES
from models.doc import Case
from models.events import Event

NAMESPACE = uuid.UUID("6a1f9a3c-8f0e-5c5b-9c43-2f1b7a1e7d10")
"""Makes notice ids from the ledger entry and the audience: the same projection twice tells once."""

R = Role
OFFICIALS = (R.INSPECTOR,)

TOLD: dict[str, tuple[Role, ...]] = {
    "opened": (R.INSPECTOR, R.TERRITORY),
    "order_issued": (),
    "order_served": (R.ENTERPRISE, R.TERRITORY),
    "graded": (R.INSPECTOR,),
    "graded_under_order": (R.ENTERPRISE, R.INSPECTOR, R.TERRITORY),
    "major_suspected": (R.SECTION_HEAD,),
    "regrade_proposed": (R.SECTION_HEAD,),
    "regraded": (R.ENTERPRISE, R.INSPECTOR),
    "major_reported": (R.INSPECTOR,),
    "report_acknowledged": (R.ENTERPRISE,),
    "plan_filed": (R.SECTION_HEAD, R.INSPECTOR),
    "plan_accepted": (R.ENTERPRISE,),
    "plan_returned": (R.ENTERPRISE,),
    "extension_requested": (R.SECTION_HEAD, R.INSPECTOR),
    "extension_granted": (R.ENTERPRISE, R.INSPECTOR),
    "late_extension_granted": (R.ENTERPRISE, R.INSPECTOR),
    "extension_refused": (R.ENTERPRISE, R.INSPECTOR),
    "clock_paused": (R.ENTERPRISE, R.INSPECTOR),
    "clock_resumed": (R.ENTERPRISE, R.INSPECTOR),
    "completion_signalled": (R.INSPECTOR,),
    "assessment_commissioned": (R.ASSESSOR, R.INSPECTOR),
    "assessment_filed": (R.ENTERPRISE, R.INSPECTOR),
    "reinspection_passed": (R.ENTERPRISE, R.SECTION_HEAD),
    "reinspection_failed": (R.ENTERPRISE, R.SECTION_HEAD, R.TERRITORY),
    "signed_off": (R.ENTERPRISE, R.INSPECTOR, R.TERRITORY),
    "sign_off_refused": (R.ENTERPRISE, R.INSPECTOR),
    "recurred": (R.ENTERPRISE, R.SECTION_HEAD, R.TERRITORY),
    "handler_assigned": (R.INSPECTOR,),
    "enterprise_closed": (R.INSPECTOR,),
    "clocks_rederived": (R.ENTERPRISE, R.INSPECTOR),
    "deadline_passed": (R.ENTERPRISE, R.INSPECTOR, R.SECTION_HEAD, R.TERRITORY),
}
"""Event → who is told."""

BY_CLOCK = {"clocks_missed": True, "digested": True, "reminded": False}
"""Events of clocks: the owner is always told; whether those above are told too."""


def notices_for(case: Case, entries: Sequence[LedgerEntry], events: Sequence[Event]) -> tuple[Notice, ...]:
    """The notices of one application; the first (gravest) event speaks for an audience."""
    told: dict[Role, Notice] = {}
    for entry, event in zip(entries, events, strict=True):
        keys: tuple[str, ...] = getattr(event, "keys", ())
        for role in _audience(event.type, keys):
            told.setdefault(role, _notice(case, entry, role, keys[0] if keys else None))
    return tuple(told.values())


def _audience(event: str, keys: Iterable[str]) -> list[Role]:
    if event not in BY_CLOCK:
        return list(TOLD.get(event, ()))
    owners = [LIVES[key].owner for key in keys]
    above = [role for key in keys for role in LIVES[key].told] if BY_CLOCK[event] else []
    return list(dict.fromkeys([*owners, *above]))


def _notice(case: Case, entry: LedgerEntry, role: Role, clock: str | None) -> Notice:
    running = case.clocks.get(clock or "rectify")
    return Notice(
        notice_id=str(uuid.uuid5(NAMESPACE, f"{entry.case_id}/{entry.seq}/{role.value}")),
        kind=entry.event,
        audience_role=role.value,
        user_id=case.handler_id if role in OFFICIALS else None,
        enterprise_id=case.enterprise_id if role is Role.ENTERPRISE else None,
        territory_id=case.territory_id if role is Role.TERRITORY else None,
        clock=clock,
        due_at=running.due_at if running else None,
        at=entry.at,
    )
