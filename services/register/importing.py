"""Registering from a table (导入): every row is written or named with what is wrong; a second time changes nothing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from pydantic import ValidationError

from ledger import audit, people, registry
from ledger.sessions import Database, Scope, WriteSession
from models.actors import RANK_LABELS, ROLE_LABELS, Actor
from models.audit import AuditAction, Outcome
from models.choices import CHOICE_LABELS
from models.errors import XiaohaoError
from models.malformed import malformed
from models.register import Effect, Enterprise, Person, role_faults
from services.register.rows import ENTERPRISE_FIELDS, PERSON_FIELDS, account, enterprise, id_of
from services.register.trying import written

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
AT_ONCE = 200
"""Rows of one transaction; a process that is killed has lost at most these, and they are written the next time."""


class Kind(StrEnum):
    """What a table holds."""

    ENTERPRISES = "enterprises"
    PEOPLE = "people"


KIND_LABELS = {Kind.ENTERPRISES: ("企业", "enterprises"), Kind.PEOPLE: ("人员", "people")}


@dataclass(frozen=True, slots=True)
class Given:
    """A row as it was read: field → value, field → address."""

    values: Mapping[str, Any]
    places: Mapping[str, str]
    where: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a row, and at which cell."""

    where: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a row: an effect, or everything that is wrong with it."""

    given: Given
    effect: Effect | None = None
    wrong: tuple[Wrong, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What a row may name, by whatever people call it: id, name, short name."""

    organisations: Mapping[str, str]
    territories: Mapping[str, str]
    teams: Mapping[str, str]
    firms: Mapping[str, Mapping[str, Any]]
    """Credit code → the enterprise as it is registered."""
    accounts: Mapping[str, Mapping[str, Any]]
    """User name → the account as it is."""


ROLES = {said: role for role, pair in ROLE_LABELS.items() for said in (role.value, *pair)}
RANKS = {said: rank for rank, pair in RANK_LABELS.items() for said in (rank.value, *pair)}
INDUSTRIES = {said: key for key, pair in CHOICE_LABELS["industry"].items() for said in (key, *pair)}
_YES = frozenset({"是", "yes", "true", "1", "√", "✓", "重点"})
_NAMED = {
    "organisation": ("organisations", "单位", "organisation"),
    "regulator": ("organisations", "单位", "organisation"),
    "assessor": ("organisations", "单位", "organisation"),
    "territory": ("territories", "属地", "territory"),
    "team": ("teams", "挂钩小组", "liaison group"),
}
"""Field → among what it is looked up, and what that is called."""


async def import_rows(
    database: Database,
    by: Actor,
    kind: Kind,
    rows: Iterable[Given],
    now: datetime,
    *,
    ip: str = "",
    only_look: bool = False,
) -> AsyncIterator[Result]:
    """Register ``rows`` of ``kind`` in the district of an administrator; one result a row, in order.

    A row that is wrong keeps no other back. With ``only_look`` nothing is written.
    """
    scope, seen = Scope.of(by), set[str]()
    for some in _parts(rows):
        async with written(database, scope, keep=not only_look) as session:
            known = await _known(session, scope, kind, some)
            results = [await _row(session, scope, kind, given, known, seen) for given in some]
            if not only_look:
                await _noted(database, by, kind, results, now, ip)
        for result in results:
            yield result


def _parts(rows: Iterable[Given]) -> Iterator[list[Given]]:
    left = iter(rows)
    while some := [*islice(left, AT_ONCE)]:
        yield some


async def _noted(
    database: Database, by: Actor, kind: Kind, results: Sequence[Result], now: datetime, ip: str
) -> None:
    """A line of the audit log for what a transaction is about to change."""
    for effect in (Effect.ADDED, Effect.CHANGED):
        named = [str(one.given.values[_KEY[kind]]) for one in results if one.effect is effect]
        if named:
            await audit.record(
                database,
                at=now,
                action=AuditAction.REGISTER,
                outcome=Outcome.SUCCESS,
                actor=by,
                ip=ip,
                details={"entries": [f"{kind}.{one}" for one in named], "effect": effect},
            )


_KEY = {Kind.ENTERPRISES: "uscc", Kind.PEOPLE: "username"}


async def _known(session: WriteSession, scope: Scope, kind: Kind, rows: Sequence[Given]) -> Known:
    """What these rows may name; what no code or user name can look like is not even asked for."""
    codes = {str(row.values.get(name) or "") for row in rows for name in ("uscc", "enterprise")}
    names = {str(row.values.get("username") or "").lower() for row in rows}
    people_too = kind is Kind.PEOPLE
    return Known(
        **await registry.names(session, scope),
        firms=await registry.enterprises_of(session, {one for one in codes if _CODE.fullmatch(one)}),
        accounts=await people.accounts_of(
            session, {one for one in names if people_too and _CODE.fullmatch(one)}
        ),
    )


