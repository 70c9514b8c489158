"""The embedded PostgreSQL: locale, durability, who may connect, crashes, root and closed directories."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ledger.urls import async_url, named
from runtime import postgres
from runtime.accounts import Location, database_location, service_account
from runtime.database import check_trigrams, ensure_database, open_url
from runtime.embedded import embedded_postgres
from runtime.home import CannotStart
from runtime.postgres import (
    Cluster,
    answers,
    clear_leftovers,
    prepare_cluster,
    start_server,
    stop_server,
)
from runtime.processes import Child, processes_working_in, tail
from runtime.temporal import free_port
from tests.runtime.conftest import ROOT

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change its account")


async def one(url: str, query: str) -> object:
    connection = await open_url(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def running(cluster: Cluster, log: Path) -> Child:
    await clear_leftovers(cluster)
    child = start_server(cluster, log)
    while not await answers(cluster):
        assert child.exit_code is None, tail(log)
    return child


# -- what kind of database it is -------------------------------------------------------------------
async def test_locale_and_trigrams_know_chinese(url: str) -> None:
    await check_trigrams(url)
    assert await one(url, "SELECT current_setting('server_encoding')") == "UTF8"
    described = (
        "SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = current_database()"
    )
    assert await one(url, described) == "b C.UTF-8"
    assert (
        await one(url, "SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'") == 0
    )  # changed nothing


async def test_a_database_of_the_wrong_locale_is_refused(url: str) -> None:
    connection = await open_url(url)
    try:
        await connection.execute("CREATE DATABASE plain TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    finally:
        await connection.close()
    plain = named(url, "plain")
    with pytest.raises(CannotStart, match=r"C\.UTF-8"):
        await check_trigrams(plain)


@pytest.mark.parametrize("locale", ["C", "xx_XX.nonsense"])
def test_the_locale_does_not_come_from_the_environment(locale: str) -> None:
    script = (
        "import asyncio\n"
        "from runtime.embedded import embedded_postgres\n"
        "async def main():\n"
        "    async with embedded_postgres() as url:\n"
        "        print('made', url)\n"
        "asyncio.run(main())\n"
    )
    environment = {**os.environ, "LC_ALL": locale, "LANG": locale, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60
    )
    assert "made postgresql+asyncpg://" in done.stdout, done.stderr


async def test_writes_are_durable_and_the_owner_is_no_superuser(url: str) -> None:
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert await one(url, f"SHOW {setting}") == "on"
    assert await one(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert await one(url, "SHOW timezone") == "UTC"
    made = "CREATE ROLE reader_of_test; SET ROLE reader_of_test"
    await one(url, "SELECT 1")
    connection = await open_url(url)
    try:
        await connection.execute(made)
        assert await connection.fetchval("SELECT current_user") == "reader_of_test"
    finally:
        await connection.close()


async def test_nothing_listens_on_the_network_and_the_socket_is_private(url: str) -> None:
    assert await one(url, "SHOW listen_addresses") == ""
    sockets = Path(str(async_url(url).query["host"]))
    assert stat.S_IMODE(os.stat(sockets).st_mode) == 0o700
    servers = [p for p in psutil.process_iter() if p.pid in processes_working_in(sockets.parent / "data")]
    assert servers
    assert all(not process.net_connections("inet") for process in servers)


async def test_tcp_is_opened_only_on_request_and_wants_a_password(place: Path) -> None:
    cluster = prepare_cluster(place, place / "state", tcp_port=free_port())
    child = await running(cluster, place / "log")
    try:
        await ensure_database(cluster)
        assert await one(cluster.url(), "SHOW listen_addresses") == "127.0.0.1"
        with pytest.raises(CannotStart):
            await open_url(f"postgresql://xiaohao@127.0.0.1:{cluster.port}/xiaohao")
        password = (place / "superuser-password").read_text()
        assert (
            await one(f"postgresql://postgres:{password}@127.0.0.1:{cluster.port}/xiaohao", "SELECT 1") == 1
        )
    finally:
        await stop_server(child)


# -- crashes ---------------------------------------------------------------------------------------
async def test_kill_minus_nine_keeps_what_was_committed(place: Path) -> None:
    cluster = prepare_cluster(place, place / "state")
    child = await running(cluster, place / "log")
    await ensure_database(cluster)
    connection = await open_url(cluster.url())
    await connection.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
    child.send(signal.SIGKILL)  # the postmaster alone: its backends and our session are orphaned
    await child.ended()
    assert (cluster.data / "postmaster.pid").exists()
    child = await running(prepare_cluster(place, place / "state"), place / "log")
    try:
        assert await one(cluster.url(), "SELECT n FROM kept") == 7
    finally:
        await stop_server(child)
        connection.terminate()


async def test_a_server_still_running_is_shut_down_cleanly_first(place: Path) -> None:
    cluster = prepare_cluster(place, place / "state")
    left_over = await running(cluster, place / "log")
    assert await clear_leftovers(cluster) is True
    assert await left_over.ended(5)
    assert left_over.exit_code == 0
    assert "database system is shut down" in (place / "log").read_text()
    assert processes_working_in(cluster.data) == []


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with us."""
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


