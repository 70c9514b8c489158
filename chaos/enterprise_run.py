"""One run of enterprises from beginning to end: plans, restless days, kills, quiet, check."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import asyncpg  # type: ignore[import-untyped,unused-ignore]

from chaos.check import plain_url
from chaos.enterprise_books import Books
from chaos.enterprise_check import check_all, stories
from chaos.enterprise_law import bearing_named
from chaos.enterprise_nemesis import Hunter
from chaos.log import ClientLog, records
from chaos.measure_scripts import Over
from chaos.plans import PLANS, Firm
from chaos.service import Service
from chaos.signed_clients import Doorstep
from demo.enterprises import ENTERPRISES
from runtime.processes import eventually

FIRMS = ENTERPRISES[9:]
"""Not those other tools work on."""
QUIET_SECONDS = 30.0
"""How soon after the last kill, the last answer given, nothing may wait any more."""
_KILLS_A_FIRM = 4
_WAVES_UNTIL = 0.85
_WAVE_SECONDS = 3600.0
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Options:
    """How much of it; the same seed draws the same people, moments and blows."""

    kills: int = 100
    seed: int = 1
    plans: tuple[str, ...] = tuple(PLANS)

    @property
    def firms(self) -> int:
        """Every plan at least once."""
        return min(len(FIRMS), max(len(self.plans), self.kills // _KILLS_A_FIRM))


@dataclass(slots=True)
class Report:
    """The verdict and what it rests on. Times in seconds."""

    firms: Counter[str]
    kills: Counter[str]
    acks: int = 0
    retried: int = 0
    bearings: int = 0
    flags: int = 0
    struck: int = 0
    """Kills that fell between the acknowledgement of a bearing and its consumption."""
    waits: list[float] = field(default_factory=list)
    """From the acknowledgement of a bearing to the enterprise's entry that consumed it."""
    endings: list[float] = field(default_factory=list)
    """From the acknowledgement of a closure to the end of each open case."""
    quiet: float | None = None
    problems: list[str] = field(default_factory=list)
    verify: str = ""
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        return not self.problems

    def lines(self) -> list[str]:
        """The report for people."""
        plans = "，".join(f"{name} ×{times}" for name, times in sorted(self.firms.items()))
        killed = "，".join(f"{part} ×{times}" for part, times in sorted(self.kills.items()))
        quiet = "—" if self.quiet is None else f"{self.quiet:.1f} s"
        told = [
            f"企业 · enterprises: {plans}",
            f"杀掉进程 · killed: {killed or '—'}；其间有记录未阅 · with a bearing on its way: {self.struck}",
            f"已确认操作 · acknowledged: {self.acks}；重试过 · retried: {self.retried}",
            f"影响企业的记录 · bearings: {self.bearings}；提示关闭 · closure flags: {self.flags}",
            f"确认到企业已阅 · acknowledged to consumed: {spread(self.waits)}",
            f"关闭到案件终结 · closure to end of case: {spread(self.endings)}",
            f"最后一次之后归于平静 · quiet after the last kill and answer: {quiet}",
            f"用时 · took: {self.seconds:.1f} s",
            f"xiaohao verify: {self.verify}",
            *(f"✗ {problem}" for problem in self.problems[:_SHOWN]),
        ]
        verdict = "通过 · clean" if self.clean else f"不通过 · {len(self.problems)} problems"
        return [*told, f"结论 · verdict: {verdict}"]


def spread(times: Sequence[float]) -> str:
    """Middle, high and highest of ``times``."""
    if not times:
        return "—"
    ordered = sorted(times)
    p50, p95 = (ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.95))
    return f"p50 {p50:.2f} s  p95 {p95:.2f} s  max {ordered[-1]:.2f} s  ({len(ordered)})"


async def run(service: Service, options: Options, log_path: Path) -> Report:
    """Drive ``service`` through the run and judge it."""
    began = time.monotonic()
    rng = random.Random(options.seed)  # noqa: S311 - a script, not a secret
    await service.furnish()
    log = ClientLog(log_path)
    hunter = Hunter(service, log, rng, options.kills)
    at = await Doorstep.of(service, log, rng, hunter.bearing)
    try:
        failed = await _live(at, hunter, options, log)
        quiet = await _quiet(service, list(stories(log_path)))
        code, said = await service.run("verify")
    finally:
        await at.close()
        log.close()
    held, problems = await check_all(log_path, service.database_url)
    report = _summary(log_path, held)
    report.quiet = quiet
    report.verify = "；".join(said.splitlines())
    report.problems += [*failed, *problems]
    if quiet is None:
        report.problems.append(f"something still waits {QUIET_SECONDS:.0f} s after the last kill and answer")
    if code:
        report.problems.append(f"xiaohao verify: {said}")
    report.seconds = time.monotonic() - began
    return report