async def _row(
    session: WriteSession, scope: Scope, kind: Kind, given: Given, known: Known, seen: set[str]
) -> Result:
    wrong: list[Wrong] = []
    values = {name: value for name, value in given.values.items() if value not in (None, "")}
    for name, (among, zh, en) in _NAMED.items():
        if name in values:
            found = getattr(known, among).get(values[name])
            if found is None:
                wrong.append(
                    Wrong(
                        _at(given, name), f"没有叫“{values[name]}”的{zh}", f"no {en} is called {values[name]}"
                    )
                )
            values[name] = found or "unknown"
    try:
        row = _entry(kind, values, scope, known, given)
    except ValidationError as error:
        return Result(given, wrong=(*wrong, *_fields(given, error)))
    except XiaohaoError as error:
        return Result(given, wrong=(*wrong, Wrong(_at(given, _KEY[kind]), error.zh, error.en)))
    if isinstance(row, tuple):
        return Result(given, wrong=(*wrong, *(Wrong(given.where, zh, en) for _, zh, en in row)))
    key = str(row["uscc" if kind is Kind.ENTERPRISES else "username"])
    if key in seen:
        wrong.append(Wrong(_at(given, _KEY[kind]), f"{key} 在文件中出现过", f"{key} was in the file before"))
    if wrong:
        return Result(given, wrong=tuple(wrong))
    seen.add(key)
    kept = (known.firms if kind is Kind.ENTERPRISES else known.accounts).get(key, {})
    if kept and all(kept.get(column) == value for column, value in row.items()):
        return Result(given, effect=Effect.SAME)
    try:
        async with session.begin_nested():
            put = registry.put_enterprise if kind is Kind.ENTERPRISES else registry.put_account
            return Result(given, effect=await put(session, **row))
    except XiaohaoError as error:
        return Result(given, wrong=(Wrong(given.where, error.zh, error.en),))


def _entry(kind: Kind, values: dict[str, Any], scope: Scope, known: Known, given: Given) -> Any:
    """The row of the table, or the faults (a tuple) of an entry that contradicts itself."""
    district = str(scope.district_id)
    if kind is Kind.ENTERPRISES:
        values["industry"] = INDUSTRIES.get(values.get("industry", ""), values.get("industry", ""))
        values["key"] = str(values.get("key", "")).lower() in _YES
        firm = Enterprise.model_validate(values)
        code = registry.check_uscc(firm.uscc)
        kept = known.firms.get(code, {})
        ids = {code: kept.get("enterprise_id") or id_of(district, "enterprises", code)}
        row = enterprise(firm.model_copy(update={"uscc": code}), district, ids)
        return _as_it_was(row, kept, ENTERPRISE_FIELDS, given)
    values["role"] = ROLES.get(values.get("role", ""), values.get("role"))
    values["rank"] = RANKS.get(values.get("rank", ""), values.get("rank"))
    if "username" in values:
        values["username"] = str(values["username"]).lower()
    person = Person.model_validate(values)
    if found := tuple(role_faults(person)):
        return found
    if person.enterprise is not None and person.enterprise not in known.firms:
        return (
            (
                "",
                f"没有信用代码为 {person.enterprise} 的企业",
                f"no enterprise has the credit code {person.enterprise}",
            ),
        )
    kept = known.accounts.get(person.username, {})
    ids = {person.username: kept.get("user_id") or id_of(district, "people", person.username)}
    firms = {code: firm["enterprise_id"] for code, firm in known.firms.items()}
    return _as_it_was(account(person, district, ids, firms), kept, PERSON_FIELDS, given)


def _as_it_was(
    row: dict[str, Any], kept: Mapping[str, Any], fields: Mapping[str, str], given: Given
) -> dict[str, Any]:
    """The row, where the table has no column for a field, with what was registered before."""
    asked = {column for column, name in fields.items() if name in given.values} | (row.keys() - fields.keys())
    return {column: value if column in asked else kept.get(column, value) for column, value in row.items()}


def _at(given: Given, name: str) -> str:
    return given.places.get(name, given.where)


def _fields(given: Given, error: ValidationError) -> Iterator[Wrong]:
    for one in malformed(error.errors(), "import.row").details["fields"]:
        name = one["field"].split(".")[0]
        yield Wrong(_at(given, name), one["name_zh"] + one["zh"], f"{one['name_en']} {one['en']}")
