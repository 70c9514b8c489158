"""One inspection with N findings opens N cases and one order: all of them, exactly once, whatever breaks on the way."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ledger.scope import SYSTEM_SCOPE
from ledger.tables import cases, inspections, order_items, orders
from models.actors import Actor
from models.envelope import sign, signature_of
from models.errors import LimitExceeded, NotAuthorised, RequirementMissing, SignatureInvalid, XiaohaoError
from models.inspection import InspectionEnvelope
from tests.builders import (
    DEPUTY,
    DISTRICT,
    ENTERPRISE,
    FACTS,
    FIRM,
    KEY,
    STANDARD,
    TERRITORY,
    TOWN,
    WANG,
    opening,
    order,
    rules,
    served,
)
from tests.ledger import looking
from tests.workflows.engine import Engine
from workflows.inspection import InspectionWorkflow
from workflows.messages import inspection_workflow_id


def inspection(
    findings: int, actor: Actor = WANG, record: dict[str, Any] | None = None, **changes: Any
) -> InspectionEnvelope:
    """A signed inspection; the first finding is suspected to be major. ``record`` replaces parts of the visit."""
    now = datetime.now(UTC)
    subject = str(uuid.uuid4())
    openings = tuple(
        sign(
            opening(
                now=now,
                inspection_id=subject,
                order=order(15, order_id=f"r-{subject}"),
                service=served(now - timedelta(minutes=2)),
                **({"suspected_major": STANDARD} if number == 0 else {}),
                **changes,
            ),
            KEY,
        )
        for number in range(findings)
    )
    told = {
        "kind": "double_random",
        "officers": ["wang", "li"],
        "started_at": (now - timedelta(hours=2)).isoformat(),
        "ended_at": now.isoformat(),
        "district_id": DISTRICT,
        "territory_id": TERRITORY,
        "enterprise_id": ENTERPRISE,
        "policy_version": rules().policy.version,
        **(record or {}),
    }
    unsigned = InspectionEnvelope(
        inspection_id=subject,
        command_id=str(uuid.uuid4()),
        actor=actor,
        facts=FACTS,
        record=told,
        openings=openings,
        issued_at=now,
    )
    return unsigned.model_copy(update={"signature": signature_of(unsigned, KEY)})


async def counted(engine: Engine, sent: InspectionEnvelope) -> dict[str, int]:
    """What the ledger holds of one inspection."""
    subject = sent.inspection_id
    order_id = f"r-{subject}"
    async with engine.database.read(SYSTEM_SCOPE) as session:
        opened = await looking.rows(session, cases, order_id=order_id)
        return {
            "inspections": await looking.count(session, inspections, inspection_id=subject),
            "orders": await looking.count(session, orders, order_id=order_id),
            "items": await looking.count(session, order_items, order_id=order_id),
            "cases": len(opened),
            "numbers": len({case.number for case in opened}),
        }


async def test_three_findings_three_numbered_cases_one_order(engine: Engine) -> None:
    sent = inspection(3)
    reply = await engine.doors.inspect(sent)
    assert [one.state for one in reply.cases] == ["DETERMINING", "ORDERED", "ORDERED"]
    assert await counted(engine, sent) == {
        "inspections": 1,
        "orders": 1,
        "items": 3,
        "cases": 3,
        "numbers": 3,
    }


async def test_the_cases_of_a_large_inspection_open_several_at_once_and_are_numbered_in_order(
    engine: Engine,
) -> None:
    sent = inspection(10)
    reply = await engine.doors.inspect(sent)
    async with engine.database.read(SYSTEM_SCOPE) as session:
        opened = await looking.rows(session, cases, order_id=f"r-{sent.inspection_id}")
    numbers = {case.case_id: case.number_key for case in opened}
    in_order = [numbers[opening.case_id] for opening in sent.openings]
    assert in_order == list(range(in_order[0], in_order[0] + 10))
    assert len(reply.cases) == 10
    handle = engine.client.get_workflow_handle(inspection_workflow_id(sent.inspection_id))
    told = [event.WhichOneof("attributes") or "" async for event in handle.fetch_history_events()]
    steps = [one for one in told if one.startswith("activity_task_")][3:]  # after the record itself
    first_done = steps.index("activity_task_completed_event_attributes")
    assert steps[:first_done].count("activity_task_scheduled_event_attributes") > 1


async def test_sent_again_it_is_the_same_inspection(engine: Engine) -> None:
    sent = inspection(2)
    first, second = await asyncio.gather(engine.doors.inspect(sent), engine.doors.inspect(sent))
    assert first == second
    assert (await counted(engine, sent))["cases"] == 2


async def test_one_unacceptable_finding_refuses_all_of_it(engine: Engine) -> None:
    sent = inspection(2)
    lonely = opening(
        sent.openings[1].case_id, order=order(officers=("wang",)), inspection_id=sent.inspection_id
    )
    unsigned = sent.model_copy(update={"openings": (sent.openings[0], sign(lonely, KEY))})
    refused = unsigned.model_copy(update={"signature": signature_of(unsigned, KEY)})
    with pytest.raises(RequirementMissing) as why:
        await engine.doors.inspect(refused)
    assert why.value.rule == "officers.two"
    assert (await counted(engine, sent))["cases"] == 0


LATER = (datetime.now(UTC) + timedelta(days=1)).isoformat()
UNCERTIFIED = WANG.model_copy(update={"certified": False})
ABROAD = WANG.model_copy(update={"district_id": "d-2"})


@pytest.mark.parametrize("findings", [0, 1])
@pytest.mark.parametrize(
    ("actor", "record", "error", "rule"),
    [
        (DEPUTY, {}, NotAuthorised, "authority.inspect.role"),
        (FIRM, {}, NotAuthorised, "authority.inspect.role"),
        (TOWN, {}, NotAuthorised, "authority.inspect.role"),
        (ABROAD, {}, NotAuthorised, "authority.inspect.role"),
        (UNCERTIFIED, {}, NotAuthorised, "authority.inspect.certificate"),
        (WANG, {"officers": ["wang"]}, RequirementMissing, "officers.two"),
        (WANG, {"officers": ["wang", "deputy"]}, RequirementMissing, "officers.certified"),
        (WANG, {"officers": ["li", "zhao"]}, RequirementMissing, "officers.present"),
        (WANG, {"ended_at": LATER}, LimitExceeded, "time.not_in_future"),
    ],
)
async def test_an_unlawful_visit_sent_straight_to_the_workflow_is_refused(
    engine: Engine,
    findings: int,
    actor: Actor,
    record: dict[str, Any],
    error: type[XiaohaoError],
    rule: str,
) -> None:
    sent = inspection(findings, actor, record)
    with pytest.raises(error) as why:
        await engine.doors.inspect(sent)
    assert why.value.rule == rule
    assert await counted(engine, sent) == dict.fromkeys(
        ("inspections", "orders", "items", "cases", "numbers"), 0
    )


async def test_a_guidance_visit_orders_nothing_and_a_clean_one_is_recorded(engine: Engine) -> None:
    with pytest.raises(RequirementMissing) as why:
        await engine.doors.inspect(inspection(1, record={"kind": "guidance"}))
    assert why.value.rule == "inspection.guidance"
    sent = inspection(0, record={"kind": "guidance"})
    assert (await engine.doors.inspect(sent)).cases == ()
    assert (await counted(engine, sent))["inspections"] == 1


async def test_an_altered_inspection_is_not_let_in(engine: Engine) -> None:
    sent = inspection(2)
    with pytest.raises(SignatureInvalid):
        await engine.doors.inspect(sent.model_copy(update={"openings": sent.openings[:1]}))
    assert (await counted(engine, sent))["inspections"] == 0


async def test_openings_that_fail_for_a_while_all_happen_once(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every opening fails twice, once after it took effect: crashes before and after the commit."""
    attempts: dict[str, int] = {}
    real = engine.open

    async def flaky(unsigned: Any, *rest: Any) -> Any:
        attempts[unsigned.case_id] = attempts.get(unsigned.case_id, 0) + 1
        if attempts[unsigned.case_id] == 1:
            raise ConnectionError("before it took effect")
        reply = await real(unsigned, *rest)
        if attempts[unsigned.case_id] == 2:
            raise ConnectionError("after it took effect")
        return reply

    monkeypatch.setattr(engine, "open", flaky)
    sent = inspection(4)
    reply = await engine.doors.inspect(sent)
    assert len(reply.cases) == 4
    assert set(attempts.values()) == {3}
    assert (await counted(engine, sent))["cases"] == 4
    handle = engine.client.get_workflow_handle_for(
        InspectionWorkflow.run, inspection_workflow_id(sent.inspection_id)
    )
    assert await handle.result() == "4 cases"
