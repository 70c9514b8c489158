"""The Temporal dev server and the connection to whichever server is configured."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client

from runtime import temporal
from runtime.embedded import dev_temporal
from runtime.home import CannotStart
from runtime.processes import eventually
from runtime.settings import Settings


@pytest.fixture(autouse=True)
def no_outside_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (*temporal.SELECTING_VARIABLES, "TEMPORAL_NAMESPACE", "TEMPORAL_API_KEY", "TEMPORAL_TLS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


async def test_state_survives_and_everything_listens_on_loopback(tmp_path: Path) -> None:
    async with dev_temporal(tmp_path, "first") as address:
        client = await Client.connect(address, namespace="first")
        handle = await client.start_workflow("Anything", id="kept", task_queue="nobody")
        listed = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace="first")
        )
        assert set(temporal.SEARCH_ATTRIBUTES) <= set(listed.custom_attributes)
        servers = [p for p in psutil.Process().children(recursive=True) if p.name() == "temporal"]
        (server,) = [p for p in servers if address.rpartition(":")[2] in p.cmdline()]
        listening = {c.laddr.ip for c in server.net_connections("inet") if c.status == psutil.CONN_LISTEN}
        assert listening == {"127.0.0.1"}
        server.kill()
        server.wait()
    async with dev_temporal(tmp_path, "first") as address:
        client = await Client.connect(address, namespace="first")
        assert (await client.get_workflow_handle("kept").describe()).run_id == handle.first_execution_run_id


async def test_what_is_done_is_not_done_again_after_a_crash(tmp_path: Path) -> None:
    async with dev_temporal(tmp_path, "first") as address:
        client = await Client.connect(address, namespace="first")
        for no in range(5):
            await client.start_workflow("Anything", id=f"w-{no}", task_queue="nobody")

        async def written_down() -> bool:
            with closing(sqlite3.connect(f"file:{tmp_path / 'temporal.db'}?mode=ro", uri=True)) as found:
                queues = ("visibility_tasks", "transfer_tasks")
                left = [found.execute(f"SELECT count(*) FROM {queue}").fetchone()[0] for queue in queues]  # noqa: S608
            return not any(left)

        assert await eventually(written_down, within=15.0, every=0.5), "the server's default is half a minute"


def test_the_environment_replaces_the_embedded_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path)
    assert not temporal.is_external()
    with pytest.raises(CannotStart, match="TEMPORAL_ADDRESS is not set"):
        temporal.connect_config(settings)

    monkeypatch.setenv("TEMPORAL_ADDRESS", "cluster.example:7233")
    monkeypatch.setenv("TEMPORAL_API_KEY", "k")
    config = temporal.connect_config(settings)
    assert config["target_host"] == "cluster.example:7233"
    assert config["api_key"] == "k"
    assert config["tls"] is True
    assert config["namespace"] == "xiaohao"
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "bureau.prod")
    assert temporal.connect_config(settings)["namespace"] == "bureau.prod"


def test_a_profile_is_honoured_but_only_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "temporal.toml"
    file.write_text('[profile.site]\naddress = "site.example:7233"\nnamespace = "site"\n')
    default = tmp_path / "temporalio" / "temporal.toml"
    default.parent.mkdir()
    default.write_text('[profile.default]\naddress = "somewhere.else:7233"\n')
    assert not temporal.is_external()
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(file))
    monkeypatch.setenv("TEMPORAL_PROFILE", "site")
    config = temporal.connect_config(Settings(home=tmp_path))
    assert (config["target_host"], config["namespace"]) == ("site.example:7233", "site")
    monkeypatch.setenv("TEMPORAL_PROFILE", "missing")
    with pytest.raises(CannotStart, match="cannot be read"):
        temporal.connect_config(Settings(home=tmp_path))


async def test_a_server_that_is_away_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{temporal.free_port()}")
    with pytest.raises(CannotStart, match="does not answer"):
        await temporal.connect(Settings(home=tmp_path))


def test_a_pollers_pid_is_matched_whole() -> None:
    assert temporal.identity_has_pid("42@host", 42)
    assert temporal.identity_has_pid("xiaohao-worker-42@host", 42)
    assert not temporal.identity_has_pid("142@host", 42)
    assert not temporal.identity_has_pid("42", 42)
