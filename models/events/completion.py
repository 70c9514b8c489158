"""Completion, assessment, re-inspection, sign-off (销号) and look-back (回头看)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from models.events.base import Event
from models.snapshot import REPLACED, Assessment, Case, DoubleReport, Item, Persons, Reinspection


class CompletionSignalled(Event):
    type = "completion_signalled"
    by: Persons
    evidence: tuple[str, ...] = ()

    def change(self, case: Case, at: datetime) -> None:
        case.submitted_at = at
        case.submissions += 1
        case.extension = None
        case.regrade = None
        case.assessment = None


class AssessmentCommissioned(Event):
    type = "assessment_commissioned"
    org_id: str
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.assessment = Assessment(org_id=self.org_id)


class AssessmentFiled(Event):
    type = "assessment_filed"
    conclusion: Literal["effective", "not_effective"]
    by: Persons
    evidence: tuple[str, ...] = ()

    def change(self, case: Case, at: datetime) -> None:
        if case.assessment is not None:
            case.assessment = case.assessment.model_copy(update={"conclusion": self.conclusion})


class DeadlinePassed(Event):
    type = "deadline_passed"

    def change(self, case: Case, at: datetime) -> None:
        case.unmet += 1
        case.overdue_from = case.came_from


class Reinspected(Event):
    """Base of the two outcomes of a re-inspection."""

    officers: Persons
    by: Persons = ()
    passed: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    evidence: tuple[str, ...] = ()

    def change(self, case: Case, at: datetime) -> None:
        case.reinspection = Reinspection(
            at=at,
            state=case.came_from or case.state,
            clocks={clock.key: case.clocks[clock.key] for clock in self.clocks if clock.key in case.clocks},
            begun=tuple(clock.key for clock in self.clocks if clock.key not in case.clocks),
            **{name: getattr(case, name) for name in REPLACED},
        )
        found = {**dict.fromkeys(self.passed, True), **dict.fromkeys(self.failed, False)}
        case.items = tuple(Item(no=i.no, passed=found.get(i.no, i.passed)) for i in case.items)
        case.reinspected_by = tuple(sorted({*self.officers, *self.by}))


class ReinspectionPassed(Reinspected):
    type = "reinspection_passed"

    def change(self, case: Case, at: datetime) -> None:
        super().change(case, at)
        case.passed_at = at
        case.extension = None
        case.regrade = None


class ReinspectionFailed(Reinspected):
    type = "reinspection_failed"
    deadline_days: int

    def change(self, case: Case, at: datetime) -> None:
        super().change(case, at)
        case.passed_at = None
        case.failures += 1
        case.failed_at = at
        case.unmet += 1
        case.deadline_days = self.deadline_days
        case.assessment = None
        case.extension = None
        case.granted = None


class SignedOff(Event):
    type = "signed_off"
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.signed_off_at = at
        case.look_backs = 0


class SignOffRefused(Event):
    type = "sign_off_refused"
    by: Persons
    failed: tuple[int, ...]
    deadline_days: int

    def change(self, case: Case, at: datetime) -> None:
        case.items = tuple(
            Item(no=i.no, passed=False if i.no in self.failed else i.passed) for i in case.items
        )
        case.failures += 1
        case.failed_at = at
        case.passed_at = None
        case.unmet += 1
        case.deadline_days = self.deadline_days
        case.assessment = None


class LookBackPassed(Event):
    type = "look_back_passed"
    officers: Persons
    evidence: tuple[str, ...] = ()

    def change(self, case: Case, at: datetime) -> None:
        case.look_backs += 1


class LookBackCompleted(LookBackPassed):
    type = "look_back_completed"


class Recurred(Event):
    type = "recurred"
    officers: Persons
    failed: tuple[int, ...]
    evidence: tuple[str, ...] = ()

    def change(self, case: Case, at: datetime) -> None:
        case.items = tuple(
            Item(no=i.no, passed=False if i.no in self.failed else i.passed) for i in case.items
        )
        case.recurrences += 1
        case.failed_at = at
        case.recurred_at = at
        case.unmet = 0
        case.signed_off_at = None
        case.passed_at = None
        case.order = None
        case.plan = None
        case.report = DoubleReport()
        case.assessment = None
        case.extensions = 0
        case.granted = None
        case.pauses = 0
