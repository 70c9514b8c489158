"""Single entries of the register (登记簿): what there is, what still depends on one, and when one may be closed.

What has a history is closed, never deleted; what is closed is named by nothing that is in use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from models.errors import Conflict, RequirementMissing, XiaohaoError


class Noun(StrEnum):
    """What an entry is about; the lists of a register go by the same names."""

    ORGANISATIONS = "organisations"
    TERRITORIES = "territories"
    PEOPLE = "people"
    TEAMS = "teams"
    ENTERPRISES = "enterprises"


NOUN_LABELS: Mapping[Noun, tuple[str, str]] = {
    Noun.ORGANISATIONS: ("机构", "organisations"),
    Noun.TERRITORIES: ("属地", "territories"),
    Noun.PEOPLE: ("人员", "people"),
    Noun.TEAMS: ("挂钩小组", "liaison groups"),
    Noun.ENTERPRISES: ("企业", "enterprises"),
}

ONE_OF: Mapping[Noun, str] = {
    Noun.ORGANISATIONS: "an organisation",
    Noun.TERRITORIES: "a territory",
    Noun.PEOPLE: "a person",
    Noun.TEAMS: "a liaison group",
    Noun.ENTERPRISES: "an enterprise",
}
"""One entry in English; Chinese says it as the list is called."""

ONCE: Mapping[Noun, tuple[str, ...]] = MappingProxyType(
    {
        Noun.ORGANISATIONS: ("name", "parent"),
        Noun.TERRITORIES: ("name",),
        Noun.TEAMS: ("name",),
    }
)
"""Of which entries no two in use say the same, and in what: whoever chooses an office could not tell two of one name apart."""

CLOSABLE = frozenset({Noun.ORGANISATIONS, Noun.TERRITORIES, Noun.TEAMS})
"""What is closed by itself. A person leaves, an enterprise is merged: acts of their own."""


class Held(StrEnum):
    """What may still depend on an entry."""

    PEOPLE = "people"
    ORGANISATIONS = "organisations"
    TERRITORIES = "territories"
    ENTERPRISES = "enterprises"
    CASES = "cases"


HELD_LABELS: Mapping[Held, tuple[str, str]] = {
    Held.PEOPLE: ("在岗人员", "people in office"),
    Held.ORGANISATIONS: ("下级机构", "organisations beneath"),
    Held.TERRITORIES: ("所管属地", "territories it sees"),
    Held.ENTERPRISES: ("企业", "enterprises"),
    Held.CASES: ("未办结案件", "open cases"),
}
_REMEDIES: Mapping[Held, tuple[str, str]] = MappingProxyType(
    {
        Held.PEOPLE: (
            "把这些人员调到其他单位，或办理离岗",
            "move these people elsewhere, or end their accounts",
        ),
        Held.ORGANISATIONS: (
            "给下级机构换一个上级，或先关闭下级机构",
            "put those beneath under another, or close them first",
        ),
        Held.TERRITORIES: ("把这些属地交给另一个单位", "give these territories to another office"),
        Held.ENTERPRISES: ("把这些企业划到其他单位、属地或小组", "register these enterprises with another"),
        Held.CASES: ("等这些案件办结", "wait until these cases are closed"),
    }
)
"""What would let an entry go."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What depends on an entry: how many, and the first of them by name. Cases are counted and never named."""

    what: Held
    count: int
    names: tuple[str, ...] = ()


def closing(name: str, active: bool, holds: Sequence[Hold]) -> Iterator[XiaohaoError]:
    """Every reason why an entry may not be closed now."""
    if not active:
        yield RequirementMissing(f"{name} 已经关闭", f"{name} is closed already", rule="register.closed")
    elif holds:
        zh = "；".join(_told(one, 0) for one in holds)
        en = "; ".join(_told(one, 1) for one in holds)
        yield RequirementMissing(
            f"{name} 还不能关闭，仍有{zh}",
            f"{name} cannot be closed yet; there are still {en}",
            rule="register.held",
            remedy_zh="；".join(_REMEDIES[one.what][0] for one in holds),
            remedy_en="; ".join(_REMEDIES[one.what][1] for one in holds),
            held=[{"what": one.what.value, "count": one.count, "names": list(one.names)} for one in holds],
        )


def _told(hold: Hold, lang: int) -> str:
    more = "…" if hold.count > len(hold.names) else ""
    label, named = HELD_LABELS[hold.what][lang], ("、", ", ")[lang].join(hold.names) + more
    counted = (f"{label} {hold.count} 个", f"{hold.count} {label}")[lang]
    return counted + (f"（{named}）", f" ({named})")[lang] if hold.names else counted


def namesake(noun: Noun, name: str) -> Conflict:
    """The refusal of an entry that nobody could tell from one that is there."""
    zh, en = NOUN_LABELS[noun][0], ONE_OF[noun]
    return Conflict(
        f"已经有名为“{name}”的{zh}",
        f"There is {en} called {name} already",
        rule="register.namesake",
        remedy_zh="使用已登记的那一个；确是另一个的，名称写得更具体",
        remedy_en="use the one there is; if it is another, give it a name that says so",
        field="name",
    )


def stale() -> RequirementMissing:
    """The refusal of a change to what somebody else has changed meanwhile."""
    return RequirementMissing(
        "这一项在您打开之后被别人改过",
        "Somebody changed this entry after you opened it",
        rule="register.version",
        remedy_zh="重新打开，核对现在的内容后再改",
        remedy_en="open it again and look at what it says now",
    )


def merged(survivor: str) -> RequirementMissing:
    """The refusal of anything new about an entry that was merged into another."""
    return RequirementMissing(
        f"这一登记已并入{survivor}",
        f"This entry was merged into {survivor}",
        rule="enterprises.merged",
        remedy_zh=f"改在{survivor}名下办理",
        remedy_en=f"do it for {survivor} instead",
        field="enterprise_id",
    )


def merging(same: bool, both_in_use: bool, on_record: bool) -> Iterator[XiaohaoError]:
    """Every reason why one enterprise's entry may not be merged into another's now.

    ``on_record``: there is a case, an inspection, an order, an old ledger on its way, or an entry of its own ledger under
    it. Those are what happened to it: they carry its id in signed commands and chained hashes, and are not rewritten.
    """
    if same:
        yield _unmergeable(
            "不能并入自己",
            "An entry is not merged into itself",
            "another",
            "另填一个信用代码",
            "give another code",
        )
    elif not both_in_use:
        yield _unmergeable(
            "其中一个登记已经并入别的企业",
            "One of the two was merged already",
            "again",
            "选择仍在用的登记",
            "choose an entry that is in use",
        )
    elif on_record:
        yield _unmergeable(
            "该登记名下已有案件、检查、指令书或企业台账，记录不能改到另一家企业名下",
            "There are cases, inspections, orders or ledger entries under it: what happened is not rewritten to another",
            "on_record",
            "反过来把没有记录的登记并入它；两边都有记录的，都保留，新事项只在其中一个名下办理",
            "merge the one without a record into it; where both have one, keep both and go on with one of them",
        )


def _unmergeable(zh: str, en: str, rule: str, remedy_zh: str, remedy_en: str) -> RequirementMissing:
    return RequirementMissing(
        zh, en, rule=f"register.merge.{rule}", remedy_zh=remedy_zh, remedy_en=remedy_en, field="into"
    )
