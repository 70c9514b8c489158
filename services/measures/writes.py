"""Taking the steps of the measures' procedures (办理措施步骤): which forms a step takes, and giving it."""

from __future__ import annotations

from typing import Any

from ledger.readers.deciding import measure_of
from ledger.readers.paging import Found
from ledger.sessions import WriteSession
from models.commands import Command, TakeStep
from models.commands.measures import Form
from models.measures.kinds import MeasureKind
from models.measures.procedures import PROCEDURES
from models.measures.steps import Step
from services.asking import Asking, Done
from services.cases import giving
from services.cases.views import CommandAnswer
from services.missing import missing

Rows = dict[MeasureKind, Step]


def _steps() -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for kind, procedure in PROCEDURES.items():
        for row in procedure.rows:
            found.setdefault(row.key, {})[kind] = row
    return found


STEPS: dict[str, Rows] = _steps()
"""Step → its row in each procedure that has it."""


def forms_of(step: str) -> tuple[type[Form], ...]:
    """The forms a step takes, the usual one first."""
    return tuple(dict.fromkeys(row.form for row in STEPS[step].values()))


def form_of(kind: MeasureKind, step: str, given: dict[str, Any] | None) -> Form:
    """What was given as the form ``step`` takes in a measure of this ``kind``. Raises ValidationError, KeyError."""
    return STEPS[step][kind].form.model_validate(given or {})


async def take_step(ask: Asking, case_id: str, measure_id: str, step: str, body: Form) -> Done[CommandAnswer]:
    """Take a step of a measure the asker may know of; raises as :func:`services.cases.giving.give`."""

    async def build(session: WriteSession, case: Found, asked: Asking) -> Command:
        if await measure_of(session, asked.scope, case.case_id, measure_id) is None:
            raise missing("measure")
        return TakeStep.model_validate({"measure_id": measure_id, "step": step, "form": body})

    return await giving.give(ask, case_id, build)
