"""Words shown to people, in both languages; and the reason of a refusal as data."""

from __future__ import annotations

from pydantic import BaseModel

from models.errors import XiaohaoError


class Label(BaseModel):
    """A word in both languages."""

    zh: str
    en: str


class Reason(BaseModel):
    """Why something is refused: what, which rule, which article, what would make it possible."""

    code: str
    zh: str
    en: str
    rule: str | None
    article: str | None
    remedy_zh: str | None
    remedy_en: str | None


def label(pair: tuple[str, str]) -> Label:
    """A pair of words as a label."""
    return Label(zh=pair[0], en=pair[1])


def reason(refusal: XiaohaoError) -> Reason:
    """A refusal as data."""
    return Reason.model_validate(refusal.as_dict())
