"""Lives of cases, lived through on the pure core day by day, as people and clocks would have it; each can be told again under
other ids, at another enterprise, its commands signed anew."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from demo.copies import fresh
from demo.enterprises import Enterprise
from demo.findings import FINDINGS, Finding
from demo.people import BY_NAME, user_ids
from demo.places import DISTRICT_ID
from ledger.claims import Words
from models.actors import Actor, Role
from models.batch import Batch, LedgerEntry, Outcome
from models.case import HazardCase
from models.caseclocks import Rules
from models.commands import COMMANDS
from models.envelope import Envelope, Facts, seal, sign
from models.inspection import InspectionEnvelope, InspectionKind

_NAMES = uuid.UUID("5e0c1d0a-7f6b-5a2e-9c55-2f0b8f0d4c11")
_CASE, _ORDER, _MEASURE, _VISIT, _VISITED = _MADE = tuple(
    f"zz-{name}-zz" for name in ("case", "order", "measure", "visit", "visited")
)
_FIRM, _CALLED, _PLACE, _TEAM, _INDUSTRY = (
    f"zz-{name}-zz" for name in ("firm", "called", "place", "team", "industry")
)
"""Names a life is recorded with, which are in no other word."""
_OFFICERS = user_ids("inspector", "inspector2")
_FRESH = user_ids("inspector2", "inspector3")
_FACTS = Facts(
    certified=user_ids("inspector", "inspector2", "inspector3", "section_head"),
    handler_ok=True,
    case_ok=True,
    officials=dict.fromkeys(user_ids("inspector", "inspector2", "inspector3"), Role.INSPECTOR.value),
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A life as text: its batch, and the commands behind the entries that carry one, in their order."""

    batch: str
    commands: Sequence[tuple[str, str, dict[str, Any]]]
    """The id it was recorded under, the envelope, the words."""
    visit: str | None
    """The visit that found it, without its opening."""


