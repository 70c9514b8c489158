"""What a case's entry means to its enterprise, and how an enterprise then stands: written by hand for the checker.

Deliberately independent of ``models.enterprise``: where the two disagree, one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

STEPS: dict[tuple[str, str], str] = {
    ("fine", "decide"): "penalty_decided",
    ("suspension", "decide"): "penalty_decided",
    ("fine", "annul"): "penalty_annulled",
    ("suspension", "annul"): "penalty_annulled",
    ("suspension", "serve_decision"): "stop_in_force",
    ("interim_stop", "propose"): "stop_in_force",
    ("seal", "propose"): "stop_in_force",
    ("suspension", "approve_resumption"): "stop_ended",
    ("interim_stop", "approve_resumption"): "stop_ended",
    ("interim_stop", "revoke"): "stop_ended",
    ("interim_stop", "annul"): "stop_ended",
    ("seal", "release"): "stop_ended",
    ("seal", "revoke"): "stop_ended",
    ("bad_faith", "serve_decision"): "listed_bad_faith",
    ("bad_faith", "annul"): "bad_faith_annulled",
    ("closure", "decide_closure"): "closed",
}
"""Kind of measure and step → what it means. An urgent stop or seal is in force with its proposal."""

COMMANDS = {"determine_grade": "graded", "void": "case_ended"}
"""Other commands to a case → what they mean."""

EVENTS = {
    "graded": "graded",
    "graded_under_order": "graded",
    "voided": "case_ended",
    "enterprise_closed": "case_ended",
}
"""Entries that nobody need name a measure for → what they mean."""

SCOPES = {"whole": "stopped", "part": "part_stopped", "equipment": "part_stopped", None: "stopped"}
WORST = ("closed", "power_cut", "stopped", "part_stopped", "running")

SHORT_WINDOW = 3
"""Decisions within 180 days; a run never lasts so long that one falls out."""


def bearing_named(told: Mapping[str, Any]) -> str | None:
    """What an acknowledged command of the log means to the enterprise; None when nothing."""
    if told.get("step") is not None:
        return STEPS.get((str(told["kind_of"]), str(told["step"])))
    return COMMANDS.get(str(told["command"]))


def status_of(stops: Iterable[tuple[str, str | None]], *, closed: bool, accident: bool) -> str:
    """The status that stops in force ``(kind, scope)``, a closure and an unaccepted accident leave."""
    found = {"closed"} if closed else set()
    found |= {"stopped"} if accident else set()
    for kind, scope in stops:
        found.add("part_stopped" if kind == "seal" else SCOPES[scope if kind == "interim_stop" else None])
    return next((one for one in WORST if one in found), "running")


class Count:
    """Article 113 counted by hand: three decisions that stand, with a major hazard among them or open.

    ``told`` gives what an enterprise must do about its flag after an entry of a case: raise it, drop it, nothing.
    """

    def __init__(self) -> None:
        self._stand: dict[tuple[str, str], bool] = {}
        self._major: set[str] = set()
        self._spoken: set[tuple[str, str]] = set()
        self._flag: set[tuple[str, str]] | None = None
        self._closed = False
        self.raised = 0

    def told(self, meaning: str, case: str, data: Mapping[str, Any]) -> str | None:
        """After one more entry: ``closure_flagged``, ``closure_flag_dropped`` or None."""
        self._take(meaning, case, data)
        if self._closed or meaning not in ("penalty_decided", "penalty_annulled", "graded"):
            return None
        if self._flag is not None:
            return self._drop() if meaning == "penalty_annulled" else None
        return self._raise()

    def answered(self) -> None:
        """The head answered: for every decision there is."""
        self._flag, self._spoken = None, self._spoken | set(self._stand)

    def _take(self, meaning: str, case: str, data: Mapping[str, Any]) -> None:
        measure = (case, str(data.get("measure_id")))
        if meaning == "penalty_decided":
            self._stand[measure] = case in self._major
        elif meaning == "penalty_annulled":
            self._stand.pop(measure, None)
        elif meaning == "graded" and data.get("grade") == "major":
            self._major.add(case)
        elif meaning in ("graded", "case_ended"):
            self._major.discard(case)
        self._closed |= meaning == "closed"

    def _full(self, spoken: set[tuple[str, str]]) -> bool:
        news = bool(set(self._stand) - spoken)
        major = bool(self._major) or any(self._stand.values())
        return len(self._stand) >= SHORT_WINDOW and news and major

    def _raise(self) -> str | None:
        if not self._full(self._spoken):
            return None
        self._flag, self.raised = set(self._stand), self.raised + 1
        self._spoken |= self._flag
        return "closure_flagged"

    def _drop(self) -> str | None:
        flag = self._flag or set()
        others = self._spoken - flag
        if len(self._stand) >= SHORT_WINDOW and set(self._stand) - others:
            return None
        self._flag, self._spoken = None, others
        return "closure_flag_dropped"
