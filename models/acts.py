"""When an act was done (行为之日): papers, their numbers and what may follow go by it, not by its recording."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

_DONE = ("executed_at", "published_at", "held_at")


def acted_at(facts: Mapping[str, Any], recorded_at: datetime) -> datetime:
    """The moment the step with these facts was done, which dates its paper: when it was handed over or announced,
    executed, published or held; recorded at once where they say nothing."""
    return min(_said(facts, ("announced_at", "served_at", *_DONE), recorded_at), recorded_at)


def holds_from(facts: Mapping[str, Any], recorded_at: datetime) -> datetime:
    """The moment from which the step holds, so that others may follow: its service counts when it is deemed served."""
    return _said(facts, ("served_at", *_DONE), recorded_at)


def _said(facts: Mapping[str, Any], names: tuple[str, ...], otherwise: datetime) -> datetime:
    said = (datetime.fromisoformat(str(facts[name])) for name in names if facts.get(name))
    return next(said, otherwise)
