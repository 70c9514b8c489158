"""Every entry of every case's ledger in one order, with what its case hangs on: for whoever audits or analyses them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from ledger.scope import Scope
from ledger.tables import case_events, cases

_OF_ENTRY = tuple(one for one in case_events.c if one.name not in ("actor_called", "principal_called"))


def select_entries(scope: Scope) -> Select[Any]:
    """The entries ``scope`` sees, case by case, each in order of ``seq``; no name of a person, no words of a command."""
    hangs_on = (cases.c.number, cases.c.enterprise_id, cases.c.order_id, cases.c.inspection_id)
    return (
        select(*_OF_ENTRY, *hangs_on)
        .select_from(case_events.join(cases, cases.c.case_id == case_events.c.case_id))
        .where(scope.where(case_events), scope.where(cases))
        .order_by(case_events.c.case_id, case_events.c.seq)
    )
