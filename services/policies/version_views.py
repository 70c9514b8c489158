"""The shapes of policy versions: where each stands, what is wrong with a document, in what two differ."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ledger.readers.paging import Found
from models.errors import PolicyError
from models.explain import Label
from models.policy.differences import CHANGE_LABELS, SECTION_LABELS, Change, Difference, Section
from models.policyversions import VERSION_LABELS, Version, VersionState, state_of
from services.labels import label
from services.policies.documents import Format as Format

MOST_CHARACTERS = 250_000


class Document(BaseModel):
    """A policy document as it was written: TOML like the packaged one, or the same tables in YAML or JSON."""

    model_config = ConfigDict(extra="forbid")

    format: Format = Format.TOML
    text: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]


class Activation(BaseModel):
    """From when on a version is to be in force (Shanghai date); left out: from the first day it may begin."""

    model_config = ConfigDict(extra="forbid")

    from_day: date | None = None


class VersionView(BaseModel):
    """A stored version and where it stands."""

    version: str
    state: VersionState
    state_label: Label
    effective_from: date
    """What the document says itself."""
    in_force_from: date | None
    """Since when, or from when on, new cases are opened under it; null while nobody has put it in force."""
    stored_at: datetime


class Fault(BaseModel):
    """Something wrong with a document: where, what, and the article that forbids it."""

    where: str
    label: Label
    article: str | None


class DifferenceView(BaseModel):
    """One thing that is not the same in two versions."""

    section: Section
    section_label: Label
    change: Change
    change_label: Label
    key: str
    label: Label
    aspect: Label
    before: Label | None
    after: Label | None
    basis: str


class Compared(BaseModel):
    """In what ``version`` differs from ``against``."""

    version: str
    against: str
    differences: list[DifferenceView]


class Checked(BaseModel):
    """What a look at a document found; nothing is stored."""

    valid: bool
    faults: list[Fault]
    version: str | None = None
    effective_from: date | None = None
    known: bool = False
    """Whether this very version is stored already."""
    taken: bool = False
    """Whether its version number is that of another document."""
    compared: Compared | None = None


class Stored(BaseModel):
    """What storing did: nothing at all where the version was there."""

    fresh: bool
    version: VersionView


def version_view(row: Found, one: Version, current: str, today: date) -> VersionView:
    """A version as doors show it."""
    state = state_of(one, current, today)
    return VersionView(
        version=row.version,
        state=state,
        state_label=label(VERSION_LABELS[state]),
        effective_from=row.effective_from,
        in_force_from=row.in_force_from,
        stored_at=row.stored_at,
    )


def difference_view(one: Difference) -> DifferenceView:
    """A difference as doors show it."""
    return DifferenceView(
        section=one.section,
        section_label=label(SECTION_LABELS[one.section]),
        change=one.change,
        change_label=label(CHANGE_LABELS[one.change]),
        key=one.key,
        label=label(one.label),
        aspect=label(one.aspect),
        before=label(one.before) if one.before else None,
        after=label(one.after) if one.after else None,
        basis=one.basis,
    )


def faults_of(wrong: PolicyError) -> list[Fault]:
    """Every fault of a document, or the one thing it could not be read for."""
    problems = wrong.details.get("problems") or [{"where": "", "zh": wrong.zh, "en": wrong.en}]
    return [
        Fault(where=one["where"], label=Label(zh=one["zh"], en=one["en"]), article=one.get("article"))
        for one in problems
    ]
