"""Somebody leaves (离岗): what of theirs goes to a successor (接替人), what ends, and what has to be settled first.

Cases are none of it: they stand on the section head's lists until they are handed over, as commands of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.actors import ROLE_LABELS, Role
from models.delegation import GIVERS
from models.errors import RequirementMissing
from models.register import GROUP_ROLES


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in a liaison group (挂钩小组): who leads it, who its two members are."""

    team_id: str
    name: str
    leader: str
    members: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Successor:
    """Who takes over; ``active``: in office in the same district."""

    user_id: str
    name: str
    role: Role
    active: bool


def takes_delegation(successor: Successor | None, principal: str) -> bool:
    """Whether ``successor`` may stand in for ``principal`` in the leaver's place: an official, and somebody else."""
    return successor is not None and successor.role in GIVERS and successor.user_id != principal


def obstacles(
    leaver: str, seats: Sequence[Seat], successor: Successor | None, *, administered: bool
) -> Iterator[RequirementMissing]:
    """Everything that keeps ``leaver`` from leaving now; ``administered``: another administrator is in office."""
    if not administered:
        yield _not_yet(
            "此人是本区最后一名在岗的系统管理员",
            "They are the last administrator of the district in office",
            "register.administrator",
            ("先登记另一名系统管理员", "register another administrator first"),
        )
    if successor is not None and (not successor.active or successor.user_id == leaver):
        yield _not_yet(
            "接替人须是本区另一名在岗人员",
            "The successor must be somebody else of the district who is in office",
            "departure.successor",
            ("另选一名在岗人员", "choose somebody who is in office"),
        )
    elif seats and successor is None:
        named = "、".join(seat.name for seat in seats)
        yield _not_yet(
            f"此人还在挂钩小组中：{named}",
            f"They have a seat in liaison groups: {named}",
            "departure.seats",
            ("指定接替人，或先给这些小组换人", "name a successor, or give these groups somebody else first"),
        )
    elif successor is not None:
        yield from _unfit(leaver, seats, successor)


def _unfit(leaver: str, seats: Sequence[Seat], successor: Successor) -> Iterator[RequirementMissing]:
    role_zh, role_en = ROLE_LABELS[successor.role]
    if seats and successor.role not in GROUP_ROLES:
        yield _not_yet(
            f"{successor.name}是{role_zh}，不能进挂钩小组",
            f"{successor.name} is {role_en} and has no seat in a liaison group",
            "departure.role",
            ("选择执法人员或科室负责人", "choose an inspector or a section head"),
        )
    for seat in seats:
        if leaver in seat.members and successor.user_id in seat.members:
            yield _not_yet(
                f"{successor.name}已是{seat.name}的组员，一个小组须有两名不同的组员",
                f"{successor.name} is the other member of {seat.name}: a group has two different members",
                "departure.members",
                (
                    "另选接替人，或先给这个小组换人",
                    "choose another successor, or give the group somebody else first",
                ),
            )


def _not_yet(zh: str, en: str, rule: str, remedy: tuple[str, str]) -> RequirementMissing:
    return RequirementMissing(zh, en, rule=rule, remedy_zh=remedy[0], remedy_en=remedy[1], field="successor")
