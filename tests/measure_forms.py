"""People a procedure takes, and how each form of a measure is filled in well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from models.actors import Actor, Rank, Role
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure
from tests.builders import (
    CHIEF,
    DEPUTY,
    FACTS,
    HEAD,
    LAWYER,
    LI,
    MAYOR,
    OFFICE,
    SHANGHAI,
    WANG,
    ZHAO,
    person,
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
