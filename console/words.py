"""How pages say things in the reader's language: labels, days, moments, sums, and how long a clock still runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from models.caseclocks import CLOCK_STATUS_LABELS, ClockStatus
from models.choices import CHOICE_LABELS, choice_label
from models.clocks import SHANGHAI
from models.fields import FIELD_NAMES, MONEY
from models.hints import CALLED
from models.labels import Label
from models.penalised import article_words
from models.remaining import Remaining
from services.messages import Language
from services.papers.acts import COMMAND_OF
from services.policies.bases import basis_words, unmarked

Pair = tuple[str, str]
_SECOND = timedelta(microseconds=1)
_NOTHING = "—"
"""What stands where there is nothing, in both languages."""
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_CELL = re.compile(r"(.*)!([A-Z]*)([0-9]+)", re.DOTALL)
_NUMBERS = {"hours": ("小时", "h"), "working": ("个工作日", "working days"), "calendar": ("天", "days")}
_UNTOLD = frozenset(
    {"evidence", "officers", "participants", "witnesses", "presiding", "person", "sponsor_id", "handler_id"}
    | {"measure_id", "order_id", "case_id", "inspection_id", "enterprise_id", "territory_id", "district_id"}
    | {"team", "team_id", "assessor_org_id", "subject", "proposal", "policy", "calendar", "clause"}
    | {"kind", "step", "state", "no", "key", "form", "command", "event", "open"}
)
"""Facts of an entry that are ids, stand in its title already, or are shown elsewhere."""
_OUTCOMES = {
    "passed": ("通过的要求", "requirements passed"),
    "failed": ("未通过的要求", "requirements not passed"),
}
"""What a re-inspection found of the requirements, by their numbers."""
_DIGEST = "sha256:"
"""How the digest of words begins that stand beside it."""
_INNER = ("form", "facts")
"""What a step of a measure said lies within its entry."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    lang: Language
    marked: bool = False
    """Whether citations say what is still to be verified of them (待核对), as on the pages of the rules."""

    def t(self, zh: str, en: str) -> str:
        """One of two words."""
        return zh if self.lang == "zh" else en

    def pair(self, pair: Pair) -> str:
        """A pair of words, as a heading or a button says it: in English with a capital."""
        zh, en = pair
        return self.t(zh, en[:1].upper() + en[1:])

    def say(self, label: Label | None) -> str:
        """A label; nothing where there is none."""
        return self.pair((label.zh, label.en)) if label else ""

    def called(self, name: Label | None) -> str:
        """What somebody is called, as it stands: a name gets no capital."""
        return self.t(name.zh, name.en) if name else ""

    def basis(self, basis: str | None) -> str:
        """What a rule rests on."""
        return self.source(basis if self.marked else unmarked(basis)) if basis else ""

    def source(self, basis: str) -> str:
        """What a rule rests on, and what is still to be verified of it."""
        return basis_words(basis, self.lang)

    def field(self, name: str) -> str:
        """What a field is called."""
        return self.pair(FIELD_NAMES.get(name, (name, name)))

    def day(self, day: date | datetime | None) -> str:
        """A Shanghai day."""
        if day is None:
            return _NOTHING
        one = day.astimezone(SHANGHAI).date() if isinstance(day, datetime) else day
        return f"{one.year}年{one.month}月{one.day}日" if self.lang == "zh" else _english(one)

    def short(self, day: date | datetime | None) -> str:
        """A Shanghai day without its year."""
        if day is None:
            return ""
        one = day.astimezone(SHANGHAI).date() if isinstance(day, datetime) else day
        return f"{one.month}月{one.day}日" if self.lang == "zh" else f"{one.day} {_MONTHS[one.month - 1]}"

    def month(self, day: date) -> str:
        """The month of a day."""
        return self.t(f"{day.year}年{day.month}月", f"{_MONTHS[day.month - 1]} {day.year}")

    def month_name(self, number: int) -> str:
        """A month of any year, from 1."""
        return self.t(f"{number}月", _MONTHS[number - 1])

    def moment(self, at: datetime | None) -> str:
        """A moment, by the clocks of Shanghai."""
        if at is None:
            return _NOTHING
        local = at.astimezone(SHANGHAI)
        return f"{self.day(local.date())} {local:%H:%M}"

    def until(self, at: datetime) -> str:
        """The last day before an exclusive end, by day; an end that is no midnight, by the minute."""
        local = at.astimezone(SHANGHAI)
        whole = (local.hour, local.minute, local.second) == (0, 0, 0)
        return self.day((local - _SECOND).date()) if whole else self.moment(at)

    def money(self, yuan: int | None) -> str:
        """A sum in whole yuan."""
        return "" if yuan is None else self.t(f"{yuan:,} 元", f"CN¥{yuan:,}")

    def figure(self, value: int | str) -> str:
        """A figure of a policy: a number by thousands, a day as one."""
        return f"{value:,}" if isinstance(value, int) else self._text(value)

    def left(self, left: Remaining) -> str:
        """How long a clock still runs."""
        zh, en = _NUMBERS[left.counted]
        if left.late:
            return self.t(f"已逾期 {left.n} {zh}", f"{left.n} {en if left.n > 1 else 'day'} overdue")
        if left.n == 0:
            return self.t("今天到期", "due today")
        if left.n == 1 and left.counted != "hours":
            en = en.removesuffix("s")
        return self.t(f"还剩 {left.n} {zh}", f"{left.n} {en} left")

    def told(self, facts: Mapping[str, Any] | None, event: str = "") -> list[tuple[str, str]]:
        """What an entry of the ledger says, field by field, as far as it is words, numbers, days or choices; a field is
        called as in the form of what led to ``event``."""
        own, called, _ = CALLED.get(COMMAND_OF.get(event, ""), ("", ("", ""), None))
        found = []
        for name, value in (facts or {}).items():
            if name in _INNER and isinstance(value, Mapping):
                found += self.told(value)
            elif name in _OUTCOMES and isinstance(value, list):
                found += [(self.pair(_OUTCOMES[name]), self._numbered(value))] if value else []
            elif name in FIELD_NAMES and name not in _UNTOLD and (shown := self.value(name, value)):
                found.append((self.pair(called) if name == own else self.field(name), shown))
        return found

    def _numbered(self, items: Sequence[Any]) -> str:
        """The numbers of requirements."""
        said = self.t("、", ", ").join(str(one) for one in items)
        return self.t(f"第 {said} 项", f"no. {said}")

    def within(self, label: Label, whole: Label) -> str:
        """A label that begins with the name of what it stands in, without it."""
        return self.pair((label.zh.removeprefix(f"{whole.zh}："), label.en.removeprefix(f"{whole.en}: ")))

    def cell(self, where: str) -> str:
        """A place in a spreadsheet (``台账!C12``, of a whole row ``台账!12``) as one finds it there."""
        found = _CELL.fullmatch(where)
        if found is None:
            return where
        sheet, column, row = found.groups()
        zh = f"“{sheet}”表第 {row} 行" + (f" {column} 列" if column else "")
        return self.t(zh, f"sheet “{sheet}”, row {row}" + (f", column {column}" if column else ""))

    def column(self, where: str) -> str:
        """The column of a place in a spreadsheet, beside what says its row; nothing of a whole row."""
        found = _CELL.fullmatch(where)
        column = found.group(2) if found else None
        return self.t(f"{column} 列", f"column {column}") if column else ""

    def clock_status(self, status: ClockStatus) -> str:
        """How a clock stands that does not run."""
        return self.pair(CLOCK_STATUS_LABELS[status])

    def detail(self, value: Any, words: Mapping[str, tuple[str, str]]) -> str:
        """What a line of the audit log says beside its action: yes and no, several as one, keys by their ``words``, the
        rest as it is."""
        if isinstance(value, bool):
            return self.t("是", "yes") if value else self.t("否", "no")
        if isinstance(value, list):
            return self.t("、", ", ").join(self.detail(one, words) for one in value)
        return self.pair(words[value]) if value in words else str(value)

    def value(self, name: str, value: Any) -> str:
        """One value of a field in words; nothing for what is no word."""
        if value in (None, "", [], ()):
            return ""
        if isinstance(value, bool):
            return self.t("是", "yes") if value else self.t("否", "no")
        if name in MONEY and isinstance(value, int):
            return self.money(value)
        if isinstance(value, int):
            return "" if name == "items" else str(value)
        if isinstance(value, list):
            return self.t("；", "; ").join(one for each in value if (one := self._member(each)))
        if not isinstance(value, str) or value.startswith(_DIGEST):
            return ""
        if name == "article" and value[:1].isdecimal():
            return self.pair(article_words(value))
        return self.pair(choice_label(name, value)) if name in CHOICE_LABELS else self._text(value)

    def _member(self, value: Any) -> str:
        if isinstance(value, Mapping):
            if value.keys() == {"text"}:
                return str(value["text"])
            said = self.told(value)
            return said[0][1] if len(said) == 1 else self.t("，", ", ").join(" ".join(one) for one in said)
        return str(value) if isinstance(value, str | int) else ""

    def _text(self, value: str) -> str:
        """Words as they are; an instant or a day in the reader's manner."""
        if len(value) < 10 or value[4:5] != "-":
            return value
        try:
            if len(value) == 10:
                return self.day(date.fromisoformat(value))
            at = datetime.fromisoformat(value)
        except ValueError:
            return value
        return self.moment(at if at.tzinfo else at.replace(tzinfo=UTC))


def _english(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
