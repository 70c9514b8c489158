"""Upkeep of a case, and its other ends."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from models.commands.base import Command, OptionalText, Text, UserId


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
    decided_on: date


class AdoptPolicy(Command):
    """Adopt a newer policy version for this case (适用新版规则); running clocks keep their dates."""

    name: ClassVar[str] = "adopt_policy"
    policy: dict[str, Any]
    reason: Text


class AdoptCalendar(Command):
    """The State Council published a year's holidays: derive provisional deadlines anew (重新推算)."""

    name: ClassVar[str] = "adopt_calendar"
    calendar: dict[str, Any]
