"""The whole service under its supervisor: started, stopped, killed, restarted — on real embedded parts."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from runtime.database import open_url
from runtime.embedded import dev_temporal
from runtime.home import CannotStart, Home
from runtime.processes import ProcessId
from runtime.settings import Settings
from tests.runtime.conftest import Service

pytestmark = pytest.mark.slow

Launch = Callable[..., Service]
PARTS = {"api": "API", "worker": "worker", "temporal": "Temporal", "postgres": "PostgreSQL"}


async def starts(service: Service) -> int:
    """How many times migrations ran on this home: committed rows, so lost data would show."""
    connection = await open_url(str(service.state.owner_url))
    try:
        return int(await connection.fetchval("SELECT count(*) FROM starts"))
    finally:
        await connection.close()


def assert_all_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert alive == []


async def test_it_starts_refuses_a_second_keeps_its_parts_and_stops_in_reverse(launch: Launch) -> None:
    service = launch().ready()
    said = service.said
    order = [
        "PostgreSQL is ready",
        "migrations done",
        "Temporal is ready",
        "API is ready",
        "service is ready",
    ]
    assert [said.index(words) for words in order] == sorted(said.index(words) for words in order)
    assert said.index("Temporal is ready") < said.index("worker is ready")
    assert set(service.state.parts) == {"postgres", "temporal", "worker", "api"}

    second = launch()
    assert second.process.wait(60) == 1
    assert "已有一套服务在运行" in second.said
    assert f"process {service.process.pid}" in second.said
    assert service.state.supervisor.alive  # the refused one has touched nothing
    assert await starts(service) == 1

    await kill_each_part(service)
    family = service.family()

    began = time.monotonic()
    assert service.end(signal.SIGINT) == 0
    assert time.monotonic() - began < 8
    assert_all_gone(family)
    stopped = [service.said.index(f"{part} stopped") for part in ("Temporal", "PostgreSQL")]
    assert service.said.index("worker stopped") < stopped[0] < stopped[1]
    assert "database system is shut down" in (service.home.logs / "postgres.log").read_text()


async def kill_each_part(service: Service) -> None:
    """Each part that dies is restarted, and said so; the addresses stay."""
    before = service.state
    for part, name in PARTS.items():
        os.kill(service.pid(part), signal.SIGKILL)
        service.wait_for(f"{name} died, restarting", 60)
        service.wait_for(f"{name} is back", 60)
        assert service.pid(part) != before.parts[part].pid
    assert service.state.temporal_address == before.temporal_address
    assert service.state.database_url == before.database_url
    assert await starts(service) == 1


async def test_after_kill_minus_nine_the_next_start_recovers(launch: Launch) -> None:
    service = launch().ready()
    assert await starts(service) == 1
    address = service.state.temporal_address
    family = service.family()
    service.kill_everything()
    assert_all_gone(family)

    service = launch().ready()
    assert await starts(service) == 2
    assert service.state.temporal_address == address  # free ports are kept
    children = service.family()[1:]
    service.process.kill()  # the supervisor alone: its children follow it
    service.process.wait()

    service = launch().ready()  # at once, while they may still be ending
    assert_all_gone(children)
    assert await starts(service) == 3
    assert "database system is shut down" in (service.home.logs / "postgres.log").read_text()
    assert service.end() == 0


async def test_an_operators_own_database_and_temporal_replace_the_embedded_ones(
    url: str, launch: Launch
) -> None:
    async with dev_temporal() as address:
        service = launch(DATABASE_URL=url, TEMPORAL_ADDRESS=address).ready()
        assert "DATABASE_URL answers" in service.said
        assert "Temporal answers" in service.said
        assert set(service.state.parts) == {"worker", "api"}
        assert service.state.database_url is None
        assert not (service.home.postgres / "data").exists()
        assert service.end() == 0


def test_a_taken_port_and_a_failing_migration_are_sentences(launch: Launch, place: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        refused = launch(XIAOHAO_PORT=port)
        assert refused.process.wait(60) == 1
        assert f"Port {port} (api) is taken" in refused.said
        assert "XIAOHAO_PORT" in refused.said
    broken = launch(XIAOHAO_FAKE_MIGRATION="broken")
    assert broken.process.wait(60) == 1
    assert "数据库升级失败" in broken.said
    assert "the migration is broken" in broken.said
    assert "Traceback" not in broken.said.split("数据库升级失败")[0]


def test_stopping_half_way_through_a_start_leaves_nothing(launch: Launch) -> None:
    service = launch(XIAOHAO_FAKE_MIGRATION="slow")
    service.wait_for("PostgreSQL is ready")
    service.wait_until(lambda: "postgres" in service.state.parts, "the database in run.json")
    family = service.family()
    assert service.end() == 0
    assert_all_gone(family)


def test_a_reused_pid_is_not_mistaken_for_ours() -> None:
    mine = ProcessId(pid=os.getpid(), started="another boot-1")
    assert not mine.alive


def test_an_unwritable_home_is_a_sentence(place: Path) -> None:
    (place / "file").write_text("")
    with pytest.raises(CannotStart, match="cannot be written"):
        Home(place / "file" / "home").prepare()


def test_children_inherit_the_settings_as_chosen() -> None:
    chosen = Settings(home=Path("/srv/x"), port=0, demo=True, database_url="postgresql://a:b@h/d")
    environment = chosen.as_environment()
    assert environment["DATABASE_URL"] == "postgresql+asyncpg://a:b@h/d"
    assert environment["XIAOHAO_DEMO"] == "True"
    assert "XIAOHAO_NAMESPACE" not in environment
