"""Waiting for a program that a test started."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path


def until(ready: Callable[[], bool], started: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until ``ready``; AssertionError with its log when the program ends first or takes a minute."""
    for _ in range(600):
        if ready():
            return
        if started.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8", "replace"))
