"""Rules of the procedures that need more than a step done, by the name a row gives them (``guards``).

Each names what is missing and the article that asks for it. A guard looks at the case, the measure and the asker, never
at the words of the step: so it also says which buttons may be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from models.decisions.base import Context
from models.decisions.measures import correction, dues, persons, publicity, rights, terms, urgency, violations
from models.measures.snapshot import Measure
from models.snapshot import Case

Guard = Callable[[Case, Measure, Context], None]

GUARDS: Mapping[str, Guard] = {
    "proposer": persons.proposer,
    "presides": persons.presides,
    "all_items_passed": correction.all_items_passed,
    "review_passed": correction.review_passed,
    "order_refused": correction.order_refused,
    "refused_on_record": correction.refused_on_record,
    "counting_over": correction.counting_over,
    "power_conditions": correction.power_conditions,
    "talk_time_past": publicity.talk_time_past,
    "secrets_passed": publicity.secrets_passed,
    "major_or_determining": urgency.major_or_determining,
    "acted_first": urgency.acted_first,
    "revocable": urgency.revocable,
    "term_running": terms.term_running,
    "within_term": terms.within_term,
    "no_tests_running": terms.no_tests_running,
    "tests_running": terms.tests_running,
    "hearing_right": rights.hearing_right,
    "hearing_time_past": rights.hearing_time_past,
    "no_recusal_pending": persons.no_recusal_pending,
    "recusal_pending": persons.recusal_pending,
    "not_concerned": persons.not_concerned,
    "hearing_window": rights.hearing_window,
    "rights_heard": rights.rights_heard,
    "reviewed_when_due": rights.reviewed_when_due,
    "discussed_when_due": rights.discussed_when_due,
    "before_decision": rights.before_decision,
    "no_hearing_pending": rights.no_hearing_pending,
    "not_heard": rights.not_heard,
    "not_decided": rights.not_decided,
    "article_applies": violations.article_applies,
    "not_imposed_before": violations.not_imposed_before,
    "as_fined": dues.as_fined,
    "fined_already": dues.fined_already,
    "paid_in_full": dues.paid_in_full,
    "unpaid": dues.unpaid,
    "uncollectable": dues.uncollectable,
    "no_remedy_pending": dues.no_remedy_pending,
    "enforceable": dues.enforceable,
    "demanded_as_owed": dues.demanded_as_owed,
    "not_demanded": dues.not_demanded,
    "not_in_court": dues.not_in_court,
    "payment_overdue": dues.payment_overdue,
    "demand_unanswered": dues.demand_unanswered,
    "court_window": dues.court_window,
    "referral_ground": dues.referral_ground,
    "police_asked": dues.police_asked,
    "review_answered": dues.review_answered,
    "not_accepted": dues.not_accepted,
    "penalised": dues.penalised,
    "remedies_over": dues.remedies_over,
    "review_window": dues.review_window,
    "closure_ground": dues.closure_ground,
}
"""Name in a row of a procedure → rule."""