async def _live(at: Doorstep, hunter: Hunter, options: Options, log: ClientLog) -> list[str]:
    """Every enterprise through its plan, wave after wave, and no end of stops while the kills last."""
    failed: list[str] = []

    async def firm(no: int) -> None:
        name = options.plans[no % len(options.plans)]
        wave = no // len(options.plans) * len(options.plans) / options.firms * _WAVES_UNTIL

        async def due() -> bool:
            return hunter.share >= wave

        await eventually(due, within=_WAVE_SECONDS, every=0.1)
        plan, flags = PLANS[name]
        one = Firm(at, FIRMS[no], random.Random(f"{options.seed}/{no}"))  # noqa: S311
        log.write("firm", firm=one.id, plan=name, flags=flags)

        async def planned() -> None:
            try:
                await plan(one)
            except* Over as over:
                failed.extend(f"{name}: {each}" for each in over.exceptions)

        async with asyncio.TaskGroup() as group:
            group.create_task(planned())
            group.create_task(one.restless(hunter.over))

    async with asyncio.TaskGroup() as together:
        together.create_task(hunter.run())
        for no in range(options.firms):
            together.create_task(firm(no))
    return failed


# -- afterwards --------------------------------------------------------------------------------------
_WAITS = """
SELECT (SELECT count(*) FROM enterprise_inbox WHERE enterprise_id = ANY($1) AND consumed_seq IS NULL)
     + (SELECT count(*) FROM cases c JOIN enterprise_entities e USING (enterprise_id)
        WHERE c.enterprise_id = ANY($1) AND c.closed_at IS NULL AND c.opened_at <= e.closed_at)
"""


async def _quiet(service: Service, firms: Sequence[str]) -> float | None:
    """How long until no inbox holds anything and no case of a closed enterprise is open; None: too long."""
    connection = await asyncpg.connect(plain_url(service.database_url))
    began = time.monotonic()
    try:
        await connection.execute("SET ROLE xh_ledger")

        async def nothing_waits() -> bool:
            return not await connection.fetchval(_WAITS, list(firms))

        calm = await eventually(nothing_waits, within=QUIET_SECONDS, every=0.1)
    finally:
        await connection.close()
    return time.monotonic() - began if calm else None


def _summary(log: Path, held: Books) -> Report:
    """What the log and the books say, before anything is judged."""
    told = records(log)
    done = [one for one in told if one["kind"] in ("done", "answered")]
    report = Report(
        firms=Counter(one["plan"] for one in told if one["kind"] == "firm"),
        kills=Counter(one["part"] for one in told if one["kind"] == "kill"),
        acks=sum(one["status"] == "acked" for one in done),
        retried=sum(one["attempts"] > 1 for one in done),
    )
    consumed = {
        (entry["source_case_id"], entry["source_seq"]): entry["recorded_at"]
        for entries in held.ledgers.values()
        for entry in entries
    }
    spans: list[tuple[float, float]] = []
    for story in stories(log).values():
        for one in story.given:
            meaning = bearing_named(one)
            at = consumed.get((one["case"], one["first"])) if meaning else None
            if at is not None:
                report.waits.append(_between(one["wall"], at))
                spans.append((one["at"], one["at"] + report.waits[-1]))
            if meaning == "closed":
                report.endings += _endings(story.firm, one["wall"], held)
    kills = [one["at"] for one in told if one["kind"] == "kill"]
    report.struck = sum(any(acked <= at < read for acked, read in spans) for at in kills)
    report.bearings = sum(entry["source_case_id"] is not None for e in held.ledgers.values() for entry in e)
    report.flags = sum(entry["event"] == "closure_flagged" for e in held.ledgers.values() for entry in e)
    return report


def _endings(firm: str, acked: float, held: Books) -> list[float]:
    """How long after the acknowledgement of its closure each case of an enterprise ended."""
    return [
        _between(acked, entry["recorded_at"])
        for case, row in held.cases.items()
        if row["enterprise_id"] == firm
        for entry in held.entries[case]
        if entry["event"] == "enterprise_closed"
    ]


def _between(wall: float, at: datetime) -> float:
    """Seconds from a moment of ours to one of the database; the acknowledgement may have come later."""
    return max(0.0, (at - datetime.fromtimestamp(wall, UTC)).total_seconds())
