"""Pictures are decoded in a process of their own with a bound on its memory (图片解码): whatever a file makes a decoder
do, this process goes on.

A child reads one request a line, and answers with a line of JSON and the bytes of the copies. It ends with its parent.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import weakref
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from models.errors import UnsupportedMedia
from storage.kinds import KINDS, Kind, refuse

MEMORY = 700_000_000
"""How much a child may take beyond what it needs to stand ready, in bytes."""
SECONDS = 60.0
"""How long one picture may take."""
_START = "from storage.decoding import serve; serve()"


@dataclass(frozen=True)
class Drawn:
    """What was read of a picture and drawn from it; ``captured_at`` is UTC, ``look`` as in :func:`images.look_of`."""

    width: int
    height: int
    captured_at: datetime | None
    offset_known: bool
    latitude: float | None
    longitude: float | None
    look: str | None
    copy: bytes
    thumbnail: bytes


class Decoder:
    """Draws pictures in children, as many as ask at once; those that are idle wait for the next picture."""

    def __init__(self) -> None:
        self._idle: list[_Child] = []

    def draw(self, path: Path, kind: Kind) -> Drawn:
        """Read and draw a picture; blocks. Raises UnsupportedMedia, also for one that a child does not survive."""
        try:
            child = self._idle.pop()
        except IndexError:
            child = _Child()
        answer = child.ask({"path": str(path), "kind": kind.key})
        if answer is None:
            child.end()
            raise refuse(
                "图片过大或已损坏，无法处理", "The picture is too large or damaged", "evidence.decoding"
            )
        self._idle.append(child)
        told, copy, thumbnail = answer
        if "refused" in told:
            raise UnsupportedMedia(*told["refused"], **told["more"])
        captured = told.pop("captured_at")
        taken = datetime.fromisoformat(captured) if captured else None
        return Drawn(**told, captured_at=taken, copy=copy, thumbnail=thumbnail)


class _Child:
    def __init__(self) -> None:
        paths = os.pathsep.join(path for path in sys.path if path)
        self._process = subprocess.Popen(  # noqa: S603 - our own code
            [sys.executable, "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
        )
        self.end = weakref.finalize(self, _end, self._process)

    def ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes, bytes] | None:
        """The answer; None when the child ends or takes too long."""
        late = threading.Timer(SECONDS, self._process.kill)
        late.start()
        try:
            return self._asked(request)
        except (OSError, ValueError):
            return None
        finally:
            late.cancel()

    def _asked(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes, bytes] | None:
        into, out = self._process.stdin, self._process.stdout
        if into is None or out is None:
            return None
        into.write(json.dumps(request).encode() + b"\n")
        into.flush()
        line = out.readline()
        if not line:
            return None
        told = json.loads(line)
        copy, thumbnail = (out.read(told.pop(name)) for name in ("copy", "thumbnail"))
        return told, copy, thumbnail


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # what a dead child was asked is still to be written
                pipe.close()
    process.wait()


# -- in the child ----------------------------------------------------------------------------------
def serve(memory: int = MEMORY) -> None:
    """Answer requests until there are no more, with at most ``memory`` bytes for pictures."""
    from storage import images

    images.load()
    limit = _size() + memory
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for line in sys.stdin:
        request = json.loads(line)
        told, copy, thumbnail = _answer(images, Path(request["path"]), KINDS[request["kind"]])
        head = json.dumps({**told, "copy": len(copy), "thumbnail": len(thumbnail)})
        sys.stdout.buffer.write(head.encode() + b"\n" + copy + thumbnail)
        sys.stdout.buffer.flush()


def _answer(images: Any, path: Path, kind: Kind) -> tuple[dict[str, Any], bytes, bytes]:
    try:
        facts = asdict(images.read_facts(path, kind))
        drawn = images.draw_copies(path, kind)
    except UnsupportedMedia as refusal:
        said = {"rule": refusal.rule, "remedy_zh": refusal.remedy_zh, "remedy_en": refusal.remedy_en}
        return {"refused": [refusal.zh, refusal.en], "more": {**said, **refusal.details}}, b"", b""
    except MemoryError:
        flood = images.flood(kind)
        said = {"rule": flood.rule, "remedy_zh": flood.remedy_zh, "remedy_en": flood.remedy_en}
        return {"refused": [flood.zh, flood.en], "more": said}, b"", b""
    captured = facts.pop("captured_at")
    told = {**facts, "captured_at": captured.isoformat() if captured else None, "look": drawn.look}
    return told, drawn.copy, drawn.thumbnail


def _size() -> int:
    """How much address space this process has, in bytes; nothing where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()
