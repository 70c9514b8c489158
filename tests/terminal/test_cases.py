"""Cases, policies and the doctor from the terminal: what is printed, and the exit code."""

from __future__ import annotations

from pathlib import Path

from ledger.append import append
from ledger.sessions import Database
from policies import default_policy_path
from tests.ledger.makers import POLICY, batch, entry, fresh
from tests.terminal.conftest import Command


async def test_a_case_is_listed_and_its_ledger_shown(furnished: Database, xiaohao: Command) -> None:
    case_id = fresh()
    appended = await append(furnished, batch(case_id, [entry(case_id, 1), entry(case_id, 2)]))
    listed = xiaohao("case", "list")
    assert listed.code == 0, listed.err
    assert appended.case_no in listed.out
    events = xiaohao("case", "events", appended.case_no)
    assert events.code == 0, events.err
    assert events.out.index("opened") < events.out.index("progress_reported")


def test_a_case_that_is_not_there_is_said_in_words(furnished: Database, xiaohao: Command) -> None:
    for command in ("show", "events", "explain"):
        answer = xiaohao("case", command, "nowhere")
        assert (answer.code, answer.out) == (1, "")
        assert answer.err.splitlines()[:2] == ["没有案件 nowhere", "no case nowhere"]


def test_a_policy_is_checked_before_it_is_used(xiaohao: Command, tmp_path: Path) -> None:
    whole = default_policy_path().read_text(encoding="utf-8")
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(whole, "utf-8")
    bad.write_text(whole.replace("[clocks]", "[clogs]", 1), "utf-8")
    accepted = xiaohao("policy", "check", str(good))
    assert (accepted.code, accepted.out.split()[1]) == (0, POLICY.version)
    assert POLICY.digest() in accepted.out
    refused = xiaohao("policy", "check", str(bad))
    assert refused.code == 1
    assert "clogs" in refused.out
    assert "Traceback" not in refused.err
    shown = xiaohao("policy", "show")
    assert shown.code == 0
    assert all(key in shown.out for key in POLICY.clocks)


def test_the_doctor_says_what_is_bad_and_ends_with_one(furnished: Database, xiaohao: Command) -> None:
    answer = xiaohao("doctor")
    assert answer.code == 1
    assert "数据库正常" in answer.out
    assert "没有 Temporal" in answer.out
    assert answer.out.rstrip().endswith("bad")
