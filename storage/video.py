"""MP4 containers (ISO 14496-12): a walk over every box, the time of recording, a copy without metadata.

The copy keeps every byte's place: boxes that may carry position, device or owner become ``free`` boxes of the
same length filled with zeros, so no media offset changes.
"""

from __future__ import annotations

import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from models.errors import UnsupportedMedia
from storage.kinds import refuse

_TOP_LEVEL = frozenset(
    b"ftyp moov mdat free skip wide moof mfra sidx styp uuid meta pdin prft emsg udta iods".split()
)
_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf"})
_REVEALING = frozenset({b"udta", b"meta", b"uuid"})
_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_MAX_BOXES = 20_000


@dataclass(frozen=True)
class _Box:
    kind: bytes
    start: int
    header: int
    end: int


def _damaged() -> UnsupportedMedia:
    return refuse("视频损坏或夹带其他内容", "The video is damaged or carries more", "evidence.readable")


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    """The boxes that fill ``start``…``end`` exactly."""
    position, count = start, 0
    while position < end:
        file.seek(position)
        head = file.read(16)
        if len(head) < 8 or (count := count + 1) > _MAX_BOXES:
            raise _damaged()
        size, header = struct.unpack(">I", head[:4])[0], 8
        if size == 1:
            if len(head) < 16:
                raise _damaged()
            size, header = struct.unpack(">Q", head[8:16])[0], 16
        elif size == 0:
            size = end - position
        if size < header or position + size > end:
            raise _damaged()
        yield _Box(head[4:8], position, header, position + size)
        position += size


def read_captured(path: Path) -> datetime | None:
    """Check that the file is one whole MP4 and return its time of recording (UTC), if it states one.

    Raises UnsupportedMedia for a broken container, unknown boxes at the top, or anything after the last box.
    """
    with path.open("rb") as file:
        top = list(_boxes(file, 0, path.stat().st_size))
        movies = [box for box in top if box.kind == b"moov"]
        if len(movies) != 1 or any(box.kind not in _TOP_LEVEL for box in top):
            raise _damaged()
        for box in _boxes(file, movies[0].start + movies[0].header, movies[0].end):
            if box.kind == b"mvhd":
                return _creation_time(file, box)
    return None


def _creation_time(file: BinaryIO, box: _Box) -> datetime | None:
    file.seek(box.start + box.header)
    body = file.read(12)
    if len(body) < 12:
        raise _damaged()
    seconds = struct.unpack(">Q", body[4:12])[0] if body[0] == 1 else struct.unpack(">I", body[4:8])[0]
    try:
        return _EPOCH + timedelta(seconds=seconds) if seconds else None
    except OverflowError:
        return None


def write_stripped(source: Path, target: Path) -> None:
    """Copy ``source`` to ``target`` with every revealing box blanked."""
    shutil.copyfile(source, target)
    with target.open("r+b") as file:
        _blank(file, 0, target.stat().st_size, depth=0)


def _blank(file: BinaryIO, start: int, end: int, depth: int) -> None:
    for box in list(_boxes(file, start, end)):
        if box.kind in _REVEALING:
            file.seek(box.start + 4)
            file.write(b"free")
            _zero(file, box.start + box.header, box.end)
        elif box.kind in _CONTAINERS and depth < 8:
            _blank(file, box.start + box.header, box.end, depth + 1)


def _zero(file: BinaryIO, start: int, end: int) -> None:
    file.seek(start)
    left = end - start
    while left > 0:
        left -= file.write(bytes(min(left, 1 << 20)))
