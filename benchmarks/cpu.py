"""CPU time of processes, from ``/proc``: on a busy machine it says more than the wall clock."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class _Stat:
    parent: int
    milliseconds: float
    """User and system time, children that ended included."""


def _stats() -> dict[int, _Stat]:
    found: dict[int, _Stat] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:  # it ended meanwhile
            continue
        fields = text.rpartition(")")[2].split()
        ticks = sum(int(field) for field in fields[11:15])
        found[int(path.parent.name)] = _Stat(int(fields[1]), ticks * _TICK_MS)
    return found


def spent(roots: Mapping[str, int]) -> dict[str, float]:
    """Milliseconds of CPU each of ``roots`` has spent so far, with everything it started."""
    stats = _stats()
    spent = dict.fromkeys(roots, 0.0)
    names = {pid: name for name, pid in roots.items()}
    for start, stat in stats.items():
        pid = start
        while pid in stats and pid not in names:
            pid = stats[pid].parent
        if pid in names and (pid == start or start not in names):
            spent[names[pid]] += stat.milliseconds
    return spent


class Meter:
    """CPU milliseconds by process, added up between :meth:`start` and :meth:`stop`."""

    def __init__(self, roots: Mapping[str, int]) -> None:
        self._roots = roots
        self._began = spent(roots)
        self.total = dict.fromkeys(roots, 0.0)

    def start(self) -> None:
        """Begin a stretch."""
        self._began = spent(self._roots)

    def stop(self) -> None:
        """End it and add it up."""
        now = spent(self._roots)
        for name, before in self._began.items():
            self.total[name] += now[name] - before

    def per(self, count: int) -> dict[str, float]:
        """Milliseconds per one of ``count``."""
        return {name: round(ms / count, 2) for name, ms in self.total.items()}
