"""What ``xiaohao export`` writes: what the account may see, for its owner alone, and refusals in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.sessions import Database
from tests.exchange.reading import sheets
from tests.terminal.conftest import Command

PEOPLE = (("chief", "section_head"), ("auditor", "auditor"))


@pytest.mark.slow
def test_lists_reports_dump_and_logs_are_written(
    furnished: Database, xiaohao: Command, tmp_path: Path
) -> None:
    for name, role in PEOPLE:
        made = xiaohao(
            "user",
            "add",
            name,
            "--name",
            name,
            "--role",
            role,
            "--district",
            "d1",
            said="long enough words\n",
        )
        assert made.code == 0, made.err
    ledger = tmp_path / "out" / "台账.xlsx"
    asked = ("--filter", "state=RECTIFYING", "--filter", "open=true")
    done = xiaohao("export", "cases", str(ledger), "--as", "chief", *asked)
    assert done.code == 0, done.err
    read = sheets(ledger.read_bytes())
    assert list(read) == ["隐患台账", "说明"]
    assert ["筛选条件：状态", "整改中"] in read["说明"]
    assert ledger.stat().st_mode & 0o077 == 0
    firms = tmp_path / "firms.csv"
    assert xiaohao("export", "enterprises", str(firms), "--as", "chief").code == 0
    assert len(firms.read_text("utf-8-sig").splitlines()) > 1
    report = tmp_path / "report.xlsx"
    assert xiaohao("export", "monthly", str(report), "--as", "chief", "--filter", "by=industry").code == 0
    assert sheets(report.read_bytes())["报表"][-1][0] == "合计"
    dump = xiaohao("export", "dump", str(tmp_path / "dump"), "--as", "auditor")
    assert dump.code == 0, dump.err
    for name in ("cases", "entries", "enterprises", "inspections", "measures"):
        assert (tmp_path / "dump" / f"{name}.jsonl").exists()
        assert json.loads((tmp_path / "dump" / f"{name}.schema.json").read_text())["type"] == "object"
    for name in ("log.xes", "log.ocel.json"):
        assert xiaohao("export", "log", str(tmp_path / name), "--as", "auditor").code == 0
    for arguments, wanted in (
        (("cases", "x.xlsx", "--as", "nobody"), "there is no account nobody"),
        (("dump", str(tmp_path / "more"), "--as", "chief"), "Only for: auditor"),
        (("cases", "x.xlsx", "--as", "chief", "--filter", "state=NOWHERE"), "状态"),
    ):
        refused = xiaohao("export", *arguments)
        assert refused.code == 1, refused.out
        assert wanted in refused.err
    for arguments in (("cases", "x.pdf"), ("weather", "x.xlsx")):
        assert xiaohao("export", *arguments, "--as", "chief").code == 2
