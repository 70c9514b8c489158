"""Rules that every door and the workflow ask alike: visits, evidence, rehearsals, duties, bulk answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models import bulk
from models.actors import Rank, Role
from models.batch import Task
from models.duties import Person, oneself, principal
from models.errors import Malformed, NotAuthorised, Refused, TransitionNotAllowed, XiaohaoError
from models.evidence import UPLOADERS, audience_of, check_may_release, check_may_upload, check_sees_originals
from models.inspection import InspectionEnvelope, InspectionKind
from models.lifecycle import FINAL, CaseState
from models.measures.kinds import MeasureKind
from models.rehearsal import check_may_rehearse
from models.visits import Recording, Visit, check_visit, visit_in
from tests.builders import (
    ADMIN,
    ASSESSOR,
    CHIEF,
    DEPUTY,
    DISTRICT,
    EVERYONE,
    FACTS,
    FIRM,
    HEAD,
    TOWN,
    WANG,
    at,
    opening,
    order,
    person,
    served,
)

NOW = at("2026-09-01 12:00")
BEGAN = NOW - timedelta(hours=2)


def visit(**changes: Any) -> Visit:
    shape: dict[str, Any] = {
        "kind": InspectionKind.SPECIAL,
        "officers": ("wang", "li"),
        "started_at": BEGAN,
        "ended_at": NOW,
        "district_id": DISTRICT,
        "orders": False,
    }
    return Visit(**{**shape, **changes})


def refused(one: Visit) -> str | None:
    try:
        check_visit(one, Recording(WANG, NOW, FACTS))
    except XiaohaoError as refusal:
        return str(refusal.rule)
    return None


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, None),
        ({"kind": InspectionKind.GUIDANCE}, None),
        ({"orders": True}, None),
        ({"orders": True, "served_at": (NOW,)}, None),
        ({"officers": ("wang",)}, "officers.two"),
        ({"officers": ("wang", "deputy")}, "officers.certified"),
        ({"ended_at": NOW + timedelta(seconds=1)}, "time.not_in_future"),
        ({"ended_at": BEGAN - timedelta(seconds=1)}, "inspection.times"),
        ({"kind": InspectionKind.GUIDANCE, "orders": True}, "inspection.guidance"),
        ({"kind": InspectionKind.GUIDANCE, "served_at": (NOW,)}, "inspection.guidance"),
        ({"served_at": (NOW,)}, "inspection.nothing_to_serve"),
        ({"orders": True, "served_at": (BEGAN - timedelta(seconds=1),)}, "service.after_inspection"),
    ],
)
def test_what_is_true_of_a_lawful_visit(changes: dict[str, Any], rule: str | None) -> None:
    assert refused(visit(**changes)) == rule


def test_an_envelope_tells_the_same_visit() -> None:
    record = {
        "kind": "special",
        "officers": ["wang", "li"],
        "started_at": BEGAN.isoformat(),
        "ended_at": NOW.isoformat(),
        "district_id": DISTRICT,
    }
    sent = InspectionEnvelope(
        inspection_id="i",
        command_id="k",
        actor=WANG,
        facts=FACTS,
        record=record,
        openings=(opening(order=order(), service=served(NOW)), opening(fixed_on_spot=True)),
        issued_at=NOW,
    )
    assert visit_in(sent) == visit(orders=True, served_at=(NOW,))
    with pytest.raises(Malformed):
        visit_in(sent.model_copy(update={"record": {"kind": "special"}}))


def test_who_adds_evidence_and_until_when() -> None:
    for actor in EVERYONE:
        if actor.role not in UPLOADERS:
            with pytest.raises(NotAuthorised):
                check_may_upload(actor, "parties", "ORDERED", measure_open=False)
            continue
        for state in CaseState:
            if state in FINAL:
                with pytest.raises(TransitionNotAllowed):
                    check_may_upload(actor, "parties", state.value, measure_open=False)
            else:
                check_may_upload(actor, "parties", state.value, measure_open=False)
            check_may_upload(actor, "parties", state.value, measure_open=True)
    for actor in (FIRM, ASSESSOR, TOWN):
        own = audience_of(actor, None)
        assert own == ("bureau" if actor is TOWN else "parties")
        check_may_upload(actor, own, "ORDERED", measure_open=True)
        if own == "parties":
            with pytest.raises(NotAuthorised):
                check_may_upload(actor, "bureau", "ORDERED", measure_open=True)
        with pytest.raises(NotAuthorised):
            check_may_release(actor)
        with pytest.raises(NotAuthorised):
            check_sees_originals(actor)
    check_may_upload(WANG, "bureau", "ORDERED", measure_open=False)
    check_sees_originals(WANG)


def test_outsiders_do_not_rehearse() -> None:
    for actor in (FIRM, ASSESSOR, TOWN, ADMIN):
        with pytest.raises(NotAuthorised):
            check_may_rehearse(actor)
    check_may_rehearse(WANG)


def test_whose_task_it_is() -> None:
    chief, head, mine = oneself(CHIEF), oneself(HEAD), Task(key="k", role="inspector", user_id="wang")
    assert chief.roles == (Role.SECTION_HEAD, Role.INSPECTOR)
    assert head.ranks == (Rank.SECTION_HEAD, Rank.DEPUTY_HEAD, Rank.HEAD)
    assert not chief.does(mine)
    assert chief.does(mine.model_copy(update={"user_id": None}))
    decision = Task(key="k", role="deputy_head", rank="deputy_head")
    assert head.does(decision)
    assert not chief.does(decision)
    mayor = Person("mayor", Role.GOVERNMENT, Rank.DISTRICT_HEAD)
    assert mayor.roles == (Role.GOVERNMENT,), "what a bureau decides, the government does not"
    assert not mayor.does(decision)


def test_acting_for_somebody_gives_their_role_but_never_the_governments() -> None:
    assert principal(CHIEF, "head", Rank.HEAD).role is Role.HEAD
    assert principal(DEPUTY, "mayor", Rank.DISTRICT_HEAD).role is Role.DEPUTY_HEAD
    vice = person("vice", Role.GOVERNMENT, rank=Rank.DISTRICT_DEPUTY)
    assert principal(vice, "mayor", Rank.DISTRICT_HEAD).role is Role.GOVERNMENT


def test_only_everyday_consents_are_given_in_bulk() -> None:
    bulk.check_step(MeasureKind.SUPERVISION_LETTER, "approve")
    bulk.check_command("extension.answer", "grant_extension")
    for kind, step in ((MeasureKind.FINE, "approve"), (MeasureKind.SUPERVISION_LETTER, "refuse")):
        with pytest.raises(Refused):
            bulk.check_step(kind, step)
    with pytest.raises(Refused):
        bulk.check_command("extension.answer", "refuse_extension")
