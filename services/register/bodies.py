"""What is sent of single entries; pure, no IO."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from models.commands import OptionalText
from models.words import Readable

E = TypeVar("E", bound=BaseModel)

Version = Annotated[
    str, Field(min_length=1, max_length=64, description="`version` of the entry as it was read")
]


class Change(BaseModel, Generic[E]):
    """What an entry is to say from now on, and which ``version`` of it was looked at."""

    model_config = ConfigDict(extra="forbid")

    entry: E
    version: Version
    reason: OptionalText = ""


class Closing(BaseModel):
    """Why something is closed."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=500), Readable]
