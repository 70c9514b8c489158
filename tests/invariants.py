"""What must hold after every step of a case, whatever the step was (domain §5). Plain assertions with their reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ledger.rows import case_row
from ledger.statements import FIXED
from models.actors import Rank, reaches
from models.authority import BY_COMMAND, refusals
from models.batch import LedgerEntry, Outcome
from models.case import HazardCase
from models.caseclocks import ClockRun, ClockStatus
from models.caselives import LIVES, of_case
from models.decisions import Context
from models.decisions.measures.time import lives_on
from models.envelope import Facts
from models.events import event_of, fold
from models.snapshot import Case
from models.tasks import tasks_of
from tests.builders import ASSESSOR, EVERYONE

FULFILLED_BY: dict[str, tuple[str, ...]] = {
    "lead.verify": ("verify", "mark_unfounded", "government_verify"),
    "lead.sign": ("sign_lead",),
    "order.issue": ("issue_order",),
    "order.serve": ("serve_order",),
    "major.determine": ("determine_grade",),
    "regrade.decide": ("decide_regrade",),
    "plan.file": ("file_plan",),
    "plan.review": ("accept_plan", "return_plan"),
    "major.report_by_enterprise": ("report_major_hazard",),
    "report.acknowledge": ("acknowledge_report",),
    "double_report.congress": ("report_to_congress",),
    "extension.answer": ("grant_extension", "refuse_extension"),
    "pause.review": ("resume",),
    "assessment.file": ("commission_assessment", "file_assessment"),
    "reinspect.within": ("reinspect",),
    "sign_off.decide": ("sign_off", "refuse_sign_off"),
    "lookback.first": ("record_look_back",),
    "lookback.second": ("record_look_back",),
}
"""Clock → the commands that end it. ``rectify`` is missing: a major hazard owes other steps first."""

UPKEEP = {
    "assign_handler",
    "adopt_policy",
    "adopt_calendar",
    "void",
    "close_with_enterprise",
    "propose_measure",
    "take_step",
    "close_proposal",
    "record_refusal",
    "correct",
}
"""Commands that do not bring a case nearer to its sign-off."""


SEVERAL = {
    "proposal_raised",
    "proposal_lapsed",
    "proposal_escalated",
    "approval_escalated",
    "windows_closed",
    "measure_lapsed",
}
"""Events of which one waking may bring several, each about something else."""


def may(hazard: HazardCase, command: str, actor: Any, at: datetime) -> bool:
    """Whether nothing content-free stands against ``command``."""
    ctx = Context(actor=actor, at=at, rules=hazard.rules, facts=Facts())
    return not hazard.refusals(command, ctx)


def check_case(hazard: HazardCase, entries: Sequence[LedgerEntry], at: datetime) -> None:
    """Everything that must hold of ``hazard`` at ``at``, after what is due has been applied."""
    case = hazard.case
    assert fold(list(entries)) == case, "the ledger folds to another case than the one at work"
    assert Case.model_validate_json(case.model_dump_json()) == case, "the snapshot does not survive its JSON"
    assert [entry.seq for entry in entries] == list(range(1, case.seq + 1))
    assert kept_for_good(case) == kept_for_good(fold(list(entries[:1]))), (
        "written at the opening, changed later"
    )
    check_clocks(case, entries, at)
    check_pending(case)
    if case.over:
        assert not case.active_clocks(), f"{case.state} is final, yet a clock is active"
        assert case.wakes_at is None
        assert tasks_of(case, hazard.rules) == ()
    elif not case.final:
        assert case.wakes_at is not None, f"nothing will ever wake the case in {case.state}"
        assert tasks_of(case, hazard.rules), f"nobody's turn in {case.state}"
        check_turns(hazard, at)


def kept_for_good(case: Case) -> dict[str, Any]:
    """The columns the projector writes at the opening alone; what is counted by territory rests on them too."""
    row = case_row(case.model_dump(mode="json"))
    return {name: row[name] for name in FIXED}


TAKES_BACK = frozenset(
    {
        "reinspection_withdrawn",
        "reinspection_withdrawn_overdue",
        "reinspection_withdrawn_assessing",
        "step_withdrawn",
    }
)
"""Entries that put clocks back as they were before what they take back."""


def check_clocks(case: Case, entries: Sequence[LedgerEntry], at: datetime) -> None:
    """Clocks live only in their states, run only ahead of their deadline, and each instance ends once."""
    for clock in case.active_clocks():
        lives = case.state in LIVES[clock.key].states if of_case(clock.key) else lives_on(case, clock.key)
        assert lives, f"{clock.key} is active in {case.state}"
        if clock.status is ClockStatus.RUNNING:
            assert clock.due_at > at, f"{clock.key} fell due and was not noticed"
            assert clock.next_at is not None
            assert at < clock.next_at <= clock.due_at
        elif clock.status is ClockStatus.MISSED:
            assert clock.due_at <= at, f"{clock.key} is missed before it fell due"
            assert clock.next_at is not None
            assert clock.next_at > at
        else:
            assert clock.key == "rectify", f"{clock.key} is paused"
    running: dict[str, ClockRun] = {}
    for entry in entries:
        for clock in event_of(entry).clocks:
            before = running.get(clock.key)
            if before is None:
                if entry.event in TAKES_BACK and not clock.active:
                    continue  # it is put back as it had ended
                assert clock.active, f"{entry.event} ends {clock.key}, which was not running"
            else:
                same = (before.starts_at, before.n) == (clock.starts_at, clock.n)
                assert same, f"{entry.event} starts {clock.key} over an instance without outcome"
                moved_back = before.status is ClockStatus.MISSED and clock.status is ClockStatus.MET
                assert not moved_back, f"{clock.key} was missed and is now met"
            running[clock.key] = clock
            if not clock.active:
                del running[clock.key]
    assert set(running) == {clock.key for clock in case.active_clocks()}


def check_pending(case: Case) -> None:
    """Whatever waits for somebody has a clock, and the clock something that waits."""
    if case.final:
        return
    waiting = {
        "extension.answer": case.extension is not None,
        "regrade.decide": case.regrade is not None,
        "plan.review": case.plan is not None and case.plan.status == "filed",
        "pause.review": case.paused,
    }
    for key, pending in waiting.items():
        assert (case.active(key) is not None) == pending, f"{key}: pending={pending} in {case.state}"
    unacknowledged = case.major and case.report.reported_at and not case.report.acknowledged_at
    assert (case.active("report.acknowledge") is not None) == bool(unacknowledged)


def check_turns(hazard: HazardCase, at: datetime) -> None:
    """Every task can be done by somebody it is addressed to, and somebody can bring the case nearer to its end."""
    for task in tasks_of(hazard.case, hazard.rules):
        commands = FULFILLED_BY.get(task.key, ())
        rank = Rank(task.rank) if task.rank else None
        hands = [
            actor
            for actor in (*EVERYONE, ASSESSOR.model_copy(update={"assessor_org_id": task.assessor_org_id}))
            if (reaches(actor.rank, rank) if rank else actor.role.value == task.role)
        ]
        done = any(may(hazard, command, actor, at) for command in commands for actor in hands)
        assert done or not commands, (
            f"{task.key} is {task.role}'s task in {hazard.case.state}, who cannot do it"
        )
    onward = [
        grant
        for grant in BY_COMMAND.values()
        if grant.command not in UPKEEP
        and hazard.case.state in grant.states
        and any(not list(refusals(hazard.case, grant, actor, hazard.rules)) for actor in EVERYONE)
        and any(may(hazard, grant.command, actor, at) for actor in EVERYONE)
    ]
    assert onward, f"nobody can do anything in {hazard.case.state}"


def check_outcome(before: Case, outcome: Outcome, *, command_id: str | None) -> None:
    """The entries of one application: numbered on, the command on the first only, one notice per audience."""
    assert [entry.seq for entry in outcome.entries] == [
        before.seq + index for index in range(1, len(outcome.entries) + 1)
    ]
    if outcome.entries:
        assert [entry.command_id for entry in outcome.entries] == [
            command_id,
            *[None] * (len(outcome.entries) - 1),
        ]
    audiences = [(notice.audience_role, notice.user_id) for notice in outcome.notices]
    assert len(audiences) == len(set(audiences)), "one audience was told twice"
    kinds = [entry.event for entry in outcome.entries if entry.event not in SEVERAL]
    assert len(kinds) == len(set(kinds)), "one waking led to the same event twice"
