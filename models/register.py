"""The register of a district (登记簿): its offices, places, people, liaison groups and enterprises, as one file says them.

What a file names stands in the file. What is in it is added or changed; what is not in it stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from models.actors import RANK_LABELS, ROLE_LABELS, ROLE_OF_RANK, Rank, Role
from models.entries import ONCE
from models.fields import field_name
from models.industries import industry_key
from models.instants import FIRST_DAY, LAST_DAY
from models.organisations import OrganisationKind
from models.words import Readable, Seen

Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
"""A name a file gives to something so that others can name it; it is its id for good."""
Username = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{1,63}$")]
Name = Annotated[str, Field(min_length=1, max_length=100), Readable]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Words = Annotated[str, Field(max_length=200), Seen]
Industry = Annotated[Words, AfterValidator(industry_key)]
"""An industry by its key, whichever language said it; one that no list knows by its own word."""


class Entry(BaseModel):
    """Something the file lists."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class District(Entry):
    """The district (区) itself."""

    id: Key
    name: Name


class OrganisationSaid(Entry):
    """What is said of an organisation; ``parent`` is the one above it."""

    name: Name
    kind: OrganisationKind
    short_name: Words = ""
    parent: Key | None = None


class Organisation(OrganisationSaid):
    """An authority, a section of it, a sibling department, an assessment agency."""

    id: Key


class TerritorySaid(Entry):
    """What is said of a territory: the office that sees it."""

    name: Name
    organisation: Key | None = None


class Territory(TerritorySaid):
    """A township, street or park (属地)."""

    id: Key


class PersonSaid(Entry):
    """What is said of a person; ``enterprise`` is a credit code, ``certificate`` the number of the law-enforcement
    certificate (执法证)."""

    name: Name
    role: Role
    rank: Rank | None = None
    organisation: Key | None = None
    territory: Key | None = None
    enterprise: str | None = None
    assessor: Key | None = None
    certificate: Annotated[str, Field(min_length=1, max_length=64), Readable] | None = None
    certificate_expires: Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)] | None = None


class Person(PersonSaid):
    """An account, by its user name."""

    username: Username


class TeamSaid(Entry):
    """What is said of a liaison group: two members and the leader who answers for them, by user name."""

    name: Name
    leader: Username
    members: tuple[Username, Username]


class Team(TeamSaid):
    """A liaison group (挂钩小组)."""

    id: Key


class EnterpriseSaid(Entry):
    """What is said of an enterprise; ``regulator`` is the authority of record (监管部门)."""

    name: Name
    territory: Key
    industry: Industry = ""
    address: Words = ""
    legal_representative: Words = ""
    phone: Words = ""
    regulator: Key | None = None
    team: Key | None = None
    key: bool = False
    """A key enterprise (重点企业)."""
    place: tuple[Latitude, Longitude] | None = None
    """Where it is (WGS 84): the phone of an inspector sorts by it."""


class Enterprise(EnterpriseSaid):
    """An enterprise, by its unified social credit code."""

    uscc: str


class Register(Entry):
    """Everything a district works with."""

    district: District
    organisations: tuple[Organisation, ...] = ()
    territories: tuple[Territory, ...] = ()
    people: tuple[Person, ...] = ()
    teams: tuple[Team, ...] = ()
    enterprises: tuple[Enterprise, ...] = ()


