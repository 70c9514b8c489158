"""What evidence becomes in the store, and what never gets in."""

from __future__ import annotations

import asyncio
import hashlib
import io
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from models.errors import BadRequest, EngineUnavailable, NotFound, TooLarge, UnsupportedMedia
from storage.objects import SINGLE_PUT_BYTES, ObjectStore, key_for
from storage.vault import EvidenceVault
from tests.storage import corpus


@pytest.fixture
def vault(tmp_path: Path) -> EvidenceVault:
    return EvidenceVault(ObjectStore.at(None, tmp_path), max_bytes=20_000_000)


async def test_a_photo_is_kept_untouched_and_shown_without_its_exif(vault: EvidenceVault) -> None:
    data = corpus.photo(orientation=6)
    kept = await vault.keep(corpus.chunks(data), "现场照片.jpg", "image/jpeg")

    assert (kept.sha256, kept.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert (kept.media_type, kept.file_name) == ("image/jpeg", "现场照片.jpg")
    assert await vault.store.read(kept.original_key) == data
    assert kept.captured_at == datetime(2026, 10, 1, 0, 30, 15, tzinfo=UTC)
    assert kept.offset_known
    assert (kept.latitude, kept.longitude) == (30.2741, 120.1551)
    assert (kept.width, kept.height) == (64, 48)

    for key in (kept.copy_key, kept.thumbnail_key):
        assert key is not None
        shown = await vault.store.read(key)
        assert b"Exif" not in shown
        with Image.open(io.BytesIO(shown)) as image:
            assert not dict(image.getexif())
            assert image.size == (48, 64), "the orientation is applied to the pixels"


async def test_a_photo_without_a_zone_is_read_as_chinese_time_and_marked(vault: EvidenceVault) -> None:
    kept = await vault.keep(corpus.chunks(corpus.photo(offset=None)), "a.jpg")
    assert kept.captured_at == datetime(2026, 10, 1, 0, 30, 15, tzinfo=UTC)
    assert not kept.offset_known


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (corpus.picture("PNG", "RGBA"), "a.png", "image/png"),
        (corpus.picture("PNG", "P"), "a.PNG", "image/png"),
        (corpus.picture("PNG", "1"), "a.png", "image/png"),
        (corpus.picture("WEBP"), "a.webp", "image/webp"),
        (corpus.picture("HEIF"), "IMG_0001.HEIC", "image/heic"),
        (corpus.jpeg(), "无后缀", "image/jpeg"),
    ],
)
async def test_every_picture_kind_gets_a_copy_and_a_thumbnail(
    vault: EvidenceVault, data: bytes, name: str, media_type: str
) -> None:
    kept = await vault.keep(corpus.chunks(data), name, "application/octet-stream")
    assert kept.media_type == media_type
    assert kept.copy_type == "image/jpeg"
    assert kept.thumbnail_key
    assert (await vault.store.read(kept.copy_key)).startswith(b"\xff\xd8\xff")
    assert (await vault.store.read(kept.thumbnail_key))[8:12] == b"WEBP"
    assert "." in kept.file_name


async def test_large_pictures_are_shown_smaller(vault: EvidenceVault) -> None:
    kept = await vault.keep(corpus.chunks(corpus.jpeg(4000, 1000)), "a.jpg")
    assert kept.thumbnail_key
    with Image.open(io.BytesIO(await vault.store.read(kept.copy_key))) as image:
        assert image.size == (2560, 640)
    with Image.open(io.BytesIO(await vault.store.read(kept.thumbnail_key))) as image:
        assert image.size == (480, 120)


async def test_a_pdf_is_kept_as_it_is(vault: EvidenceVault) -> None:
    kept = await vault.keep(corpus.chunks(corpus.pdf()), "整改方案.pdf", "application/pdf")
    assert kept.copy_key == kept.original_key
    assert kept.thumbnail_key is None


async def test_a_video_copy_loses_place_and_owner_but_no_media(vault: EvidenceVault) -> None:
    data = corpus.mp4(media=b"frames" * 100)
    kept = await vault.keep(corpus.chunks(data), "a.mp4", "video/mp4")
    shown = await vault.store.read(kept.copy_key)
    assert len(shown) == len(data)
    assert b"frames" * 100 in shown
    assert b"+30.2741" not in shown
    assert b"owner" not in shown
    assert await vault.store.read(kept.original_key) == data
    assert kept.captured_at == datetime(2026, 10, 1, 0, 30, 15, tzinfo=UTC)


