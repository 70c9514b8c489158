"""Links of orders: who makes them, what may be done by one, how long one opens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.contrib.pydantic import pydantic_data_converter

from models.actors import Actor, Rank, Role, Visitor
from models.commands import COMMANDS
from models.envelope import Envelope, seal, sign, signature_of
from models.errors import LimitExceeded, NotAuthorised
from models.grants import BY_COMMAND
from models.orderlinks import (
    BY_LINK,
    MOST_LIVE,
    LinkStanding,
    check_by_link,
    check_may_make,
    check_room,
    standing,
)

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
AFTER = timedelta(days=30)


def test_what_is_done_by_link_an_enterprise_may_do_and_nobody_else_need() -> None:
    for command in BY_LINK:
        assert BY_COMMAND[command].roles == (Role.ENTERPRISE,), command
        check_by_link(command)
    for command in set(COMMANDS) - set(BY_LINK):
        with pytest.raises(NotAuthorised):
            check_by_link(command)


@pytest.mark.parametrize("role", Role)
def test_officers_alone_make_links(role: Role) -> None:
    actor = Actor(user_id="x", role=role)
    if role in (Role.INSPECTOR, Role.SECTION_HEAD):
        check_may_make(actor)
    else:
        with pytest.raises(NotAuthorised):
            check_may_make(actor)


def test_a_delegate_of_a_section_head_makes_them_too() -> None:
    check_may_make(
        Actor(user_id="x", role=Role.LEGAL_REVIEWER, acting_for="y", acting_rank=Rank.SECTION_HEAD)
    )


def test_an_order_has_so_many_live_links_at_most() -> None:
    check_room(MOST_LIVE - 1)
    with pytest.raises(LimitExceeded):
        check_room(MOST_LIVE)


def test_a_link_opens_from_service_until_a_while_after_the_last_case() -> None:
    def of(**changed: object) -> LinkStanding:
        told: dict[str, object] = {
            "expires_at": NOW + timedelta(days=1),
            "revoked_at": None,
            "served": True,
            "closed": [None],
        }
        return standing(**(told | changed), after=AFTER, now=NOW)  # type: ignore[arg-type]

    assert of() is LinkStanding.OPEN
    assert of(served=False) is LinkStanding.UNSERVED
    assert of(expires_at=NOW) is LinkStanding.OVER
    assert of(revoked_at=NOW) is LinkStanding.REVOKED
    assert of(closed=[]) is LinkStanding.OVER
    assert of(closed=[NOW - AFTER]) is LinkStanding.OVER
    assert of(closed=[NOW - AFTER, NOW - AFTER + timedelta(seconds=1)]) is LinkStanding.OPEN
    assert of(closed=[NOW - 2 * AFTER, None]) is LinkStanding.OPEN


@given(st.text("abcdef0123456789-", min_size=1, max_size=40))
def test_a_command_travels_without_the_order_of_its_visitor(order_id: str) -> None:
    who = Visitor(
        user_id="link:1", role=Role.ENTERPRISE, enterprise_id="e", district_id="d", order_id=order_id
    )
    payload, _ = seal(COMMANDS["report_progress"].model_validate({"text": "已开始"}))
    envelope = Envelope(
        command_id="c", case_id="k", command="report_progress", payload=payload, actor=who, issued_at=NOW
    )
    signed = sign(envelope, b"key")
    sent = pydantic_data_converter.payload_converter.to_payloads([signed])
    assert b"order_id" not in sent[0].data
    assert "order_id" not in signed.model_dump(mode="json")["actor"]
    arrived = Envelope.model_validate_json(signed.model_dump_json())
    assert type(arrived.actor) is Actor
    assert arrived.actor.user_id == "link:1"
    assert signature_of(arrived, b"key") == signed.signature
