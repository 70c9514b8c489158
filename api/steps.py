"""One route per step of the measures' procedures (办理措施步骤), made from the tables: each shows the form it takes.

A step called alike in several procedures is one route; where it takes another form by kind of measure, its body is
either. The body's ``form`` may be left out: the step implies it.
"""

from __future__ import annotations

from api.commands import MAY_REFUSE, said_in
from api.parts import part
from models.measures.kinds import KIND_LABELS
from services.measures.writes import STEPS, Rows, forms_of, take_step

router = part("measures")


def _summary(rows: Rows) -> str:
    zh = "、".join(dict.fromkeys(row.zh for row in rows.values()))
    en = ", ".join(dict.fromkeys(row.en for row in rows.values()))
    return f"{zh} / {en}"


def _describe(rows: Rows) -> str:
    lines = [f"- {KIND_LABELS[kind][0]}：{row.zh}。依据 / basis: {row.basis}" for kind, row in rows.items()]
    return "\n".join(lines)


for _step, _rows in STEPS.items():
    router.writes(
        f"/cases/{{case_id}}/measures/{{measure_id}}/{_step}",
        take_step,
        f"step.{_step}",
        *MAY_REFUSE,
        at="/cases/{case_id}/measures/{measure_id}",
        audited=_step,
        given={"step": _step},
        shape=said_in(forms_of(_step)),
        name=f"step_{_step}",
        operation_id=f"step_{_step}",
        summary=_summary(_rows),
        description=_describe(_rows),
    )
