"""What a check (自检) answers."""

from dataclasses import dataclass

from runtime.home import CannotStart


@dataclass(frozen=True)
class Finding:
    """The answer of one check. ``remedy_*`` is set when ``ok`` is false."""

    name: str
    ok: bool
    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""


def good(name: str, zh: str, en: str) -> Finding:
    """All is well."""
    return Finding(name, True, zh, en)


def bad(name: str, refused: CannotStart) -> Finding:
    """What the check could not get past."""
    remedies = (refused.remedy_zh or "", refused.remedy_en or "")
    return Finding(name, False, refused.zh, refused.en, *remedies)
