"""Which command makes the events that issue papers: for their article, and for a draft before they are there."""

from __future__ import annotations

from collections.abc import Mapping

COMMAND_OF: Mapping[str, str] = {
    "verified": "verify",
    "found_unfounded": "mark_unfounded",
    "order_issued": "issue_order",
    "order_served": "serve_order",
    "service_recorded": "serve_order",
    "graded": "determine_grade",
    "graded_under_order": "determine_grade",
    "regraded": "decide_regrade",
    "extension_granted": "grant_extension",
    "extension_refused": "refuse_extension",
    "reinspection_passed": "reinspect",
    "reinspection_failed": "reinspect",
    "signed_off": "sign_off",
    "sign_off_refused": "refuse_sign_off",
    "look_back_passed": "record_look_back",
    "look_back_completed": "record_look_back",
    "recurred": "record_look_back",
    "transferred": "transfer",
    "refusal_recorded": "record_refusal",
}
"""Event → the command that makes it, whose row of the authority table has the article."""

EVENT_OF: Mapping[str, str] = {
    "verify": "verified",
    "mark_unfounded": "found_unfounded",
    "issue_order": "order_issued",
    "determine_grade": "graded",
    "grant_extension": "extension_granted",
    "refuse_extension": "extension_refused",
    "reinspect": "reinspection_passed",
    "sign_off": "signed_off",
    "refuse_sign_off": "sign_off_refused",
    "record_look_back": "look_back_passed",
    "transfer": "transferred",
    "record_refusal": "refusal_recorded",
}
"""Command → the event its paper stands on."""
