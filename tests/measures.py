"""Measures for tests: proposals and steps given or refused, and cases ready for each kind."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from models.actors import Actor
from models.envelope import Facts
from models.errors import XiaohaoError
from models.measures import conditions as facts
from models.measures.kinds import MeasureKind
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure
from models.tasks import tasks_of
from tests.builders import (
    ASSESSOR,
    ASSESSOR_ORG,
    DEPUTY,
    FIRM,
    HEAD,
    LAWYER,
    LI,
    WANG,
    ZHAO,
    Story,
    at,
    double_reported,
    findings,
    major,
    planned,
    refusal,
    served,
)
from tests.measure_forms import KNOWN, PROPOSALS, TEXT, form_of, pair


def measure(story: Story, measure_id: str | None = None) -> Measure:
    """The measure of that id, else the last one."""
    found = story.case.measures[-1] if measure_id is None else story.case.measure(measure_id)
    assert isinstance(found, Measure)
    return found


def proposed(kind: str, actor: Actor, now: datetime, measure_id: str, **given: Any) -> dict[str, Any]:
    """A well-formed proposal."""
    acts = kind == "interim_stop" or given.get("urgent", False)
    officers = pair(actor) if PROCEDURES[MeasureKind(kind)].two_officers else []
    first = {"service": served(now)} if acts else {}
    amount = given.get("amount", PROPOSALS[kind].get("amount")) or 0
    weighty = kind == "fine" and (amount > 50_000 or given.get("target") == "person")
    article = {"article": "98"} if weighty else {}
    listed = {"inventory": TEXT} if kind == "seal" and acts else {}
    return {
        "measure_id": measure_id,
        "kind": kind,
        "cause": TEXT,
        "officers": officers,
        **PROPOSALS[kind],
        **article,
        **first,
        **listed,
        **given,
    }


def propose(
    story: Story,
    kind: str,
    actor: Actor = WANG,
    *,
    vouched: Facts = KNOWN,
    measure_id: str = "",
    **given: Any,
) -> Story:
    """Propose a measure; its id is its kind unless given."""
    fields = proposed(kind, actor, story.now, measure_id or kind, **given)
    return story.give("propose_measure", actor, facts=vouched, **fields)


def take(story: Story, step: str, actor: Actor, measure_id: str | None = None, **given: Any) -> Story:
    """Take a step of a measure, the last one unless told which."""
    one = measure(story, measure_id)
    form = form_of(one, step, actor, story.now, **given)
    return story.give("take_step", actor, facts=KNOWN, measure_id=one.measure_id, step=step, form=form)


def not_taken(
    story: Story, step: str, actor: Actor, measure_id: str | None = None, **given: Any
) -> XiaohaoError:
    """The refusal of a step; fails when it is accepted."""
    one = measure(story, measure_id)
    form = form_of(one, step, actor, story.now, **given)
    fields = {"measure_id": one.measure_id, "step": step, "form": form}
    return refusal(story, "take_step", actor, facts=KNOWN, **fields)


def not_proposed(
    story: Story, kind: str, actor: Actor = WANG, *, vouched: Facts = KNOWN, **given: Any
) -> XiaohaoError:
    """The refusal of a proposal; fails when it is accepted."""
    fields = proposed(kind, actor, story.now, given.pop("measure_id", "again"), **given)
    return refusal(story, "propose_measure", actor, facts=vouched, **fields)


def refuses(story: Story, subject: str = "order", actor: Actor = WANG) -> Story:
    """Two officers record that the enterprise refuses to comply."""
    return story.give("record_refusal", actor, facts=KNOWN, subject=subject, officers=pair(actor), text=TEXT)


def clock(story: Story, key: str, measure_id: str | None = None) -> Any:
    """A clock of a measure as it stands, whatever became of it; None when it was never started."""
    return story.case.clocks.get(measure(story, measure_id).clock(key))


def last_day(story: Story, key: str, measure_id: str | None = None) -> date:
    """The last day of a clock of a measure."""
    found = clock(story, key, measure_id).last_day
    assert isinstance(found, date)
    return found


def tasks(story: Story, role: str) -> list[str]:
    """The clocks that are a role's tasks now."""
    return [str(task.clock) for task in tasks_of(story.case, story.hazard.rules) if task.role == role]


