"""``xiaohao policy``: a file checked and compared, stored once, put in force only forward."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.registry import store_packaged
from ledger.sessions import SYSTEM_SCOPE, Database
from policies import default_policy_path, load_default
from terminal.policies import tell
from tests.terminal.conftest import Command

TEXT = default_policy_path().read_text(encoding="utf-8")
NEWER = TEXT.replace('version = "2026.12"', 'version = "2027.1"')


def test_a_difference_is_told_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    old = load_default()
    longest = old.clocks["general.deadline.max"].model_copy(update={"n": 15})
    tell(old, old.model_copy(update={"version": "2027.1", "clocks": old.clocks | {longest.key: longest}}))
    said = capsys.readouterr().out
    assert "一般隐患最长整改期限（时长） 30日 → 15日" in said
    assert "longest deadline, general hazard（length） 30 days → 15 days" in said
    assert "2026.12 → 2027.1：1 处不同" in said


async def test_a_file_is_stored_once_and_begins_only_forward(
    furnished: Database, xiaohao: Command, tmp_path: Path
) -> None:
    async with furnished.write(SYSTEM_SCOPE) as session:
        await store_packaged(session, load_default())
    file, loose = tmp_path / "new.toml", tmp_path / "loose.toml"
    file.write_text(NEWER, "utf-8")
    loose.write_text(NEWER.replace('"seizure" = { n = 30', '"seizure" = { n = 60'), "utf-8")
    wrong = await asyncio.to_thread(xiaohao, "policy", "check", str(loose))
    assert (wrong.code, "clocks.seizure" in wrong.out, "第二十五条" in wrong.out) == (1, True, True)
    for said in ("stored 2027.1", "nothing changed 2027.1"):
        done = await asyncio.to_thread(xiaohao, "policy", "store", str(file), "--district", "d1")
        assert (done.code, said in done.out) == (0, True), done.err
    early = await asyncio.to_thread(
        xiaohao, "policy", "activate", "2027.1", "--from", "2020-01-01", "--district", "d1"
    )
    assert (early.code, "policies" in early.err or "不得早于" in early.err) == (1, True)
    begins = str(max(date.today(), load_default().effective_from) + timedelta(days=3))  # noqa: DTZ011
    done = await asyncio.to_thread(
        xiaohao, "policy", "activate", "2027.1", "--from", begins, "--district", "d1"
    )
    assert (done.code, begins in done.out) == (0, True), done.err
    listed = await asyncio.to_thread(xiaohao, "policy", "list")
    assert begins in listed.out
