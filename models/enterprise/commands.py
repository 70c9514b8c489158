"""What people ask of an enterprise as a whole, as typed messages; free text is sealed as in a case's commands.

``evidence`` is that of any case of the enterprise the asker sees.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.bounds import Between
from models.commands.base import EvidenceIds, Ident, OptionalText, Part, Text, UserId
from models.enterprise.snapshot import Gravity
from models.instants import Instant


class EnterpriseCommand(Part):
    """Base of all commands to an enterprise; ``name`` is the word in the URL."""

    name: ClassVar[str] = ""


class RecordAccident(EnterpriseCommand):
    """An accident (事故), as grave as has been determined; with ``stop`` production stops until it is accepted again."""

    name = "record_accident"
    happened_at: Annotated[Instant, Between()]
    stop: bool = True
    gravity: Gravity | None = None
    text: Text
    evidence: EvidenceIds = ()


class AcceptAfterAccident(EnterpriseCommand):
    """Acceptance before production resumes (事故后验收): two certified officers were there."""

    name = "accept_after_accident"
    accident: Annotated[int, Field(ge=1)]
    officers: Annotated[tuple[UserId, ...], Field(max_length=6)]
    text: Text
    evidence: EvidenceIds = ()


class AnswerClosureFlag(EnterpriseCommand):
    """The head's answer to “closure should be requested” (应当提请关闭)."""

    name = "answer_closure_flag"
    answer: Literal["requested", "declined"]
    case_id: Ident | None = None
    """The case in which the request for closure is made."""
    reason: OptionalText = ""


class RequestRemoval(EnterpriseCommand):
    """The enterprise's application for early removal from the bad-faith list (提前移出申请)."""

    name = "request_removal"
    text: Text
    evidence: EvidenceIds = ()


class DecideRemoval(EnterpriseCommand):
    """The decision on that application."""

    name = "decide_removal"
    granted: bool
    reason: OptionalText = ""
    evidence: EvidenceIds = ()


ENTERPRISE_COMMANDS: dict[str, type[EnterpriseCommand]] = {
    kind.name: kind for kind in EnterpriseCommand.__subclasses__()
}
"""Command name → class."""
