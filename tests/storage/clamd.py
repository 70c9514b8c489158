"""Debian's clamd for the tests: the installed one, or the packages unpacked beside the test; nothing is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.storage.waiting import until

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""What every scanner agrees to find."""
_PACKAGES = ("clamav-daemon", "libclamav12", "libjson-c5", "libmspack0")


def program(unpacked: Path) -> tuple[Path, dict[str, str]]:
    """clamd and the environment it needs; skips the test when it is neither here nor to be had."""
    if (here := shutil.which("clamd")) is not None:
        return Path(here), dict(os.environ)
    try:
        subprocess.run(
            ["apt-get", "-qq", "download", *_PACKAGES],
            cwd=unpacked,
            check=True,
            capture_output=True,
            timeout=120,
        )
        for package in unpacked.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, unpacked], check=True, capture_output=True)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"clamd cannot be installed here: {error}")
    libraries = unpacked / "usr/lib" / sysconfig.get_config_var("MULTIARCH")
    return unpacked / "usr/sbin/clamd", os.environ | {"LD_LIBRARY_PATH": str(libraries)}


@contextmanager
def running(directory: Path) -> Iterator[str]:
    """clamd that knows one signature, EICAR's; gives its URL."""
    clamd, environment = program(directory)
    signatures = directory / "signatures"
    signatures.mkdir()
    (signatures / "test.ndb").write_text(f"Test.Eicar:0:*:{EICAR.hex()}\n")
    socket = directory / "clamd.ctl"
    settings = {
        "LocalSocket": socket,
        "DatabaseDirectory": signatures,
        "TemporaryDirectory": directory,
        "Foreground": "yes",
        "StreamMaxLength": "100M",
    }
    config = directory / "clamd.conf"
    config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    with (directory / "clamd.log").open("wb") as log:
        started = subprocess.Popen([clamd, "-c", config], env=environment, stdout=log, stderr=log)
    try:
        until(socket.exists, started, directory / "clamd.log")
        yield f"unix://{socket}"
    finally:
        started.terminate()
        started.wait(30)
