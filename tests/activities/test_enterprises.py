"""What an enterprise's workflow asks of the ledger: its entries, its inbox, the rules, each only when new."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from temporalio.testing import ActivityEnvironment

from activities.enterprises import EnterpriseActivities
from ledger.sessions import Database
from models.enterprise.rules import LookIn
from tests.ledger.makers import district, fresh

AT = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
async def activities(database: Database) -> EnterpriseActivities:
    await district(database)
    return EnterpriseActivities(database)


def asked(enterprise_id: str = "e-a", seq: int = 0, rules: str = "") -> LookIn:
    return LookIn(enterprise_id=enterprise_id, seq=seq, rules=rules, at=AT)


async def test_rules_come_once_and_again_only_when_they_are_new(activities: EnterpriseActivities) -> None:
    run = ActivityEnvironment().run
    first = await run(activities.unread_bearings, asked())
    assert first.rules is not None
    assert (first.entries, first.bearings, first.more) == ((), (), False)
    again = await run(activities.unread_bearings, asked(rules=first.rules.digest))
    assert again.rules is None
    other = await run(activities.unread_bearings, asked(rules="another digest"))
    assert other.rules == first.rules


async def test_a_case_nobody_closed_has_no_closure(activities: EnterpriseActivities) -> None:
    assert await ActivityEnvironment().run(activities.closure_for, fresh()) is None
