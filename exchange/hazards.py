"""Old ledgers of hazards as they come (历史隐患台账导入): which column fills which field, whatever it is called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from exchange.sheets import Heading, Line, day, lines, text
from services.imports.rows import Row

HAZARDS: Sequence[Heading] = (
    Heading(
        "enterprise",
        ("企业名称", "单位名称", "受检单位", "被检查单位", "受检企业", "企业", "单位", "enterprise"),
    ),
    Heading("uscc", ("统一社会信用代码", "信用代码", "社会信用代码", "企业信用代码", "credit code")),
    Heading(
        "found_on",
        (
            *("检查日期", "发现日期", "检查时间", "发现时间", "排查日期", "排查时间"),
            *("自查日期", "自查时间", "上报日期", "上报时间", "填报日期", "填报时间", "found on"),
        ),
    ),
    Heading(
        "item",
        (
            "检查项",
            "检查内容",
            "检查项目",
            "排查内容",
            "排查项",
            "检查事项",
            "自查项",
            "自查项目",
            "自查内容",
        ),
    ),
    Heading(
        "finding",
        (
            *("隐患描述", "问题", "隐患内容", "存在问题", "问题描述", "隐患", "问题隐患", "存在的问题"),
            *("自查问题", "自查隐患", "自查发现问题", "finding"),
        ),
    ),
    Heading("location", ("隐患部位", "部位", "位置", "隐患位置", "地点", "隐患地点")),
    Heading("grade", ("隐患等级", "隐患级别", "等级", "级别", "隐患类别")),
    Heading("source", ("隐患来源", "来源", "检查类型", "检查形式")),
    Heading("requirement", ("整改要求", "整改措施", "整改意见", "整改建议")),
    Heading("ordered_on", ("责令日期", "下达日期", "送达日期", "文书日期", "责令整改日期")),
    Heading(
        "deadline",
        ("整改期限", "整改时限", "限期", "整改截止日期", "要求完成日期", "计划完成日期", "deadline"),
    ),
    Heading(
        "status",
        ("整改情况", "整改状态", "是否整改", "整改结果", "状态", "是否完成整改", "是否闭环", "status"),
    ),
    Heading(
        "completed_on",
        (
            *("整改完成日期", "复查日期", "完成日期", "整改完成时间", "复查时间", "销号日期", "销号时间"),
            *("整改日期", "整改时间", "自改日期", "自改时间"),
        ),
    ),
    Heading("number", ("原编号", "隐患编号", "编号", "问题编号", "number")),
    Heading("paper", ("文书号", "文号", "指令书编号", "文书编号", "责令整改文书号")),
    Heading("note", ("备注", "说明", "remark")),
)
"""What an old ledger may hold; an enterprise, a day and a finding or an item are needed of each row."""
_DAYS = frozenset({"found_on", "ordered_on", "deadline", "completed_on"})


def hazard_rows(path: Path) -> Iterator[Row]:
    """The rows of an old ledger, one after the other. Raises Malformed for a file that is none."""
    for line in lines(path, HAZARDS, least=3):
        yield _row(line)


def _row(line: Line) -> Row:
    values = {
        field: (day(value) if field in _DAYS else text(value)) or "" for field, value in line.cells.items()
    }
    given = {field: said for field, value in values.items() if (said := _said(value))}
    return Row(values=values, given=given, places=line.places, where=line.where)


def _said(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
