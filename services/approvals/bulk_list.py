"""Which answers may be given for several matters at once (批量审批): a short list, kept short on purpose.

What takes rights away, costs money or stops production is looked at one by one; so are refusals, which need a reason
of their own. Listed are the bureau's everyday consents.
"""

from __future__ import annotations

from models.caselives import LIVES
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
