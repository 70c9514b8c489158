"""The register as it is looked through, entry by entry; pure but for the reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from ledger import entries
from ledger.readers.paging import Found
from ledger.readers.register import Looked, find_entry, select_register
from ledger.sessions import Scope
from models.actors import RANK_LABELS, ROLE_LABELS, Actor, Rank, Role
from models.enterprise.snapshot import STATUS_LABELS, Status
from models.entries import HELD_LABELS, NOUN_LABELS, Held, Noun
from models.errors import NotAuthorised
from models.labels import Label
from models.organisations import KIND_LABELS, OrganisationKind
from models.words import Shown
from services.context import Services
from services.labels import label
from services.missing import missing
from services.named import Id
from services.oversight.reads import OVERSEES
from services.paging import Listing, Paged, page_of
from services.register.entries import administrators_only, counting, said_of, version_of

Pair = tuple[str, str]


class RegisterQuery(Paged):
    """Which entries; ``q`` is part of what one is or was called, of an enterprise also its credit code or address.

    ``kind`` narrows organisations, ``role`` people; ``without`` names what an enterprise lacks: its authority of
    record, the liaison group a key enterprise is given, its coordinates.
    """

    q: Annotated[str | None, Field(min_length=1, max_length=100), Shown] = None
    kind: OrganisationKind | None = None
    role: Role | None = None
    active: bool | None = None
    without: Literal["regulator", "team", "place"] | None = None


class Fact(BaseModel):
    """One thing an entry says, in words."""

    name: Label
    value: str | None = None
    words: Label | None = None
    """Where the value is a term of ours."""


class EntryRow(BaseModel):
    """An entry in a list: what it is called, whether it is in use, what it says.

    ``named`` is how other entries name it: an id, a user name, a credit code. Administrators alone are told it.
    """

    entry_id: str
    named: str | None
    name: str
    active: bool
    facts: list[Fact]


def called(rows: Sequence[EntryRow]) -> list[tuple[EntryRow, Label]]:
    """Entries with what they are called where one is chosen: of several with one name also how others name each."""
    named = Counter(one.name for one in rows)
    return [(one, _called(one, alike=named[one.name] > 1)) for one in rows]


def _called(one: EntryRow, *, alike: bool) -> Label:
    name = one.name or one.entry_id
    if not alike or not one.named:
        return Label(zh=name, en=name)
    return Label(zh=f"{name}（{one.named}）", en=f"{name} ({one.named})")


class Holding(BaseModel):
    """What still depends on an entry; cases are counted and never named."""

    what: Held
    label: Label
    count: int
    names: list[str]


class EntryView(EntryRow):
    """An entry: what it says, to be changed as ``version``; what it was called; what depends on it, so that it cannot be
    closed; where it is closed, when, why, and for an enterprise into which it was merged."""

    noun: Noun
    noun_label: Label
    entry: dict[str, Any]
    version: str
    former_names: list[str]
    closed_at: datetime | None
    closed_reason: str
    merged_into: str | None
    holds: list[Holding]


Told = Callable[[Any], Any]
"""What of a row is told: a value, or a pair of words."""

FACTS: Mapping[Noun, tuple[tuple[Pair, Told], ...]] = {
    Noun.ORGANISATIONS: (
        (("种类", "Kind"), lambda row: KIND_LABELS[OrganisationKind(row.kind)]),
        (("上级", "Part of"), lambda row: row.parent_name),
        (("所管属地", "Territories"), lambda row: row.territories),
        (("在岗人员", "People in office"), lambda row: row.people),
    ),
    Noun.TERRITORIES: (
        (("主管单位", "Office"), lambda row: row.org_name),
        (("企业", "Enterprises"), lambda row: row.firms),
        (("在岗人员", "People in office"), lambda row: row.people),
    ),
    Noun.TEAMS: (
        (("组长", "Leader"), lambda row: row.leader_name),
        (("组员", "Members"), lambda row: f"{row.member_one_name}、{row.member_two_name}"),
        (("挂钩企业", "Enterprises"), lambda row: row.firms),
    ),
    Noun.PEOPLE: (
        (
            ("角色、职级", "Role, rank"),
            lambda row: RANK_LABELS[Rank(row.rank)] if row.rank else ROLE_LABELS[Role(row.role)],
        ),
        (
            ("单位", "Where"),
            lambda row: row.org_name or row.assessor_name or row.territory_name or row.firm_name,
        ),
        (("执法证号", "Certificate"), lambda row: row.certificate_no),
        (("有效期至", "Until"), lambda row: row.certificate_expires),
    ),
    Noun.ENTERPRISES: (
        (("信用代码", "Credit code"), lambda row: row.uscc),
        (("属地", "Territory"), lambda row: row.territory_name),
        (("监管部门", "Regulator"), lambda row: row.regulator_name),
        (("挂钩小组", "Liaison group"), lambda row: row.team_name),
        (("坐标", "Coordinates"), lambda row: _place(row.latitude, row.longitude)),
        (("经营状态", "Operation"), lambda row: STATUS_LABELS[Status(row.status)]),
    ),
}
"""What a list tells of the entries of each noun, in the order of its columns."""


def _place(latitude: float | None, longitude: float | None) -> str | None:
    return None if latitude is None or longitude is None else f"{latitude:.5f}, {longitude:.5f}"


def check_oversees(actor: Actor) -> None:
    """Raise NotAuthorised unless ``actor`` looks through the register."""
    if actor.role not in OVERSEES:
        raise NotAuthorised(
            "登记簿由系统管理员和监督人员查看",
            "the register is looked through by administrators and auditors",
            rule="register.role",
            remedy_zh="请系统管理员查询",
            remedy_en="ask an administrator",
        )


async def list_entries(
    services: Services, actor: Actor, noun: Noun, query: RegisterQuery
) -> Listing[EntryRow]:
    """The entries of one kind in the district, by name. Raises NotAuthorised."""
    check_oversees(actor)
    scope = Scope.of(actor)
    looked = Looked(query.q, query.kind, query.role, query.active, query.without)
    wanted = select_register(scope, noun, looked)
    async with services.database.read(scope) as session:
        rows, following = await page_of(
            services, session, actor, query.view(f"register/{noun}"), wanted, query
        )
    return Listing(items=[EntryRow(**_row(noun, row, actor)) for row in rows], next=following)


async def show_entry(services: Services, actor: Actor, noun: Noun, entry_id: Id) -> EntryView:
    """One entry of the district with what depends on it, as an administrator keeps it. Raises NotAuthorised, NotFound."""
    administrators_only(actor)
    scope, unseen = Scope.of(actor), counting(actor)
    async with services.database.read(scope) as session:
        row = await find_entry(session, scope, noun, entry_id)
    if row is None:
        raise missing("entry")
    async with services.database.read(unseen) as session:
        held = await entries.holds(session, unseen, noun, entry_id)
    return EntryView(
        **_row(noun, row, actor),
        noun=noun,
        noun_label=label(NOUN_LABELS[noun]),
        entry=said_of(noun, row).model_dump(mode="json", warnings=False),
        version=version_of(noun, row),
        former_names=list(getattr(row, "former_names", ())),
        closed_at=getattr(row, "closed_at", None),
        closed_reason=getattr(row, "closed_reason", ""),
        merged_into=getattr(row, "merged_into", None),
        holds=[
            Holding(what=one.what, label=label(HELD_LABELS[one.what]), count=one.count, names=list(one.names))
            for one in held
        ],
    )


def _row(noun: Noun, row: Found, actor: Actor) -> dict[str, Any]:
    kept = entries.KEPT[noun]
    return {
        "entry_id": getattr(row, kept.key),
        "named": getattr(row, kept.named) if actor.role is Role.ADMIN else None,
        "name": row.name,
        "active": bool(row.active),
        "facts": [_fact(name, told(row)) for name, told in FACTS[noun]],
    }


def _fact(name: Pair, told: Any) -> Fact:
    if isinstance(told, tuple):
        return Fact(name=label(name), words=label(told))
    value = told.isoformat() if isinstance(told, date) else str(told) if told not in (None, "") else None
    return Fact(name=label(name), value=value)
