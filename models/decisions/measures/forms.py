"""The forms of steps: for each, what it must say and the facts the ledger keeps of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from models.commands import measures as f
from models.decisions.base import Context
from models.decisions.measures import papers, records, terms
from models.decisions.measures.parts import Facts
from models.measures.snapshot import Measure
from models.measures.steps import Step
from models.snapshot import Case

Reader = Callable[[Case, Measure, Step, Any, Context], Facts]

READERS: Mapping[type[f.Form], Reader] = {
    f.Opinion: records.opinion,
    f.Reasoned: records.opinion,
    f.Statement: records.statement,
    f.RecusalRequest: records.recusal_request,
    f.RecusalDecision: records.recusal_decision,
    f.Reply: records.reply,
    f.Defence: records.defence,
    f.Delivery: records.delivery,
    f.Record: records.record,
    f.SiteReview: records.site_review,
    f.TalkNotice: records.talk_notice,
    f.Minutes: records.minutes,
    f.ListingDecision: records.listing,
    f.SecretsCheck: records.secrets,
    f.Publication: records.publication,
    f.SealRecord: records.seal,
    f.Payment: records.payment,
    f.Remedy: records.remedy,
    f.Ban: records.ban,
    f.DailyCount: records.daily_count,
    f.Deferral: records.deferral,
    f.Surcharge: records.surcharge,
    f.ClosureDecision: records.closure,
    f.IntendedPenalty: papers.intended,
    f.HearingNotice: papers.hearing_notice,
    f.HearingRecord: papers.hearing_record,
    f.LegalReview: papers.review,
    f.Discussion: papers.discussion,
    f.PenaltyDecision: papers.decision,
    f.SupplierNotice: papers.supplier_notice,
    f.CutRecord: papers.cut,
    f.AppraisalPeriod: terms.appraisal_period,
    f.AppraisalEnd: terms.appraisal_end,
}
"""Form → its reader."""
