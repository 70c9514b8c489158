"""``xiaohao calendar``: a notice in a file, and a preview in words."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from models.errors import Malformed
from models.explain import Label
from services.calendars.views import MoveView, NoticePreview
from terminal.calendars import read_notice, show

NOTICE = {"year": 2027, "source": "国办发明电〔2026〕9号", "days_off": ["2027-01-01"], "workdays": []}


def test_a_file_is_read_or_refused_by_field(tmp_path: Path) -> None:
    file = tmp_path / "2027.json"
    file.write_text(json.dumps(NOTICE), "utf-8")
    assert read_notice(file).arranged().days_off == (date(2027, 1, 1),)
    for wrong in (NOTICE | {"days_off": ["soon"]}, NOTICE | {"holidays": []}, "x"):
        file.write_text(json.dumps(wrong), "utf-8")
        with pytest.raises(Malformed):
            read_notice(file)
    file.write_text(json.dumps(NOTICE, ensure_ascii=False), "gbk")
    with pytest.raises(Malformed, match="UTF-8"):
        read_notice(file)


def test_a_preview_says_what_moves_and_what_is_odd(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "2027.json"
    file.write_text(json.dumps(NOTICE), "utf-8")
    move = MoveView(
        case_id="c-1",
        number="示〔2026〕1号",
        enterprise="示例厂",
        clock="rectify",
        clock_label=Label(zh="整改期限", en="rectification deadline"),
        before=date(2027, 1, 11),
        after=date(2027, 1, 12),
    )
    show(
        NoticePreview(
            notice=read_notice(file),
            known=False,
            corrects=True,
            forgotten=[date(2027, 10, 1)],
            cases=7,
            moved=5,
            settled=3,
            first=[move],
        )
    )
    said = capsys.readouterr().out
    for words in (
        "7 件",
        "5 项改期",
        "3 项由暂定转为确定",
        "--correct",
        "2027-10-01",
        "2027-01-12",
        "共 5 项",
    ):
        assert words in said
