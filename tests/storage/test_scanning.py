"""The virus scanner: what it finds is not kept, and while it is away nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.errors import EngineUnavailable, UnsupportedMedia
from storage.objects import ObjectStore
from storage.scanning import Clamd, scanner_at
from storage.vault import EvidenceVault
from tests.storage import clamd, corpus


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with clamd.running(tmp_path_factory.mktemp("clamd")) as found:
        yield found


def objects(root: Path) -> list[Path]:
    return [one for one in (root / "objects").rglob("*") if one.is_file()]


async def test_a_clean_file_is_kept_and_an_infected_one_is_not(url: str, tmp_path: Path) -> None:
    vault = EvidenceVault(ObjectStore.at(None, tmp_path), scanner=scanner_at(url))
    for data in (corpus.pdf(b"<</Author(%s)>>" % clamd.EICAR), corpus.pdf(b"0" * 3_000_000 + clamd.EICAR)):
        with pytest.raises(UnsupportedMedia) as refused:
            await vault.keep(corpus.chunks(data), "方案.pdf", "application/pdf")
        assert refused.value.rule == "evidence.scan"
        assert "Test.Eicar" in refused.value.zh
        assert objects(tmp_path) == []
    kept = await vault.keep(corpus.chunks(corpus.photo()), "现场.jpg", "image/jpeg")
    assert await vault.store.read(kept.original_key) == corpus.photo()


async def test_the_scanner_is_asked_whether_it_is_there(url: str, tmp_path: Path) -> None:
    there = scanner_at(url)
    assert there is not None
    await there.probe()
    with pytest.raises(EngineUnavailable):
        await Clamd(path=str(tmp_path / "nothing")).probe()


@pytest.mark.parametrize("away", ["unix:///nowhere/clamd.ctl", "tcp://127.0.0.1:1"])
async def test_without_an_answer_nothing_is_kept(away: str, tmp_path: Path) -> None:
    vault = EvidenceVault(ObjectStore.at(None, tmp_path), scanner=scanner_at(away))
    with pytest.raises(EngineUnavailable) as refused:
        await vault.keep(corpus.chunks(corpus.photo()), "现场.jpg", "image/jpeg")
    assert refused.value.rule == "storage.scanner"
    assert objects(tmp_path) == []


@pytest.mark.parametrize("wrong", ["/run/clamd.ctl", "unix://clamd.ctl", "http://localhost:3310", "tcp://"])
def test_a_scanner_is_a_socket_or_an_address(wrong: str) -> None:
    assert scanner_at(None) is None
    with pytest.raises(ValueError, match="scanner"):
        scanner_at(wrong)
