"""What a paper may say of the measure its act belongs to, as that measure stood with the act; pure functions, no IO."""

from __future__ import annotations

from typing import Any

from documents.facts import Measure
from ledger.readers.paging import Found
from models.caseclocks import Rules
from models.choices import CHOICE_LABELS
from models.instants import day_of
from models.measures.conditions import amount_of, hearing_due, paid, unpaid
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure as Snapshot
from models.penalised import article_words
from services.labels import kind_label, step_label
from services.papers.wording import People, day_text, in_capitals


def measure_facts(
    measure: Snapshot,
    entry: Found,
    proposal: Found | None,
    said: dict[str, Any],
    rules: Rules,
    people: People,
) -> Measure:
    """The measure at ``entry``; ``proposal`` is the entry that proposed it, with the words it was proposed in (``said``)."""
    facts = proposal.data.get("facts") or {} if proposal else {}
    amount = int((entry.data.get("facts") or {}).get("amount") or amount_of(measure) or 0)
    ground = PROCEDURES[measure.kind].grounds.get(measure.ground or "")
    article = facts.get("article")
    return Measure(
        label=kind_label(measure.kind).zh,
        cause=str(said.get("cause") or ""),
        object=str(said.get("object") or ""),
        inventory=str(said.get("inventory") or ""),
        scope=CHOICE_LABELS["scope"][measure.scope][0] if measure.scope else "",
        ground=ground[0] if ground else "",
        amount=f"{amount:,}" if amount else "",
        amount_words=in_capitals(amount) if amount else "",
        owed=f"{due:,}" if (due := unpaid(measure)) else "",
        owed_words=in_capitals(due) if due else "",
        paid=f"{given:,}" if (given := paid(measure)) else "",
        proposed=day_text(day_of(measure.proposed_at)),
        proposers=people.names(proposal.data.get("by") or ()) if proposal else "",
        officers=people.with_certificates(measure.officers or measure.proposed_by),
        article=article_words(str(article))[0] if article else "",
        hearing=_hearing(measure, rules),
        closed=_closed(measure, entry.data.get("step")),
    )


def _hearing(measure: Snapshot, rules: Rules) -> str:
    if not hearing_due(measure, rules):
        return ""
    return f"应当自收到告知书之日起{rules.policy.clock('hearing.request').length()[0]}内提出"


def _closed(measure: Snapshot, step: str | None) -> str:
    """The step the penalty case that was filed has ended with (结案); empty while it is under way, and for no penalty."""
    if not PROCEDURES[measure.kind].penalty or measure.open or "approve" not in measure.done:
        return ""
    label = step_label(measure.kind, step)
    return label.zh if label else ""
