"""Why a paper cannot be written; each says the field or the character, and nothing is lost by it."""

from __future__ import annotations


class PaperError(Exception):
    """Base; ``zh`` and ``en`` are for whoever asked for the paper."""

    def __init__(self, kind: str, zh: str, en: str) -> None:
        super().__init__(f"{kind}: {en}")
        self.kind, self.zh, self.en = kind, zh, en


class FieldMissing(PaperError):
    """The case does not know what the paper must say."""

    def __init__(self, kind: str, field: str) -> None:
        super().__init__(
            kind, f"缺少文书必需的内容：{field}", f"the case knows no {field}, which the paper must say"
        )
        self.field = field


class GlyphMissing(PaperError):
    """No font has a character of the text: an error, never a silent box."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(kind, f"字体中没有“{text}”里的字", f"no font can show {text!r}")
        self.text = text
