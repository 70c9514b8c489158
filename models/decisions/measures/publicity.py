"""What comes before a talk is held and before anything is published (约谈、公开)."""

from __future__ import annotations

from datetime import datetime

from models.decisions.base import Context, require
from models.measures.snapshot import Measure
from models.snapshot import Case


def talk_time_past(_: Case, measure: Measure, ctx: Context) -> None:
    held_at = measure.fact("serve_talk_notice", "held_at")
    require(
        held_at and ctx.at >= datetime.fromisoformat(held_at),
        "约谈时间未到",
        "the time of the talk has not come",
        rule="talk.time",
        remedy_zh="到约谈时间后再登记",
        remedy_en="record it after that time",
        held_at=held_at,
    )


def secrets_passed(_: Case, measure: Measure, __: Context) -> None:
    require(
        measure.fact("check_secrets", "passed"),
        "保密审查未通过，不得公开",
        "the secrets check did not pass",
        rule="exposure.secrets",
        article="《政府信息公开条例》第十四条、第十五条、第十七条",
        remedy_zh="删除涉密内容后重新审查",
        remedy_en="remove what is secret and have it checked again",
    )
