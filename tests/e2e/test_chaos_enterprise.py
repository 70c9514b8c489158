"""The chaos run of enterprises, short: worker and Temporal die between case and enterprise; the checker can find something."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from chaos.enterprise_books import Books, books
from chaos.enterprise_check import Story, check_firms, stories
from chaos.enterprise_run import Options, run
from chaos.service import Service

SHORT = Options(kills=3, seed=5)


def without(rows: Any, **named: Any) -> list[Any]:
    """``rows`` without those that have all of ``named``."""
    return [row for row in rows if not all(row[name] == value for name, value in named.items())]


def changed(held: Books, firm: str, **doc: Any) -> Books:
    """``held`` with other things in an enterprise's document."""
    row = held.firms[firm]
    return replace(held, firms={**held.firms, firm: {**row, "doc": {**row["doc"], **doc}}})


def with_ledger(held: Books, firm: str, entries: list[Any]) -> Books:
    return replace(held, ledgers={**held.ledgers, firm: entries})


async def test_every_bearing_counts_once_whatever_dies_in_between(running: Service, tmp_path: Path) -> None:
    log = tmp_path / "chaos.jsonl"
    report = await run(running, SHORT, log)
    assert report.clean, "\n".join([*report.lines(), running.output.read_text("utf-8")])
    assert sum(report.kills.values()) == SHORT.kills
    assert set(report.kills) == {"worker", "temporal"}
    assert report.flags == 3
    assert report.bearings > 30
    assert report.endings
    assert "clean" in report.verify

    told = stories(log)
    held = await books(running.database_url, list(told))
    assert check_firms(told, held) == []
    closed = next(firm for firm, row in held.firms.items() if row["status"] == "closed")
    _the_checker_misses_nothing(told, held, closed)
    _nor_what_the_cases_show(told, held, closed)


def _the_checker_misses_nothing(told: dict[str, Story], held: Books, firm: str) -> None:
    """Every way an enterprise's books could be wrong is named."""

    def said(wrong: Books, words: str) -> bool:
        return any(words in one for one in check_firms(told, wrong))

    ledger = list(held.ledgers[firm])
    flag = next(entry for entry in ledger if entry["event"] == "closure_flagged")
    read = next(entry for entry in ledger if entry["event"] == "penalty_counted")
    source = {"case_id": read["source_case_id"], "seq": read["source_seq"]}
    doc = held.firms[firm]["doc"]

    lost = with_ledger(held, firm, without(ledger, seq=read["seq"]))
    assert said(lost, "was never consumed")
    assert said(lost, "is numbered")
    twice = with_ledger(held, firm, [*ledger, {**read, "seq": len(ledger) + 1}])
    assert said(twice, "was consumed 2 times")
    assert said(with_ledger(held, firm, without(ledger, seq=flag["seq"])), "the count says closure_flagged")
    assert said(with_ledger(held, firm, [*ledger, flag]), "raised 2 flags")
    assert said(with_ledger(held, firm, [{**ledger[0], "role": "head"}, *ledger[1:]]), "the chain breaks")
    assert said(replace(held, inbox=without(held.inbox, **source)), "is in no inbox")
    unread = [{**row, "consumed_seq": None} for row in held.inbox]
    assert said(replace(held, inbox=unread), "was never consumed")
    assert said(changed(held, firm, penalties=doc["penalties"][1:]), "counts")
    assert said(changed(held, firm, penalties=[*doc["penalties"], doc["penalties"][0]]), "counts")
    assert said(changed(held, firm, stops=[]), "has the stops")
    assert said(changed(held, firm, status="running"), "the log says closed")
    listed = next(one for one, row in held.firms.items() if row["doc"]["bad_faith"])
    assert said(changed(held, listed, bad_faith=None), "is listed by None")


def _nor_what_the_cases_show(told: dict[str, Story], held: Books, firm: str) -> None:
    """Every way a closure could have missed a case, or hit one too many, is named."""

    def ended(case: str, state: str, entries: list[Any]) -> bool:
        cases = {**held.cases, case: {**held.cases[case], "state": state}}
        wrong = replace(held, cases=cases, entries={**held.entries, case: entries})
        return any(f"case {case}" in one and "with it" in one for one in check_firms(told, wrong))

    last = "CLOSED_WITH_ENTERPRISE"
    mine = next(case for case, row in held.cases.items() if row["state"] == last)
    other = next(case for case, row in held.cases.items() if row["enterprise_id"] != firm)
    end = next(entry for entry in held.entries[mine] if entry["event"] == "enterprise_closed")
    assert ended(mine, "ORDERED", list(held.entries[mine]))
    assert ended(mine, last, without(held.entries[mine], seq=end["seq"]))
    assert ended(mine, last, [*held.entries[mine], end])
    assert ended(other, last, [*held.entries[other], end])

    penalty = next(one for one in told[firm].given if one.get("step") == "decide")
    fewer = copy.copy(told) | {firm: replace(told[firm], given=without(told[firm].given, key=penalty["key"]))}
    assert any("counts" in one for one in check_firms(fewer, held))
    moved = copy.copy(told) | {firm: replace(told[firm], flags=0)}
    assert any("planned 0" in one for one in check_firms(moved, held))
