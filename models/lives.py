"""What the tables of clocks say of every clock: whose it is, who hears of it, what answers it, what its end means.

The rows stand in ``models/caselives.py``, ``models/measures/clocks.py`` and ``models/enterprise/clocks.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum

from models.actors import Role

Pair = tuple[str, str]


class Nature(StrEnum):
    """What a clock measures, and so what its end means."""

    DUTY = "duty"
    """Somebody owes something: missed, it is owed still and digests go out."""
    WINDOW = "window"
    """Somebody may do something (陈述申辩、听证、复议): run out, the right is spent."""
    WAIT = "wait"
    """Something may not be done before (提前通知): run out, the way is free."""
    TERM = "term"
    """Something holds so long (查封期限): run out, it lapses or the next clock follows."""


BEGINS: Mapping[Nature, Pair] = {
    Nature.DUTY: ("{owner}{since}{length}内{what}", "{owner}: {what} within {length}{since}"),
    Nature.WINDOW: ("{owner}{since}可在{length}内{what}", "{owner} may {what} within {length}{since}"),
    Nature.WAIT: ("{what}满{length}后方可继续", "{what}: {length} must pass{since}"),
    Nature.TERM: ("{what}{length}", "{what}: {length}{since}"),
}
"""What it means that a clock of this nature begins."""

RUN_OUT: Mapping[Nature, Pair] = {
    Nature.WINDOW: ("届满视为未行使该权利", "when it ends, the right has not been used"),
    Nature.WAIT: ("届满后方可办理下一步", "the next step is possible after it"),
    Nature.TERM: ("届满失效，须在届满前处理", "it lapses when it ends: decide before"),
}
"""What it means that one has run out; a missed duty is told to those of its row."""


@dataclass(frozen=True, slots=True)
class Life:
    """One clock: its name, whose duty or right it measures, who hears of it when a duty is missed."""

    zh: str
    en: str
    owner: Role
    told: tuple[Role, ...] = (Role.SECTION_HEAD,)
    nature: Nature = Nature.DUTY
    _: KW_ONLY
    spec: str | None = None
    """The policy's clock whose length and source it takes, when it has no row of its own."""
    answers: tuple[str, ...] = ()
    """Commands that do what it measures; where the first one takes a rank, the clock is that rank's.
    A measure's clock is answered by the steps that end it."""
    bulk: tuple[str, ...] = ()
    """Those of them that may be given to several cases at once (批量审批)."""
    decision: bool = False
    """Whether it waits for somebody's decision: then it stands in the approvals inbox."""
    asked_by: str | None = None
    """The event that asks for the decision."""
    aside: bool = False
    """Whether it runs beside everything else: nobody's task."""
    begins: Pair | None = None
    """What it means that it begins, where its nature does not say it."""
    run_out: Pair | None = None
    """What it means that it has run out, where its nature does not say it."""

    @property
    def task(self) -> bool:
        """Whether it is anybody's turn while it runs."""
        return self.nature is not Nature.WAIT and not self.aside
