"""The sourced values a policy is made of, besides its clocks: figures, reminders, numbering, standards."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, field_validator

from models.clocks import Klass, Verified

_DATA = ConfigDict(frozen=True, extra="forbid")
Count = Annotated[int, Field(strict=True, ge=0)]


class Figure(BaseModel):
    """A value with its source (数值及其依据): a cap, a count, a rate, a date or a rank."""

    model_config = _DATA

    value: Annotated[int, Field(strict=True)] | str
    basis: str = Field(min_length=1)
    klass: Klass
    verified: Verified
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Caps(BaseModel):
    """The limits a deadline lives in (期限上限), as plain numbers; days are calendar days."""

    model_config = _DATA

    extension_max_count: int
    extension_max_days: int
    pause_max_count: int
    deadline_default_days: int
    """The deadline an order gives a general hazard when the officer names none."""
    deadline_max_days: int
    """The longest deadline an order may give a general hazard."""
    major_deadline_max_days: int
    reinspect_deadline_max_days: int
    """The longest new deadline after a failed re-inspection."""


class Reminders(BaseModel):
    """When to remind (提醒) and, after a missed deadline, when to send digests (逾期通报)."""

    model_config = _DATA

    before_days: tuple[Count, ...]
    """Calendar days before the last day, descending; 0 is the last day itself."""
    at: Annotated[time, WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d(:\d\d)?$"})]
    """Shanghai wall time of reminders and digests."""
    digest_first: Annotated[int, Field(strict=True, ge=1)]
    """Working days from the missed last day to the first digest."""
    digest_every: Annotated[int, Field(strict=True, ge=1)]
    """Working days between digests."""
    basis: str = Field(min_length=1)

    @field_validator("before_days")
    @classmethod
    def _descending(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted(set(days), reverse=True))

    @field_validator("at")
    @classmethod
    def _wall_time(cls, at: time) -> time:
        if at.tzinfo is not None:
            raise ValueError("a Shanghai wall time carries no zone")
        return at


class Numbering(BaseModel):
    """Document numbers (文书编号): one series per type and Shanghai year, never reused."""

    model_config = _DATA

    authority: str = Field(min_length=1)
    """The authority's short name (机关简称)."""
    template: str
    codes: dict[str, str]
    """The type code of each kind of document."""
    basis: str = Field(min_length=1)

    @field_validator("template")
    @classmethod
    def _complete(cls, template: str) -> str:
        for part in ("{authority}", "{code}", "{year}", "{n}"):
            if template.count(part) != 1:
                raise ValueError(f"the template must hold {part} once")
        try:
            template.format(authority="", code="", year=0, n=0)
        except (KeyError, IndexError, ValueError) as wrong:
            raise ValueError(f"the template cannot be filled in: {wrong}") from wrong
        return template

    @field_validator("codes")
    @classmethod
    def _distinct(cls, codes: dict[str, str]) -> dict[str, str]:
        if len(set(codes.values())) != len(codes) or not all(codes.values()):
            raise ValueError("every kind of document needs a code of its own")
        return codes

    def format(self, kind: str, year: int, n: int) -> str:
        """A document's number, like ``（示）应急责改〔2026〕12号``; ``KeyError`` for an unknown kind."""
        return self.template.format(authority=self.authority, code=self.codes[kind], year=year, n=n)


class Clause(BaseModel):
    """Where in a standard its criteria stand (条款); their text is entered by the person who applies them."""

    model_config = _DATA

    no: str
    heading: str
    verified: Verified


class Standard(BaseModel):
    """A standard for major hazards (重大事故隐患判定标准), one version of it.

    Dates that no checked source gives are ``None``: an open start or an open end.
    """

    model_config = _DATA

    id: str
    field: str
    title: str
    instrument: str
    """Issuing number (文号 or 标准号)."""
    version: str
    effective_from: date | None = None
    effective_to: date | None = None
    """Last day in force."""
    verified: Verified
    note: str = ""
    clauses: tuple[Clause, ...] = ()

    def has(self, clause: str) -> bool:
        """Whether the clause, or the part of one (第四条第（二）项), stands in it; a standard whose clauses no checked source
        gives cannot say no."""
        own = any(
            clause == one.no or re.match(rf"{re.escape(one.no)}[第（(]", clause) for one in self.clauses
        )
        return own or not self.clauses

    def in_force(self, day: date) -> bool:
        """Whether it applied on the Shanghai date ``day``, as far as its dates are known."""
        begun = self.effective_from is None or self.effective_from <= day
        return begun and (self.effective_to is None or day <= self.effective_to)
