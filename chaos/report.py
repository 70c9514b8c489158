"""What a run amounted to: faults, acknowledgements, and how long people waited after each kind of kill."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from chaos.log import ACKED, REFUSED, Kill, Sent, records

_SHOWN = 40


@dataclass(slots=True)
class Report:
    """The verdict and what it rests on. Times in seconds."""

    commands: int
    answers: Counter[str]
    retried: int
    kills: Counter[str]
    gaps: Mapping[str, list[float]]
    """Kind of kill → for every case that was answered before and after it, the time between the two answers."""
    problems: list[str] = field(default_factory=list)
    verify: str = ""
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        return not self.problems

    def lines(self) -> list[str]:
        """The report for people."""
        killed = "，".join(f"{part} ×{times}" for part, times in sorted(self.kills.items()))
        told = [
            f"杀掉进程 · killed: {killed}",
            f"操作 · commands: {self.commands}; {dict(self.answers)}; 重试过 · retried: {self.retried}",
            f"用时 · took: {self.seconds:.1f} s",
            "两次确认之间最长间隔 · longest gap between acknowledgements of a case:",
        ]
        for kind, gaps in sorted(self.gaps.items(), key=lambda one: ("+" in one[0], one[0])):
            ordered = sorted(gaps)
            middle = ordered[len(ordered) // 2]
            told.append(
                f"  {kind:<24} p50 {middle:5.2f} s   max {ordered[-1]:5.2f} s   ({len(ordered)} cases)"
            )
        told += [f"xiaohao verify: {self.verify}", *(f"✗ {problem}" for problem in self.problems[:_SHOWN])]
        verdict = "通过 · clean" if self.clean else f"不通过 · {len(self.problems)} problems"
        return [*told, f"结论 · verdict: {verdict}"]


def summary(path: Path, sent: Sequence[Sent]) -> Report:
    """The report of a client log, before anything is judged."""
    kills = [Kill(one["part"], one["at"]) for one in records(path) if one["kind"] == "kill"]
    return Report(
        commands=len({(one.actor, one.key) for one in sent}),
        answers=Counter(one.status for one in sent),
        retried=sum(one.attempts > 1 for one in sent),
        kills=Counter(kill.part for kill in kills),
        gaps=gaps(sent, kills),
    )


def gaps(sent: Sequence[Sent], kills: Sequence[Kill]) -> dict[str, list[float]]:
    """Kind of kill → the time between the answers before and after it, case by case; kills at once share a kind."""
    answers: dict[str, list[float]] = defaultdict(list)
    for one in sent:
        if one.acked_at is not None:
            answers[one.case].append(one.acked_at)
    found: dict[str, list[float]] = defaultdict(list)
    for times in answers.values():
        for before, then in pairwise(sorted(times)):
            between = sorted({kill.part for kill in kills if before < kill.at < then})
            if between:
                found["+".join(between)].append(then - before)
    return dict(found)


def surprises(sent: Sequence[Sent], ended: frozenset[str]) -> list[str]:
    """Answers the script had no reason to expect: a right that was refused, a wrong that was granted, a failure.

    Whoever works beside the story may find the case ``ended``, or handed to the same person already.
    """
    found = []
    for one in sent:
        late = one.command == "assign_handler" and (one.case in ended or one.code == "assign.same")
        if one.status == REFUSED and one.expected and not late:
            found.append(f"{one.command} {one.key} of {one.case} was refused: {one.http} {one.code}")
        if one.status == ACKED and not one.expected:
            found.append(f"{one.command} {one.key} of {one.case} should have been refused")
        if one.http is not None and one.http >= 500 and one.status not in (ACKED, REFUSED):
            found.append(f"{one.command} {one.key} of {one.case} ended in {one.http} {one.code}")
    return found
