"""The demo's stories as the API would have them sent: openings, and the commands of their steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from demo.people import BY_NAME, PEOPLE, user_ids
from demo.script import Chapter, Lead, Step, Tale, Visit, resolved
from models.envelope import Envelope, Facts
from models.inspection import InspectionKind
from models.measures.kinds import MeasureKind
from models.measures.procedures import PROCEDURES
from tests.builders import opening, rules

EVIDENCE = {f"photo{no}": f"{no:064x}" for no in range(4)}
FACTS = Facts(
    certified=tuple(person.user_id for person in PEOPLE if person.certificate),
    evidence=EVIDENCE,
    handler_ok=True,
    assessor_ok=True,
    officials={person.user_id: person.role.value for person in PEOPLE},
)


def opening_of(
    story: Visit | Lead, chapter: Chapter, since: datetime, now: datetime, *, ladder: bool = False
) -> Envelope:
    """The opening the API would send."""
    finding, firm = chapter.finding, story.firm
    fields: dict[str, Any] = {
        "district_id": "shifan",
        "territory_id": firm.territory.territory_id,
        "enterprise_id": firm.enterprise_id,
        "industry": firm.industry,
        **finding.told,
        "requirements": [{"text": text} for text in finding.requirements],
    }
    if isinstance(story, Visit):
        actor = BY_NAME[story.officers[0]].actor
        fields |= _inspected(story, chapter, since)
    else:
        actor = BY_NAME[story.reporter].actor
        fields |= {"source": story.source.value, "inspection_id": None}
    return opening(actor=actor, now=now, facts=FACTS, ladder=ladder, **fields)


def _inspected(visit: Visit, chapter: Chapter, since: datetime) -> dict[str, Any]:
    told = visit.told(since, rules().calendar, user_ids(*visit.officers))
    found = told["findings"][visit.chapters.index(chapter)]
    fields = {"fixed_on_spot": chapter.fixed, "suspected_major": found.get("suspected_major")}
    if visit.kind is not InspectionKind.GUIDANCE and not chapter.fixed:
        order = {"order_id": "r-1", "officers": told["officers"], "deadline_days": chapter.days or 15}
        fields |= {"order": order, "service": told.get("service")}
    return {**fields, "source": "inspection", "inspection_id": "i-1"}


def called(step: Step, tale: Tale) -> dict[MeasureKind, str]:
    """The measures proposed after ``step``; here each has its kind for its id."""
    return {**tale.measures, **({step.proposes: step.proposes.value} if step.proposes else {})}


def command_of(step: Step, tale: Tale) -> tuple[str, dict[str, Any]]:
    """The step as the API would have it sent."""
    photos = tuple(EVIDENCE)[: len(step.photos)]
    body = resolved(step.body, replace(tale, photos=photos))
    if photos:
        body["evidence"] = list(photos)
    if step.command == "issue_order":
        return step.command, {"stated": body.pop("stated"), "order": {"order_id": "r-2", **body}}
    if step.proposes:
        return step.command, {"measure_id": step.proposes.value, **body}
    if step.measure:
        form = PROCEDURES[step.measure].steps[step.command].form.model_validate(body)
        return "take_step", {"measure_id": tale.measures[step.measure], "step": step.command, "form": form}
    return step.command, body
