"""What is drawn when somebody asks and kept by nobody: drafts, forms to write on, working copies; as PDF or DOCX."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast

from documents.errors import PaperError
from documents.paper import Paper
from ledger.papers import file_of
from ledger.readers.paging import Found
from ledger.readers.rules import rules_of
from ledger.sessions import SYSTEM_SCOPE
from models.errors import RequirementMissing
from services.context import Services
from services.missing import missing
from services.papers.facts import Reading
from services.papers.press import press
from storage.names import content_disposition

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Format = Literal["pdf", "docx"]
"""As it will look, or to be edited."""
LAST = 1 << 30
"""Where what is not written yet stands in the ledger: after everything."""


@dataclass(frozen=True, slots=True)
class Thought:
    """The entry there would be; with no ``event``, whoever asks looks at the case and does nothing."""

    event: str
    at: datetime
    actor_id: str
    role: str
    data: Mapping[str, Any]
    texts: Mapping[str, Any]
    seq: int = LAST
    actor_called: str | None = None
    command_id: str | None = None
    recorded_at: datetime | None = field(default=None)

    @property
    def entry(self) -> Found:
        """As the readers of papers take it."""
        return cast(Found, self)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A paper as it is sent; ``disposition`` is how it is shown or saved (RFC 6266)."""

    body: bytes
    media_type: str
    disposition: str


async def reading_of(services: Services, case_id: str, thought: Thought) -> Reading:
    """The case's file, read for what is thought of. Raises NotFound."""
    async with services.database.read(SYSTEM_SCOPE) as session:
        file = await file_of(session, case_id, named=[thought.actor_id, thought.data])
        if file is None:
            raise missing("case")
        return Reading(
            file, await rules_of(session, file.case.policy_version, file.case.opened_at, thought.at)
        )


async def draw(services: Services, paper: Paper, name: str, form: Format) -> Drawn:
    """The paper as it is sent. Raises RequirementMissing for a character no font has."""
    if form == "docx":
        from documents.word import docx  # loaded by the first, not by every process that starts

        return Drawn(docx(paper), DOCX, content_disposition(f"{name}.docx", inline=False))
    try:
        body = await press(services.settings).pdf(paper)
    except PaperError as error:
        raise unwritten(error) from error
    return Drawn(body, PDF, content_disposition(f"{name}.pdf", inline=True))


def unwritten(error: PaperError) -> RequirementMissing:
    """Why there is no paper, for whoever asked for it."""
    return RequirementMissing(error.zh, error.en, rule="paper.written")


def waiting(zh: str, en: str) -> RequirementMissing:
    """The refusal of a paper that is not written yet, with the reason where there is one."""
    return RequirementMissing(
        f"文书还没有生成：{zh or '稍后再试'}",
        f"the paper is not written yet: {en or 'try again in a moment'}",
        rule="paper.written",
    )
