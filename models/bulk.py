"""Which answers may be given for several matters at once (批量审批): a short list, kept short on purpose.

What takes rights away, costs money or stops production is looked at one by one; so are refusals, which need a reason
of their own. Listed are the bureau's everyday consents.
"""

from __future__ import annotations

from models.caselives import LIVES
from models.errors import Refused
from models.measures.kinds import MeasureKind

BULK_STEPS: dict[MeasureKind, tuple[str, ...]] = {
    MeasureKind.SUPERVISION_LETTER: ("approve",),  # 督办函：催办，不增加义务
    MeasureKind.WARNING_TALK: ("accept_report",),  # 约谈整改报告：认可后终结
}
"""Kind of measure → the steps that may be taken for several at once."""


def bulk_step(kind: MeasureKind, step: str) -> bool:
    """Whether ``step`` may be taken for several measures of this ``kind`` at once."""
    return step in BULK_STEPS.get(kind, ())


def bulk_command(clock: str, command: str) -> bool:
    """Whether ``command`` may be given to several cases whose ``clock`` waits for it."""
    return clock in LIVES and command in LIVES[clock].bulk


def check_step(kind: MeasureKind, step: str) -> None:
    """Raise unless ``step`` may be taken for several measures of this ``kind`` at once."""
    if not bulk_step(kind, step):
        raise _one_by_one()


def check_command(clock: str, command: str) -> None:
    """Raise unless ``command`` may be given to several cases whose ``clock`` waits for it."""
    if not bulk_command(clock, command):
        raise _one_by_one()


def _one_by_one() -> Refused:
    return Refused(
        "该事项不得批量办理，须逐件审查决定",
        "this is not decided in bulk: look at each",
        rule="bulk.kind",
        article="设计规则（无法定条文）",
        remedy_zh="逐件打开办理",
        remedy_en="open it and decide it by itself",
    )
