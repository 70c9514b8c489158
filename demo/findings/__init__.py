"""Hazards as inspectors of the five fields write them down (隐患描述): plain Chinese, with what must be done."""

from __future__ import annotations

from demo.findings import ammonia, chemicals, confined, dust, leads, metals
from demo.findings.finding import Finding as Finding

FINDINGS: dict[str, Finding] = {
    finding.key: finding
    for field in (dust, chemicals, metals, confined, ammonia, leads)
    for finding in field.FOUND
}
