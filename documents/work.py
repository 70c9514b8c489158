"""What the press (documents/__main__.py) is handed and what it answers: one line of JSON each way, then the bytes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, TypeAdapter

from documents.casefile import CaseFile
from documents.errors import PaperError
from documents.paper import Paper

Work = Paper | CaseFile
"""One paper, or a case file of papers that were issued."""
WORK: TypeAdapter[Work] = TypeAdapter(Work)


class Answer(BaseModel):
    """How many bytes of PDF follow; or why there are none: the :class:`PaperError` in its parts."""

    model_config = ConfigDict(frozen=True)

    size: int = 0
    kind: str = ""
    zh: str = ""
    en: str = ""

    def refusal(self) -> PaperError | None:
        """Why it could not be set, if it could not."""
        return None if self.size else PaperError(self.kind, self.zh, self.en)
