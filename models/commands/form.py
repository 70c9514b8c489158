"""What every form of a measure's step is made of: the base, and the kinds of its fields."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from models.commands.base import Part, UserId

Officers = Annotated[tuple[UserId, ...], Field(min_length=1, max_length=6)]
Yuan = Annotated[int, Field(ge=1, le=100_000_000)]
"""Whole yuan (元)."""
Target = Literal["unit", "person"]
Scope = Literal["whole", "part", "equipment"]


class Form(Part):
    """What a step says; ``form`` names the shape."""
