"""An enterprise told bearing by bearing and command by command, on the pure core."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.actors import Actor
from models.caseclocks import Rules
from models.enterprise.batch import Bearing, EnterpriseEntry
from models.enterprise.commands import ENTERPRISE_COMMANDS
from models.enterprise.entity import EnterpriseEntity
from models.enterprise.envelope import EnterpriseEnvelope
from models.enterprise.standing import standing
from models.envelope import Facts, seal, sign
from models.errors import NotFound, XiaohaoError
from tests.builders import DISTRICT, ENTERPRISE, FACTS, KEY, NAMESPACE, SAID, WANG, at, rules


def bearing(kind: str, when: datetime, *, case: str = "c-1", seq: int = 9, **fields: Any) -> Bearing:
    """A row of the inbox; ``facts`` and ``measure_id`` go into its data."""
    data = {name: fields.pop(name) for name in ("measure_id", "facts") if name in fields}
    shape: dict[str, Any] = {
        "enterprise_id": ENTERPRISE,
        "district_id": DISTRICT,
        "case_id": case,
        "seq": seq,
        "kind": kind,
        "major": False,
        "at": when,
        "data": {"measure_id": f"{case}-m{seq}", **data},
    }
    return Bearing(**{**shape, **fields})


def penalty(day: str, *, major: bool = True, **fields: Any) -> Bearing:
    """A penalty decided on that Shanghai date; a case of its own unless one is named."""
    shape: dict[str, Any] = {
        "case": f"c-{day}",
        "facts": {"kind": "fine", "decided_on": day, "decision_no": day},
    }
    when = fields.pop("at", at(f"{day} 15:00"))
    return bearing("penalty_decided", when, major=major, **{**shape, **fields})


def stop(kind: str, scope: str | None = None, **fields: Any) -> Bearing:
    when = fields.pop("when", at("2026-09-01 10:00"))
    return bearing("stop_in_force", when, facts={"kind": kind, "scope": scope}, **fields)


def envelope(
    command: str,
    actor: Actor,
    *,
    now: datetime,
    facts: Facts = FACTS,
    key: str | None = None,
    enterprise: str = ENTERPRISE,
    district: str = DISTRICT,
    **fields: Any,
) -> EnterpriseEnvelope:
    """A signed command, as the API makes it."""
    payload, texts = seal(ENTERPRISE_COMMANDS[command].model_validate(fields))
    command_id = str(uuid.uuid5(NAMESPACE, key) if key else uuid.uuid4())
    SAID[command_id] = texts
    unsigned = EnterpriseEnvelope(
        command_id=command_id,
        enterprise_id=enterprise,
        district_id=district,
        command=command,
        payload=payload,
        actor=actor,
        facts=facts,
        issued_at=now,
    )
    return sign(unsigned, KEY)


class Firm:
    """One enterprise and its time."""

    def __init__(self, start: str = "2026-09-01 10:00", its_rules: Rules | None = None) -> None:
        self.now = at(start)
        self.held = EnterpriseEntity.new(its_rules or rules(), ENTERPRISE, DISTRICT)
        self.entries: list[EnterpriseEntry] = []
        self.outcome: Any = None

    @property
    def entity(self) -> Any:
        return self.held.entity

    @property
    def status(self) -> str:
        return str(self.entity.status.value)

    @property
    def events(self) -> list[str]:
        return [entry.event for entry in self.entries]

    @property
    def told(self) -> set[tuple[str, str]]:
        """Kind and audience of the last application's notices; each names the entry it tells of."""
        spoken = {entry.seq: entry.event for entry in self.outcome.entries}
        assert all(spoken[notice.seq] == notice.kind for notice in self.outcome.notices)
        return {(notice.kind, notice.audience_role) for notice in self.outcome.notices}

    def read(self, *bearings: Bearing) -> Firm:
        """Consume bearings, each at its own time when that is later than now."""
        for one in bearings:
            self.until(max(self.now, one.at))
            self._keep(self.held.consume(one, self.now))
        return self

    def give(self, command: str, actor: Actor, **fields: Any) -> Firm:
        self._keep(self.held.apply(envelope(command, actor, now=self.now, **fields), self.now))
        return self

    def until(self, when: datetime | str) -> Firm:
        """Let time pass, waking at every instant something is due."""
        moment = at(when) if isinstance(when, str) else when
        while (wakes := self.entity.wakes_at) is not None and wakes <= moment:
            self.now = max(self.now, wakes)
            self._keep(self.held.apply_due(self.now))
        self.now = moment
        return self

    def later(self, **delta: float) -> Firm:
        return self.until(self.now + timedelta(**delta))

    def refused(self, command: str, actor: Actor, **fields: Any) -> XiaohaoError:
        """The refusal of a command; fails when it is accepted, or when refusing it changed anything."""
        before = self.entity.model_dump_json()
        with pytest.raises(XiaohaoError) as caught:
            self.give(command, actor, **fields)
        assert self.entity.model_dump_json() == before, "a refusal changed the enterprise"
        refusal = caught.value
        assert all((refusal.zh, refusal.en, refusal.rule, refusal.article or refusal.status == 404)), refusal
        return refusal

    def _keep(self, outcome: Any) -> None:
        self.outcome = outcome
        self.entries.extend(outcome.entries)


THREE = ("2026-09-01", "2026-09-02", "2026-09-03")


def flagged() -> Firm:
    return Firm("2026-09-01 10:00").read(*(penalty(day) for day in THREE))


def listed(day: str = "2026-09-01") -> Firm:
    firm = Firm(f"{day} 10:00")
    return firm.read(bearing("listed_bad_faith", firm.now, case="c-b", facts={"decided_on": day}))


def accident(firm: Firm | None = None, *, by: Actor = WANG, halt: bool = True) -> Firm:
    firm = firm or Firm()
    happened = (firm.now - timedelta(hours=2)).isoformat()
    return firm.give("record_accident", by, happened_at=happened, stop=halt, text="粉尘爆燃")


def clocks(firm: Firm) -> dict[str, Any]:
    return {clock.key: clock for clock in firm.entity.active_clocks()}


def closed() -> Firm:
    firm = accident(flagged())
    facts = {"decided_on": "2026-09-03", "decision_no": "区政关〔2026〕1号"}
    return firm.read(bearing("closed", firm.now, case="c-close", seq=30, measure_id="m-close", facts=facts))


def reasons(firm: Firm, actor: Actor, command: str) -> list[Any]:
    try:
        seen = standing(firm.entity, firm.held.rules, actor, firm.now)
    except NotFound as hidden:
        return [hidden]
    return list(next(one for one in seen.commands if one.command == command).reasons)
