"""The workbook in LibreOffice: its filters, its dates, its texts. It needs ``soffice`` (Debian: ``apt install
libreoffice-calc-nogui``), and is left out where there is none."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from exchange.files import nameless, writing
from exchange.workbook import Xlsx

SOFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice is installed"),
]
TRAPS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://evil.example","点我")', "00123", "张三")


def test_the_workbook_opens_with_its_filters_and_what_is_text_stays_text(tmp_path: Path) -> None:
    book = tmp_path / "台账.xlsx"
    now = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    with nameless() as (file, aside), writing(Xlsx(file, now, aside)) as out:
        out.begin("隐患台账", ["名称\nname", "期限\ndeadline"], [20, 14])
        out.write([[one, date(2026, 12, 31)] for one in TRAPS])
        out.begin("说明", ["项目", "内容"], [18, 60])
        out.write([["行数", len(TRAPS)]])
        out.close()
        file.seek(0)
        book.write_bytes(file.read())
        file.close()
    assert SOFFICE is not None
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    arguments = [SOFFICE, home, "--headless", "--convert-to", "fods", "--outdir", str(tmp_path), str(book)]
    subprocess.run(arguments, check=True, capture_output=True, timeout=300)
    read = (tmp_path / "台账.fods").read_text("utf-8")
    assert 'table:name="隐患台账"' in read
    assert 'table:name="说明"' in read
    filters = re.findall(r"<table:database-range [^>]*>", read)
    assert sum('table:display-filter-buttons="true"' in one for one in filters) == 2
    assert "table:formula=" not in read
    assert "<text:a " not in read
    assert read.count('office:value-type="date" office:date-value="2026-12-31"') == len(TRAPS)
    for one in TRAPS:
        text = one.replace("&", "&amp;").replace('"', "&quot;")
        assert re.search(rf"<text:p>({re.escape(text)}|{re.escape(one)})</text:p>", read), one
