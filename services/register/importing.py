"""Registering from a table (导入): every row is written or named with what is wrong; a second time changes nothing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from ledger import audit, people, registry
from ledger.sessions import Database, Scope, WriteSession
from models.actors import RANK_LABELS, ROLE_LABELS, Actor
from models.audit import AuditAction, Outcome
from models.errors import Malformed, XiaohaoError
from models.malformed import malformed
from models.register import NO_ACCOUNTS, Effect, Enterprise, Person, role_faults
from services.register.rows import ENTERPRISE_FIELDS, PERSON_FIELDS, account, enterprise, id_of
from services.register.trying import written

_NOBODY = "unknown"
"""Stands for what was not found, so that the rest of a row is looked at too."""
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
_CALLED: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType(
    {
        "role": [pair for role, pair in ROLE_LABELS.items() if role not in NO_ACCOUNTS],
        "rank": [*RANK_LABELS.values()],
    }
)
"""What a table may say in a column of a few words."""
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
            await registry.lock_register(session, scope.district_id)
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
        named = [str(one.given.values[_SHAPES[kind].key]) for one in results if one.effect is effect]
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
    shape = _SHAPES[kind]
    values = {name: value for name, value in given.values.items() if value not in (None, "")}
    wrong, row = [*_looked_up(values, given, known)], dict[str, Any]()
    try:
        row = shape.entry(values, str(scope.district_id), known, given)
    except ValidationError as error:
        wrong += _fields(given, error)
    except XiaohaoError as error:
        at = given.places.get(error.details.get("field", shape.key), given.where)
        wrong.append(Wrong(at, error.zh, error.en))
    key = str(row.get(shape.key))
    if row and key in seen:
        at = given.places.get(shape.key, given.where)
        wrong.append(Wrong(at, f"{key} 在文件中出现过", f"{key} was in the file before"))
    if wrong:
        return Result(given, wrong=tuple(wrong))
    seen.add(key)
    kept = shape.kept(known).get(key)
    if kept is not None and all(kept[column] == value for column, value in row.items()):
        return Result(given, effect=Effect.SAME)
    try:
        async with session.begin_nested():
            return Result(given, effect=await shape.put(session, **row))
    except XiaohaoError as error:
        return Result(given, wrong=(Wrong(given.where, error.zh, error.en),))


def _looked_up(values: dict[str, Any], given: Given, known: Known) -> Iterator[Wrong]:
    """Put ids in place of what people call things; what is called nothing is wrong."""
    for name, (among, zh, en) in _NAMED.items():
        if (called := values.get(name)) is None:
            continue
        found = getattr(known, among).get(called)
        values[name] = found or _NOBODY
        if found is None:
            at = given.places.get(name, given.where)
            yield Wrong(at, f"没有叫“{called}”的{zh}", f"no {en} is called {called}")


def _enterprise(values: dict[str, Any], district: str, known: Known, given: Given) -> dict[str, Any]:
    values |= {"key": str(values.get("key", "")).lower() in _YES}
    firm = Enterprise.model_validate(values)
    code = registry.check_uscc(firm.uscc)
    kept = known.firms.get(code, {})
    ids = {code: kept.get("enterprise_id") or id_of(district, "enterprises", code)}
    row = enterprise(firm.model_copy(update={"uscc": code}), district, ids)
    return _as_it_was(row, kept, ENTERPRISE_FIELDS, given)


def _person(values: dict[str, Any], district: str, known: Known, given: Given) -> dict[str, Any]:
    said = {name: values[name] for name in ("role", "rank") if name in values}
    values |= {name: {**ROLES, **RANKS}.get(word, word) for name, word in said.items()}
    if "username" in values:
        values["username"] = str(values["username"]).lower()
    person = Person.model_validate(values)
    found = [*role_faults(person)]
    firm = known.firms.get(person.enterprise or "")
    if person.enterprise is not None and (firm is None or firm["merged_into"]):
        code = person.enterprise
        found.append(("", f"没有信用代码为 {code} 的企业", f"no enterprise has the credit code {code}"))
    if found:
        zh, en = ("；".join(pair) for pair in zip(*((zh, en) for _, zh, en in found), strict=True))
        raise Malformed(zh, en, rule="import.row", field="")
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


def _fields(given: Given, error: ValidationError) -> Iterator[Wrong]:
    for one in malformed(error.errors(), "import.row").details["fields"]:
        name = one["field"].split(".")[0]
        zh, en = one["zh"], one["en"]
        if one["type"] == "enum" and name in _CALLED:
            zh = f"应为以下之一：{'、'.join(pair[0] for pair in _CALLED[name])}"
            en = f"must be one of {', '.join(pair[1] for pair in _CALLED[name])}"
        yield Wrong(given.places.get(name, given.where), one["name_zh"] + zh, f"{one['name_en']} {en}")


@dataclass(frozen=True, slots=True)
class _Shape:
    """How rows of a kind are registered: what they are known by, what is registered already, how one is written."""

    key: str
    kept: Callable[[Known], Mapping[str, Mapping[str, Any]]]
    entry: Callable[[dict[str, Any], str, Known, Given], dict[str, Any]]
    put: Callable[..., Awaitable[Effect]]


_SHAPES: Mapping[Kind, _Shape] = MappingProxyType(
    {
        Kind.ENTERPRISES: _Shape("uscc", lambda known: known.firms, _enterprise, registry.put_enterprise),
        Kind.PEOPLE: _Shape("username", lambda known: known.accounts, _person, registry.put_account),
    }
)