async def test_the_same_bytes_are_kept_once(vault: EvidenceVault, tmp_path: Path) -> None:
    first = await vault.keep(corpus.chunks(corpus.photo()), "a.jpg")
    second = await vault.keep(corpus.chunks(corpus.photo()), "b.jpg")
    assert first.original_key == second.original_key
    assert len([path for path in (tmp_path / "objects" / "original").rglob("*") if path.is_file()]) == 1


BOMB = corpus.picture("PNG", "1", (8000, 7000))
REFUSED = {
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "a.svg", "evidence.type"),
    "svg named jpg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.jpg", "evidence.type"),
    "html": (b"<!doctype html><html></html>", "a.html", "evidence.type"),
    "zip": (corpus.archive(), "a.zip", "evidence.type"),
    "office": (corpus.archive(), "a.docx", "evidence.type"),
    "gif": (corpus.picture("GIF"), "a.gif", "evidence.type"),
    "bmp": (corpus.picture("BMP"), "a.bmp", "evidence.type"),
    "executable": (b"\x7fELF" + bytes(100), "a.jpg", "evidence.type"),
    "text": (b"hello", "a.pdf", "evidence.type"),
    "symlink text": (b"/etc/passwd", "a.png", "evidence.type"),
    "png named jpg": (corpus.picture("PNG"), "a.jpg", "evidence.extension"),
    "jpeg named exe": (corpus.jpeg(), "a.exe", "evidence.extension"),
    "jpeg named html": (corpus.jpeg(), "a.html", "evidence.extension"),
    "jpeg and zip": (corpus.jpeg() + corpus.archive(), "a.jpg", "evidence.polyglot"),
    "jpeg and html": (corpus.jpeg() + b"<html ><script>alert(1)</script>", "a.jpg", "evidence.polyglot"),
    "jpeg and php": (corpus.jpeg() + b"<?php system($_GET[0]);", "a.jpg", "evidence.polyglot"),
    "jpeg and pdf": (corpus.jpeg()[:20] + b"%PDF-1.7" + corpus.jpeg()[20:], "a.jpg", "evidence.polyglot"),
    "pdf with script": (corpus.pdf(b"<</JavaScript(app.alert(1))>>"), "a.pdf", "evidence.polyglot"),
    "pdf with launch": (corpus.pdf(b"<</S/Launch/F(cmd)>>"), "a.pdf", "evidence.polyglot"),
    "pdf with file": (corpus.pdf(b"<</EmbeddedFile 3 0 R>>"), "a.pdf", "evidence.polyglot"),
    "pdf and zip": (corpus.pdf() + corpus.archive(), "a.pdf", "evidence.polyglot"),
    "pdf cut": (corpus.pdf()[:40], "a.pdf", "evidence.readable"),
    "jpeg cut": (corpus.jpeg(500, 500)[:400], "a.jpg", "evidence.readable"),
    "jpeg head only": (b"\xff\xd8\xff\xe0" + bytes(40), "a.jpg", "evidence.readable"),
    "png cut": (corpus.picture("PNG", size=(400, 400))[:60], "a.png", "evidence.readable"),
    "heic head only": (b"\x00\x00\x00\x18ftypheic" + bytes(60), "a.heic", "evidence.readable"),
    "webp head only": (b"RIFF\x10\x00\x00\x00WEBP" + bytes(20), "a.webp", "evidence.readable"),
    "mp4 with a tail": (corpus.mp4(after=b"tail"), "a.mp4", "evidence.readable"),
    "mp4 with a foreign box": (corpus.mp4(after=corpus.box(b"evil")), "a.mp4", "evidence.readable"),
    "mp4 without movie": (corpus.mp4()[:24], "a.mp4", "evidence.readable"),
    "mp4 with html": (corpus.mp4(media=b"<html><body>"), "a.mp4", "evidence.polyglot"),
    "pixel flood": (BOMB, "a.png", "evidence.pixels"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_not_evidence_stays_outside(vault: EvidenceVault, tmp_path: Path, case: str) -> None:
    data, name, rule = REFUSED[case]
    with pytest.raises(UnsupportedMedia) as caught:
        await vault.keep(corpus.chunks(data), name)
    assert caught.value.rule == rule
    assert caught.value.zh
    assert caught.value.remedy_en
    assert not [path for path in (tmp_path / "objects").rglob("*") if path.is_file()], (
        "nothing is left behind"
    )


async def test_a_false_declaration_is_refused(vault: EvidenceVault) -> None:
    with pytest.raises(UnsupportedMedia) as caught:
        await vault.keep(corpus.chunks(corpus.jpeg()), "a.jpg", "text/html; charset=utf-8")
    assert caught.value.rule == "evidence.declared_type"


async def test_size_is_limited_while_receiving(tmp_path: Path) -> None:
    small = EvidenceVault(ObjectStore.at(None, tmp_path), max_bytes=1000)
    taken = 0

    async def endless():  # type: ignore[no-untyped-def]
        nonlocal taken
        while True:
            taken += 400
            yield bytes(400)

    with pytest.raises(TooLarge):
        await small.keep(endless(), "a.jpg")
    assert taken == 1200, "it stops at the first chunk beyond the limit"


async def test_an_empty_file_is_refused(vault: EvidenceVault) -> None:
    with pytest.raises(BadRequest):
        await vault.keep(corpus.chunks(b""), "a.jpg")


async def test_objects_are_written_once_and_read_only(tmp_path: Path) -> None:
    store = ObjectStore.at((tmp_path / "elsewhere").as_uri(), tmp_path)
    assert await store.put_bytes("a/b", b"one")
    assert not await store.put_bytes("a/b", b"two")
    assert await store.read("a/b") == b"one"
    assert (tmp_path / "elsewhere" / "a" / "b").stat().st_mode & 0o222 == 0


async def test_large_objects_go_in_parts_and_are_written_once_too(tmp_path: Path) -> None:
    store = ObjectStore.at(None, tmp_path)
    large = tmp_path / "large"
    large.write_bytes(bytes(SINGLE_PUT_BYTES + 1))
    key = key_for("original", "ab" * 32)
    assert await store.put_file(key, large)
    assert not await store.put_file(key, large)
    assert await store.size(key) == SINGLE_PUT_BYTES + 1
    assert [path.name for path in (tmp_path / "objects").rglob("*") if path.is_file()] == ["ab" * 32]


async def test_the_probe_notices_a_store_that_keeps_nothing(tmp_path: Path) -> None:
    store = ObjectStore.at(None, tmp_path)
    await asyncio.gather(*(store.probe() for _ in range(3)))
    assert not [path for path in (tmp_path / "objects").rglob("*") if path.is_file()]
    (tmp_path / "objects").rename(tmp_path / "away")
    with pytest.raises(EngineUnavailable):
        await store.probe()
    with pytest.raises(EngineUnavailable):
        await store.put_bytes("a/b", b"one")
    assert not (tmp_path / "objects").exists(), "a new directory would hide the loss"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    at = tmp_path / "disk"
    at.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", at], capture_output=True).returncode:
        pytest.skip("file systems cannot be mounted here")
    yield at
    subprocess.run(["umount", at], check=True)


def fill(disk: Path) -> None:
    with pytest.raises(OSError, match="space"):
        (disk / "rest").write_bytes(bytes(1 << 21))


def lock(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)


@pytest.mark.parametrize("damage", [fill, lock])
async def test_the_probe_notices_a_full_and_a_read_only_store(
    disk: Path, damage: Callable[[Path], None]
) -> None:
    store = ObjectStore.at(disk.as_uri(), disk)
    await store.probe()
    damage(disk)
    with pytest.raises(EngineUnavailable):
        await store.probe()


async def test_missing_and_outside_objects(tmp_path: Path) -> None:
    store = ObjectStore.at(None, tmp_path)
    assert await store.size("nothing") is None
    await store.probe()
    with pytest.raises(NotFound):
        await store.open("nothing")
    with pytest.raises((EngineUnavailable, ValueError)):
        await store.open("../../etc/passwd")
