"""Setting up a district (建区): its register brought in line with a file, all of it or nothing, every change in the audit log."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from ledger import audit, entries, people, registry
from ledger.sessions import Database, Scope, WriteSession
from models.actors import Actor, Role
from models.audit import AuditAction, Outcome
from models.errors import Malformed, RequirementMissing
from models.malformed import malformed
from models.register import IDS, Effect, Fault, Register, faults, parents_first, place
from services.register.rows import account, enterprise, id_of, organisation, team_row, territory
from services.register.trying import written

_MOST_SHOWN = 20
_SPELT = (
    "只能用字母、数字和 _ . -（用户名须小写）",
    "may hold letters, digits and _ . - alone (a user name: small letters)",
)


@dataclass(frozen=True, slots=True)
class Change:
    """What became, or would become, of one entry; ``where`` is its place in the file."""

    where: str
    name: str
    effect: Effect


def read_register(text: str) -> Register:
    """The register in TOML ``text``. Raises Malformed with every fault, each at its place in the file."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise Malformed(
            f"登记文件不是有效的 TOML：{wrong}", f"the file is not valid TOML: {wrong}", rule="register.file"
        ) from wrong
    try:
        register = Register.model_validate(said)
    except ValidationError as wrong:
        raise _faulty([*_misshapen(wrong, said)]) from wrong
    if found := [*faults(register), *_codes(register)]:
        raise _faulty(found)
    return register


def _misshapen(wrong: ValidationError, said: Mapping[str, Any]) -> Iterator[Fault]:
    """What does not have its shape, each by the entry that says it and its field."""
    for one in malformed(wrong.errors(), told=None).details["fields"]:
        kind, *rest = one["field"].split(".")
        if rest and rest[0].isdecimal():
            entry = said[kind][int(rest[0])]
            name = entry.get(IDS[kind]) if isinstance(entry, Mapping) else None
            rest[0] = str(name or f"#{int(rest[0]) + 1}")
        zh, en = _SPELT if one["type"] == "string_pattern_mismatch" else (one["zh"], one["en"])
        yield ".".join([kind, *rest]), zh, en


def _codes(register: Register) -> list[Fault]:
    found = []
    for firm in register.enterprises:
        where = place("enterprises", firm)
        try:
            plain = registry.check_uscc(firm.uscc)
        except Malformed as wrong:
            found.append((where, wrong.zh, wrong.en))
        else:
            if plain != firm.uscc:
                found.append((where, f"应写作 {plain}", f"is written {plain}"))
    return found


def _faulty(found: list[Fault]) -> Malformed:
    shown, more = found[:_MOST_SHOWN], len(found) - _MOST_SHOWN
    lines_zh = [f"{where}：{zh}" for where, zh, _ in shown] + ([f"……另有 {more} 处"] if more > 0 else [])
    lines_en = [f"{where}: {en}" for where, _, en in shown] + ([f"… and {more} more"] if more > 0 else [])
    return Malformed(
        f"登记文件有 {len(found)} 处问题：\n" + "\n".join(lines_zh),
        f"the file has {len(found)} faults:\n" + "\n".join(lines_en),
        rule="register.file",
        remedy_zh="逐处改正后重新运行；没有写入任何内容",
        remedy_en="mend each and run it again; nothing was written",
        faults=[{"where": where, "zh": zh, "en": en} for where, zh, en in found],
    )


async def set_up(
    database: Database, register: Register, now: datetime, *, only_look: bool = False
) -> list[Change]:
    """Bring the district in line with ``register``: every entry that was added or changed, in the order of writing.

    With ``only_look`` nothing is written. What is registered and not in the file stays. Raises RequirementMissing when the
    district would have no administrator, Conflict when an id or a user name is another district's, and what the ledger
    refuses.
    """
    scope = Scope(role=Role.ADMIN, district_id=register.district.id, user_id="operator")
    changes = [
        one for one in await _written(database, scope, register, keep=False) if one.effect != Effect.SAME
    ]
    if only_look or not changes:
        return changes
    for change in changes:  # first the log: what cannot be recorded is not done
        await audit.record(
            database,
            at=now,
            action=AuditAction.REGISTER,
            outcome=Outcome.SUCCESS,
            actor=Actor(user_id="operator", role=Role.ADMIN, district_id=register.district.id),
            details={"entry": change.where, "effect": change.effect},
        )
    await _written(database, scope, register, keep=True)
    return changes


async def _written(database: Database, scope: Scope, register: Register, *, keep: bool) -> list[Change]:
    async with written(database, scope, keep=keep) as session:
        await registry.lock_register(session, scope.district_id)
        changes = [change async for change in _entries(session, register)]
        if not any(one.role is Role.ADMIN for one in register.people):
            await administered(session, scope)
        await entries.closed_and_named(session, scope)
    return changes


async def administered(session: WriteSession, scope: Scope) -> None:
    """Raise RequirementMissing when nobody in office administers the district."""
    known = await people.list_users(session, scope)
    if not any(one.active and one.role == Role.ADMIN for one in known):
        raise RequirementMissing(
            "区里会没有系统管理员",
            "the district would have no administrator",
            rule="register.administrator",
            remedy_zh='先登记一名在岗的系统管理员（文件中：people 里 role = "admin" 的人员）',
            remedy_en='register one who is in office first (in a file: somebody in people with role = "admin")',
        )


async def _entries(session: WriteSession, register: Register) -> AsyncIterator[Change]:
    """Write every entry, each after what it names."""
    district_id = register.district.id
    effect = await registry.put_district(session, district_id, register.district.name)
    yield Change("district", register.district.name, effect)
    for office in parents_first(register):
        effect = await registry.put_organisation(session, **organisation(office, district_id))
        yield Change(place("organisations", office), office.name, effect)
    for area in register.territories:
        effect = await registry.put_territory(session, **territory(area, district_id))
        yield Change(place("territories", area), area.name, effect)
    firms = _ids(
        register,
        "enterprises",
        "enterprise_id",
        await registry.enterprises_of(session, _names(register, "enterprises")),
    )
    accounts = _ids(
        register, "people", "user_id", await people.accounts_of(session, _names(register, "people"))
    )
    for person in register.people:
        effect = await registry.put_account(session, **account(person, district_id, accounts, firms))
        yield Change(place("people", person), person.name, effect)
    for team in register.teams:
        effect = await registry.put_team(session, **team_row(team, district_id, accounts))
        yield Change(place("teams", team), team.name, effect)
    for firm in register.enterprises:
        effect = await registry.put_enterprise(session, **enterprise(firm, district_id, firms))
        yield Change(place("enterprises", firm), firm.name, effect)


def _names(register: Register, kind: str) -> list[str]:
    return [str(getattr(entry, IDS[kind])) for entry in getattr(register, kind)]


def _ids(
    register: Register, kind: str, column: str, kept: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, str]:
    """The id of every entry of a kind: the one it has, or the one that follows from its name."""
    made = {name: id_of(register.district.id, kind, name) for name in _names(register, kind)}
    return {**made, **{name: row[column] for name, row in kept.items()}}
