"""The page docs/performance.md: what the last ``make bench`` measured, as ratios, and what they mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parents[1] / "docs"
FIGURES = _FOLDER / "performance.json"
PAGE = _FOLDER / "performance.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"


def table(report: Mapping[str, Any], arms: Mapping[str, str]) -> str:
    """The figures of a run in Markdown: ratios of speed, and processor time by part against the product's."""
    prices = report["cpu_ms_per_command"]
    whole = sum(prices["product"].values())
    lines = [
        f"Measured on {report['date']}, {report['cores']} cores, {report['clients']} clients, lives of "
        f"{report['commands_per_case']} commands; the load average at the end was {report['load_average_at_end']:.1f}.",
        "",
        "| Arm | The product's speed against it: median (least to most) | Processor time a command, product = 1 | API | Worker |"
        " Temporal | PostgreSQL |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, what in arms.items():
        ratio = report["product_to"].get(name)
        speed = f"{ratio['median']:.2f} ({ratio['least']:.2f} to {ratio['most']:.2f})" if ratio else ""
        parts = [prices[name].get(part) for part in ("api", "worker", "temporal", "postgres")]
        shown = " | ".join("" if part is None else f"{part / whole:.2f}" for part in parts)
        lines.append(f"| {what} | {speed} | {sum(prices[name].values()) / whole:.2f} | {shown} |")
    gap = report["longest_ack_gap_after_worker_kill_seconds"]
    lines += ["", f"History events a command: {report['history_events_per_command']}."]
    if gap is not None:
        lines[-1] += f" Longest pause between answers while the worker is killed under load: {gap} s."
    return "\n".join(lines)


def written(report: Mapping[str, Any], arms: Mapping[str, str]) -> None:
    """Keep the figures, and put their table into the page."""
    FIGURES.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", "utf-8")
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{table(report, arms)}\n{END}{after}", "utf-8")
