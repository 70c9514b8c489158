"""The ways in: ``python -m rehearsal`` for the API, and what happens without a Temporal program."""

from __future__ import annotations

import inspect
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity

import rehearsal.engine
from activities.enterprises import EnterpriseActivities
from activities.ledger import LedgerActivities
from models.rehearsal import Rehearsal
from rehearsal.__main__ import main
from rehearsal.memory import MemoryLedger
from rehearsal.run import rehearse
from runtime.home import CannotStart
from tests.builders import Story, order, rules, served
from workflows.messages import Carried

ROOT = Path(__file__).parents[2]


def request(**fields: Any) -> str:
    start = datetime.now(UTC) - timedelta(days=3)
    story = Story(start, order=order(), service=served(start))
    carried = Carried(case=story.case, rules=rules()).model_dump(mode="json")
    return json.dumps({"carried": carried, **fields})


def entry(text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rehearsal"],
        input=text,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        timeout=60,
        check=False,
    )


def test_the_module_answers_a_request_in_json() -> None:
    done = entry(request(days=20, assumptions=["rectify=complete@due"], number="（示）应急患〔2026〕1号"))
    assert done.returncode == 0, done.stderr
    plain = json.loads(done.stdout)
    assert plain["from"] < plain["to"]
    told = Rehearsal.model_validate(plain)
    assert told.number == "（示）应急患〔2026〕1号"
    assert any(one.event == "completion_signalled" for day in told.days for one in day.happenings)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (request(assumptions=["nonsense=never"]), "rehearsal.name"),
        (request(days=0), "rehearsal.shape"),
        ("{}", "rehearsal.shape"),
        ("", "rehearsal.shape"),
    ],
)
def test_the_module_answers_a_bad_request_with_the_refusal(
    text: str, rule: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    assert main() == 1
    assert json.loads(capsys.readouterr().out)["error"]["rule"] == rule


def test_the_process_ends_with_its_refusal() -> None:
    done = entry("{}")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["rule"] == "rehearsal.shape"


async def test_without_a_temporal_program_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise CannotStart("没有", "none")

    monkeypatch.setattr(rehearsal.engine, "temporal_program", none)
    asked = Carried.model_validate(json.loads(request())["carried"])
    with pytest.raises(CannotStart) as refused:
        await rehearse(asked, days=5)
    assert refused.value.rule == "rehearsal.program"
    assert "xiaohao[embedded]" in str(refused.value.remedy_zh)


def names(activities: Any) -> dict[str, list[str]]:
    """Activity name → its parameters."""
    return {
        activity._Definition.must_from_callable(one).name or "": list(inspect.signature(one).parameters)
        for one in activities
    }


def test_the_ledger_in_memory_answers_to_every_name_the_case_calls() -> None:
    nothing: Any = None
    real = names((*LedgerActivities(nothing).all, *EnterpriseActivities(nothing).all))
    memory = names(MemoryLedger(rules()).all)
    source = (ROOT / "workflows" / "hazard_case.py").read_text("utf-8")
    called = {name for name in real if f"Activities.{name}" in source}
    assert "append_entries" in called
    assert called <= set(memory)
    assert {name: memory[name] for name in called} == {name: real[name] for name in called}