class Life:
    """A case lived through on the pure core, from its opening to ``now``."""

    def __init__(self, start: datetime, rules: Rules, source: str, finding: Finding) -> None:
        self.at, self.began = start, start - timedelta(hours=1)
        self.commands: list[tuple[str, str, dict[str, Any]]] = []
        self.entries: list[LedgerEntry] = []
        self._stated = {
            "title": finding.title,
            "description": finding.description,
            "location": finding.location,
            "requirements": [{"text": one} for one in finding.requirements],
        }
        self._source = source
        opened = self._sealed(
            "open",
            _person("inspector"),
            case_id=_CASE,
            district_id=DISTRICT_ID,
            territory_id=_PLACE,
            enterprise_id=_FIRM,
            industry=_INDUSTRY,
            team_id=_TEAM,
            source=source,
            risk_colour=finding.colour,
            policy=rules.policy.packed,
            calendar=rules.calendar.model_dump(mode="json", exclude_defaults=True),
            **self._stated,
            **(self._inspected() if source == "inspection" else {}),
        )
        self.case, outcome = HazardCase.open(opened, start)
        self.entries += outcome.entries

    def give(self, command: str, by: Actor, /, **fields: Any) -> Life:
        """Somebody gives a command now."""
        outcome = self.case.apply(self._sealed(command, by, **fields), self.at)
        self.entries += outcome.entries
        return self

    def order(self, days: int) -> Life:
        """Verified and ordered, with what the parties read."""
        self.after(hours=20).give("verify", _person("inspector"), officers=_OFFICERS, findings="现场核查属实")
        order = {"order_id": _ORDER, "officers": _OFFICERS, "deadline_days": days}
        return self.after(hours=3).give("issue_order", _person("inspector"), order=order, stated=self._stated)

    def _inspected(self) -> dict[str, Any]:
        """Found at a visit this morning, whose order was handed over there and then."""
        order = {"order_id": _ORDER, "officers": _OFFICERS, "deadline_days": 7}
        found = {"inspection_id": _VISIT, "found_at": self.began}
        return {**found, "order": order, "service": self._handed()}

    def served(self) -> Life:
        """The order is handed over."""
        return self.after(hours=2).give("serve_order", _person("inspector"), service=self._handed())

    def _handed(self) -> dict[str, Any]:
        """A paper was handed over just now."""
        return {"served_at": (self.at - timedelta(minutes=10)).isoformat(), "method": "in_person"}

    def put_right(self) -> Life:
        """Found put right when the deadline was over, and signed off."""
        passed = [{"no": n, "passed": True} for n in range(1, len(self._stated["requirements"]) + 1)]
        self.after(days=18).give("reinspect", _person("inspector2"), officers=_FRESH, findings=passed)
        return self.after(days=1).give("sign_off", _person("section_head"), opinion="同意销号")

    def looked_back(self) -> Life:
        """Looked back at twice: it has not come back, and the case is archived."""
        for days in (20, 40):
            fields = {"officers": _OFFICERS, "recurred": False, "text": "现场回头看，未复发"}
            self.after(days=days).give("record_look_back", _person("inspector"), **fields)
        return self

    def measured(self, kind: str, *steps: tuple[str, str, dict[str, Any]]) -> Life:
        """A measure is proposed a day later, then each of ``steps`` (its key, who takes it, the form)."""
        proposed = {"measure_id": _MEASURE, "kind": kind, "cause": "整改进度落后，逾期风险较高"}
        self.after(days=1).give("propose_measure", _person("inspector"), **proposed)
        for step, by, form in steps:
            self.after(hours=3)
            handed = {"service": self._handed()} if form["form"] == "delivery" else {}
            taken = {"measure_id": _MEASURE, "step": step, "form": {**form, **handed}}
            self.give("take_step", _person(by), **taken)
        return self

    def after(self, **time: float) -> Life:
        """Time passes; the case wakes whenever something is due."""
        return self.until(self.at + timedelta(**time))

    def until(self, then: datetime) -> Life:
        """Time passes until ``then``."""
        while (wakes := self.case.case.wakes_at) is not None and wakes <= then:
            self.at = max(self.at, wakes)
            self.entries += self.case.apply_due(self.at).entries
        self.at = max(self.at, then)
        return self

    def recorded(self) -> Recorded:
        """All of it, as text."""
        whole = self.case.batch(Outcome(entries=tuple(self.entries)))
        visit = self._visit().model_dump_json() if self._source == "inspection" else None
        return Recorded(whole.model_dump_json(), tuple(self.commands), visit)

    def _visit(self) -> InspectionEnvelope:
        at = self.entries[0].at
        record = {
            "kind": InspectionKind.DOUBLE_RANDOM,
            "officers": _OFFICERS,
            "started_at": self.began,
            "ended_at": at,
            "district_id": DISTRICT_ID,
            "territory_id": _PLACE,
            "enterprise_id": _FIRM,
        }
        return InspectionEnvelope(
            inspection_id=_VISIT,
            command_id=_VISITED,
            actor=_person("inspector"),
            record=record,
            openings=(),
            issued_at=at,
        )

    def _sealed(self, command: str, by: Actor, **fields: Any) -> Envelope:
        payload, words = seal(COMMANDS[command].model_validate(fields))
        envelope = Envelope(
            command_id=f"zz-{len(self.commands)}-zz",
            case_id=_CASE,
            command=command,
            payload=payload,
            actor=by,
            facts=_FACTS,
            issued_at=self.at,
        )
        self.commands.append((envelope.command_id, envelope.model_dump_json(), words))
        return envelope


def _person(name: str) -> Actor:
    return BY_NAME[name].actor


_UNFOUNDED = "两次到场核查，未发现反映的问题"

_APPROVED = ("approve", "section_head", {"form": "opinion", "opinion": "同意发函督办"})
_OVER = (
    ("serve", "inspector", {"form": "delivery"}),
    ("end", "section_head", {"form": "reasoned", "reason": "已按要求书面回复"}),
)

