"""The form of an entry: which fields it has, how each is typed, what it may name, and what was typed as an entry says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.actors import RANK_LABELS, ROLE_LABELS, Actor, Role
from models.choices import CHOICE_LABELS
from models.entries import Noun
from models.industries import industry_key
from models.organisations import KIND_LABELS, OrganisationKind
from models.register import GROUP_ROLES, NO_ACCOUNTS
from services.context import Services
from services.register.showing import RegisterQuery, called, list_entries

Pair = tuple[str, str]
Choices = Mapping[str, list[tuple[str, Pair]]]
"""Name of a set of choices → value and what it is called."""

_MOST = 200


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form; ``choices`` names the set it is chosen from."""

    name: str
    label: Pair
    kind: str = "text"
    choices: str = ""
    hint: Pair | None = None
    required: bool = False
    only_new: bool = False
    """Said once, when the entry is registered."""


_NAME = Field("name", ("名称", "Name"), required=True)
_OF_THE_OFFICE = ("执法人员、负责人、法制审核人员填写", "for inspectors, leaders and legal reviewers")
_OF_OFFICERS = ("执法人员填写；证号和有效期一并填写", "for officers with a certificate: both or neither")

FIELDS: Mapping[Noun, tuple[Field, ...]] = {
    Noun.ORGANISATIONS: (
        _NAME,
        Field("short_name", ("简称", "Short name")),
        Field("kind", ("种类", "Kind"), "select", "kinds", required=True),
        Field("parent", ("上级机构", "Part of"), "select", "organisations"),
    ),
    Noun.TERRITORIES: (
        _NAME,
        Field("organisation", ("主管单位", "Office that sees it"), "select", "organisations"),
    ),
    Noun.PEOPLE: (
        Field(
            "username",
            ("用户名", "User name"),
            hint=(
                "小写字母、数字，登录时用；登记后不变",
                "small letters and digits, to sign in with; for good",
            ),
            required=True,
            only_new=True,
        ),
        Field("name", ("姓名", "Name"), required=True),
        Field("role", ("角色", "Role"), "select", "roles", required=True),
        Field("rank", ("职级", "Rank"), "select", "ranks", ("仅负责人填写", "leaders alone")),
        Field("organisation", ("机构", "Organisation"), "select", "organisations", _OF_THE_OFFICE),
        Field(
            "territory",
            ("属地", "Territory"),
            "select",
            "territories",
            ("属地人员填写", "for people of a territory"),
        ),
        Field(
            "assessor",
            ("评估机构", "Assessor"),
            "select",
            "assessors",
            ("评估机构人员填写", "for people of an assessor"),
        ),
        Field(
            "enterprise",
            ("企业的统一社会信用代码", "Credit code of the enterprise"),
            hint=("企业人员填写", "for people of an enterprise"),
        ),
        Field("certificate", ("执法证号", "Certificate number"), hint=_OF_OFFICERS),
        Field(
            "certificate_expires",
            ("执法证有效期至", "Last day of the certificate"),
            "date",
            hint=_OF_OFFICERS,
        ),
    ),
    Noun.TEAMS: (
        _NAME,
        Field(
            "leader",
            ("组长", "Leader"),
            "select",
            "officers",
            ("组长是第一责任人", "the leader answers first"),
            required=True,
        ),
        Field("member_one", ("组员一", "First member"), "select", "officers", required=True),
        Field("member_two", ("组员二", "Second member"), "select", "officers", required=True),
    ),
    Noun.ENTERPRISES: (
        Field("uscc", ("统一社会信用代码", "Credit code"), required=True, only_new=True),
        _NAME,
        Field("territory", ("属地", "Territory"), "select", "territories", required=True),
        Field("regulator", ("监管部门", "Regulator"), "select", "organisations"),
        Field("team", ("挂钩小组", "Liaison group"), "select", "teams"),
        Field("key", ("重点企业", "Key enterprise"), "check"),
        Field("industry", ("行业", "Industry"), "select", "industries"),
        Field("address", ("地址", "Address")),
        Field("legal_representative", ("法定代表人", "Legal representative")),
        Field("phone", ("联系电话", "Phone")),
        Field("latitude", ("纬度（WGS 84）", "Latitude (WGS 84)"), "number"),
        Field("longitude", ("经度（WGS 84）", "Longitude (WGS 84)"), "number"),
    ),
}


def shown_as(noun: Noun, entry: Mapping[str, Any]) -> dict[str, str]:
    """What an entry says, field by field of its form."""
    said = dict(entry)
    said |= dict(zip(("member_one", "member_two"), said.pop("members", None) or ("", ""), strict=True))
    said |= dict(zip(("latitude", "longitude"), said.pop("place", None) or ("", ""), strict=True))
    said["industry"] = industry_key(said.get("industry") or "")
    return {one.name: _typed(said.get(one.name)) for one in FIELDS[noun]}


def _typed(value: Any) -> str:
    return "yes" if value is True else "" if value in (None, False) else str(value)


def told(noun: Noun, typed: Mapping[str, str], *, new: bool) -> dict[str, Any]:
    """What was typed into the form, as an entry says it; what was left empty is not said."""
    names = [one.name for one in FIELDS[noun] if new or not one.only_new]
    said: dict[str, Any] = {name: typed[name] for name in names if typed.get(name)}
    if noun is Noun.TEAMS:
        said["members"] = [said.pop("member_one", ""), said.pop("member_two", "")]
    if noun is Noun.ENTERPRISES:
        said["key"] = "key" in said
        place = [said.pop("latitude", None), said.pop("longitude", None)]
        if any(place):
            said["place"] = place
    return said


async def choices_for(services: Services, actor: Actor, noun: Noun) -> Choices:
    """What the fields of a noun's form may name: what is in use."""
    asked = {one.choices for one in FIELDS[noun]}
    sets: dict[str, list[tuple[str, Pair]]] = {
        "kinds": [(kind.value, pair) for kind, pair in KIND_LABELS.items()],
        "roles": [(role.value, pair) for role, pair in ROLE_LABELS.items() if role not in NO_ACCOUNTS],
        "ranks": [(rank.value, pair) for rank, pair in RANK_LABELS.items()],
        "industries": [(value, pair) for value, pair in CHOICE_LABELS["industry"].items()],
    }
    for name, (among, queries) in _LISTS.items():
        if name in asked:
            rows = [
                one for query in queries for one in (await list_entries(services, actor, among, query)).items
            ]
            sets[name] = [(one.named or one.entry_id, (said.zh, said.en)) for one, said in called(rows)]
    return sets


_LISTS: Mapping[str, tuple[Noun, tuple[RegisterQuery, ...]]] = {
    "organisations": (Noun.ORGANISATIONS, (RegisterQuery(active=True, limit=_MOST),)),
    "assessors": (
        Noun.ORGANISATIONS,
        (RegisterQuery(active=True, limit=_MOST, kind=OrganisationKind.ASSESSOR),),
    ),
    "territories": (Noun.TERRITORIES, (RegisterQuery(active=True, limit=_MOST),)),
    "teams": (Noun.TEAMS, (RegisterQuery(active=True, limit=_MOST),)),
    "officers": (
        Noun.PEOPLE,
        tuple(RegisterQuery(active=True, limit=_MOST, role=Role(role)) for role in sorted(GROUP_ROLES)),
    ),
}
"""Which entries a set of choices is made of."""
