"""Pictures are drawn in a process of its own: bounded edges, bounded memory, and the same look after saving anew."""

from __future__ import annotations

import io
import os
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from models.errors import UnsupportedMedia
from storage import decoding
from storage.kinds import KINDS, flags_of
from storage.objects import ObjectStore
from storage.vault import EvidenceVault
from tests.storage import corpus


def scene(shift: int = 0) -> Image.Image:
    image = Image.new("RGB", (640, 480), "grey")
    draw = ImageDraw.Draw(image)
    for no in range(12):
        left = (no * 53 + shift) % 600
        draw.rectangle(
            (left, no * 37 % 440, left + 60, no * 37 % 440 + 70), fill=(no * 20, 255 - no * 20, no * 9)
        )
    return image


def saved(image: Image.Image, form: str = "JPEG", **options: int) -> bytes:
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


async def look(tmp_path: Path, data: bytes, name: str = "a.jpg") -> str | None:
    vault = EvidenceVault(ObjectStore.at(None, tmp_path))
    return (await vault.keep(corpus.chunks(data), name)).look


def differ(one: str | None, other: str | None) -> int:
    assert one is not None
    assert other is not None
    return (int(one, 16) ^ int(other, 16)).bit_count()


async def test_a_picture_saved_anew_looks_the_same_and_another_does_not(tmp_path: Path) -> None:
    first = await look(tmp_path, saved(scene(), quality=95))
    again = await look(tmp_path, saved(scene().resize((320, 240)), quality=40))
    as_png = await look(tmp_path, saved(scene(), "PNG"), "a.png")
    other = await look(tmp_path, saved(scene(shift=200), quality=95))
    assert differ(first, again) <= 6
    assert differ(first, as_png) <= 6
    assert differ(first, other) > 6


async def test_a_plain_picture_looks_like_nothing(tmp_path: Path) -> None:
    assert await look(tmp_path, saved(Image.new("RGB", (64, 64), "white"))) is None


async def test_a_line_of_millions_of_pixels_is_not_decoded(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedMedia) as caught:
        await look(tmp_path, corpus.picture("PNG", "1", (1, 49_000_000)), "a.png")
    assert caught.value.rule == "evidence.pixels"


def test_a_child_that_runs_out_of_memory_refuses_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(corpus.picture("PNG", "RGB", (6000, 6000)))
    monkeypatch.setattr(decoding, "_START", decoding._START.replace("serve()", "serve(20_000_000)"))
    with pytest.raises(UnsupportedMedia) as caught:
        decoding.Decoder().draw(path, KINDS["png"])
    assert caught.value.rule in ("evidence.pixels", "evidence.decoding", "evidence.readable")


def test_the_next_picture_is_drawn_after_a_child_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(corpus.photo())
    decoder = decoding.Decoder()
    assert decoder.draw(path, KINDS["jpeg"]).width == 64
    decoder._idle[0]._process.kill()
    decoder._idle[0]._process.wait()  # so that nobody reads what the dead child is asked
    with pytest.raises(UnsupportedMedia):
        decoder.draw(path, KINDS["jpeg"])
    drawn = decoder.draw(path, KINDS["jpeg"])
    assert (drawn.width, drawn.latitude) == (64, 30.2741)
    assert decoder._idle[0]._process.pid != os.getpid()


NAMES = {"S": b"/#53#75bmitForm", "JS": b"/J#61vaScript"}
FLAGGED = {
    "script by escaped names": (
        corpus.pdf(b"<<" + NAMES["JS"] + b"(app.alert(1))>>"),
        "pdf",
        ("javascript",),
    ),
    "submits": (corpus.pdf(b"<</S/SubmitForm/F(http://x)>>"), "pdf", ("submits",)),
    "submits by escaped names": (corpus.pdf(b"<</S" + NAMES["S"] + b">>"), "pdf", ("submits",)),
    "page after it": (corpus.pdf() + b"<html><script>alert(1)</script>\n%%EOF", "pdf", ("page",)),
    "jpeg and rar": (corpus.jpeg() + b"Rar!\x1a\x07\x01\x00" + bytes(50), "jpeg", ("archive",)),
    "jpeg and 7z": (corpus.jpeg() + b"7z\xbc\xaf\x27\x1c" + zlib.compress(bytes(50)), "jpeg", ("archive",)),
    "plain pdf": (corpus.pdf(), "pdf", ()),
    "plain jpeg": (corpus.jpeg(), "jpeg", ()),
}


@pytest.mark.parametrize("case", FLAGGED)
async def test_what_is_odd_about_a_file_is_kept_with_it(tmp_path: Path, case: str) -> None:
    data, kind, flags = FLAGGED[case]
    path = tmp_path / "file"
    path.write_bytes(data)
    assert flags_of(path, KINDS[kind]) == flags
    kept = await EvidenceVault(ObjectStore.at(None, tmp_path)).keep(corpus.chunks(data), None)
    assert kept.flags == flags
