"""The escalation ladder (升级阶梯) as data: which facts make the service propose which measure, and to whom.

A rule only ever puts a proposal before a person. It has no field that could make a measure take effect: nothing
that takes rights away happens by timer alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from models.actors import Role
from models.clocks import Klass, Verified
from models.measures.kinds import MeasureKind
from models.policy.statutes import Problem

H = TypeVar("H", bound=Hashable)

MEASURE_KINDS: frozenset[str] = frozenset(kind.value for kind in MeasureKind)
"""The thirteen kinds of measure."""

When = Literal[
    "overdue_days",  # 逾期天数
    "failures",  # 复查不合格次数
    "not_corrected",  # 期限届满未改或者复查不合格
    "refused",  # 拒不执行
    "plan_missed",  # 未按期报送治理方案
    "progress_missed",  # 未按期报告进展
    "recurrences",  # 复发次数
    "fined_and_refused",  # 已受处罚仍拒不执行
    "closure_ground",  # 具备提请关闭情形
]

COUNTED: frozenset[str] = frozenset({"overdue_days", "failures", "recurrences"})
"""Facts that are counted; the others are so or not so."""

STATUTORY_RUNGS: dict[tuple[str, str], str] = {
    ("not_corrected", "fine"): "《安全生产法》第一百零二条",
    ("refused", "fine"): "《安全生产法》第一百零二条",
    ("fined_and_refused", "suspension"): "《安全生产法》第一百零二条",
    ("closure_ground", "closure"): "《安全生产法》第一百一十三条",
}
"""What the law itself says must follow on a fact: a file neither leaves these out nor keeps them for one grade."""

PROPOSERS: frozenset[Role] = frozenset({Role.INSPECTOR, Role.SECTION_HEAD, Role.COMMITTEE})
"""Who may be asked to propose: leaders above the section decide, and a decision is never the proposer's own."""


class LadderRule(BaseModel):
    """One rung (阶梯规则): when a fact has come true ``at_least`` so often, ``role`` is asked to propose a measure."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$", max_length=60)]
    when: When
    at_least: Annotated[int, Field(strict=True, ge=1)] = 1
    """Days overdue (calendar days), failed re-inspections, recurrences; 1 for facts that are not counted."""
    grade: Literal["general", "major"] | None = None
    """Only for hazards of this grade; ``None`` means both."""
    propose: MeasureKind
    role: Role
    basis: str = Field(min_length=1)
    klass: Klass
    verified: Verified
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @field_validator("role", mode="before")
    @classmethod
    def _a_proposer(cls, role: Any) -> Any:
        if role not in list(PROPOSERS):
            options = ", ".join(sorted(PROPOSERS))
            raise PydanticCustomError("proposer", "it must be one of {expected}", {"expected": options})
        return role

    @model_validator(mode="after")
    def _of_one_piece(self) -> Self:
        if self.at_least > 1 and self.when not in COUNTED:
            raise PydanticCustomError("not_counted", "{when} is not counted", {"when": self.when})
        if self.role is Role.COMMITTEE and self.propose != "listing":
            raise PydanticCustomError("committee_lists", "a committee proposes listings only", {})
        return self

    @property
    def rung(self) -> tuple[str, int, str | None, str]:
        """What two rules may not share: the fact, how often, the grade and the measure."""
        return self.when, self.at_least, self.grade, self.propose

    def meets(self, when: str, count: int, grade: str | None) -> bool:
        """Whether ``count`` of the fact ``when`` in a hazard of ``grade`` reaches this rung."""
        return self.when == when and count >= self.at_least and self.grade in (None, grade)


def ladder_problems(
    rules: Iterable[LadderRule], unreadable: Collection[tuple[Any, Any]] = ()
) -> Iterator[Problem]:
    """What is wrong between rules that are each in order: doubles, and a statutory rung left out or mislabelled.

    Pairs of fact and measure in ``unreadable`` have been reported already and do not count as left out.
    """
    kept = tuple(rules)
    for key in _doubles(rule.key for rule in kept):
        yield Problem(f"ladder.{key}", "规则编号重复", "the key is used twice")
    for rung in _doubles(rule.rung for rule in kept):
        keys = ", ".join(sorted({rule.key for rule in kept if rule.rung == rung}))
        yield Problem(f"ladder.{keys}", "规则内容重复", "the same rule is given twice")
    for (when, measure), article in STATUTORY_RUNGS.items():
        same = [rule for rule in kept if (rule.when, rule.propose, rule.grade) == (when, measure, None)]
        if not same and (when, measure) not in unreadable:
            yield Problem(
                f"ladder.{when}",
                f"{article}规定的情形须有提请 {measure} 的规则，且不分隐患等级",
                f"{article} asks for a rule that proposes {measure}, whatever the grade",
                article,
            )
        for rule in same:
            if rule.klass != "S" or article not in rule.basis:
                yield Problem(
                    f"ladder.{rule.key}",
                    f"类别须为 S，依据须写明{article}",
                    f"its class must be S and its basis must cite {article}",
                    article,
                )


def _doubles(values: Iterable[H]) -> list[H]:
    return [value for value, count in Counter(values).items() if count > 1]
