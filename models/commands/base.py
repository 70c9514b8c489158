"""What commands are made of: marked free text, small vocabularies, and the parts several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from models.bounds import Act, Between
from models.instants import Day, Instant
from models.words import Readable, Seen


class TextMark:
    """Marks a field as free text whose words stay in SQL."""


_MARK = TextMark()
Text = Annotated[str, Field(min_length=1, max_length=4000), Readable, _MARK]
"""Required free text."""
OptionalText = Annotated[str, Field(max_length=4000), Seen, _MARK]
"""Free text that may be empty; a guard decides whether it may stay so."""
Title = Annotated[str, Field(min_length=2, max_length=200), Readable, _MARK]
Addressee = Annotated[str, Field(min_length=2, max_length=200), Readable, _MARK]
"""Whom a letter goes to: a name in words, on one line of it."""
Ident = Annotated[str, Field(min_length=1, max_length=64), Readable]
"""An id, or a word of a closed list that the decisions know."""
UserId = Ident
EvidenceIds = Annotated[tuple[Ident, ...], Field(max_length=50)]


class Grade(StrEnum):
    """Grade of a hazard (隐患等级)."""

    GENERAL = "general"
    MAJOR = "major"


GRADE_LABELS: dict[Grade, tuple[str, str]] = {
    Grade.GENERAL: ("一般隐患", "general hazard"),
    Grade.MAJOR: ("重大隐患", "major hazard"),
}


class Source(StrEnum):
    """Where a case comes from (线索来源)."""

    INSPECTION = "inspection"
    TIP = "tip"
    SELF_REPORT = "self_report"
    TRANSFER = "transfer"
    OLD_LEDGER = "old_ledger"


SOURCE_LABELS: dict[Source, tuple[str, str]] = {
    Source.INSPECTION: ("执法检查", "inspection"),
    Source.TIP: ("举报", "tip"),
    Source.SELF_REPORT: ("企业自查自报", "self-report"),
    Source.TRANSFER: ("其他部门移送", "transferred by another department"),
    Source.OLD_LEDGER: ("历史台账导入", "taken over from an old ledger"),
}


class RiskColour(StrEnum):
    """Risk colour (红橙黄蓝): priority and warning only, never a grade."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


COLOUR_LABELS: dict[RiskColour, tuple[str, str]] = {
    RiskColour.RED: ("红", "red"),
    RiskColour.ORANGE: ("橙", "orange"),
    RiskColour.YELLOW: ("黄", "yellow"),
    RiskColour.BLUE: ("蓝", "blue"),
}


class ServiceMethod(StrEnum):
    """Ways of serving a document (送达方式, 《民事诉讼法》第八十八条至第九十五条)."""

    IN_PERSON = "in_person"
    WITNESSED_LEAVE = "witnessed_leave"
    POST = "post"
    ELECTRONIC = "electronic"
    PUBLIC_NOTICE = "public_notice"


SERVICE_METHOD_LABELS: dict[ServiceMethod, tuple[str, str]] = {
    ServiceMethod.IN_PERSON: ("直接送达", "in person"),
    ServiceMethod.WITNESSED_LEAVE: ("留置送达", "left before witnesses"),
    ServiceMethod.POST: ("邮寄送达", "by post"),
    ServiceMethod.ELECTRONIC: ("电子送达", "electronically"),
    ServiceMethod.PUBLIC_NOTICE: ("公告送达", "by public notice"),
}


class Part(BaseModel):
    """A part of a command."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Command(Part):
    """Base of all commands; ``name`` is the word in the URL."""

    name: ClassVar[str] = ""


class StandardRef(Part):
    """The clause a major grade stands on (判定标准条款): standard, its version, clause number."""

    standard_id: Ident
    version: Ident
    clause: Ident


class Service(Part):
    """Service of a document (送达) as a fact; the clocks start here, never at issue."""

    served_at: Annotated[Instant, Between(Act.MADE)]
    method: ServiceMethod = ServiceMethod.IN_PERSON
    witnesses: Annotated[tuple[UserId, ...], Field(max_length=4)] = ()
    evidence: EvidenceIds = ()


class Order(Part):
    """The order to rectify by a deadline (责令限期整改指令书) as far as one case is concerned."""

    order_id: Ident
    officers: Annotated[tuple[UserId, ...], Field(min_length=1, max_length=6)]
    deadline_days: Annotated[int, Field(ge=1, le=3650)]
    issued_on: Annotated[Day | None, Between(Act.FOUND)] = None


class Requirement(Part):
    """One thing the enterprise must put right (整改要求)."""

    text: Text


class StatedFacts(Part):
    """What the officers found, as the parties will read it (认定的事实): never the words of whoever reported it."""

    title: Title
    description: OptionalText = ""
    location: OptionalText = ""
    requirements: Annotated[tuple[Requirement, ...], Field(min_length=1, max_length=30)]
