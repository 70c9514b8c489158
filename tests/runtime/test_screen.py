"""What other people wrote steers no terminal."""

from __future__ import annotations

import io
import json

from rich.table import Table

from runtime.screen import Screen, visible

TITLE = "罐区\x1b[2J\u202etxt.exe\u200b\x9b泄漏"
SHOWN = "罐区\\u001b[2J\\u202etxt.exe\\u200b\\u009b泄漏"


def test_what_steers_is_written_out() -> None:
    assert visible(TITLE) == SHOWN
    assert visible("两行\n\t一格 αβ ß 🏭") == "两行\n\t一格 αβ ß 🏭"
    assert visible("\U000e0001\ud800") == "\\udb40\\udc01\\ud800"
    written = json.dumps({"title": TITLE}, ensure_ascii=False)
    assert json.loads(visible(written)) == {"title": TITLE}, "JSON stays JSON"


def test_a_screen_shows_lines_and_tables_so() -> None:
    table = Table("事项 title")
    table.add_row(TITLE)
    for renderable in (TITLE, table):
        out = io.StringIO()
        Screen(file=out, width=200).print(renderable, markup=False)
        assert SHOWN in out.getvalue()
        assert not {"\x1b", "\u202e", "\u200b", "\x9b"} & set(out.getvalue())


def test_a_screens_own_styles_are_styles() -> None:
    out = io.StringIO()
    Screen(file=out, force_terminal=True, color_system="standard", highlight=False).print(TITLE, style="bold")
    assert out.getvalue() == f"\x1b[1m{SHOWN}\x1b[0m\n"
