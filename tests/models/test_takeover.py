"""An old ledger taken over: what the gate flags, what it names, and where the case then stands."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from models.actors import Role
from models.case import HazardCase
from models.caseclocks import ClockStatus
from models.errors import NotAuthorised, XiaohaoError
from models.events import fold
from models.instants import midnight
from models.lifecycle import CaseState
from models.snapshot import Case
from models.takeover import REFUSALS, Bounds, Flag, OldRow, case_id_of, judge
from tests.builders import ADMIN, CHIEF, WANG, at, envelope, findings, opening

BOUNDS = Bounds(date(2020, 1, 1), date(2026, 9, 1), date(2031, 1, 1))
ROW: dict[str, Any] = {
    "found_on": date(2026, 3, 2),
    "deadline": date(2026, 3, 20),
    "item": "消防通道",
    "finding": "消防通道被货物堵塞",
}


@pytest.mark.parametrize(
    ("changed", "flags"),
    [
        ({}, []),
        ({"finding": ""}, [Flag.NO_FINDING]),
        ({"finding": " "}, [Flag.NO_FINDING]),
        ({"finding": "堵"}, [Flag.SHORT]),
        ({"finding": "消防 通道。"}, [Flag.REPEATS_ITEM]),
        ({"finding": "已整改"}, [Flag.ONLY_STATUS]),
        ({"finding": "已整改完毕。"}, [Flag.ONLY_STATUS]),
        ({"finding": "无"}, [Flag.ONLY_STATUS, Flag.SHORT]),
        ({"finding": "合格", "item": ""}, [Flag.ONLY_STATUS, Flag.SHORT]),
        ({"finding": "隐患" * 3000}, [Flag.CUT]),
        ({"found_on": "", "ordered_on": date(2026, 3, 3)}, [Flag.FOUND_UNDATED]),
        ({"deadline": "立即"}, [Flag.NO_DEADLINE]),
        ({"deadline": "15天内"}, [Flag.DEADLINE_COUNTED]),
        ({"status": "领导已批示"}, [Flag.STATUS_UNREAD]),
        ({"status": "已整改"}, [Flag.CLOSED_UNDATED]),
        ({"status": "整改中", "completed_on": date(2026, 3, 9)}, [Flag.CONTRADICTORY]),
        ({"status": "已销号", "completed_on": date(2026, 3, 9)}, []),
        ({"completed_on": date(2026, 3, 9)}, []),
        ({"deadline": "", "status": "已整改", "completed_on": date(2026, 3, 9)}, []),
        ({"status": "逾期未整改"}, []),
        ({"grade": "重大隐患"}, [Flag.MAJOR_CLAIMED]),
        ({"grade": "非重大"}, []),
    ],
)
def test_what_can_still_be_a_case_is_flagged(changed: dict[str, Any], flags: list[Flag]) -> None:
    found = judge(OldRow(**ROW | changed), BOUNDS)
    assert (found.flags, found.wrong) == (flags, [])
    assert 2 <= len(found.title) <= 200
    assert found.closed == (found.completed_on is not None)


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"finding": "", "item": ""}, "nothing"),
        ({"found_on": ""}, "found_missing"),
        ({"found_on": "2026-02-30"}, "found_on"),
        ({"ordered_on": "昨日"}, "ordered_on"),
        ({"deadline": "2026-13-45"}, "deadline"),
        ({"completed_on": "三月"}, "completed_on"),
        ({"found_on": date(1999, 3, 2)}, "found_early"),
        ({"found_on": date(2026, 9, 2), "deadline": ""}, "found_ahead"),
        ({"ordered_on": date(2026, 9, 2), "deadline": ""}, "ordered_ahead"),
        ({"completed_on": date(2026, 9, 2)}, "completed_ahead"),
        ({"deadline": date(2036, 1, 1)}, "deadline_far"),
        ({"ordered_on": date(2026, 3, 1)}, "ordered_before"),
        ({"deadline": date(2026, 3, 1)}, "deadline_before"),
        ({"completed_on": date(2026, 3, 1)}, "completed_before"),
    ],
)
def test_what_has_nothing_to_stand_on_is_named(changed: dict[str, Any], name: str) -> None:
    assert judge(OldRow(**ROW | changed), BOUNDS).wrong == [REFUSALS[name]]


def test_the_same_row_is_the_same_case() -> None:
    first, again = OldRow(**ROW), OldRow(**ROW | {"finding": "消防通道， 被货物堵塞！", "status": "已整改"})
    assert case_id_of("d", "e", first) == case_id_of("d", "e", again)
    others = (
        {"finding": "消防通道被车辆堵塞"},
        {"found_on": date(2026, 3, 3)},
        {"location": "二楼"},
        {"number": "7"},
    )
    assert len({case_id_of("d", "e", OldRow(**ROW | one)) for one in ({}, *others)}) == 5
    assert case_id_of("d", "e", first) != case_id_of("d", "f", first)
    numbered = [OldRow(**ROW | {"number": "XC-1", "finding": one}) for one in ("甲", "乙")]
    assert len({case_id_of("d", "e", one) for one in numbered}) == 1


# -- the case that stands then -----------------------------------------------------------------------
NOW = at("2026-09-01 10:00")


def old(now: Any = NOW, actor: Any = CHIEF, ladder: bool = True, **said: Any) -> tuple[HazardCase, Any]:
    """A case opened from a row found on 2 March 2026."""
    row = {"job_id": "job", "row": 7, **said}
    sent = opening(
        actor=actor,
        now=now,
        ladder=ladder,
        source="old_ledger",
        inspection_id=None,
        found_at=midnight(date(2026, 3, 2)),
        taken_over=row,
    )
    return HazardCase.open(sent, now)


def states(outcome: Any) -> list[str]:
    return [entry.event for entry in outcome.entries]


def test_an_overdue_row_is_overdue_at_once_and_tells_nobody() -> None:
    held, outcome = old(deadline="2026-03-20", ordered_on="2026-03-05", flags=["short"])
    case = held.case
    assert states(outcome) == ["opened", "order_taken_over", "overdue_taken_over"]
    assert outcome.notices == ()
    assert (case.state, case.rectify_due_at) == (CaseState.OVERDUE, midnight(date(2026, 3, 21)))
    rectify, again = case.clocks["rectify"], case.clocks["reinspect.within"]
    assert (rectify.status, rectify.starts_at) == (ClockStatus.MISSED, midnight(date(2026, 3, 5)))
    assert (again.status, again.last_day) == (ClockStatus.MISSED, date(2026, 3, 30))
    assert case.opened_at == midnight(date(2026, 3, 2))
    assert (case.told_seq, case.unmet, case.proposals) == (1, 0, ())
    assert case.wakes_at is not None
    assert case.wakes_at > NOW
    assert fold(list(outcome.entries)) == case


def test_the_ladder_waits_for_what_is_found_here() -> None:
    held, _ = old(deadline="2026-03-20")
    woken = 0
    while (wakes := held.case.wakes_at) is not None and wakes < NOW + timedelta(days=60):
        assert {entry.event for entry in held.apply_due(wakes).entries} == {"digested"}
        woken += 1
    assert woken > 5
    later = NOW + timedelta(days=60)
    failed = envelope(
        held.case.case_id,
        "reinspect",
        WANG,
        now=later,
        officers=["wang", "li"],
        findings=findings(False, False),
        new_deadline_days=10,
    )
    events = [entry.event for entry in held.apply(failed, later).entries]
    assert events[0] == "reinspection_failed"
    assert "proposal_raised" in events


def test_a_row_whose_deadline_is_ahead_runs_to_that_very_day() -> None:
    held, outcome = old(deadline="2026-10-03")  # a holiday: the old ledger's day is the day
    assert states(outcome) == ["opened", "order_taken_over"]
    assert held.case.clocks["rectify"].last_day == date(2026, 10, 3)
    assert held.rules.counted(held.case.clocks["rectify"]).last_day == date(2026, 10, 3)
    counted, _ = old(days=215, ordered_on="2026-03-02")
    assert counted.case.clocks["rectify"].last_day == date(
        2026, 10, 8
    )  # counted by us, it rolls off the holidays
    assert counted.case.taken_over is not None
    assert counted.case.taken_over.deadline == date(2026, 10, 8)
    while held.case.state is CaseState.ORDERED and held.case.wakes_at is not None:
        done = held.apply_due(held.case.wakes_at)
    assert {"deadline_passed", "proposal_raised"} <= {entry.event for entry in done.entries} or done.notices


def test_a_row_without_a_deadline_owes_an_order_since_it_was_found() -> None:
    held, outcome = old()
    assert (held.case.state, states(outcome)) == (CaseState.RECORDED, ["opened"])
    assert held.case.clocks["order.issue"].status is ClockStatus.MISSED
    assert held.case.told_seq is None


@pytest.mark.parametrize(
    ("completed", "status"), [("2026-03-20", ClockStatus.MET), ("2026-03-21", ClockStatus.LATE)]
)
def test_a_closed_row_is_history(completed: str, status: ClockStatus) -> None:
    held, outcome = old(deadline="2026-03-20", completed_on=completed)
    case = held.case
    assert states(outcome) == ["opened", "order_taken_over", "closure_taken_over"]
    assert (case.state, case.over) == (CaseState.ARCHIVED, True)
    assert case.closed_at == case.signed_off_at == midnight(date.fromisoformat(completed))
    assert case.clocks["rectify"].status is status
    undated, plain = old(completed_on=completed)
    assert (states(plain), undated.case.told_seq) == (["opened", "closure_taken_over"], 1)


def test_a_hazard_called_major_is_determined_under_its_old_order() -> None:
    held, _ = old(deadline="2026-10-08")
    later = NOW + timedelta(minutes=1)
    ref = {"standard_id": held.rules.policy.standards[0].id, "version": "2023", "clause": "第四条第（二）项"}
    held.apply(
        envelope(held.case.case_id, "suspect_major", WANG, now=later, standard=ref, reason="见原台账"), later
    )
    held.apply(
        envelope(held.case.case_id, "determine_grade", CHIEF, now=later, grade="general", reason="不符合"),
        later,
    )
    assert held.case.state is CaseState.ORDERED
    assert held.case.active("rectify") is not None


@pytest.mark.parametrize("actor", [WANG, ADMIN])
def test_only_who_leads_vouches_for_an_old_ledger(actor: Any) -> None:
    assert actor.role in (Role.INSPECTOR, Role.ADMIN)
    with pytest.raises(NotAuthorised):
        old(actor=actor)


@pytest.mark.parametrize(
    "fields", [{"source": "tip", "taken_over": {"job_id": "j", "row": 1}}, {"source": "old_ledger"}]
)
def test_what_an_old_ledger_says_comes_from_one(fields: dict[str, Any]) -> None:
    with pytest.raises(XiaohaoError) as refused:
        HazardCase.open(opening(actor=CHIEF, now=NOW, inspection_id=None, **fields), NOW)
    assert refused.value.rule == "open.old_ledger"


def test_a_case_of_before_is_read_as_it_was() -> None:
    held, _ = HazardCase.open(opening(now=NOW), NOW)
    stored = held.case.model_dump(mode="json")
    del stored["taken_over"]
    assert Case.model_validate(stored).taken_over is None
