"""What people outside the bureau must not be told, written down literally: an edit of what the service hides is noticed here."""

from __future__ import annotations

from models import sight
from tests.builders import ASSESSOR, FIRM, TOWN, person

REPORTER = person("reporter", sight.Role.REPORTER)


PROPOSER = person("zz-proposer", sight.Role.INSPECTOR, certified=True)
"""Proposes every measure of the walks and does nothing else, so that the name gives the proposer away."""


OUTSIDERS = (FIRM, ASSESSOR, REPORTER, TOWN)


_HEARING = (
    "ask_hearing waive_hearing serve_hearing_notice hold_hearing withdraw_hearing record_no_show"
    " ask_recusal decide_recusal"
)


_PENALTY = (
    f"serve_notice record_defence {_HEARING} decide_none"
    " serve_decision publish withdraw_publication record_remedy annul"
)


_RESUMING = "apply_resumption review_resumption approve_resumption refuse_resumption"
_DEFERRAL = "ask_deferral grant_deferral refuse_deferral impose_surcharge"
_FINE = f"{_PENALTY} record_payment settle serve_demand record_enforcement {_DEFERRAL}"


OPEN_STEPS: dict[str, str] = {
    "supervision_letter": "serve answer end",
    "warning_talk": "serve_talk_notice record_absence hold file_report accept_report return_report end",
    "listing": "serve publish report_listed_progress delist annul",
    "exposure": "publish withdraw_publication",
    "interim_stop": f"propose confirm revoke {_RESUMING} record_remedy annul",
    "seal": "execute confirm revoke extend begin_tests end_tests release dispose record_remedy annul",
    "fine": _FINE,
    "suspension": f"{_PENALTY} {_RESUMING} serve_demand record_enforcement",
    "daily_fine": f"{_FINE} serve_total publish_total",
    "power_cut": "notify cut lift record_remedy annul",
    "criminal_referral": "",
    "closure": f"serve_notice record_defence {_HEARING} decide_closure decline_closure"
    " serve_decision publish withdraw_publication record_remedy annul",
    "bad_faith": "serve_notice record_defence serve_decision publish record_remedy annul",
}
"""Kind of measure → the steps its enterprise learns of; ``propose`` where it acts first."""


QUIET = [
    "measure_proposed",
    "measure_step",
    "measure_lapsed",
    "windows_closed",
    "approval_escalated",
    "lift_due",
    "proposal_raised",
    "proposal_escalated",
    "proposal_closed",
    "proposal_lapsed",
    "lead_signed",
    "refusal_withdrawn",
    "measure_service_corrected",
    "step_withdrawn",
    "refusal_recorded",
]


INNER_WORDS = [
    "assign_handler",
    "close_proposal",
    "mark_unfounded",
    "propose_regrade",
    "record_refusal",
    "sign_lead",
    "suspect_major",
    "transfer",
    "government_verify",
    "verify",
    "void",
    "record_accident",
    "accept_after_accident",
    "answer_closure_flag",
    "decide_removal",
]
"""Commands whose words stay inside the authority."""


THEIR_CLOCKS = [
    "letter.answer",
    "interview.report_after",
    "progress.report.listed",
    "defence.period",
    "hearing.request",
    "fine.pay",
    "demand.before_court",
    "reconsider",
    "litigate",
]
"""Clocks of measures that are the enterprise's own duty or right."""


TELLING = ["order_served", "service_recorded", "fixed_on_spot"]
"""Entries by which an enterprise is told officially; so does any step it may read, and what it reported itself."""


PREPARING = ["lead.verify", "order.issue", "order.serve"]
"""Clocks of the authority before it tells anybody."""


NO_ORIGINALS = [
    "enterprise",
    "assessor",
    "reporter",
    "territory",
    "committee",
    "government",
    "admin",
    "system",
]


INNER_FILES = ["enterprise", "assessor", "reporter", "territory"]
