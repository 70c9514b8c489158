"""A policy version on its way into force (规则版本的施行): from when on, and only forward."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.actors import Actor
from models.administrators import administrators_alone
from models.errors import Conflict, LimitExceeded, RequirementMissing
from models.instants import day_of


class VersionState(StrEnum):
    """Where a version stands on a day."""

    STORED = "stored"
    COMING = "coming"
    IN_FORCE = "in_force"
    FORMER = "former"


VERSION_LABELS: dict[VersionState, tuple[str, str]] = {
    VersionState.STORED: ("已录入，未施行", "stored, not in force"),
    VersionState.COMING: ("待施行", "in force from a later day"),
    VersionState.IN_FORCE: ("现行", "in force"),
    VersionState.FORMER: ("已被取代", "superseded"),
}


@dataclass(frozen=True, slots=True)
class Version:
    """What of a stored version the rules of its beginning look at."""

    version: str
    effective_from: date
    """The day the document itself says, before which it may not begin."""
    begins: date | None


def keeps_policies(actor: Actor) -> None:
    """Raise NotAuthorised for whoever does not keep the reference data."""
    administrators_alone(
        actor,
        "仅系统管理员可以录入和施行规则版本",
        "Only administrators store policy versions and put them in force",
        rule="policies.keeps",
    )


def state_of(one: Version, current: str, today: date) -> VersionState:
    """Where ``one`` stands while ``current`` is in force."""
    if one.version == current:
        return VersionState.IN_FORCE
    if one.begins is None:
        return VersionState.STORED
    return VersionState.COMING if one.begins > today else VersionState.FORMER


def check_in_force(version: str, begins: date | None, now: datetime) -> None:
    """Raise RequirementMissing unless ``version`` is in force: no case takes it a day early."""
    if begins is None or begins > day_of(now):
        raise RequirementMissing(
            f"规则版本 {version} 尚未施行",
            f"policy version {version} is not in force yet",
            rule="policy.in_force",
            remedy_zh="待其施行后再适用",
            remedy_en="adopt it once it is in force",
        )


def check_activation(one: Version, day: date, today: date, others: Iterable[Version]) -> None:
    """Raise what speaks against ``one`` beginning on ``day``: it has begun, the day is over or before the document's own,
    or an older document would follow a newer one."""
    if one.begins is not None and one.begins <= today:
        raise Conflict(
            f"版本 {one.version} 已于 {one.begins} 起施行",
            f"version {one.version} has been in force since {one.begins}",
            rule="policies.begun",
            remedy_zh="内容要改的，录入新的版本",
            remedy_en="to change it, store another version",
        )
    if day < today:
        raise LimitExceeded(
            f"施行日期不得早于今天（{today}）",
            f"it cannot begin before today ({today})",
            rule="policies.forward",
            remedy_zh="选择今天或以后的日期",
            remedy_en="choose today or a later day",
        )
    if day < one.effective_from:
        raise LimitExceeded(
            f"文件写明自 {one.effective_from} 起施行，不得提前",
            f"the document says it begins on {one.effective_from}; no earlier day may be chosen",
            rule="policies.forward",
            remedy_zh=f"选择 {one.effective_from} 或以后的日期",
            remedy_en=f"choose {one.effective_from} or a later day",
        )
    for other in others:
        if other.version == one.version or other.begins is None:
            continue
        if other.effective_from > one.effective_from:
            raise Conflict(
                f"已有更新的版本 {other.version}（{other.effective_from}），不能改回较旧的版本",
                f"version {other.version} ({other.effective_from}) is newer; an older one cannot follow it",
                rule="policies.forward",
                remedy_zh="另起一个新版本录入",
                remedy_en="store what shall hold as a new version",
            )
        if other.begins > day:
            raise Conflict(
                f"版本 {other.version} 将于 {other.begins} 起施行，在它之前插入的版本须先与之理顺",
                f"version {other.version} begins on {other.begins}; nothing begins before what is already to come",
                rule="policies.forward",
                remedy_zh=f"选择 {other.begins} 或以后的日期",
                remedy_en=f"choose {other.begins} or a later day",
            )
