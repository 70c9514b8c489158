"""The doctor: says what is wrong in words, and nothing is wrong where nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger import migrate
from ledger.urls import as_user
from runtime import health
from runtime.doctor import diagnose, in_words
from runtime.findings import Finding
from runtime.postgres import SERVICE
from runtime.settings import Settings
from runtime.temporal import free_port


async def test_with_nothing_running_it_says_so_and_what_to_do(tmp_path: Path) -> None:
    lines: list[str] = []
    assert await diagnose(Settings(home=tmp_path / "home", port=free_port()), lines.append) == 1
    text = "\n".join(lines)
    assert "本目录没有正在运行的服务" in text
    assert "没有数据库" in text
    assert "没有 Temporal" in text
    assert text.count("xiaohao up") >= 2
    assert lines[-1] == "8 项异常 · 8 bad"


async def test_an_empty_then_migrated_database(url: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=url)
    assert (await health.check_database(settings)).ok
    empty = await health.check_migrations(settings)
    assert not empty.ok
    assert "xiaohao migrate" in empty.remedy_en
    await migrate.upgrade(url)
    assert (await health.check_migrations(settings)).ok


async def test_an_unreachable_database_is_one_sentence(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=f"postgresql://u@/d?host={tmp_path}&port=1")
    finding = await health.check_database(settings)
    assert not finding.ok
    assert "数据库连不上" in finding.zh
    assert "Traceback" not in in_words(finding)


async def test_separate_keys_on_an_external_database_are_reported(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url="postgresql://u@h/d")
    finding = await health.check_keys(settings)
    assert not finding.ok
    assert "XIAOHAO_COMMAND_KEYS" in finding.zh
    shared = Settings(home=tmp_path, database_url="postgresql://u@h/d", command_keys="x", secret_key="y")  # type: ignore[arg-type]
    assert (await health.check_keys(shared)).ok


async def test_a_home_without_room_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "MINIMUM_FREE_BYTES", 2**80)
    finding = await health.check_home(Settings(home=tmp_path / "not" / "yet"))
    assert not finding.ok
    assert "磁盘" in finding.zh


def test_words_name_the_remedy() -> None:
    shown = in_words(Finding("x", False, "坏了", "broken", "修好", "repair"))
    assert "异常" in shown
    assert "修好 · repair" in shown


async def test_a_login_that_owns_the_tables_is_reported(url: str, tmp_path: Path) -> None:
    await migrate.upgrade(url, service=SERVICE)
    owner = await health.check_ownership(Settings(home=tmp_path, database_url=url))
    assert not owner.ok
    assert "DATABASE_OWNER_URL" in owner.remedy_en
    assert (await health.check_ownership(Settings(home=tmp_path, database_url=as_user(url, SERVICE)))).ok
