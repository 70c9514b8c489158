"""What workflows are started with and carry over. Fields are added with defaults, never renamed."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, field_serializer

from models.caseclocks import Rules
from models.enterprise.envelope import EnterpriseReply
from models.enterprise.rules import PackedRules
from models.enterprise.snapshot import Enterprise
from models.envelope import Reply, mac
from models.importing import ImportOrder
from models.inspection import InspectionReply
from models.snapshot import Case

CASE_WORKFLOW = "HazardCase"
ENTERPRISE_WORKFLOW = "Enterprise"
INSPECTION_WORKFLOW = "Inspection"
IMPORT_WORKFLOW = "Import"

LOOK_AT_ENTERPRISE = "look_at_enterprise"
"""The signal that tells a case its enterprise's ledger holds something for it; it carries no fact."""


def case_workflow_id(case_id: str) -> str:
    """The workflow id of a case; the only place that knows the prefix."""
    return f"case/{case_id}"


def enterprise_workflow_id(enterprise_id: str) -> str:
    """The workflow id of an enterprise; the only place that knows the prefix."""
    return f"enterprise/{enterprise_id}"


def inspection_workflow_id(inspection_id: str) -> str:
    """The workflow id of an inspection; the only place that knows the prefix."""
    return f"inspection/{inspection_id}"


def import_workflow_id(import_id: str) -> str:
    """The workflow id of an import; the only place that knows the prefix."""
    return f"import/{import_id}"


def subject_of(workflow_id: str) -> str:
    """The case, enterprise or inspection a workflow id names."""
    return workflow_id.partition("/")[2]


class Tuning(BaseModel):
    """How a run behaves; policy is elsewhere. Small numbers in tests."""

    model_config = ConfigDict(frozen=True)

    run_events: int = 400
    """History events after which a run continues as new."""
    enterprise_run_events: int = 200
    """The same for an enterprise, if it is less: its events are the heavier ones to replay (docs/adr/0015)."""
    jitter_seconds: int = 0
    """A clock's timer fires up to this much later, spread over cases by their id; never earlier."""
    opening_seconds: int = 60
    """A run that nobody opened a case in ends after this long."""


class Carried(BaseModel):
    """All that continue-as-new hands on: the snapshot, the rules, and the commands answered lately."""

    case: Case
    rules: Rules
    recent: tuple[Reply, ...] = ()

    @field_serializer("rules", mode="plain", when_used="json")
    def _packed(self, rules: Rules) -> dict[str, Any]:
        """As they came: rules that travelled packed are not read anew for each case."""
        return rules.model_dump(mode="json", exclude_defaults=True)


class Start(BaseModel):
    """What a run begins with. ``proof`` signs what an earlier run, or an operator, hands on."""

    proof: str = ""

    @property
    def subject(self) -> str:
        """The id of what the run holds."""
        raise NotImplementedError

    @property
    def hands_on(self) -> bool:
        """Whether it says more than what the run is about."""
        return False

    def statement(self, workflow_id: str) -> Any:
        """What the proof signs: all of it, for this workflow."""
        return [workflow_id, self.model_dump(mode="json", exclude={"proof"})]

    def proven(self, workflow_id: str, key: bytes) -> Self:
        """It with the proof that this service hands it to the workflow."""
        return self.model_copy(update={"proof": mac(self.statement(workflow_id), key)})


class CaseStart(Start):
    """Start of a case run: empty at first, :class:`Carried` afterwards."""

    case_id: str
    carried: Carried | None = None
    tuning: Tuning = Tuning()

    @property
    def subject(self) -> str:
        return self.case_id

    @property
    def hands_on(self) -> bool:
        return self.carried is not None


class EnterpriseCarried(BaseModel):
    """What continue-as-new hands on of an enterprise."""

    entity: Enterprise
    rules: PackedRules
    recent: tuple[EnterpriseReply, ...] = ()


class EnterpriseStart(Start):
    """Start of an enterprise's run: empty at first, :class:`EnterpriseCarried` afterwards."""

    enterprise_id: str
    carried: EnterpriseCarried | None = None
    tuning: Tuning = Tuning()

    @property
    def subject(self) -> str:
        return self.enterprise_id

    @property
    def hands_on(self) -> bool:
        return self.carried is not None


class InspectionStart(Start):
    """Start of an inspection run."""

    inspection_id: str
    opening_seconds: int = 60

    @property
    def subject(self) -> str:
        return self.inspection_id


class ImportStart(Start):
    """Start of an import's run; the order is signed itself, for whoever carries it out."""

    order: ImportOrder

    @property
    def subject(self) -> str:
        return self.order.import_id


__all__ = [
    "Carried",
    "CaseStart",
    "EnterpriseCarried",
    "EnterpriseStart",
    "ImportStart",
    "InspectionReply",
    "InspectionStart",
    "Reply",
    "Start",
    "Tuning",
]