STORIES: Sequence[tuple[str, int, int, int, Callable[[Life], Life]]] = (
    ("self_report", 90, 700, 60, lambda life: life.order(7).served().put_right().looked_back()),
    ("transfer", 30, 45, 10, lambda life: life.order(5).served().put_right()),
    (
        *("tip", 10, 700, 20),
        lambda life: life.after(days=1).give(
            "mark_unfounded", _person("inspector2"), officers=_FRESH, findings=_UNFOUNDED
        ),
    ),
    ("self_report", 2, 25, 8, lambda life: life.order(30).served()),
    ("transfer", 20, 40, 8, lambda life: life.order(7).served()),
    ("self_report", 2, 4, 4, lambda life: life.order(15)),
    ("tip", 0, 2, 4, lambda life: life),
    ("inspection", 60, 600, 20, lambda life: life.put_right().looked_back()),
    ("inspection", 1, 14, 8, lambda life: life),
    ("transfer", 4, 9, 4, lambda life: life.order(15).served().measured("supervision_letter")),
    ("self_report", 5, 12, 4, lambda life: life.order(15).served().measured("supervision_letter", _APPROVED)),
    (
        *("transfer", 90, 400, 6),
        lambda life: (
            life.order(7).served().measured("supervision_letter", _APPROVED, *_OVER).put_right().looked_back()
        ),
    ),
)
"""Source; between how many days ago it begins, on how many of them; what is done. Time then passes until now."""


def lives(rules: Callable[[datetime], Rules], now: datetime) -> Iterator[Recorded]:
    """Every story on every of its days."""
    found = [*FINDINGS.values()]
    for source, latest, earliest, times, told in STORIES:
        for n in range(times):
            start = now - timedelta(days=latest + (earliest - latest) * (n + 1) / times, hours=n % 5)
            life = Life(start, rules(start), source, found[n % len(found)])
            yield told(life).until(now).recorded()


@dataclass(frozen=True, slots=True)
class Retold:
    """A life told under a name at an enterprise: its names, its batch, and its commands, each signed, with their words."""

    names: Mapping[str, str]
    batch: Batch
    envelopes: Sequence[Envelope]
    words: Sequence[tuple[Actor, Words]]
    visit: InspectionEnvelope | None


def names_of(life: Recorded, name: str, firm: Enterprise) -> dict[str, str]:
    """What stands for each id a life is recorded with, when it is told under ``name`` at ``firm``."""
    ids = (*_MADE, *(old for old, _, _ in life.commands))
    return {
        **{old: fresh(_NAMES, f"{name}/{old}") for old in ids},
        _FIRM: firm.enterprise_id,
        _PLACE: firm.territory.territory_id,
        _TEAM: firm.team_id,
        _INDUSTRY: firm.industry,
        _CALLED: firm.name,
    }


def told_again(life: Recorded, name: str, firm: Enterprise, key: bytes) -> Retold:
    """A life told under another ``name``, at ``firm``, its commands signed with ``key``."""
    names = names_of(life, name, firm)

    def named(text: str) -> str:
        for old, new in names.items():
            text = text.replace(old, new)
        return text

    envelopes = [sign(Envelope.model_validate_json(named(text)), key) for _, text, _ in life.commands]
    proofs = {one.command_id: one.proof() for one in envelopes}
    words = [
        (one.actor, Words(one.command_id, names[_CASE], DISTRICT_ID, said, internal=True))
        for one, (_, _, said) in zip(envelopes, life.commands, strict=True)
    ]
    visit = InspectionEnvelope.model_validate_json(named(life.visit)) if life.visit else None
    if visit is not None:
        visit = visit.model_copy(update={"openings": (envelopes[0],)})
        said = {"place": "生产车间", "summary": "现场检查并当场送达责令限期整改指令书"}
        words.append((visit.actor, Words(visit.command_id, None, DISTRICT_ID, said)))
    batch = Batch.model_validate_json(named(life.batch))
    entries = tuple(
        entry.model_copy(update={"data": entry.data | proofs[entry.command_id]})
        if entry.command_id
        else entry
        for entry in batch.entries
    )
    return Retold(names, batch.model_copy(update={"entries": entries}), envelopes, words, visit)
