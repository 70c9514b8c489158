"""How papers write days, moments and people; pure functions, no IO."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from documents.facts import Person, Remedy
from ledger.readers.paging import Found
from models.actors import RANK_LABELS, ROLE_LABELS, Rank, Role
from models.clocks import SHANGHAI
from models.policy import Policy


class People:
    """Everybody a file names, by id."""

    def __init__(self, rows: Mapping[str, Found]) -> None:
        self._rows = rows

    def __contains__(self, user_id: object) -> bool:
        return user_id in self._rows

    def one(self, user_id: str | None, *, called: str | None = None, role: str | None = None) -> Person:
        """Somebody, as they were ``called`` that day, in the ``role`` they acted in."""
        row = self._rows.get(user_id or "")
        held = role or (row.role if row else None)
        rank = row.rank if row else None
        post = RANK_LABELS[Rank(rank)][0] if rank else ROLE_LABELS[Role(held)][0] if held else ""
        name = called or (row.display_name if row else "") or ("系统" if user_id is None else "")
        return Person(name=name, certificate=(row.certificate_no or "") if row else "", post=post)

    def names(self, ids: Iterable[str]) -> str:
        """Their names."""
        return "、".join(self.one(one).name for one in ids)

    def with_certificates(self, ids: Iterable[str]) -> str:
        """Their names, each with the certificate."""
        people = [self.one(one) for one in ids]
        return "、".join(
            f"{one.name}（执法证号：{one.certificate}）" if one.certificate else one.name for one in people
        )


def dated_text(value: str) -> str:
    """A day or a moment as people write it; any other text as it is."""
    try:
        if len(value) == 10:
            return day_text(date.fromisoformat(value))
        return moment_text(datetime.fromisoformat(value)) if "T" in value and len(value) < 40 else value
    except ValueError:
        return value


def day_text(day: date) -> str:
    """2026年11月28日."""
    return f"{day.year}年{day.month}月{day.day}日"


def moment_text(at: datetime) -> str:
    """2026年11月28日13时34分, in Shanghai."""
    local = at.astimezone(SHANGHAI)
    return f"{day_text(local.date())}{local.hour}时{local.minute:02d}分"


def in_capitals(yuan: int) -> str:
    """An amount in capital figures (大写): 贰万元整."""
    import cn2an  # loaded by the first amount, not by every process that starts

    return str(cn2an.an2cn(yuan, "rmb"))


def cited(title: str, number: str) -> str:
    """A document as another names it; the number begins with a bracket of its own."""
    return f"{title}　{number}"


def remedies(policy: Policy) -> Remedy:
    """The time limits a party is told, in words: 60日、6个月."""

    def length(clock: str) -> str:
        return policy.clock(clock).length()[0]

    return Remedy(
        reconsider=length("reconsider"),
        litigate=length("litigate"),
        pay=length("fine.pay"),
        demand=length("demand.before_court"),
    )


def verdict(failed: bool, note: str) -> str:
    """What was found of one item, with its note."""
    said = "不合格" if failed else "合格"
    return f"{said}。{note}" if note else said
