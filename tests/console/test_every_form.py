"""Every command and every step of every measure is given from a page: the tables are walked, and each form is filled in.

What leads to a form goes past the pages, straight to the core; what is asked by the form is what the walks over the core
ask (:mod:`tests.walks`, :mod:`tests.measure_walks`), written into the fields that the page shows.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

from console.forms.widgets import widgets_of
from ledger import tables
from ledger.registry import store_policy
from ledger.sessions import SYSTEM_SCOPE
from models.actors import Actor
from models.case import HazardCase
from models.commands import COMMANDS
from models.enterprise.commands import ENTERPRISE_COMMANDS
from models.explain import NOT_OFFERED
from models.measures.kinds import MeasureKind
from models.measures.procedures import PROCEDURES
from models.policy import Policy
from services.cases.writes import body_of
from tests.api.core import CoreGateway
from tests.api.support import Office
from tests.builders import (
    CHIEF,
    EVERYONE,
    FIRM,
    HEAD,
    STANDARD,
    WANG,
    at,
    envelope,
    opening,
    order,
    served,
)
from tests.console.conftest import House, World, the_house
from tests.console.filling import body_fields, fields_of, words
from tests.console.test_giving import photo
from tests.measure_forms import OFFICIALS, TEXT, pair
from tests.measure_walks import KNOWN_AND_VOUCHED, proposal_of, step_towards
from tests.walks import OFFERS, VARIANTS, Step, newer_policy

K = MeasureKind
EARLIER, START = at("2026-06-01 10:00"), at("2026-09-01 10:00")
REFUSED = {"officers": ["wang", "li"], "text": TEXT}
Give = Callable[[Step], Awaitable[None]]
MEASURES_OF_THEIR_OWN = ("propose_measure", "take_step")
ASKED = {name for name in COMMANDS if name not in (*NOT_OFFERED, *MEASURES_OF_THEIR_OWN)}


# -- the district --------------------------------------------------------------------------------------
def _user(one: Actor) -> dict[str, Any]:
    certified = {"certificate_no": one.user_id, "certificate_expires": at("2029-01-01 00:00").date()}
    named = one.model_dump(include={"user_id", "enterprise_id", "territory_id", "assessor_org_id", "org_id"})
    return {
        **named,
        **(certified if one.certified else {}),
        "role": one.role.value,
        "rank": one.rank.value if one.rank else None,
        "username": f"{one.user_id}-walk",
        "display_name": f"{one.user_id}同志",
        "password_hash": "-",
        "district_id": "d-1",
    }


@pytest.fixture
async def walked(world: World) -> AsyncIterator[Walked]:
    """The people and the enterprise of the walks over the core, behind both doors."""
    here = {"district_id": "d-1"}
    orgs = {"o-1": "bureau", "a-1": "assessor", "a-2": "assessor"}
    await world.add(
        tables.organisations,
        *({"org_id": org, "kind": kind, "name": org} | here for org, kind in orgs.items()),
    )
    await world.add(tables.territories, {"territory_id": "t-1"} | here)
    await world.add(
        tables.enterprises,
        *(
            {"enterprise_id": one, "territory_id": "t-1", "uscc": one, "name": "东区家具厂"} | here
            for one in ("e-1", "e-2")
        ),
    )
    people = {one.user_id: one for one in (*EVERYONE, *OFFICIALS) if one.user_id != "system"}
    await world.add(tables.users, *(_user(one) for one in people.values()))
    async with world.database.write(SYSTEM_SCOPE) as session:
        await store_policy(session, Policy.model_validate(newer_policy()))
    async with world.superuser.begin() as connection:  # in force at the moment of the walks
        await connection.execute(tables.policies.update().values(in_force_from=date(2026, 1, 1)))
    gateway = CoreGateway(world.database, world.clock)
    world.services.gateway = gateway
    app = the_house()
    app.state.services = world.services
    transport = httpx2.ASGITransport(app=app, client=("192.0.2.7", 1), raise_app_exceptions=False)
    made = Walked(House(Office(world, gateway), transport), gateway)
    yield made
    await made.everybody_leaves()


@dataclass
class Walked:
    """A case at a time, led by the core to every form there is."""

    house: House
    gateway: CoreGateway
    case_id: str = ""
    given: set[tuple[str, str]] = field(default_factory=set)
    """What was given from a page: (kind of measure, or "case", or "enterprise"; step or command)."""

    @property
    def now(self) -> datetime:
        return self.house.office.now

    @property
    def hazard(self) -> HazardCase:
        return self.gateway.cases[self.case_id]

    async def everybody_leaves(self) -> None:
        for one in self.house.browsers.values():
            await one.aclose()
        self.house.browsers.clear()

    async def until(self, when: datetime) -> None:
        """Let time pass; whoever comes back signs in anew."""
        self.house.office.world.clock.now = when
        await self.everybody_leaves()
        await self.gateway.wake()

    async def open(self, at: datetime | None = None, **fields: Any) -> None:
        """A case of its own."""
        self.gateway.cases.clear()
        await self.until(at or START)
        start = opening(now=self.now, ladder=True, **fields)
        self.case_id = start.case_id
        await self.gateway.open(start)

    async def told(self, step: Step) -> None:
        """Straight to the core."""
        command, actor, fields = step
        sent = envelope(self.case_id, command, actor, now=self.now, facts=KNOWN_AND_VOUCHED, **fields)
        await self.gateway.command(sent)

    async def send(
        self, path: str, actor: Actor, shape: type[BaseModel], body: Mapping[str, Any], what: tuple[str, str]
    ) -> None:
        """Fill in the form at ``path`` with what it shows, and send it: it must take effect."""
        browser = await self.house.browser(actor.user_id)
        shown = await browser.get(path)
        said = fields_of(widgets_of(shape), body)
        missing = [name for name, _ in said if f'name="{name}"' not in shown.text]
        assert shown.status_code == 200, f"{path} as {actor.user_id}: {words(shown)}"
        assert not missing, f"{path} as {actor.user_id} has no field for {missing}: {words(shown)}"
        files = [(name, ("整改.jpg", photo(), "image/jpeg")) for name, _ in said if name.endswith("@file")]
        data: dict[str, Any] = {"_key": str(uuid.uuid4())}
        for name, value in said:
            if not name.endswith("@file"):
                data.setdefault(name, []).append(value)
        answer = await browser.post(path, data=data, files=files or None)
        assert answer.status_code == 303, f"{path} as {actor.user_id} {data}: {words(answer)}"
        self.given.add(what)

    async def give(self, step: Step) -> None:
        """From its page; what its page was sent for before, straight to the core."""
        command, actor, fields = step
        here = f"/cases/{self.case_id}"
        if command == "take_step":
            one = self.hazard.case.measure(fields["measure_id"])
            what = (one.kind.value, fields["step"])
            shape = PROCEDURES[one.kind].steps[fields["step"]].form
            path, body = f"{here}/measures/{one.measure_id}/{fields['step']}", fields["form"]
        elif command == "propose_measure":
            kind = str(getattr(fields["kind"], "value", fields["kind"]))
            what, shape = (kind, "propose"), body_of(command, COMMANDS[command])
            body = {name: value for name, value in fields.items() if name not in ("measure_id", "kind")}
            path = f"{here}/measures/new?kind={kind}"
        else:
            what, shape = ("case", command), body_of(command, COMMANDS[command])
            path, body = f"{here}/do/{command}", body_fields(command, fields)
        if what in self.given:
            await self.told(step)
        else:
            await self.send(path, actor, shape, body, what)


# -- the commands --------------------------------------------------------------------------------------
ORDERED = {"order": order(15), "service": served(START)}
LEAD = {"source": "tip", "inspection_id": None}
PLANNED = ("file_plan", "return_plan", "file_plan", "accept_plan")
REPORTED = ("report_major_hazard", "acknowledge_report", "report_to_congress")
LIVES: Sequence[tuple[Mapping[str, Any], tuple[str, ...]]] = (
    (
        LEAD,
        ("verify", "sign_lead", "issue_order", "serve_order", "correct", "suspect_major", "determine_grade"),
    ),
    (LEAD, ("assign_handler", "mark_unfounded")),
    (LEAD, ("transfer",)),
    (LEAD | {"deaths": True}, ("government_verify",)),
    (
        ORDERED,
        (
            *("adopt_policy", "report_progress", "request_extension", "refuse_extension"),
            *(
                "request_extension",
                "grant_extension",
                "pause",
                "resume",
                "record_refusal",
                "signal_completion",
            ),
            *(
                "reinspect",
                "refuse_sign_off",
                "signal_completion",
                "reinspect",
                "sign_off",
                "record_look_back",
            ),
        ),
    ),
    (
        ORDERED | {"suspected_major": STANDARD},
        (
            *(
                "determine_grade",
                *PLANNED,
                *REPORTED,
                "propose_regrade",
                "decide_regrade!",
                "signal_completion",
            ),
            *("commission_assessment", "file_assessment", "close_with_enterprise"),
        ),
    ),
    (ORDERED, ("close_proposal", "void")),
)
"""How each case begins, and the commands it is given; ``!`` is the other outcome of one that has two."""


def told_to(walk: Walked, command: str) -> Step:
    """A well-formed way to give ``command`` now."""
    name, case, now = command.removesuffix("!"), walk.hazard.case, walk.now
    if name == "record_refusal":
        return name, WANG, {"subject": "order", **REFUSED}
    if name == "correct":
        earlier = {"what": "service", "reason": TEXT, "service": served(now)}
        return name, CHIEF, earlier
    if name == "close_proposal":
        waiting = next(one for one in case.proposals if one.status == "open")
        return name, CHIEF, {"proposal": waiting.key, "reason": TEXT}
    return name, *(VARIANTS if command.endswith("!") else OFFERS)[name](case, now)


@pytest.mark.slow
async def test_every_command_is_given_by_its_form(walked: Walked) -> None:
    for begins, commands in LIVES:
        await walked.open(**begins)
        for command in commands:
            if command == "record_look_back":
                await walked.until(walked.now + timedelta(days=30))
            if command == "close_proposal":
                await walked.until(walked.now + timedelta(days=25))
            await walked.give(told_to(walked, command))
    assert {name for _, name in walked.given} == ASKED


# -- the measures --------------------------------------------------------------------------------------
async def begun(walk: Walked, kind: MeasureKind) -> None:
    """A hazard on which a measure of this ``kind`` can be proposed (as the recorded histories begin)."""
    suspected = {"suspected_major": STANDARD} if kind in (K.POWER_CUT, K.INTERIM_STOP) else {}
    await walk.open(order=order(10), service=served(START), **suspected)
    if suspected:
        await walk.told(("determine_grade", CHIEF, {"grade": "major", "reason": TEXT}))
    if kind in (K.SUSPENSION, K.DAILY_FINE, K.CLOSURE):
        await walk.told(("record_refusal", WANG, REFUSED))
    if kind is K.POWER_CUT:
        stop = proposal_of(K.INTERIM_STOP, walk.now)
        await walk.told(("propose_measure", WANG, stop))
        confirm = {"measure_id": stop["measure_id"], "step": "confirm", "form": {"form": "opinion"}}
        await walk.told(("take_step", HEAD, confirm))
        await walk.told(("record_refusal", WANG, {**REFUSED, "subject": stop["measure_id"]}))
    if kind is K.DAILY_FINE:
        await towards(walk, K.FINE, "serve_decision")


async def towards(walk: Walked, kind: MeasureKind, goal: str, give: Give | None = None) -> None:
    """Take a measure of ``kind`` to ``goal``: from pages, unless told otherwise, what no page was sent for yet."""
    for waited in range(160):
        case = walk.hazard.case
        if case.over or any(m.kind is kind and goal in m.done for m in case.measures):
            return
        step = step_towards(walk.hazard, kind, goal, walk.now)
        if step is not None:
            await (give or walk.give)(step)
        else:
            wakes = case.wakes_at or walk.now
            await walk.until(max(wakes, walk.now) + timedelta(days=10 if waited > 12 else 0, seconds=2))


@pytest.mark.slow
@pytest.mark.parametrize("kind", PROCEDURES)
async def test_every_step_of_every_measure_is_given_by_its_form(walked: Walked, kind: MeasureKind) -> None:
    await penalised(walked, {K.CLOSURE: 3, K.BAD_FAITH: 1}.get(kind, 0))
    rows = PROCEDURES[kind].rows
    for goal in reversed(rows):
        if (kind.value, goal.key) not in walked.given:
            await begun(walked, kind)
            await towards(walked, kind, goal.key)
    of_kind = {step for what, step in walked.given if what == kind.value}
    assert of_kind == {"propose", *(row.key for row in rows)}


async def penalised(walk: Walked, times: int) -> None:
    """The enterprise was fined so many times over major hazards, and its file knows."""
    for no in range(times):
        await walk.open(EARLIER + timedelta(days=no), order=order(10), suspected_major=STANDARD)
        await walk.told(("serve_order", WANG, {"service": served(walk.now)}))
        await walk.told(("determine_grade", CHIEF, {"grade": "major", "reason": TEXT}))
        await towards(walk, K.FINE, "serve_decision", walk.told)
        await walk.gateway.relay()


# -- the enterprise ------------------------------------------------------------------------------------
async def asked_of_the_firm(walk: Walked, command: str, actor: Actor, **body: Any) -> None:
    path = f"/enterprises/e-1/do/{command}"
    await walk.send(path, actor, ENTERPRISE_COMMANDS[command], body, ("enterprise", command))


@pytest.mark.slow
async def test_every_command_to_an_enterprise_is_given_by_its_form(walked: Walked) -> None:
    await penalised(walked, 3)
    await asked_of_the_firm(walked, "answer_closure_flag", HEAD, answer="declined", reason=TEXT)
    happened = {"happened_at": walked.now.isoformat(), "stop": True, "text": TEXT}
    await asked_of_the_firm(walked, "record_accident", WANG, **happened)
    accepted_by = {"accident": 1, "officers": pair(WANG), "text": TEXT}
    await asked_of_the_firm(walked, "accept_after_accident", HEAD, **accepted_by)
    await begun(walked, K.BAD_FAITH)
    await towards(walked, K.BAD_FAITH, "serve_decision", walked.told)
    await walked.gateway.relay()
    await walked.until(walked.now + timedelta(days=400))
    await asked_of_the_firm(walked, "request_removal", FIRM, text=TEXT)
    await asked_of_the_firm(walked, "decide_removal", HEAD, granted=True)
    assert {name for _, name in walked.given} == set(ENTERPRISE_COMMANDS)
