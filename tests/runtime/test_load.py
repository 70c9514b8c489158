"""What a process loads before it says it is ready, so that nobody waits for it afterwards."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.runtime.conftest import ROOT

LOADED = """
import sys
import gc
gc.disable()
from datetime import date
{load}
from models.calendar import packaged_year
year = date.today().year
before = packaged_year.cache_info()
assert packaged_year(year).year == year
assert packaged_year(year + 3).year == year + 3
assert packaged_year.cache_info().misses == before.misses, "the calendar was not loaded"
countries = [name for name in sys.modules if name.startswith("holidays.countries")]
assert not countries, countries
assert gc.get_freeze_count()
assert gc.isenabled()
"""
API = """
import serve
from runtime.settings import Settings
serve.load(Settings())
"""
WORKER = """
import worker
worker.load()
"""


@pytest.mark.parametrize("load", [API, WORKER], ids=["api", "worker"])
def test_the_calendar_is_loaded_and_no_other_country(load: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(load=load)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
