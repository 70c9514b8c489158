"""Measures as the law orders their steps: who may take which after what, with whose hands kept apart; and how each begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from models.actors import Actor
from tests.builders import (
    ADMIN,
    ASSESSOR,
    AUDITOR,
    CHIEF,
    FIRM,
    HEAD,
    RIVAL,
    TOWN,
    Story,
    general,
    major,
)
from tests.measure_forms import (
    DEPUTY2,
    HEAD2,
    HEARD,
    OFFICIALS,
    SMALL,
    WEIGHTY,
    delegate,
)
from tests.measures import corrected, imposed, overdue_major, propose, refuses, stopped, with_ground

ACTING_HEAD = delegate(HEAD2, DEPUTY2)
CHIEF_FOR_HEAD = delegate(HEAD, CHIEF)


EVERYBODY = (*OFFICIALS, ACTING_HEAD, CHIEF_FOR_HEAD, FIRM, RIVAL, TOWN, ASSESSOR, AUDITOR, ADMIN)


def name_of(actor: Actor) -> str:
    return f"{actor.user_id}@{actor.acting_for}" if actor.acting_for else actor.user_id


WHO: dict[str, str] = {
    "officer": "wang li zhao chief chief2",
    "inspector_or_firm": "wang li zhao rookie firm",
    "official": "wang li zhao rookie chief chief2",
    "bureau": "wang li zhao rookie chief chief2 deputy deputy2 head head2 deputy2@head2 chief@head",
    "talkers": "wang li zhao rookie chief chief2 deputy deputy2 head head2 deputy2@head2 chief@head",
    "section": "chief chief2 deputy deputy2 head head2 deputy2@head2 chief@head",
    "deputy": "deputy deputy2 head head2 deputy2@head2 chief@head",
    "head": "head head2 deputy2@head2 chief@head",
    "head in person": "head head2",
    "lister": "head head2 deputy2@head2 chief@head mayor vice",
    "district head": "mayor",
    "reviewer": "lawyer lawyer2",
    "presiding": "lawyer2",
    "firm": "firm",
    "party_or_officer": "wang li zhao rookie chief chief2 firm",
}
"""Who may take a step: the people of these tests who have the role, the rank and the certificate."""


_APPROVAL = "approve | {rank} | propose | propose"


_PENALTY = """
approve | head | propose | propose
conclude_investigation | officer | approve |
serve_notice | officer | approve conclude_investigation |
ask_hearing | party_or_officer | serve_notice |
serve_hearing_notice | officer | ask_hearing |
hold_hearing | presiding | ask_hearing serve_hearing_notice | propose conclude_investigation
legal_review | reviewer | conclude_investigation serve_notice submit_review | propose conclude_investigation approve
discuss | deputy | conclude_investigation serve_notice |
submit_decision | official | conclude_investigation serve_notice |
decide | head | approve conclude_investigation serve_notice submit_decision | propose conclude_investigation legal_review
serve_decision | officer | decide |
"""


WAYS: dict[str, str] = {
    "supervision_letter": """
        approve | section | propose | propose
        serve | officer | approve |
    """,
    "warning_talk": """
        approve | deputy | propose | propose
        serve_talk_notice | officer | approve |
        hold | talkers | serve_talk_notice |
    """,
    "listing": """
        approve | lister | propose | propose
        serve | officer | approve |
    """,
    "exposure": """
        approve | deputy | propose | propose
        check_secrets | bureau | approve | propose
        publish | official | approve check_secrets |
    """,
    "interim_stop": """
        confirm | head | propose | propose
        apply_resumption | firm | propose |
        review_resumption | officer | apply_resumption |
        approve_resumption | head | apply_resumption review_resumption | review_resumption
    """,
    "seal": """
        approve | head | propose | propose
        execute | officer | approve |
        extend | head | execute |
        release | head | execute |
    """,
    "fine": _PENALTY,
    "suspension": _PENALTY
    + "approve_resumption | head | apply_resumption review_resumption | review_resumption",
    "daily_fine": _PENALTY,
    "power_cut": """
        approve | head in person | propose | propose
        notify | officer | approve |
        notify_supplier | officer | approve |
        cut | officer | approve notify_supplier |
    """,
    "criminal_referral": """
        approve | head | propose | propose
        send | officer | approve |
    """,
    "closure": """
        approve | head | propose | propose
        serve_notice | officer | approve |
        ask_hearing | party_or_officer | serve_notice |
        serve_hearing_notice | officer | ask_hearing |
        hold_hearing | presiding | ask_hearing serve_hearing_notice | propose
        legal_review | reviewer | serve_notice submit_review | propose approve
        discuss | deputy | serve_notice legal_review |
        request_government | head | approve serve_notice legal_review discuss | propose legal_review
        decide_closure | district head | serve_notice legal_review discuss request_government | propose approve request_government
    """,
    "bad_faith": """
        approve | head | propose | propose
        serve_notice | officer | approve |
        submit_decision | official | serve_notice |
        decide | head | approve serve_notice submit_decision | propose
        serve_decision | officer | decide |
    """,
}
"""Kind → step | who | what must have been done | whose hands it must not be (《domain》3.3, rulebook b.3 and c)."""


INTO_FORCE = {
    "supervision_letter": "serve",
    "warning_talk": "hold",
    "listing": "serve",
    "exposure": "publish",
    "interim_stop": "propose",
    "seal": "execute",
    "fine": "serve_decision",
    "suspension": "serve_decision",
    "daily_fine": "serve_decision",
    "power_cut": "cut",
    "criminal_referral": "send",
    "closure": "decide_closure",
    "bad_faith": "serve_decision",
}
"""The one step that leads into force."""


WEIGHED = {
    "hearing": ("suspension", "closure", "daily_fine", f"fine {HEARD}", f"fine {WEIGHTY}"),
    "discussion": ("suspension", "closure", "daily_fine", f"fine {WEIGHTY}"),
}
"""What has a right to a hearing and takes a legal review; what leaders discuss collectively."""


@dataclass(frozen=True)
class Row:
    step: str
    who: frozenset[str]
    after: frozenset[str]
    apart: tuple[str, ...]


@cache
def ways(kind: str) -> dict[str, Row]:
    rows = [line.split("|") for line in WAYS[kind].strip().splitlines()]
    return {
        step.strip(): Row(
            step.strip(), frozenset(WHO[who.strip()].split()), frozenset(after.split()), tuple(apart.split())
        )
        for step, who, after, apart in rows
    }


BEGINNINGS: dict[str, Callable[[Actor], Story]] = {
    "supervision_letter": lambda by: propose(general(), "supervision_letter", by),
    "warning_talk": lambda by: propose(general(), "warning_talk", by),
    "listing": lambda by: propose(general(), "listing", by),
    "exposure": lambda by: propose(general(), "exposure", by),
    "interim_stop": lambda by: corrected(propose(major(), "interim_stop", by)),
    "seal": lambda by: propose(general(), "seal", by),
    f"fine {SMALL}": lambda by: propose(general(), "fine", by),
    f"fine {HEARD}": lambda by: propose(general(), "fine", by, amount=HEARD),
    f"fine {WEIGHTY}": lambda by: propose(general(), "fine", by, amount=WEIGHTY),
    "suspension": lambda by: propose(overdue_major(), "suspension", by),
    "daily_fine": lambda by: propose(imposed("fine"), "daily_fine", by),
    "power_cut": lambda by: propose(stopped(), "power_cut", by),
    "criminal_referral": lambda by: propose(refuses(major()), "criminal_referral", by),
    "closure": lambda by: propose(overdue_major(), "closure", by, vouched=with_ground("counter")),
    "bad_faith": lambda by: propose(imposed(), "bad_faith", by),
}
"""A proposal waiting (or a stop acting first), for each kind."""
