"""What the measures' rules ask of a case: facts derived from what was served, missed, recorded and decided."""

from __future__ import annotations

from datetime import datetime

from models.caseclocks import ClockStatus, Rules
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure
from models.snapshot import Case

K = MeasureKind

STOPS = (K.INTERIM_STOP, K.SUSPENSION)
"""Measures that order production or use to stop (停产停业、停止施工、停止使用)."""
ALWAYS_HEARD = (K.SUSPENSION, K.CLOSURE)
"""Measures with a right to a hearing whatever the amount (《行政处罚法》第六十三条)."""


def served_at(measure: Measure) -> datetime | None:
    """When the measure itself was served on the enterprise; None when it was not."""
    for step in ("serve_decision", "execute", "propose", "serve"):
        found = measure.fact(step, "served_at")
        if found:
            return datetime.fromisoformat(found)
    return None


def corrected(case: Case) -> bool:
    """Whether every requirement has passed re-inspection: the hazard is gone (隐患已消除)."""
    return all(item.passed for item in case.items)


def recorded_refusal(case: Case, subject: str) -> bool:
    """Whether two officers recorded a refusal of ``subject``; a refusal of an earlier order is none of the present."""
    if subject != "order":
        return any(one.subject == subject for one in case.refusals)
    served = case.order.served if case.order else None
    return served is not None and any(one.subject == subject and one.at >= served.at for one in case.refusals)


def order_refused(case: Case) -> bool:
    """Whether the order was served and then not carried out: its deadline passed, or a refusal was recorded."""
    served = case.order is not None and case.order.served is not None
    clock = case.clocks.get("rectify")
    passed = clock is not None and clock.status in (ClockStatus.MISSED, ClockStatus.LATE)
    unmet = any(item.passed is not True for item in case.items)
    return served and unmet and (passed or recorded_refusal(case, "order"))


def stop_in_force(case: Case) -> Measure | None:
    """A served stop in force in this case (停产停业决定)."""
    return next((m for m in case.measures if m.kind in STOPS and m.in_force and served_at(m)), None)


def stop_refused(case: Case) -> bool:
    """Whether a served stop in force was refused, as two officers recorded."""
    return any(
        m.kind in STOPS and m.in_force and served_at(m) and recorded_refusal(case, m.measure_id)
        for m in case.measures
    )


def fined(case: Case) -> bool:
    """Whether a fine has been decided and served in this case, and stands."""
    return bool(standing_fines(case))


def standing_fines(case: Case) -> tuple[Measure, ...]:
    """Fines decided and served in this case and not annulled."""
    return tuple(
        m
        for m in case.measures
        if m.kind is K.FINE and "serve_decision" in m.done and m.state is not MeasureState.REVOKED
    )


def suspension_refused(case: Case) -> bool:
    """Whether a suspension in force is refused, as two officers recorded."""
    return any(
        m.kind is K.SUSPENSION and m.in_force and recorded_refusal(case, m.measure_id) for m in case.measures
    )


def unfit_after_suspension(case: Case) -> bool:
    """Whether a suspension is in force and its end was refused: unfit after rectification (整顿后仍不具备条件)."""
    return any(m.kind is K.SUSPENSION and m.in_force and m.refused_resumptions > 0 for m in case.measures)


def amount_of(measure: Measure) -> int:
    """The fine as decided, else as notified, else as proposed; whole yuan, 0 for what is no fine."""
    return int(
        measure.fact("decide", "amount") or measure.fact("serve_notice", "amount") or measure.amount or 0
    )


def hearing_due(measure: Measure, rules: Rules) -> bool:
    """Whether the enterprise may ask for a hearing (《行政处罚法》第六十三条): a stop, a closure, a large fine."""
    large = int(rules.policy.figure(f"hearing.large_fine.{measure.target}").value)
    return measure.kind in ALWAYS_HEARD or amount_of(measure) >= large


def discussion_due(measure: Measure, rules: Rules) -> bool:
    """Whether the leaders must discuss it collectively (《行政处罚法》第五十七条); the amount is policy."""
    large = int(rules.policy.figure("discussion.large_fine").value)
    return measure.kind in ALWAYS_HEARD or amount_of(measure) >= large


def review_due(measure: Measure, rules: Rules) -> bool:
    """Whether a legal review is due before the decision (《行政处罚法》第五十八条)."""
    return hearing_due(measure, rules) or "hold_hearing" in measure.done


def owed(measure: Measure) -> int | None:
    """Whole yuan owed: what a remedy changed it to, the days counted, the decision; None while days are counted."""
    changed = measure.fact("record_remedy", "amount")
    if changed is not None:
        return int(changed)
    if measure.kind is K.DAILY_FINE:
        total = measure.fact("stop_counting", "total")
        return int(total) if total is not None else None
    return amount_of(measure)


def settled(measure: Measure) -> bool:
    """Whether everything owed has been paid."""
    due = owed(measure)
    return due is not None and paid(measure) >= due


def paid(measure: Measure) -> int:
    """Whole yuan paid so far."""
    return int(measure.fact("record_payment", "total") or 0)


def blocking(case: Case) -> tuple[Measure, ...]:
    """Measures in force that a sign-off must wait for."""
    return tuple(m for m in case.measures if m.in_force and PROCEDURES[m.kind].blocks_sign_off)
