"""Papers as PDF/A-2b by Typst: equal papers give equal bytes, and a character no font has is an error."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

import pylopdf_fonts_zh_cn
import segno
import typst

from documents.errors import GlyphMissing, PaperError
from documents.paper import Paper

_HERE = Path(__file__).parent / "templates"
_PACKAGED = Path(pylopdf_fonts_zh_cn.__file__).parent
_SERIF = ("FangSong_GB2312", "FangSong", "Noto Serif SC")
_SANS = ("FZXiaoBiaoSong-B05S", "Noto Sans SC")
"""Families by preference: what a site has licensed (仿宋、小标宋) comes first, what every installation has comes last."""
_NO_GLYPH = re.compile(r"the text `\"(?P<text>.+?)\"` could not be displayed")


class Typesetter:
    """Sets papers; one is made once and used again, and by several threads. ``fonts`` are folders of the site's own fonts."""

    def __init__(self, fonts: Sequence[Path] = ()) -> None:
        folders = [str(one) for one in (*fonts, _PACKAGED)]
        known = set(typst.Fonts(include_system_fonts=False, font_paths=folders).families())
        self._families = {
            "serif": "|".join(one for one in _SERIF if one in known),
            "sans": "|".join(one for one in _SANS if one in known),
        }
        self._compiler = typst.Compiler(root=str(_HERE), font_paths=folders, ignore_system_fonts=True)

    def pdf(self, paper: Paper) -> bytes:
        """The paper as PDF/A-2b. Raises :class:`GlyphMissing`, :class:`PaperError`."""
        return self.set("paper", paper.kind, paper.on, _shown(paper))

    def set(self, template: str, kind: str, on: date, data: Mapping[str, object]) -> bytes:
        """What a template makes of ``data``, as PDF/A-2b dated ``on``. Raises :class:`GlyphMissing`, :class:`PaperError`."""
        moment = datetime(on.year, on.month, on.day, tzinfo=UTC)
        given = {**data, "day": [on.year, on.month, on.day]}
        try:
            made = self._compiler.compile(
                input=str(_HERE / f"{template}.typ"),
                format="pdf",
                sys_inputs={"data": json.dumps(given, ensure_ascii=False), **self._families},
                pdf_standards="a-2b",
                timestamp=int(moment.timestamp()),
            )
        except typst.TypstError as error:
            raise _understood(kind, str(error)) from error
        return cast(bytes, made)


def _shown(paper: Paper) -> dict[str, object]:
    day = paper.on
    return {
        **paper.model_dump(mode="json", exclude={"on"}),
        "date": f"{day.year}年{day.month}月{day.day}日",
        "foot": "",
        "qr": segno.make(paper.check, micro=False).svg_inline(border=0) if paper.check else "",
    }


def _understood(kind: str, said: str) -> PaperError:
    if glyph := _NO_GLYPH.search(said):
        return GlyphMissing(kind, glyph["text"])
    return PaperError(kind, "文书排版失败", f"the paper could not be set: {said[:200]}")
