"""Which commands and steps do what a task asks for, as far as the asker's role may."""

from __future__ import annotations

from models.actors import Role
from models.authority import BY_COMMAND
from models.enterprise.clocks import FLAG, REMOVAL
from models.lifecycle import CaseState
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure
from models.measures.steps import Step

TASK_COMMANDS: dict[str, tuple[str, ...]] = {
    "lead.verify": ("verify", "mark_unfounded"),
    "order.issue": ("issue_order",),
    "order.serve": ("serve_order",),
    "major.determine": ("determine_grade",),
    "regrade.decide": ("decide_regrade",),
    "rectify": ("report_progress", "signal_completion", "request_extension"),
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
"""Clock of a case → the commands that do what it measures."""

PROPOSAL_COMMANDS = ("propose_measure", "close_proposal")
"""What answers a proposal of the ladder."""

ENTERPRISE_TASKS: dict[str, tuple[str, ...]] = {
    FLAG: ("answer_closure_flag",),
    REMOVAL: ("decide_removal",),
}
"""Clock of an enterprise → the commands that do what it measures; without a clock an acceptance is waited for."""

_ASIDE = frozenset({"withdraw", "discontinue", "annul", "record_remedy", "decide_none", "resubmit"})
"""Steps that are possible beside the way a procedure goes."""


def steps_for(measure: Measure, clock: str, role: Role) -> tuple[Step, ...]:
    """The steps by which ``role`` does what the clock measures; else those that bring the procedure on."""
    now = [row for row in PROCEDURES[measure.kind].rows if role in row.roles and _possible(measure, row)]
    ending = tuple(row for row in now if clock in row.ends)
    return ending or tuple(row for row in now if row.key not in _ASIDE)


def _possible(measure: Measure, row: Step) -> bool:
    """Whether the table has ``row`` where the measure stands."""
    again = row.repeats or row.key not in measure.done
    return again and measure.state in row.sources and set(row.needs) <= measure.done.keys()


def answering(role: Role) -> tuple[str, ...]:
    """The commands by which ``role`` answers a proposal of the ladder."""
    return tuple(name for name in PROPOSAL_COMMANDS if role in BY_COMMAND[name].roles)


def commands_for(clock: str, state: str, role: Role) -> tuple[str, ...]:
    """The commands of a task that the table has for this role in this state."""
    return tuple(
        name
        for name in TASK_COMMANDS.get(clock, ())
        if CaseState(state) in BY_COMMAND[name].states and role in BY_COMMAND[name].roles
    )
