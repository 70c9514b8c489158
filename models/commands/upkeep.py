"""Upkeep of a case, and its other ends."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from models.bounds import Act, Between
from models.commands.base import Command, Ident, OptionalText, Service, Text, UserId
from models.instants import Day


class AssignHandler(Command):
    """Assign the case to a person (交办)."""

    name: ClassVar[str] = "assign_handler"
    handler_id: UserId
    reason: OptionalText = ""


class VoidCase(Command):
    """Void a wrongly opened case (作废); its number is never used again."""

    name: ClassVar[str] = "void"
    reason: Text


class CloseWithEnterprise(Command):
    """Government closed the enterprise (政府决定关闭): the case ends with it."""

    name: ClassVar[str] = "close_with_enterprise"
    decision_no: Text
    decided_on: Annotated[Day, Between(Act.FOUND)]


class AdoptPolicy(Command):
    """Adopt a newer policy version for this case (适用新版规则); running clocks keep their dates."""

    name: ClassVar[str] = "adopt_policy"
    policy: dict[str, Any]
    reason: Text


class AdoptCalendar(Command):
    """The State Council published a year's holidays: derive provisional deadlines anew (重新推算)."""

    name: ClassVar[str] = "adopt_calendar"
    calendar: dict[str, Any]


class Correct(Command):
    """Correct a wrong entry (更正): another time of service, or what is taken back; the new entry names the old one."""

    name: ClassVar[str] = "correct"
    what: Literal[
        "service",
        "completion",
        "extension",
        "plan",
        "regrade",
        "refusal",
        "reinspection",
        "deadline",
        "grant",
        "measure_service",
        "measure_step",
    ]
    reason: Text
    service: Service | None = None
    """The service as it was, for ``service`` and ``measure_service``."""
    days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """The days as they were, for ``deadline`` and ``grant``."""
    measure_id: Ident | None = None
    step: Ident | None = None
    """Which service or step of which measure, for ``measure_service`` and ``measure_step``."""
