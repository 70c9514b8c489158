"""From an overdue major hazard to the closing of the enterprise, as separate people over HTTP, on skipped time.

The days are those of 2026: Mid-Autumn on 25 September and National Day from 1 to 7 October are days off, Sunday
20 September and Saturday 10 October are worked in exchange.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import SignatureInvalid
from operations.verify import verify, verify_enterprises
from tests.api.support import ok
from tests.builders import CHIEF, at, envelope
from tests.e2e.escalation.closure import closure_requested, everything_ends, government_decides, nothing_more
from tests.e2e.escalation.fines import fine_decided, fine_prepared
from tests.e2e.escalation.ladder import overdue_and_refused, refusal_takes_service, talk_held_and_listing
from tests.e2e.escalation.stop import (
    corrected_but_not_signed_off,
    hearing,
    resumption_refused,
    suspension_decided,
    suspension_prepared,
)
from tests.e2e.escalation.story import Story, opening, shanghai_time
from tests.e2e.skipped import tell
from workflows.messages import case_workflow_id

PAPERS = [
    *("talk_notice", "talk_minutes", "listing_notice"),
    *("filing", "investigation", "penalty_notice", "legal_review", "discussion", "penalty_decision"),
    *("filing", "investigation", "penalty_notice", "hearing_notice", "hearing_report"),
    *("legal_review", "discussion", "penalty_decision", "resume_application", "resume_review"),
    *("closure_notice", "legal_review", "discussion", "closure_request"),
]
"""The documents of the main case in their order."""


async def only_signed_messages(story: Story) -> None:
    """Behind this API stands the engine itself: what the API did not sign is turned away, and heard of."""
    case_id = story.main.case_id
    forged = envelope(case_id, "determine_grade", CHIEF, now=story.town.now, grade="general", reason="无")
    with pytest.raises(SignatureInvalid):
        await story.town.doors.command(forged.model_copy(update={"signature": "00"}))
    assert [(code, details["reason"]) for _, code, details in story.town.alarms] == [
        ("signature_invalid", "signature")
    ]
    story.town.alarms.clear()


async def the_record(story: Story) -> None:
    """What is left of it: proposals on their days, numbered documents, ledgers that prove themselves."""
    town, main = story.town, story.main
    events = await main.events()
    told = [(one["event"], one["facts"], shanghai_time(one["at"])) for one in events]
    assert [(facts["kind"], when) for event, facts, when in told if event == "proposal_raised"] == [
        ("supervision_letter", "08-18 00:00"),
        ("fine", "08-19 00:00"),
        ("warning_talk", "08-24 00:00"),
        ("listing", "08-29 00:00"),
        ("suspension", "09-24 10:00"),
        ("closure", "11-12 10:00"),
    ]
    assert [when for event, _, when in told if event == "deadline_passed"] == ["08-19 00:00"]
    assert [when for event, _, when in told if event == "proposal_escalated"] == [
        "08-22 00:00",
        "08-25 00:00",
        "08-28 00:00",
        "09-02 00:00",
    ]
    papers = ok(await town.get("wang", f"/cases/{main.case_id}/instruments"))["items"]
    assert [one["kind"] for one in papers] == PAPERS
    decided = [one["number"] for one in papers if one["kind"] == "penalty_decision"]
    assert decided == ["（示）应急罚决〔2026〕1号", "（示）应急罚决〔2026〕2号"]
    for check in (verify, verify_enterprises):
        wrong = {one: found async for one, found in check(town.world.database, town.env.client) if found}
        assert not wrong
    described = await town.env.client.get_workflow_handle(case_workflow_id(main.case_id)).describe()
    assert described.raw_info.first_run_id != described.run_id, "it never continued as new"


CHAPTERS = (
    only_signed_messages,
    refusal_takes_service,
    overdue_and_refused,
    talk_held_and_listing,
    fine_prepared,
    fine_decided,
    suspension_prepared,
    hearing,
    suspension_decided,
    corrected_but_not_signed_off,
    resumption_refused,
    closure_requested,
    government_decides,
    everything_ends,
    nothing_more,
    the_record,
)


async def test_from_an_overdue_hazard_to_the_closed_enterprise(database_url: str, tmp_path: Path) -> None:
    await tell(database_url, tmp_path, at("2026-08-03 10:00"), opening, CHAPTERS)