class Effect(StrEnum):
    """What writing an entry of the register did."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"


EFFECT_LABELS: dict[Effect, tuple[str, str]] = {
    Effect.ADDED: ("新增", "added"),
    Effect.CHANGED: ("变更", "changed"),
    Effect.SAME: ("未变", "same"),
}

Fault = tuple[str, str, str]
"""Where something is wrong, and what, in both languages."""

IDS: Mapping[str, str] = MappingProxyType(
    {"organisations": "id", "territories": "id", "people": "username", "teams": "id", "enterprises": "uscc"}
)
"""The field an entry of each list is named by."""
REFERENCES = (
    ("organisations", "parent", "organisations"),
    ("territories", "organisation", "organisations"),
    ("people", "organisation", "organisations"),
    ("people", "territory", "territories"),
    ("people", "enterprise", "enterprises"),
    ("people", "assessor", "organisations"),
    ("teams", "leader", "people"),
    ("teams", "members", "people"),
    ("enterprises", "territory", "territories"),
    ("enterprises", "regulator", "organisations"),
    ("enterprises", "team", "teams"),
)
"""Which field of which list names an entry of which other."""
_NEEDS: Mapping[Role, str] = MappingProxyType(
    {
        Role.INSPECTOR: "organisation",
        Role.SECTION_HEAD: "organisation",
        Role.DEPUTY_HEAD: "organisation",
        Role.HEAD: "organisation",
        Role.LEGAL_REVIEWER: "organisation",
        Role.TERRITORY: "territory",
        Role.ENTERPRISE: "enterprise",
        Role.ASSESSOR: "assessor",
    }
)
"""What the entry of a person in that role must say: what they see follows from it."""
NO_ACCOUNTS = frozenset({Role.REPORTER, Role.SYSTEM})
GROUP_ROLES = frozenset({Role.INSPECTOR, Role.SECTION_HEAD})
"""Who has a seat in a liaison group."""


def faults(register: Register) -> list[Fault]:
    """Everything in the file that contradicts itself: said twice, named and not there, a role without its office."""
    return [
        *_twice(register),
        *_alike(register),
        *_unknown(register),
        *(fault for person in register.people for fault in role_faults(person)),
        *_teams(register),
        *_above(register),
    ]


def place(kind: str, entry: Any) -> str:
    """Where an entry stands, in words both languages read: ``people.wang``."""
    return f"{kind}.{getattr(entry, IDS[kind])}"


def _twice(register: Register) -> Iterator[Fault]:
    for kind, field in IDS.items():
        counted = Counter(getattr(entry, field) for entry in getattr(register, kind))
        for name, times in counted.items():
            if times > 1:
                yield f"{kind}.{name}", f"写了 {times} 次", f"is said {times} times"


def _alike(register: Register) -> Iterator[Fault]:
    for noun, fields in ONCE.items():
        first: dict[tuple[Any, ...], str] = {}
        for entry in getattr(register, noun):
            said = tuple(getattr(entry, field) for field in fields)
            if first.setdefault(said, entry.id) != entry.id:
                yield (
                    place(noun, entry),
                    f"与 {first[said]} 同名：{entry.name}",
                    f"has the name of {first[said]}",
                )


def _unknown(register: Register) -> Iterator[Fault]:
    for kind, field, target in REFERENCES:
        known = {getattr(entry, IDS[target]) for entry in getattr(register, target)}
        for entry in getattr(register, kind):
            named = getattr(entry, field)
            for one in named if isinstance(named, tuple) else (named,):
                if one is not None and one not in known:
                    yield (
                        place(kind, entry),
                        f"{field} 指向的 {one} 不在 {target} 中",
                        f"{field} names {one}, which is not among {target}",
                    )


def role_faults(person: Person) -> Iterator[Fault]:
    """What is wrong with the office, rank or certificate of a person in that role."""
    where, role_zh, role_en = place("people", person), *ROLE_LABELS[person.role]
    if person.role in NO_ACCOUNTS:
        yield where, f"{role_zh}没有账号", f"{role_en} has no account"
    needed = _NEEDS.get(person.role)
    if needed and getattr(person, needed) is None:
        yield where, f"{role_zh}须写明{field_name(needed)[0]}（{needed}）", f"{role_en} needs {needed}"
    ranked = person.role in ROLE_OF_RANK.values()
    if ranked and (person.rank is None or ROLE_OF_RANK[person.rank] is not person.role):
        fit = [rank for rank, role in ROLE_OF_RANK.items() if role is person.role]
        values = " / ".join(f"{RANK_LABELS[rank][0]}（{rank}）" for rank in fit)
        yield where, f"{role_zh}的职级（rank）应为 {values}", f"the rank of {role_en} is {' or '.join(fit)}"
    if not ranked and person.rank is not None:
        yield where, f"{role_zh}没有职级", f"{role_en} has no rank"
    if (person.certificate is None) != (person.certificate_expires is None):
        yield where, "执法证号和有效期须一并写明", "a certificate and its last day go together"


def _teams(register: Register) -> Iterator[Fault]:
    roles = {person.username: person.role for person in register.people}
    for team in register.teams:
        yield from team_faults(team, roles)


def team_faults(team: Team, roles: Mapping[str, Role]) -> Iterator[Fault]:
    """What is wrong with a liaison group of people in these roles, by user name."""
    where = place("teams", team)
    if team.members[0] == team.members[1]:
        yield where, "须有两名不同的组员", "takes two different members"
    for name in dict.fromkeys((team.leader, *team.members)):
        if name in roles and roles[name] not in GROUP_ROLES:
            yield (
                where,
                f"{name} 不是执法人员或科室负责人",
                f"{name} is neither an inspector nor a section head",
            )


def _above(register: Register) -> Iterator[Fault]:
    known = {one.id: one for one in register.organisations}
    for one in register.organisations:
        passed, at = {one.id}, one.parent
        while at in known and at not in passed:
            passed.add(at)
            at = known[at].parent
        if at == one.id:
            yield place("organisations", one), "是自己的上级", "is above itself"


def parents_first(register: Register) -> list[Organisation]:
    """The organisations, each after the one above it."""
    left, done = list(register.organisations), dict[str, Organisation]()
    while left:
        ready = [one for one in left if one.parent is None or one.parent in done]
        done.update({one.id: one for one in ready})
        left = [one for one in left if one.id not in done]
    return list(done.values())
