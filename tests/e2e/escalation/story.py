"""What every chapter stands on: the cases, how an approval is decided, how one is refused, the first day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.clocks import SHANGHAI
from tests.api.support import ok, refused
from tests.e2e.skipped import Matter, Town

TWO = {"officers": ["wang", "li"]}
PENALTY = {"facts": "逾期未消除重大事故隐患", "basis": "《安全生产法》第一百零二条"}
FINE_LAW = "《安全生产法》第一百零二条；《行政处罚法》第五十四条、第七十六条（应当及时立案）"
HEARING_LAW = "《行政处罚法》第六十四条"
ENDED = "CLOSED_WITH_ENTERPRISE"


@dataclass
class Story:
    """The cases of the story."""

    town: Town
    main: Matter
    """The major hazard everything is about."""
    late: Matter
    """Another case of the same enterprise, whose hearing is asked for too late."""
    third: Matter
    """A third case of it, about which nothing is done."""
    other: Matter
    """A case of another enterprise."""

    @property
    def all(self) -> tuple[Matter, ...]:
        return (self.main, self.late, self.third, self.other)


def shanghai(day: str) -> str:
    return datetime.fromisoformat(day).replace(tzinfo=SHANGHAI).isoformat()


def refused_with(answer: Any, status: int, rule: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["rule"]) == (status, rule), answer.text
    return problem


async def standing(town: Town, who: str = "wang", enterprise: str = "e-a") -> dict[str, Any]:
    found: dict[str, Any] = ok(await town.get(who, f"/enterprises/{enterprise}/standing"))
    return found


async def approved(
    matter: Matter, kind: str, right: str, low: str, step: str = "approve", **form: Any
) -> dict[str, Any]:
    """A decision of that rank: neither the proposer as its delegate, nor a lower rank; and not twice."""
    own = await matter.step("wang", kind, step, acting_for=right, **form)
    if right == "mayor":  # nobody of the bureau decides for the government, whatever the delegation says
        refused(own, 403, "not_authorised", f"authority.{step}.role")
    else:
        refused(own, 403, "duties_not_separated", f"authority.{step}.apart")
    problem = refused(await matter.step(low, kind, step, **form), 403, "not_authorised")
    assert problem["rule"] == f"authority.{step}.rank"
    taken = await matter.take(right, kind, step, **form)
    again = refused(await matter.step(right, kind, step, **form), 409, "conflict")
    assert again["details"]["decided_by"] == [{"id": right, "name": f"{right}同志"}]
    assert again["details"]["answer"] == step
    return taken


async def opening(office: Town) -> Story:
    """Monday, 3 August: three cases of one enterprise, one of another; the main one's order is not handed over."""
    policy = ok(await office.get("wang", "/policies/current"))
    standard = {"standard_id": policy["standards"][0]["id"], "version": "2023", "clause": "第四条"}
    story = Story(
        office,
        Matter(office, await office.opened({"service": None}, suspected_major=standard)),
        Matter(office, await office.opened()),
        Matter(office, await office.opened(rests=True)),
        Matter(office, await office.opened({"enterprise_id": "e-b"}, rests=True)),
    )
    for principal in ("deputy", "head", "mayor"):
        await office.delegates(principal, "wang")
    return story


def shanghai_time(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(SHANGHAI).strftime("%m-%d %H:%M")
