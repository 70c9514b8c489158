"""What the measures' rules ask of a case: facts derived from what was served, missed, recorded and decided."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from models.caseclocks import ClockStatus, Rules
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure
from models.snapshot import Case

K = MeasureKind

STOPS = (K.INTERIM_STOP, K.SUSPENSION)
"""Measures that order production or use to stop (停产停业、停止施工、停止使用)."""
DECIDING = frozenset({"decide", "decide_closure"})
"""Steps that impose a measure (作出决定)."""
ALWAYS_HEARD = (K.SUSPENSION, K.DAILY_FINE, K.CLOSURE)
"""Measures with a right to a hearing whatever the amount (《行政处罚法》第六十三条): what a daily fine comes to is open."""


def served_at(measure: Measure) -> datetime | None:
    """When the measure itself was served on the enterprise; None when it was not."""
    for step in ("serve_total", "serve_decision", "execute", "propose", "serve"):
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
        if m.kind is K.FINE
        and "serve_decision" in m.done
        and m.state is not MeasureState.REVOKED
        and not m.struck
    )


def penalised(case: Case) -> bool:
    """Whether a penalty decided and served in this case stands (受到行政处罚)."""
    return any(
        PROCEDURES[m.kind].penalty
        and "serve_decision" in m.done
        and m.state is not MeasureState.REVOKED
        and not m.struck
        for m in case.measures
    )


def imposed(case: Case, kind: MeasureKind, violation: int) -> tuple[Measure, ...]:
    """Measures of ``kind`` decided for the ``violation`` that stand."""
    return tuple(
        m
        for m in case.measures
        if m.kind is kind
        and m.violation == violation
        and DECIDING & m.done.keys()
        and m.state is not MeasureState.REVOKED
        and not m.struck
    )


def punished(case: Case, kind: MeasureKind) -> bool:
    """Whether the unit bears a measure of ``kind`` for the present violation, or it is under way, where the law allows
    one only (一事不再罚)."""
    under_way = [m for m in case.measures if m.kind is kind and m.violation == case.recurrences and m.open]
    borne = (*under_way, *imposed(case, kind, case.recurrences))
    return bool(PROCEDURES[kind].once) and any(m.target == "unit" and not m.struck for m in borne)


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


def principal(measure: Measure) -> int:
    """The fine as it stands: as a remedy changed it, else as decided."""
    return int(measure.fact("record_remedy", "amount") or amount_of(measure))


def owed(measure: Measure) -> int | None:
    """Whole yuan owed, with the surcharge imposed: what a remedy changed it to, the days counted, the decision.

    None while days are counted.
    """
    found = measure.fact("record_remedy", "amount") or decided(measure)
    return None if found is None else int(found) + _surcharged(measure)


def decided(measure: Measure) -> int | None:
    """Whole yuan as the bureau decided them: the total of a daily fine, None while its days are counted."""
    if measure.kind is not K.DAILY_FINE:
        return amount_of(measure)
    total = measure.fact("stop_counting", "total")
    return None if total is None else int(total)


def _surcharged(measure: Measure) -> int:
    """The surcharge imposed; one from before a change of the fine falls with what was changed."""
    imposed, remedy = measure.done.get("impose_surcharge"), measure.done.get("record_remedy")
    if imposed is None or (remedy and remedy.facts.get("event") == "changed" and remedy.at >= imposed.at):
        return 0
    return int(imposed.facts["surcharge"])


def surcharge(measure: Measure, last_day: date, until: date, rules: Rules) -> tuple[int, int]:
    """Days late and the surcharge for them up to ``until``, in whole yuan (《行政处罚法》第七十二条、第七十三条).

    The day after ``last_day`` is the first; days of a pending remedy do not count; it is a rate of what is unpaid of
    the fine itself, and never more than the fine.
    """
    fine = (owed(measure) or 0) - _surcharged(measure)
    late = [(last_day + timedelta(days=1), until)]
    for begun, ended in measure.fact("record_remedy", "pauses") or []:
        late = _without(late, date.fromisoformat(begun), date.fromisoformat(ended) if ended else until)
    days = sum(max((end - start).days + 1, 0) for start, end in late)
    rate = int(rules.policy.figure("fine.surcharge.percent").value)
    cap = int(rules.policy.figure("fine.surcharge.cap_percent").value)
    base = max(fine - paid(measure), 0)
    return days, min(base * rate * days // 100, fine * cap // 100)


def _without(spans: list[tuple[date, date]], start: date, end: date) -> list[tuple[date, date]]:
    """``spans`` without the days from ``start`` to ``end``, all included."""
    day = timedelta(days=1)
    parts = [
        part for low, high in spans for part in ((low, min(high, start - day)), (max(low, end + day), high))
    ]
    return [(low, high) for low, high in parts if low <= high]


def settled(measure: Measure) -> bool:
    """Whether money is owed and all of it has been paid."""
    due = owed(measure)
    return measure.amount is not None and due is not None and paid(measure) >= due


def unpaid(measure: Measure) -> int:
    """Whole yuan still to pay."""
    return max((owed(measure) or 0) - paid(measure), 0)


def paid(measure: Measure) -> int:
    """Whole yuan paid so far."""
    return int(measure.fact("record_payment", "total") or 0)


def blocking(case: Case) -> tuple[Measure, ...]:
    """Measures in force that a sign-off must wait for."""
    return tuple(m for m in case.measures if m.in_force and PROCEDURES[m.kind].blocks_sign_off)
