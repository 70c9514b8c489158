"""``xiaohao doctor``: every check in words, what to do about the bad ones, and an exit code."""

import sys
from collections.abc import Callable

from runtime.findings import Finding
from runtime.health import CHECKS
from runtime.settings import Settings


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


def in_words(finding: Finding) -> str:
    """One finding as the lines a person reads, Chinese first."""
    sign = "✓ 正常 ok " if finding.ok else "✗ 异常 bad"
    lines = [f"{sign}  {finding.zh} · {finding.en}"]
    if finding.remedy_zh:
        lines.append(f"            → {finding.remedy_zh} · {finding.remedy_en}")
    return "\n".join(lines)


async def diagnose(settings: Settings, write: Callable[[str], None] = _print) -> int:
    """Run every check and write the answers. Returns 0 when all are good, else 1."""
    bad = 0
    for check in CHECKS:
        finding = await check(settings)
        bad += not finding.ok
        write(in_words(finding))
    write(f"{bad} 项异常 · {bad} bad" if bad else "一切正常 · all good")
    return 1 if bad else 0
