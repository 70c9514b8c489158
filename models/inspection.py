"""The inspection (检查): one visit, one record, one order, a case for each finding."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from models.actors import Actor
from models.bounds import Limits
from models.envelope import Envelope, Facts, Reply, Signed


class InspectionKind(StrEnum):
    """How a visit came about; only ``guidance`` (服务督导) cannot produce an order."""

    DOUBLE_RANDOM = "double_random"  # 双随机
    SURPRISE = "surprise"  # 四不两直
    SPECIAL = "special"  # 专项检查
    COMPLAINT = "complaint"  # 投诉举报核查
    FOLLOW_UP = "follow_up"  # 跟踪检查
    GUIDANCE = "guidance"  # 服务督导


INSPECTION_KIND_LABELS: dict[InspectionKind, tuple[str, str]] = {
    InspectionKind.DOUBLE_RANDOM: ("“双随机”检查", "double-random inspection"),
    InspectionKind.SURPRISE: ("“四不两直”检查", "surprise inspection"),
    InspectionKind.SPECIAL: ("专项检查", "special inspection"),
    InspectionKind.COMPLAINT: ("投诉举报核查", "complaint inspection"),
    InspectionKind.FOLLOW_UP: ("跟踪检查", "follow-up inspection"),
    InspectionKind.GUIDANCE: ("服务督导", "guidance visit"),
}


class InspectionEnvelope(Signed):
    """One inspection on its way: the record as ids and facts, and a signed opening for each finding.

    ``record`` is what the ledger writes of the visit (ids, times, kind); its words are in ``contents`` under
    ``command_id``. The signature covers the openings too, each of which is signed for its own case.
    """

    inspection_id: str
    command_id: str
    actor: Actor
    record: dict[str, Any]
    openings: tuple[Envelope, ...]
    facts: Facts = Facts()
    """Who of the officers the service vouches for."""
    limits: Limits | None = None
    """What its dates may lie between, by the policy in force."""

    @property
    def subject(self) -> str:
        return self.inspection_id


class InspectionReply(BaseModel):
    """The answer to a recorded inspection: one reply for each case it opened."""

    model_config = ConfigDict(frozen=True)

    inspection_id: str
    cases: tuple[Reply, ...]
