"""Reading a policy file (政策文件): from its tables to the data of a policy, or one error with every problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from models.actors import Rank
from models.clocks import ClockSpec, Unit
from models.errors import PolicyError
from models.instants import FIRST_DAY, LAST_DAY
from models.policy.keys import AT_LEAST, CAP_KEYS, CLOCK_KEYS, DOCUMENT_KINDS, FIGURE_KEYS, RANK_KEYS
from models.policy.ladder import LadderRule, ladder_problems
from models.policy.statutes import (
    DISTRICT_RANKS,
    GOVERNMENT_DECIDES,
    STATUTES,
    STATUTORY_FIGURES,
    STATUTORY_RANKS,
    Problem,
    statutory_problems,
)
from models.policy.values import Figure, Numbering, Reminders, Standard

M = TypeVar("M", bound=BaseModel)
Table = Mapping[str, Any]

_SHAPE: dict[str, tuple[type, str, str]] = {
    "version": (str, "文字", "text"),
    "effective_from": (date, "日期", "a date"),
    "district": (str, "文字", "text"),
    "sources": (list, "数组", "an array"),
    "clocks": (dict, "表", "a table"),
    "caps": (dict, "表", "a table"),
    "figures": (dict, "表", "a table"),
    "ranks": (dict, "表", "a table"),
    "reminders": (dict, "表", "a table"),
    "numbering": (dict, "表", "a table"),
    "standards": (list, "数组", "an array"),
    "ladder": (list, "数组", "an array"),
}
_OPTIONAL = {"sources", "standards", "ladder"}

_FIELD_NAMES = {"class": "klass", "klass": "klass?", "key": "key?"}
"""File names of fields; a name that is ours alone is passed on as an unknown one."""

_SAYINGS: dict[str, tuple[str, str]] = {
    "missing": ("缺少此项", "it is missing"),
    "extra_forbidden": ("未知字段", "unknown field"),
    "string_type": ("应为文字", "it must be text"),
    "string_too_short": ("不得为空", "it must not be empty"),
    "string_too_long": ("不得超过 {max_length} 个字符", "it must not exceed {max_length} characters"),
    "string_pattern_mismatch": ("格式应为 {pattern}", "it must match {pattern}"),
    "int_type": ("应为整数", "it must be a whole number"),
    "greater_than_equal": ("不得小于 {ge}", "it must be at least {ge}"),
    "literal_error": ("取值应为 {expected}", "it must be {expected}"),
    "proposer": ("提请人应为 {expected} 之一", "the proposer must be one of {expected}"),
    "not_counted": ("{when} 只有是与否，不计次数", "{when} is so or not so and is not counted"),
    "committee_lists": ("安委办只能提请挂牌督办（listing）", "a committee proposes a listing only"),
    "enum": ("取值应为 {expected}", "it must be {expected}"),
    "time_type": ("应为时间", "it must be a time of day"),
    "date_type": ("应为日期", "it must be a date"),
    "tuple_type": ("应为数组", "it must be an array"),
    "dict_type": ("应为表", "it must be a table"),
    "model_type": ("应为表", "it must be a table"),
}


def read_policy(raw: Table) -> dict[str, Any]:
    """The fields of the policy whose file holds ``raw``; raises :class:`PolicyError` listing everything wrong."""
    if shape := list(_shape_problems(raw)):
        raise _error(shape)
    problems: list[Problem] = []
    clocks = _clocks(raw["clocks"], problems)
    caps = _table(Figure, "caps", raw["caps"], CAP_KEYS, problems)
    figures = _table(Figure, "figures", raw["figures"], FIGURE_KEYS, problems)
    ranks = _table(Figure, "ranks", raw["ranks"], RANK_KEYS, problems)
    reminders = _one(Reminders, "reminders", raw["reminders"], problems)
    numbering = _one(Numbering, "numbering", raw["numbering"], problems)
    standards = _standards(raw.get("standards", []), problems)
    read = clocks.keys() | figures.keys() | ranks.keys()
    ladder = _ladder(raw.get("ladder", []), problems)
    unreadable = (raw["clocks"].keys() | raw["figures"].keys() | raw["ranks"].keys()) - read
    problems += statutory_problems(clocks, figures, ranks, unreadable)
    problems += [*_number_problems(caps, figures), *_rank_problems(ranks), *_deadline_problems(clocks)]
    problems += [*_date_problems(figures), *_code_problems(numbering), *_window_problems(clocks, figures)]
    if problems:
        raise _error(problems)
    return {
        "version": raw["version"],
        "effective_from": raw["effective_from"],
        "district": raw["district"],
        "sources": raw.get("sources", []),
        "clocks": clocks,
        "figures": {f"caps.{key}": cap for key, cap in caps.items()} | figures,
        "approvals": ranks,
        "reminders": reminders,
        "numbering": numbering,
        "standards": standards,
        "ladder": ladder,
    }


def _shape_problems(raw: Table) -> Iterator[Problem]:
    for key in raw.keys() - _SHAPE.keys():
        yield _unknown(key, key, _SHAPE)
    for key, (kind, zh, en) in _SHAPE.items():
        if key not in raw and key not in _OPTIONAL:
            yield Problem(key, "缺少此项", "it is missing")
        elif key in raw and (type(raw[key]) is not kind or raw[key] == ""):
            yield Problem(key, f"应为{zh}且不得为空", f"it must be {en} and not empty")
    if any(not isinstance(source, str) for source in raw.get("sources", [])):
        yield Problem("sources", "应为文字数组", "it must be an array of text")


def _clocks(raw: Table, problems: list[Problem]) -> dict[str, ClockSpec]:
    resolved: dict[str, Any] = {}
    for key, row in raw.items():
        try:
            resolved[key] = _resolved(row, raw)
        except PolicyError as wrong:
            problems.append(Problem(f"clocks.{key}", wrong.zh, wrong.en))
    unresolved = raw.keys() - resolved.keys()
    return _table(ClockSpec, "clocks", resolved, CLOCK_KEYS - unresolved, problems, keyed=True)


def _resolved(row: Any, raw: Table) -> Any:
    """``row`` with ``same_as`` replaced by the row it names; only labels and reminders may differ."""
    if not isinstance(row, dict) or "same_as" not in row:
        return row
    base = raw.get(row["same_as"]) if isinstance(row["same_as"], str) else None
    own = {field: value for field, value in row.items() if field != "same_as"}
    if not isinstance(base, dict) or "same_as" in base:
        raise PolicyError(
            f"same_as 须指向一个完整的期限（文件中为 {row['same_as']}）",
            f"same_as must name a clock written out in full (the file says {row['same_as']})",
        )
    if changed := own.keys() - {"zh", "en", "remind_days"}:
        raise PolicyError(
            f"与 same_as 并用时不得再写 {sorted(changed)[0]}",
            f"{sorted(changed)[0]} cannot be given together with same_as",
        )
    return base | own


def _table(
    model: type[M],
    section: str,
    raw: Table,
    known: frozenset[str],
    problems: list[Problem],
    *,
    keyed: bool = False,
) -> dict[str, M]:
    """The rows of one section, validated; unknown, unreadable and missing keys become problems."""
    found: dict[str, M] = {}
    for key, row in raw.items():
        where = f"{section}.{key}"
        if key not in known:
            problems.append(_unknown(where, key, known))
        elif (value := _one(model, where, row, problems, key=key if keyed else None)) is not None:
            found[key] = value
    statutory = STATUTES.keys() | STATUTORY_FIGURES.keys() | STATUTORY_RANKS.keys()
    problems += [
        Problem(f"{section}.{key}", "缺少此项", "it is missing")
        for key in sorted(known - raw.keys() - statutory)
    ]
    return found


def _one(model: type[M], where: str, row: Any, problems: list[Problem], key: str | None = None) -> M | None:
    """``row`` as ``model``, or ``None`` after noting what is wrong; files write ``class`` for ``klass``."""
    if not isinstance(row, dict):
        problems.append(Problem(where, "应为表", "it must be a table"))
        return None
    fields = {_FIELD_NAMES.get(name, name): value for name, value in row.items()}
    try:
        return model.model_validate(fields if key is None else fields | {"key": key})
    except ValidationError as wrong:
        problems += dict.fromkeys(_translated(where, dict(error)) for error in wrong.errors())
        return None


def _translated(where: str, error: dict[str, Any]) -> Problem:
    field = str(error["loc"][0]) if error["loc"] else ""
    path = f"{where}.{'class' if field == 'klass' else field.removesuffix('?')}" if field else where
    if error["type"] not in _SAYINGS:
        message = str(error["msg"]).removeprefix("Value error, ")
        return Problem(path, f"取值无效（{message}）", message)
    zh, en = (text.format_map(error.get("ctx") or {}) for text in _SAYINGS[error["type"]])
    return Problem(path, zh, en)


def _standards(raw: list[Any], problems: list[Problem]) -> list[Standard]:
    rows = [_one(Standard, f"standards[{n}]", row, problems) for n, row in enumerate(raw, 1)]
    found = [row for row in rows if row is not None]
    ids = [row.id for row in found]
    problems += [
        Problem(f"standards.{twice}", "标准编号重复", "the id is used twice")
        for twice in sorted({i for i in ids if ids.count(i) > 1})
    ]
    return found


def _ladder(raw: list[Any], problems: list[Problem]) -> list[LadderRule]:
    """The rules of the ladder, each one read, then held against each other."""
    found: list[LadderRule] = []
    unreadable: list[tuple[Any, Any]] = []
    for n, row in enumerate(raw, 1):
        fields = row if isinstance(row, dict) else {}
        key = fields.get("key")
        where = f"ladder.{key}" if key and isinstance(key, str) else f"ladder[{n}]"
        rest = {name: value for name, value in fields.items() if name != "key"} if fields else row
        if (rule := _one(LadderRule, where, rest, problems, key=key)) is not None:
            found.append(rule)
        else:
            unreadable.append((fields.get("when"), fields.get("propose")))
    problems += ladder_problems(found, unreadable)
    problems += [
        Problem(f"ladder.{rule.key}", "规则编号与期限同名", "the key is a clock's name")
        for rule in found
        if rule.key in CLOCK_KEYS
    ]
    return found


def _number_problems(caps: Mapping[str, Figure], figures: Mapping[str, Figure]) -> Iterator[Problem]:
    rows = [(f"caps.{key}", cap, 1) for key, cap in caps.items()]
    rows += [(f"figures.{key}", figures[key], least) for key, least in AT_LEAST.items() if key in figures]
    for where, figure, least in rows:
        if not isinstance(figure.value, int) or figure.value < least:
            yield Problem(
                f"{where}.value",
                f"应为不小于 {least} 的整数",
                f"it must be a whole number of at least {least}",
            )


def _date_problems(figures: Mapping[str, Figure]) -> Iterator[Problem]:
    """The beginning is a day, and none before those the service can mean."""
    figure = figures.get("facts.beginning")
    if figure is None:
        return
    try:
        begins = date.fromisoformat(str(figure.value))
    except ValueError:
        begins = date.min
    if not FIRST_DAY <= begins <= LAST_DAY:
        yield Problem(
            "figures.facts.beginning.value",
            f"应为 {FIRST_DAY} 至 {LAST_DAY} 之间的日期",
            f"it must be a date from {FIRST_DAY} to {LAST_DAY}",
        )


def _code_problems(numbering: Numbering | None) -> Iterator[Problem]:
    """A file numbers every kind of document."""
    if numbering is not None:
        for kind in numbering.codes.keys() - DOCUMENT_KINDS:
            yield _unknown(f"numbering.codes.{kind}", kind, DOCUMENT_KINDS)
        for kind in sorted(DOCUMENT_KINDS - numbering.codes.keys()):
            yield Problem(f"numbering.codes.{kind}", "缺少此项", "it is missing")


def _rank_problems(ranks: Mapping[str, Figure]) -> Iterator[Problem]:
    options = ", ".join(Rank)
    for key, figure in ranks.items():
        if figure.value not in list(Rank):
            yield Problem(
                f"ranks.{key}.value", f"职级应为 {options} 之一", f"the rank must be one of {options}"
            )
        elif (figure.value in DISTRICT_RANKS) != (key in GOVERNMENT_DECIDES):
            yield Problem(
                f"ranks.{key}.value",
                "此事项须由区政府领导决定" if key in GOVERNMENT_DECIDES else "此事项由应急管理局内部审批",
                "it is for the district government to decide"
                if key in GOVERNMENT_DECIDES
                else "it is decided within the bureau",
            )


def _deadline_problems(clocks: Mapping[str, ClockSpec]) -> Iterator[Problem]:
    default, longest = clocks.get("general.deadline"), clocks.get("general.deadline.max")
    if default and longest and (default.unit, default.day_kind) != (longest.unit, longest.day_kind):
        yield Problem(
            "clocks.general.deadline.max",
            "须与默认整改期限同一计算方式",
            "it must count like the default deadline",
        )
    elif default and longest and default.n > longest.n:
        yield Problem(
            "clocks.general.deadline", "默认整改期限超过上限", "the default deadline exceeds the longest one"
        )


def _window_problems(clocks: Mapping[str, ClockSpec], figures: Mapping[str, Figure]) -> Iterator[Problem]:
    """A look-back can be made before it is overdue."""
    for key in ("lookback.first", "lookback.second"):
        clock, opens = clocks.get(key), figures.get(f"{key}.opens")
        counted = clock is not None and clock.unit is Unit.DAYS
        if counted and opens and isinstance(opens.value, int) and opens.value >= clock.n:  # type: ignore[union-attr]
            yield Problem(
                f"figures.{key}.opens", "须早于该次回头看的期限", "it must lie before the time limit"
            )


def _unknown(where: str, key: str, known: Mapping[str, Any] | frozenset[str]) -> Problem:
    near = get_close_matches(key, list(known), n=1)
    zh, en = (f"，是否为 {near[0]}？", f"; did you mean {near[0]}?") if near else ("", "")
    return Problem(where, f"未知的键{zh}", f"unknown key{en}")


def _error(problems: list[Problem]) -> PolicyError:
    """One error for all ``problems``; its article names each statute once."""
    articles = dict.fromkeys(problem.article for problem in problems if problem.article)
    zh = "；".join(f"{p.where}：{p.zh}" for p in problems)
    en = "; ".join(f"{p.where}: {p.en}" for p in problems)
    return PolicyError(
        f"政策文件有 {len(problems)} 处问题：{zh}",
        f"the policy file has {len(problems)} problem{'' if len(problems) == 1 else 's'}: {en}",
        rule="policy.valid",
        article="、".join(articles) or None,
        problems=[problem._asdict() for problem in problems],
    )
