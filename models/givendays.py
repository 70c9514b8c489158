"""What gave a deadline for rectification (整改期限) its days: the paper that fixed them, never the practice its usual length is
taken from."""

from __future__ import annotations

from dataclasses import dataclass

from models.caseclocks import ClockRun
from models.clocks import Klass, Verified
from models.snapshot import Case


@dataclass(frozen=True, slots=True)
class Given:
    """A basis in Chinese, its class, and how far it was checked; as of the clocks of a policy."""

    basis: str
    klass: Klass = "S"
    verified: Verified = "F"


_LAW = "《安全生产法》第六十五条"
BY_ORDER = Given(f"{_LAW}；期限由责令限期整改指令书确定")
ANEW = Given(f"{_LAW}；期限由复查意见或者不予销号的决定重新确定")
BY_OLD_LEDGER = Given(f"{_LAW}；期限按原台账记载")


def runs_from_service(case: Case, clock: ClockRun) -> bool:
    """Whether the deadline is still the one of the order that was served."""
    served = case.order.served if case.order else None
    return served is not None and clock.starts_at == served.at


def given_by(case: Case, clock: ClockRun) -> Given | None:
    """What gave ``clock`` its days; None of a clock that is no deadline for rectification."""
    if clock.key != "rectify":
        return None
    if case.failures and not runs_from_service(case, clock):
        return ANEW
    of_old = case.taken_over is not None and case.order is None and not case.recurrences
    return BY_OLD_LEDGER if of_old else BY_ORDER
