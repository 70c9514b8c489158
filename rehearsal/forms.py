"""What an assumed person fills into the form of a measure's step: complete and in order, whatever the step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.actors import Actor, Rank
from models.clocks import SHANGHAI, due
from models.commands import measures as f
from models.measures.conditions import amount_of, owed, paid
from models.measures.snapshot import Measure
from models.measures.steps import Step
from rehearsal.people import OFFICERS, PROOF, REVIEWER, WORDS, Scene, leader_id

_MORNING = timedelta(hours=10)
_SPONSORED_DAYS = 30
_DEFERRED_DAYS = 30


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form in front of somebody."""

    scene: Scene
    measure: Measure
    actor: Actor

    @property
    def now(self) -> str:
        return self.scene.at.isoformat()

    @property
    def today(self) -> str:
        return self.scene.at.astimezone(SHANGHAI).date().isoformat()

    @property
    def service(self) -> dict[str, Any]:
        return {"served_at": self.now, "method": "in_person"}

    @property
    def team(self) -> tuple[str, str]:
        """Two certified people, whoever fills it in among them."""
        return (
            self.actor.user_id,
            next(one for one in reversed(OFFICERS) if one != self.actor.user_id),
        )

    def after_notice(self, clock: str) -> str:
        """The first morning after a notice period that begins now."""
        spec = self.scene.rules.policy.clock(clock)
        return (due(spec, self.scene.at, self.scene.rules.calendar).at + _MORNING).isoformat()

    def planned(self, step: str) -> str:
        """The time another step named, or now."""
        return str(self.measure.fact(step, "held_at") or self.now)

    @property
    def day_after_order(self) -> str:
        order = self.scene.case.order
        issued = order.issued_on if order else self.scene.at.astimezone(SHANGHAI).date()
        return (issued + timedelta(days=1)).isoformat()

    def in_days(self, days: int) -> str:
        at: datetime = self.scene.at + timedelta(days=days)
        return at.astimezone(SHANGHAI).date().isoformat()


FILLED: dict[type[f.Form], Callable[[Sheet], dict[str, Any]]] = {
    f.Opinion: lambda _: {},
    f.Reasoned: lambda _: {"reason": WORDS},
    f.Statement: lambda _: {"text": WORDS},
    f.Defence: lambda _: {"text": WORDS},
    f.Delivery: lambda s: {"service": s.service},
    f.Record: lambda s: {"officers": s.team, "text": WORDS},
    f.SiteReview: lambda s: {"officers": s.team, "passed": True, "text": WORDS},
    f.TalkNotice: lambda s: {
        "cause": WORDS,
        "held_at": s.after_notice("interview.notice_before"),
        "place": WORDS,
        "attendees": WORDS,
        "service": s.service,
    },
    f.Minutes: lambda s: {
        "officers": s.team,
        "held_at": s.planned("serve_talk_notice"),
        "principal_attended": True,
        "signed": True,
        "text": WORDS,
    },
    f.ListingDecision: lambda s: {
        "sponsor_id": leader_id(Rank.HEAD),
        "finish_on": s.in_days(_SPONSORED_DAYS),
    },
    f.SecretsCheck: lambda _: {"passed": True, "opinion": WORDS},
    f.Publication: lambda s: {"channel": WORDS, "published_at": s.now},
    f.SealRecord: lambda s: {"officers": s.team, "inventory": WORDS, "text": WORDS, "service": s.service},
    f.IntendedPenalty: lambda s: {
        "facts": WORDS,
        "basis": WORDS,
        "amount": s.measure.amount,
        "service": s.service,
    },
    f.HearingNotice: lambda s: {
        "held_at": s.after_notice("hearing.notice"),
        "place": WORDS,
        "presiding": REVIEWER,
        "service": s.service,
    },
    f.HearingRecord: lambda s: {
        "held_at": s.planned("serve_hearing_notice"),
        "record": WORDS,
        "report": WORDS,
    },
    f.RecusalRequest: lambda _: {"person": REVIEWER, "text": WORDS},
    f.RecusalDecision: lambda _: {"granted": False, "reason": WORDS},
    f.LegalReview: lambda _: {"passed": True, "opinion": WORDS},
    f.Discussion: lambda s: {
        "participants": tuple(leader_id(rank) for rank in tuple(Rank)[:3]),
        "held_at": s.now,
        "conclusion": WORDS,
    },
    f.PenaltyDecision: lambda s: {"facts": WORDS, "basis": WORDS, "amount": amount_of(s.measure) or None},
    f.DailyCount: lambda s: {"from_on": s.day_after_order, "until_on": s.today, "text": WORDS},
    f.Ban: lambda _: {"principal": WORDS},
    f.Deferral: lambda s: {"until_on": s.in_days(_DEFERRED_DAYS), "reason": WORDS},
    f.Surcharge: lambda _: {},
    f.Payment: lambda s: {"amount": (owed(s.measure) or 0) - paid(s.measure), "paid_on": s.today},
    f.Reply: lambda s: {"received_on": s.today, "text": WORDS},
    f.SupplierNotice: lambda s: {"supplier": WORDS, "service": s.service},
    f.CutRecord: lambda s: {"executed_at": s.now},
    f.AppraisalPeriod: lambda s: {
        "from_on": s.today,
        "until_on": s.today,
        "text": WORDS,
        "service": s.service,
    },
    f.AppraisalEnd: lambda s: {"ended_on": s.today, "text": WORDS},
    f.ClosureDecision: lambda s: {"decision_no": "预演〔假定〕1号", "decided_on": s.today},
}
"""Form → its content. A remedy is recorded when a court or a reviewing body acts; nobody here does."""


def filled(sheet: Sheet, step: Step, **said: Any) -> dict[str, Any]:
    """The form of ``step``; ``said`` goes before what is usual."""
    evidence = {"evidence": PROOF} if "evidence" in step.form.model_fields else {}
    name = step.form.model_fields["form"].default
    return {"form": name, **evidence, **FILLED[step.form](sheet), **said}
