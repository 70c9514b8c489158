"""The register of a district: what contradicts itself is named, each at its place."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from models.actors import ROLE_OF_RANK, Role
from models.register import Register, faults, parents_first

WHOLE: dict[str, Any] = {
    "district": {"id": "tan", "name": "坛桥区"},
    "organisations": [
        {"id": "brigade", "name": "执法大队", "kind": "section", "parent": "bureau"},
        {"id": "bureau", "name": "应急管理局", "kind": "bureau"},
        {"id": "agency", "name": "安评公司", "kind": "assessor"},
    ],
    "territories": [{"id": "east", "name": "城东镇"}],
    "people": [
        {"username": "admin", "name": "管理员", "role": "admin"},
        {"username": "wang", "name": "王立", "role": "inspector", "organisation": "brigade"}
        | {"certificate": "浙1", "certificate_expires": "2028-12-31"},
        {
            "username": "chief",
            "name": "赵明",
            "role": "section_head",
            "rank": "section_head",
            "organisation": "bureau",
        },
        {"username": "firm", "name": "李某", "role": "enterprise", "enterprise": "c1"},
        {"username": "town", "name": "钱某", "role": "territory", "territory": "east"},
    ],
    "teams": [{"id": "one", "name": "第一小组", "leader": "chief", "members": ["wang", "chief"]}],
    "enterprises": [
        {"uscc": "c1", "name": "家具厂", "territory": "east", "regulator": "bureau", "team": "one"}
    ],
}


def changed(kind: str, no: int, /, **fields: Any) -> Register:
    """The whole register with other ``fields`` in one entry."""
    entries = [*WHOLE[kind]]
    entries[no] = {**entries[no], **fields}
    return Register.model_validate({**WHOLE, kind: entries})


def with_more(kind: str, *entries: dict[str, Any]) -> Register:
    return Register.model_validate({**WHOLE, kind: [*WHOLE[kind], *entries]})


def places(register: Register) -> list[str]:
    return [where for where, _, _ in faults(register)]


def test_a_whole_register_has_no_fault() -> None:
    assert faults(Register.model_validate(WHOLE)) == []


@pytest.mark.parametrize(
    ("kind", "no", "field", "value"),
    [
        ("organisations", 0, "parent", "nobody"),
        ("territories", 0, "organisation", "nobody"),
        ("people", 1, "organisation", "nobody"),
        ("people", 4, "territory", "nobody"),
        ("people", 3, "enterprise", "nobody"),
        ("people", 1, "assessor", "nobody"),
        ("teams", 0, "leader", "nobody"),
        ("teams", 0, "members", ["wang", "nobody"]),
        ("enterprises", 0, "territory", "nobody"),
        ("enterprises", 0, "regulator", "nobody"),
        ("enterprises", 0, "team", "nobody"),
    ],
)
def test_what_is_named_stands_in_the_file(kind: str, no: int, field: str, value: Any) -> None:
    (fault,) = faults(changed(kind, no, **{field: value}))
    assert fault[0].startswith(f"{kind}.")
    assert "nobody" in fault[1]
    assert "nobody" in fault[2]


@pytest.mark.parametrize("kind", ["organisations", "territories", "people", "teams", "enterprises"])
def test_nothing_is_said_twice(kind: str) -> None:
    assert len(faults(with_more(kind, WHOLE[kind][0]))) == 1


@pytest.mark.parametrize("kind", ["organisations", "territories", "teams"])
def test_no_two_have_one_name(kind: str) -> None:
    ((where, zh, _),) = faults(with_more(kind, {**WHOLE[kind][0], "id": "another"}))
    assert (where, WHOLE[kind][0]["id"] in zh) == (f"{kind}.another", True)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_who_plays_a_part_needs_the_office_it_is_played_from(role: Role) -> None:
    register = with_more("people", {"username": "new", "name": "新人", "role": role})
    wanting = {Role.LEGAL_REVIEWER, Role.TERRITORY, Role.ENTERPRISE, Role.ASSESSOR, Role.INSPECTOR}
    wanting |= {Role.REPORTER, Role.SYSTEM, *ROLE_OF_RANK.values()}
    assert set(places(register)) == ({"people.new"} if role in wanting else set())


def test_a_rank_fits_its_role_and_nobody_else_has_one() -> None:
    assert places(changed("people", 2, rank="head")) == ["people.chief"]
    assert places(changed("people", 1, rank="head")) == ["people.wang"]
    assert places(changed("people", 1, certificate_expires=None)) == ["people.wang"]


def test_a_group_is_two_officers() -> None:
    assert places(changed("teams", 0, members=["wang", "wang"])) == ["teams.one"]
    assert places(changed("teams", 0, members=["wang", "admin"])) == ["teams.one"]


def test_nobody_is_above_themselves_and_parents_come_first() -> None:
    assert [one.id for one in parents_first(Register.model_validate(WHOLE))] == [
        "bureau",
        "agency",
        "brigade",
    ]
    assert sorted(places(changed("organisations", 1, parent="brigade"))) == [
        "organisations.brigade",
        "organisations.bureau",
    ]


@pytest.mark.parametrize(
    ("kind", "no", "fields"),
    [
        ("people", 0, {"username": "Wang"}),
        ("people", 0, {"name": "\u200b"}),
        ("people", 0, {"role": "emperor"}),
        ("people", 1, {"certificate_expires": "0028-12-31"}),
        ("organisations", 0, {"id": "a b"}),
        ("organisations", 0, {"kind": "palace"}),
        ("enterprises", 0, {"colour": "red"}),
    ],
)
def test_what_cannot_be_is_refused(kind: str, no: int, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        changed(kind, no, **fields)