# -- situations ------------------------------------------------------------------------------------
def overdue_major(start: str = "2026-09-01 10:00") -> Story:
    """A major hazard whose deadline has passed; nothing was done about it."""
    return major(start).until(at("2026-09-22 10:00"))


def stopped(start: str = "2026-09-01 10:00") -> Story:
    """A major hazard with a confirmed interim stop in force that the enterprise refuses."""
    story = take(propose(major(start), "interim_stop"), "confirm", HEAD)
    return refuses(story, "interim_stop")


def cut(story: Story | None = None) -> Story:
    """The power is cut, with notice."""
    now = propose(story or stopped(), "power_cut")
    take(now, "approve", HEAD)
    take(now, "notify_supplier", WANG)
    take(now, "notify", WANG).pass_time(hours=24)
    return take(now, "cut", WANG)


def filed(kind: str = "fine", story: Story | None = None, **given: Any) -> Story:
    """A penalty filed, investigated, its notice served."""
    now = propose(story or overdue_major(), kind, **given)
    take(now, "approve", HEAD)
    take(now, "conclude_investigation", LI)
    return take(now, "serve_notice", WANG)


def silent(story: Story) -> Story:
    """The windows for defence and hearing have passed unused; it is ten o'clock of the next day."""
    ends = [c.due_at for c in (clock(story, "defence.period"), clock(story, "hearing.request")) if c]
    return story.until(max(ends) + timedelta(hours=10))


def reviewed(story: Story) -> Story:
    """Legal review passed."""
    return take(take(story, "submit_review", LI), "legal_review", LAWYER)


def decided(story: Story) -> Story:
    """Reviewed and discussed when due, submitted and decided by the head."""
    one = measure(story)
    if facts.review_due(one, story.hazard.rules):
        reviewed(story)
    if facts.discussion_due(one, story.hazard.rules):
        take(story, "discuss", DEPUTY)
    return take(take(story, "submit_decision", WANG), "decide", HEAD)


def imposed(kind: str = "fine", story: Story | None = None, **given: Any) -> Story:
    """A penalty decided, served and published."""
    now = decided(silent(filed(kind, story, **given)))
    return take(take(now, "serve_decision", WANG), "publish", WANG)


def suspended() -> Story:
    """A suspension in force over an overdue major hazard."""
    return imposed("suspension")


def corrected(story: Story) -> Story:
    """The hazard put right and re-inspected by others than those who ordered it: awaiting its sign-off."""
    if story.case.major and not story.case.plan_accepted:
        planned(double_reported(story))
    story.give("signal_completion", FIRM, text=TEXT, evidence=["photo"])
    if story.case.major:
        story.give(
            "commission_assessment", FIRM, assessor_org_id=ASSESSOR_ORG, independence_declared=True
        ).give("file_assessment", ASSESSOR, conclusion="effective", text=TEXT)
    return story.give("reinspect", ZHAO, officers=["zhao", "li"], findings=findings(True, True))


def resumed(story: Story, measure_id: str) -> Story:
    """A stop ended in order: applied for, reviewed on site, approved by the head."""
    take(story, "apply_resumption", FIRM, measure_id)
    take(story, "review_resumption", LI, measure_id)
    return take(story, "approve_resumption", HEAD, measure_id)


def with_ground(ground: str) -> Facts:
    """What the API vouches for when the enterprise's file shows a ground for closure."""
    return KNOWN.model_copy(update={"grounds": (ground, "penalised")})


def noticed(kind: str = "fine", **given: Any) -> Story:
    """Notice served on Tuesday 2026-09-22; Friday to Sunday, 25 to 27 September, are the Mid-Autumn holiday."""
    return filed(kind, **given)
