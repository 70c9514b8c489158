"""Measures for tests: the people a procedure takes, well-formed proposals and steps, and cases ready for each kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from models.actors import Actor, Rank, Role
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
    CHIEF,
    DEPUTY,
    FACTS,
    FIRM,
    HEAD,
    LAWYER,
    LI,
    MAYOR,
    OFFICE,
    SHANGHAI,
    WANG,
    ZHAO,
    Story,
    at,
    double_reported,
    findings,
    major,
    person,
    planned,
    refusal,
    served,
)

CHIEF2 = person("chief2", Role.SECTION_HEAD, rank=Rank.SECTION_HEAD, certified=True)
DEPUTY2 = person("deputy2", Role.DEPUTY_HEAD, rank=Rank.DEPUTY_HEAD)
HEAD2 = person("head2", Role.HEAD, rank=Rank.HEAD)
LAWYER2 = person("lawyer2", Role.LEGAL_REVIEWER)
VICE_MAYOR = person("vice", Role.GOVERNMENT, rank=Rank.DISTRICT_DEPUTY)
ROOKIE = person("rookie", Role.INSPECTOR)
"""An inspector without a certificate."""

OFFICIALS = (
    WANG,
    LI,
    ZHAO,
    ROOKIE,
    CHIEF,
    CHIEF2,
    DEPUTY,
    DEPUTY2,
    HEAD,
    HEAD2,
    MAYOR,
    VICE_MAYOR,
    LAWYER,
    LAWYER2,
    OFFICE,
)
CERTIFIED = ("wang", "li", "zhao", "chief", "chief2")
KNOWN = FACTS.model_copy(
    update={
        "certified": CERTIFIED,
        "officials": {one.user_id: one.role.value for one in OFFICIALS},
        "evidence": {"photo": "0" * 64, "minutes": "1" * 64},
        "grounds": ("penalised",),
    }
)
"""What the API vouches for in these tests."""

APL = "《行政处罚法》"
TEXT = "情况说明"
SMALL, HEARD, WEIGHTY = 30_000, 60_000, 200_000
"""Fines below any threshold, large enough for a hearing, large enough for a collective discussion."""


def delegate(of: Actor, by: Actor) -> Actor:
    """``by`` acting for ``of`` under a dated delegation."""
    return by.model_copy(update={"acting_for": of.user_id, "acting_rank": of.rank})


def pair(actor: Actor) -> list[str]:
    """The actor and another certified officer."""
    return [actor.user_id, "li" if actor.user_id != "li" else "wang"]


def shanghai(now: datetime, days: int = 0) -> str:
    """The Shanghai date ``days`` from ``now``."""
    return (now.astimezone(SHANGHAI).date() + timedelta(days=days)).isoformat()


def later(now: datetime, days: int, hour: int = 10) -> str:
    """An hour of the Shanghai day ``days`` from ``now``."""
    day = now.astimezone(SHANGHAI) + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0).isoformat()


def _amount(measure: Measure) -> dict[str, Any]:
    return {} if measure.amount is None else {"amount": measure.amount}


def _hearing_at(measure: Measure, now: datetime) -> str:
    planned = measure.fact("serve_hearing_notice", "held_at")
    return str(planned) if planned and datetime.fromisoformat(planned) <= now else now.isoformat()


Filled = Callable[[Measure, Actor, datetime], dict[str, Any]]
FORMS: dict[str, Filled] = {
    "opinion": lambda m, who, now: {},
    "reasoned": lambda m, who, now: {"reason": TEXT},
    "statement": lambda m, who, now: {"text": TEXT},
    "reply": lambda m, who, now: {"received_on": shanghai(now), "text": TEXT},
    "defence": lambda m, who, now: {"text": TEXT},
    "delivery": lambda m, who, now: {"service": served(now)},
    "record": lambda m, who, now: {"officers": pair(who), "text": TEXT},
    "site_review": lambda m, who, now: {"officers": pair(who), "text": TEXT, "passed": True},
    "talk_notice": lambda m, who, now: {
        "cause": TEXT,
        "held_at": later(now, 7),
        "place": TEXT,
        "attendees": TEXT,
        "service": served(now),
    },
    "minutes": lambda m, who, now: {
        "officers": pair(who),
        "held_at": now.isoformat(),
        "principal_attended": True,
        "signed": True,
        "text": TEXT,
    },
    "listing_decision": lambda m, who, now: {"sponsor_id": "deputy", "finish_on": shanghai(now, 60)},
    "secrets_check": lambda m, who, now: {"passed": True, "opinion": TEXT},
    "publication": lambda m, who, now: {"channel": TEXT, "published_at": now.isoformat()},
    "seal_record": lambda m, who, now: {
        "officers": pair(who),
        "inventory": TEXT,
        "text": TEXT,
        "service": served(now),
    },
    "intended_penalty": lambda m, who, now: {
        "facts": TEXT,
        "basis": TEXT,
        "service": served(now),
        **_amount(m),
    },
    "hearing_notice": lambda m, who, now: {
        "held_at": later(now, 20),
        "place": TEXT,
        "presiding": "lawyer2",
        "service": served(now),
    },
    "hearing_record": lambda m, who, now: {"held_at": _hearing_at(m, now), "record": TEXT, "report": TEXT},
    "recusal_request": lambda m, who, now: {"person": "lawyer2", "text": TEXT},
    "recusal_decision": lambda m, who, now: {"granted": False, "reason": TEXT},
    "legal_review": lambda m, who, now: {"passed": True, "opinion": TEXT},
    "discussion": lambda m, who, now: {
        "participants": ["chief", "deputy", "head"],
        "held_at": now.isoformat(),
        "conclusion": TEXT,
    },
    "penalty_decision": lambda m, who, now: {"facts": TEXT, "basis": TEXT, **_amount(m)},
    "daily_count": lambda m, who, now: {
        "from_on": shanghai(now, -2),
        "until_on": shanghai(now),
        "text": TEXT,
    },
    "ban": lambda m, who, now: {"principal": TEXT},
    "deferral": lambda m, who, now: {"until_on": shanghai(now, 30), "reason": TEXT},
    "surcharge": lambda m, who, now: {},
    "payment": lambda m, who, now: {"amount": m.amount or 1, "paid_on": shanghai(now)},
    "remedy": lambda m, who, now: {"way": "suit", "event": "upheld", "on": shanghai(now), "text": TEXT},
    "cut_record": lambda m, who, now: {"executed_at": now.isoformat()},
    "supplier_notice": lambda m, who, now: {"supplier": TEXT, "service": served(now)},
    "appraisal_period": lambda m, who, now: {
        "from_on": shanghai(now),
        "until_on": shanghai(now, 5),
        "text": TEXT,
        "service": served(now),
    },
    "appraisal_end": lambda m, who, now: {"ended_on": shanghai(now), "text": TEXT},
    "closure_decision": lambda m, who, now: {"decision_no": "示政关〔2026〕1号", "decided_on": shanghai(now)},
}
"""Form → a well-formed way to fill it in."""

CONDITIONS = {
    "danger": {"text": TEXT, "evidence": ["photo"]},
    "assured": {"text": TEXT, "evidence": ["minutes"]},
}

PROPOSALS: dict[str, dict[str, Any]] = {
    "supervision_letter": {},
    "warning_talk": {},
    "listing": {},
    "exposure": {},
    "interim_stop": {"scope": "whole", "object": "涂装车间"},
    "seal": {"object": "喷漆房"},
    "fine": {"amount": SMALL},
    "suspension": {"scope": "whole"},
    "daily_fine": {"amount": SMALL},
    "power_cut": {"object": "厂区总电源", "conditions": CONDITIONS},
    "criminal_referral": {"ground": "monitors_disabled"},
    "closure": {"ground": "counter"},
    "bad_faith": {"ground": "evades_penalty", "industry": "machinery"},
}
"""Kind → what its proposal says besides its cause."""


def form_of(measure: Measure, step: str, actor: Actor, now: datetime, **given: Any) -> dict[str, Any]:
    """The step's form, filled in, with what a test gives instead."""
    name = str(PROCEDURES[measure.kind].steps[step].form.model_fields["form"].default)
    return {"form": name, **FORMS[name](measure, actor, now), **given}


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
