"""The README is true: its walk runs against the real service, started as a user starts it, and says what it shows."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.home import Home

pytestmark = pytest.mark.timeout(600)

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
SCRIPT = ROOT / "docs" / "walkthrough.sh"
XIAOHAO = Path(sys.executable).with_name("xiaohao")
READY_SECONDS = 240
WALK = README.partition("## The same by the API")[2].partition("\n## ")[0]
"""The chapter of the README that is the script."""


def environment(home: Path) -> dict[str, str]:
    """A user's environment: a home of their own, any free port, no part loaded twice (nothing is killed here)."""
    own = {"XIAOHAO_HOME": str(home), "XIAOHAO_PORT": "0", "XIAOHAO_SPARES": "false", "PYTHONUNBUFFERED": "1"}
    return os.environ | own


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A directory the database account can enter, as pytest's own are not for root's."""
    place = Path(tempfile.mkdtemp(prefix="xiaohao-walk-"))
    place.chmod(0o711 if os.geteuid() == 0 else 0o700)
    yield place / "home"
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def service(home: Path) -> Iterator[str]:
    """``xiaohao up --demo`` as the README starts it; its address. It must stop cleanly when told to."""
    log = home.with_name("up.log")
    command = (str(XIAOHAO), "up", "--demo")
    with log.open("w") as out:
        running = subprocess.Popen(
            command, cwd=ROOT, env=environment(home), stdout=out, stderr=subprocess.STDOUT
        )
    try:
        wait_until_ready(running, log)
        state = Home(home).running()
        assert state is not None
        assert state.api_url is not None
        yield state.api_url
    finally:
        running.send_signal(signal.SIGTERM)
        code = running.wait(timeout=60)
    assert code == 0, log.read_text()


def wait_until_ready(running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while "the service is ready" not in log.read_text():
        assert running.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.2)
    assert "演示账号 · demo accounts" in log.read_text()


@pytest.fixture(scope="module")
def said(home: Path, service: str) -> str:
    """What the walk prints; it checks every status itself and ends with 0 only when all were as expected."""
    # its python3 is called a hundred times: this one, and no shim that looks for one each time
    path = os.pathsep.join((str(Path(sys.base_prefix) / "bin"), os.environ["PATH"]))
    walked = subprocess.run(
        ("bash", str(SCRIPT)),
        env=environment(home) | {"XIAOHAO_URL": service, "XIAOHAO": str(XIAOHAO), "PATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert walked.returncode == 0, walked.stdout + walked.stderr
    return walked.stdout


def numberless(text: str) -> list[str]:
    """Lines with their running numbers and years blotted out."""
    lines = (re.sub(r"〔\d{4}〕\d+号", "〔年〕号", line.rstrip()) for line in text.splitlines())
    return [line for line in lines if line]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", WALK, re.MULTILINE | re.DOTALL)


SHOWN = [line for block in blocks("text") for line in numberless(block)]
REFUSED = {
    "determine_grade by an inspector": "403  not_authorised | authority.determine_grade.role | 《安全生产法》",
    "a plan without funds": "409  requirement_missing | plan.parts | 《安全生产事故隐患排查治理暂行规定》第十五条 | missing",
    "completion without evidence": "409  requirement_missing | completion.evidence | 《安全生产法》第六十五条",
    "passing before the assessment": "409  requirement_missing | reinspect.assessment | 《安全生产事故隐患",
    "only those who ordered": "403  duties_not_separated | reinspect.fresh_eyes | 《安全生产法》第六十七条",
    "sign-off below the rank": "403  not_authorised | authority.sign_off.rank | 《安全生产事故隐患",
    "approval by an inspector": "403  not_authorised | authority.approve.role | 安委",
    "approval of one's own proposal": "403  duties_not_separated | authority.approve.apart | 《安全生产法》第四十一条",
    "sign-off by the re-inspector": "403  duties_not_separated | authority.sign_off.apart | 《安全生产事故隐患",
}


def test_what_the_readme_shows_is_what_happens(said: str) -> None:
    happened = numberless(said)
    assert len(SHOWN) > 20
    assert [line for line in SHOWN if line not in happened] == []


@pytest.mark.parametrize("what", REFUSED)
def test_a_refusal_names_rule_and_article(said: str, what: str) -> None:
    assert REFUSED[what] in said


def test_three_findings_are_three_numbered_cases_on_one_order(said: str) -> None:
    opened = said.partition("== 2.")[2].partition("== 3.")[0]
    cases = [int(number) for number in re.findall(r"应急患〔\d{4}〕(\d+)号", opened)]
    assert len(cases) == 3
    assert cases == list(range(cases[0], cases[0] + 3))
    assert len(set(re.findall(r"应急责改〔\d{4}〕\d+号", opened))) == 1
    assert len(set(re.findall(r"应急检记〔\d{4}〕\d+号", opened))) == 1, (
        "the same key recorded a second visit"
    )


def test_a_rehearsal_goes_through_the_deadline_and_proposes(said: str) -> None:
    told = said.partition("== 10.")[2].partition("== 11.")[0].splitlines()[2:]
    assert len(told) == 12
    days = [line.split()[0] for line in told]
    assert days == sorted(days)
    states = [line.split()[1] for line in told]
    assert states == sorted(states, key=["rectifying", "overdue"].index)
    assert set(states) == {"rectifying", "overdue"}
    assert any("escalation proposed: supervision letter" in line for line in told)


def test_the_inbox_shows_what_follows(said: str) -> None:
    measures = said.partition("== 11.")[2].partition("== 12.")[0]
    waiting = [line for line in measures.splitlines() if "warning talk: decision" in line]
    assert len(waiting) == 1, "the inbox has the proposal once"
    assert "True  serve the notice of the talk" in measures
    assert re.search(r"应急督办〔\d{4}〕\d+号  supervision letter", measures)


def test_the_case_ends_as_the_walk_left_it(said: str) -> None:
    looked = said.partition("== 12.")[2]
    states = sorted(line.split()[1] for line in looked.splitlines()[2:5])
    assert states == ["RECTIFYING", "SIGNED_OFF", "SIGNED_OFF"]
    assert re.search(r"^ +15  signed_off  高振华  [0-9a-f]{64}$", looked, re.MULTILINE)
    assert "enterprise2  404  not_found" in looked
    assert "台账一致 · clean" in looked


def test_the_readme_and_the_script_are_the_same_lines() -> None:
    body = SCRIPT.read_text("utf-8").partition("tests/e2e compares them\n")[2]
    lines = [line for line in body.splitlines() if line and not line.startswith("echo '== ")]
    told = [line for block in blocks("bash") for line in block.splitlines() if line]
    assert told == lines, "change docs/walkthrough.sh and the README together"


def test_the_walk_needs_nothing_but_bash_curl_and_python() -> None:
    assert os.access(SCRIPT, os.X_OK)
    assert "jq" not in SCRIPT.read_text("utf-8").split()
