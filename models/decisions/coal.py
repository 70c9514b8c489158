"""Coal mines (煤矿) have a procedure of their own that this service does not hold: they are refused at the door."""

from __future__ import annotations

from models.errors import RequirementMissing

_MINES = ("煤矿", "煤炭开采", "煤炭采选", "煤炭洗选")
"""How the register names the industry of a coal mine; what merely uses coal (煤化工) is none."""


def is_coal_mine(industry: str) -> bool:
    """Whether the register names coal mining."""
    return any(one in industry for one in _MINES)


def no_coal_mine(industry: str) -> None:
    """Refuse an enterprise whose ``industry`` is coal mining.

    Resuming after a stop takes its local government's head and the mine-safety agency, twenty days and a public notice
    (《煤矿安全生产条例》第四十八条、第四十九条).
    """
    if is_coal_mine(industry):
        raise RequirementMissing(
            "煤矿不在本系统办理：停产整顿后复产须经矿山安全监察机构审核同意、县级以上人民政府主要负责人签字，并向社会公告",
            "coal mines are not handled here: resuming takes the mine-safety agency's consent, the approval of the head of"
            " the government, and a public notice",
            rule="coal.elsewhere",
            article="《煤矿安全生产条例》第四十八条、第四十九条",
            remedy_zh="移送煤矿安全生产监督管理部门办理",
            remedy_en="hand it over to the department that supervises coal mines",
        )
