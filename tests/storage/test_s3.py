"""The object store as a bucket: everything the directory does, over the protocol, also when the wire breaks."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.errors import EngineUnavailable, NotFound
from storage.objects import SINGLE_PUT_BYTES, ObjectStore, key_for
from storage.vault import EvidenceVault
from tests.storage import corpus, s3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with s3.serving(tmp_path_factory.mktemp("s3")) as port:
        yield port


def store_at(port: int, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """The bucket as the settings name it: a URL, and the usual variables."""
    variables = {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ALLOW_HTTP": "true",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return ObjectStore.at(f"s3://{s3.BUCKET}/district", Path("unused"))


@pytest.fixture
def store(server: int, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    return store_at(server, monkeypatch)


def large(tmp_path: Path) -> tuple[Path, str]:
    """A file that goes in parts, and its key."""
    data = os.urandom(SINGLE_PUT_BYTES + 6_000_000)
    path = tmp_path / "large"
    path.write_bytes(data)
    return path, key_for("original", hashlib.sha256(data).hexdigest())


async def test_objects_are_written_once(store: ObjectStore) -> None:
    await store.probe()
    assert await store.put_bytes("a/b", b"one")
    assert not await store.put_bytes("a/b", b"two")
    assert (await store.read("a/b"), await store.size("a/b")) == (b"one", 3)
    assert await store.size("nothing") is None
    with pytest.raises(NotFound):
        await store.open("nothing")


async def test_evidence_of_every_size_is_kept_and_read_back(store: ObjectStore) -> None:
    vault = EvidenceVault(store)
    scan = corpus.pdf(os.urandom(SINGLE_PUT_BYTES + 1).hex().encode())
    for data, name in ((corpus.photo(), "现场.jpg"), (corpus.mp4(), "复查.mp4"), (scan, "方案.pdf")):
        kept = await vault.keep(corpus.chunks(data), name)
        assert await store.read(kept.original_key) == data
        assert await store.size(kept.copy_key)
        assert (await vault.keep(corpus.chunks(data), name)).original_key == kept.original_key


async def test_the_same_large_file_at_once_is_there_once(store: ObjectStore, tmp_path: Path) -> None:
    path, key = large(tmp_path)
    await asyncio.gather(*(store.put_file(key, path) for _ in range(3)))
    assert await store.read(key) == path.read_bytes()
    assert not await store.put_file(key, path)


@pytest.mark.parametrize("after", [0, 2_000_000, 12_000_000])
async def test_an_interrupted_upload_leaves_nothing_and_can_be_sent_again(
    server: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, after: int
) -> None:
    async with s3.wired(server) as (wire, port):
        store = store_at(port, monkeypatch)
        path, key = large(tmp_path)
        assert await store.size(key) is None
        wire.left = after
        with pytest.raises(EngineUnavailable):
            await store.put_file(key, path)
        with pytest.raises(EngineUnavailable):
            await store.probe()
        wire.left = None
        assert await store.size(key) is None, "half of it is not there"
        assert await store.put_file(key, path)
        assert await store.read(key) == path.read_bytes()


async def test_an_upload_that_is_given_up_leaves_nothing(store: ObjectStore, tmp_path: Path) -> None:
    path, key = large(tmp_path)
    sending = asyncio.create_task(store.put_file(key, path))
    await asyncio.sleep(0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert await store.put_file(key, path) in (True, False)
    assert await store.read(key) == path.read_bytes()