async def test_a_pid_file_naming_a_strangers_pid_does_not_stop_the_start(
    place: Path, stranger: subprocess.Popen[bytes]
) -> None:
    cluster = prepare_cluster(place, place / "state")
    note = [str(stranger.pid), str(cluster.data), "1700000000", "5432", str(cluster.sockets), "", "", "ready"]
    (cluster.data / "postmaster.pid").write_text("\n".join(note))
    (cluster.sockets / ".s.PGSQL.5432.lock").write_text("\n".join(note))
    child = await running(cluster, place / "log")
    assert stranger.poll() is None  # the stranger is left alone
    await stop_server(child)


def test_an_initdb_killed_half_way_leaves_no_half_cluster(place: Path) -> None:
    (place / "initdb.abandoned").mkdir()
    (place / "initdb.abandoned" / "PG_VERSION").write_text("18")
    cluster = prepare_cluster(place, place / "state")
    assert (cluster.data / "global" / "pg_control").exists()


def test_data_of_another_major_version_are_refused(place: Path) -> None:
    cluster = prepare_cluster(place, place / "state")
    (cluster.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(CannotStart, match="PostgreSQL 17"):
        prepare_cluster(place, place / "state")


# -- where it may live -----------------------------------------------------------------------------
async def test_a_path_too_long_for_a_socket_works(place: Path) -> None:
    deep = place / ("目录" * 12) / ("x" * 60)
    deep.mkdir(parents=True)
    async with embedded_postgres(deep) as url:
        host = Path(str(async_url(url).query["host"]))
        assert deep not in host.parents
        assert await one(url, "SELECT 1") == 1
    shutil.rmtree(host, ignore_errors=True)


def test_somebody_elses_socket_directory_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = place / ("x" * 90)
    deep.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    prepare_cluster(deep, place / "state")
    (taken,) = place.glob("xiaohao-*")
    taken.chmod(0o777)
    with pytest.raises(CannotStart, match="not ours"):
        prepare_cluster(deep, place / "state")


@pytest.fixture
def closed(place: Path) -> Iterator[Path]:
    """A directory below one that only its owner may enter, like root's home."""
    (place / "private").mkdir(mode=0o700)
    inside = place / "private" / "postgres"
    inside.mkdir(mode=0o711)
    yield inside
    assert (place / "private").stat().st_mode & 0o777 == 0o700  # never chmod-ed


@as_root
async def test_below_a_closed_directory_the_data_go_to_the_state_directory(place: Path, closed: Path) -> None:
    cluster = prepare_cluster(closed, place / "state")
    assert cluster.data.parent.parent == place / "state"
    assert cluster == prepare_cluster(closed, place / "state")
    child = await running(cluster, place / "log")
    account = service_account()
    assert account is not None
    assert psutil.Process(child.pid).uids().real == account.uid
    await stop_server(child)


@as_root
def test_a_new_home_in_an_erased_ones_place_starts_empty(place: Path, closed: Path) -> None:
    first, _ = database_location(closed, place / "state", None)
    (first / "old").touch()
    (closed / "location.json").unlink()
    second, _ = database_location(closed, place / "state", None)
    assert second == first
    assert not (second / "old").exists()
    assert (second.with_name(f"{second.name}.old-1") / "old").exists()


@as_root
async def test_programs_the_account_cannot_reach_are_copied(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = postgres.binaries_directory().parents[1]
    private = place / "private"
    private.mkdir(mode=0o700)
    for name in (installed.name, f"{installed.name}.libs"):
        shutil.copytree(installed.with_name(name), private / name, symlinks=True)
    hidden = private / installed.name / "pginstall" / "bin"
    monkeypatch.setattr(postgres, "binaries_directory", lambda: hidden)
    cluster = prepare_cluster(place, place / "state")
    assert place / "private" not in cluster.binaries.parents
    child = await running(cluster, place / "log")
    await ensure_database(cluster)
    await stop_server(child)
    assert private.stat().st_mode & 0o777 == 0o700


@as_root
def test_a_place_that_was_noted_is_never_silently_changed(place: Path) -> None:
    directory = place / "postgres"
    directory.mkdir(mode=0o711)
    path, _ = database_location(directory, place / "state", None)
    assert path == directory
    place.chmod(0o700)
    with pytest.raises(CannotStart, match="cannot be used"):
        database_location(directory, place / "state", None)
    place.chmod(0o711)


@as_root
def test_a_copied_home_does_not_share_the_originals_database(place: Path, closed: Path) -> None:
    path, _ = database_location(closed, place / "state", None)
    assert path.parent == place / "state"
    copy = shutil.copytree(closed, closed.with_name("copy"))
    with pytest.raises(CannotStart, match="is a copy of"):
        database_location(copy, place / "state", None)
    moved = Location.model_validate_json((copy / "location.json").read_text())
    assert moved.path == str(path)


@as_root
def test_root_is_never_the_database_account() -> None:
    account = service_account()
    assert account is not None
    assert account.uid != 0
    with pytest.raises(CannotStart, match="does not run as root"):
        service_account("root")
    with pytest.raises(CannotStart):
        service_account("no-such-account-here")
