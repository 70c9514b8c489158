"""Valid objects for tests; a test states only what matters to it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import policies
from models.actors import SYSTEM, Actor, Rank, Role
from models.calendar import calendar_between
from models.case import HazardCase
from models.caseclocks import Rules
from models.commands import COMMANDS
from models.envelope import Envelope, Facts, seal, sign
from models.errors import XiaohaoError

KEY = b"k" * 32
SHANGHAI = ZoneInfo("Asia/Shanghai")
DISTRICT, TERRITORY, ENTERPRISE, ASSESSOR_ORG = "d-1", "t-1", "e-1", "a-1"
NAMESPACE = uuid.UUID(int=7)


def at(text: str) -> datetime:
    """A Shanghai wall time such as ``2026-09-21 10:00`` as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@lru_cache
def rules(*, ladder: bool = False) -> Rules:
    """The default policy; what its ladder proposes is told in the ladder's own tests, elsewhere it is left out."""
    policy = policies.load_default()
    bare = policy if ladder else policy.model_copy(update={"ladder": ()})
    return Rules(policy=bare, calendar=calendar_between(2020, 2029))


@lru_cache
def rules_payload(*, ladder: bool = False) -> dict[str, Any]:
    """Policy and calendar as an opening carries them."""
    under = rules(ladder=ladder)
    policy = under.policy.model_dump(mode="json", exclude_defaults=True)
    return {"policy": policy, "calendar": under.calendar.model_dump(mode="json")}


def person(name: str, role: Role, **more: Any) -> Actor:
    shape: dict[str, Any] = {"user_id": name, "role": role, "org_id": "o-1", "district_id": DISTRICT}
    return Actor(**{**shape, **more})


WANG = person("wang", Role.INSPECTOR, certified=True)
LI = person("li", Role.INSPECTOR, certified=True)
ZHAO = person("zhao", Role.INSPECTOR, certified=True)
CHIEF = person("chief", Role.SECTION_HEAD, rank=Rank.SECTION_HEAD, certified=True)
DEPUTY = person("deputy", Role.DEPUTY_HEAD, rank=Rank.DEPUTY_HEAD)
HEAD = person("head", Role.HEAD, rank=Rank.HEAD)
MAYOR = person("mayor", Role.GOVERNMENT, rank=Rank.DISTRICT_HEAD)
FIRM = person("firm", Role.ENTERPRISE, enterprise_id=ENTERPRISE, district_id=None, org_id=None)
RIVAL = person("rival", Role.ENTERPRISE, enterprise_id="e-2", district_id=None, org_id=None)
ASSESSOR = person("assessor", Role.ASSESSOR, assessor_org_id=ASSESSOR_ORG, district_id=None)
TOWN = person("town", Role.TERRITORY, territory_id=TERRITORY)
AUDITOR = person("auditor", Role.AUDITOR)
ADMIN = person("admin", Role.ADMIN)
LAWYER = person("lawyer", Role.LEGAL_REVIEWER)
OFFICE = person("office", Role.COMMITTEE)
EVERYONE = (
    WANG,
    CHIEF,
    DEPUTY,
    HEAD,
    MAYOR,
    FIRM,
    RIVAL,
    ASSESSOR,
    TOWN,
    AUDITOR,
    ADMIN,
    LAWYER,
    OFFICE,
    SYSTEM,
)

FACTS = Facts(
    certified=("wang", "li", "zhao", "chief"),
    evidence={"photo": "0" * 64, "minutes": "1" * 64},
    handler_ok=True,
    assessor_ok=True,
    case_ok=True,
    officials={
        person.user_id: person.role.value
        for person in (WANG, LI, ZHAO, CHIEF, DEPUTY, HEAD, MAYOR, LAWYER, OFFICE)
    },
)
STANDARD = {"standard_id": rules().policy.standards[0].id, "version": "2023", "clause": "第四条第（二）项"}


SAID: dict[str, dict[str, Any]] = {}
"""The words of every command made here, which the API would have kept; see :func:`tests.ledger.makers.keep_said`."""


def asked(
    subject: str,
    command: str,
    actor: Actor,
    /,
    *,
    key: str | None = None,
    now: datetime | None = None,
    facts: Facts = FACTS,
    **fields: Any,
) -> Envelope:
    """A sealed command that nobody signed: enough to be decided on."""
    payload, texts = seal(COMMANDS[command].model_validate(fields))
    command_id = str(uuid.uuid5(NAMESPACE, f"{subject}/{actor.user_id}/{key}")) if key else str(uuid.uuid4())
    SAID[command_id] = texts
    return Envelope(
        command_id=command_id,
        case_id=subject,
        command=command,
        payload=payload,
        actor=actor,
        facts=facts,
        issued_at=now or datetime.now(UTC),
    )


def envelope(subject: str, command: str, actor: Actor, /, **more: Any) -> Envelope:
    """A signed, sealed command, as :func:`asked` makes it."""
    return sign(asked(subject, command, actor, **more), KEY)


def opening(
    case_id: str | None = None,
    actor: Actor = WANG,
    now: datetime | None = None,
    ladder: bool = False,
    **fields: Any,
) -> Envelope:
    """The opening of a general hazard found by an inspection; no order yet."""
    case_id = case_id or str(uuid.uuid4())
    shape: dict[str, Any] = {
        "case_id": case_id,
        "district_id": DISTRICT,
        "territory_id": TERRITORY,
        "enterprise_id": ENTERPRISE,
        "industry": "dust",
        "source": "inspection",
        "title": "除尘风管积尘超过规定厚度",
        "requirements": [{"text": "清理除尘风管积尘"}, {"text": "建立清扫记录"}],
        "inspection_id": "i-1",
        **rules_payload(ladder=ladder),
        **fields,
    }
    return envelope(case_id, "open", actor, now=now, **shape)


def order(
    days: int = 15, officers: tuple[str, ...] = ("wang", "li"), order_id: str = "r-1"
) -> dict[str, Any]:
    return {"order_id": order_id, "officers": officers, "deadline_days": days}


def served(when: datetime, method: str = "in_person") -> dict[str, Any]:
    return {"served_at": when.isoformat(), "method": method}


class Story:
    """A case told command by command, on the pure core."""

    def __init__(self, start: datetime, **fields: Any) -> None:
        self.now = start
        self.hazard, self.outcome = HazardCase.open(sign(opening(now=start, **fields), KEY), start)
        self.entries = list(self.outcome.entries)

    @property
    def case(self) -> Any:
        return self.hazard.case

    @property
    def state(self) -> str:
        return str(self.hazard.case.state.value)

    def pass_time(self, **delta: float) -> Story:
        """Let time pass, waking at every instant something is due."""
        return self.until(self.now + timedelta(**delta))

    def until(self, when: datetime) -> Story:
        while (wakes := self.case.wakes_at) is not None and wakes <= when:
            self.now = max(self.now, wakes)
            self._keep(self.hazard.apply_due(self.now))
        self.now = when
        return self

    def give(self, command: str, actor: Actor, *, facts: Facts = FACTS, **fields: Any) -> Story:
        sent = envelope(self.case.case_id, command, actor, now=self.now, facts=facts, **fields)
        self._keep(self.hazard.apply(sent, self.now))
        return self

    def _keep(self, outcome: Any) -> None:
        self.outcome = outcome
        self.entries.extend(outcome.entries)

    @property
    def events(self) -> list[str]:
        return [entry.event for entry in self.entries]


STATED = {
    "title": "配电箱未上锁",
    "description": "现场检查发现配电箱门未上锁",
    "location": "二车间",
    "requirements": [{"text": "加锁并张贴警示标志"}],
}
"""What officers state for the parties of a case that came from a tip."""


def findings(*verdicts: bool) -> list[dict[str, Any]]:
    return [{"no": no, "passed": verdict} for no, verdict in enumerate(verdicts, start=1)]


def general(start: str = "2026-09-01 10:00", days: int = 15, *, ladder: bool = False) -> Story:
    """A general hazard, ordered and served."""
    now = at(start)
    return Story(now, order=order(days), service=served(now), ladder=ladder)


def major(start: str = "2026-09-01 10:00", days: int = 20, *, ladder: bool = False) -> Story:
    """A hazard determined as major, under a served order."""
    now = at(start)
    story = Story(now, order=order(days), service=served(now), suspected_major=STANDARD, ladder=ladder)
    return story.give("determine_grade", CHIEF, grade="major", reason="符合判定标准")


PLAN = dict.fromkeys(("goals", "responsibility", "measures", "funds", "time_limit", "contingency"), "已落实")
REPORT = {"present_state": "现状", "harm_and_difficulty": "危害", "treatment": "方案"}


def double_reported(story: Story) -> Story:
    """Both halves of the double report."""
    story.give("report_major_hazard", FIRM, **REPORT).give("acknowledge_report", WANG)
    return story.give("report_to_congress", FIRM, held_on=story.now.date().isoformat(), evidence=["minutes"])


def planned(story: Story) -> Story:
    """A plan filed and accepted."""
    return story.give("file_plan", FIRM, **PLAN).give("accept_plan", CHIEF)


def refusal(story: Story, command: str, actor: Actor, **fields: Any) -> XiaohaoError:
    """The refusal of a command; fails when it is accepted, or when refusing it changed the case."""
    before, picture = story.case, story.case.model_dump_json()
    try:
        story.give(command, actor, **fields)
    except XiaohaoError as error:
        if story.case is not before or story.case.model_dump_json() != picture:
            raise AssertionError("a refusal changed the case") from error
        return error
    raise AssertionError(f"{command} was accepted in {before.state}")


def lead(start: str = "2026-09-01 10:00", source: str = "tip", **fields: Any) -> Story:
    """A hazard somebody reported, not verified yet."""
    return Story(at(start), source=source, inspection_id=None, **fields)
