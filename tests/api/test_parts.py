"""A row of a part: what its service asks for is what its route asks for, and nothing is said twice."""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel

from api.parts import Part, part
from api.wants import wants
from models.actors import Actor
from models.errors import LimitExceeded
from services.asking import Asking, Done
from services.context import Services
from services.paging import Paged

Q = TypeVar("Q", bound=Paged)


class Thing(BaseModel):
    """A thing."""

    thing_id: str


class Making(BaseModel):
    """A thing to be made."""

    name: str


async def list_things(services: Services, actor: Actor, query: Paged) -> list[Thing]:
    """The things of a shelf, by name. Raises NotAuthorised for whoever sees none, and
    NotFound."""
    raise NotImplementedError


async def taken(services: Services, actor: Actor, what: int, query: Q, *, ip: str) -> Thing:
    """One of many."""
    raise NotImplementedError


async def make_thing(ask: Asking, shelf_id: str, making: Making, *, ip: str) -> Done[Thing]:
    """Make a thing."""
    raise NotImplementedError


async def forget(services: Services, actor: Actor, thing_id: str) -> None:
    """Forget a thing."""
    raise NotImplementedError


async def look(services: Services, actor: Actor, making: Making) -> Thing:
    """What would be made."""
    raise NotImplementedError


def described(rows: Part) -> dict[str, Any]:
    app = FastAPI()
    app.routes.extend(rows.routes)
    paths: dict[str, Any] = app.openapi()["paths"]
    return paths


def test_a_service_is_told_what_the_request_does_not_bring() -> None:
    asked = wants(list_things, (), None, queried=True)
    assert asked.promise == "The things of a shelf, by name."
    assert (asked.brought, [one.name for one in asked.told], asked.body) == (
        ("services", "actor"),
        ["query"],
        False,
    )


def test_what_the_row_itself_says_is_asked_of_nobody() -> None:
    asked = wants(taken, {"what"}, Paged, queried=True)
    assert asked.brought == ("services", "actor", "ip")
    assert [one.name for one in asked.told] == ["query"]
    assert Paged in asked.told[0].annotation.__args__


def test_only_what_the_path_names_tells_requests_of_one_key_apart() -> None:
    asked = wants(make_thing, {"ask"}, None)
    assert asked.named("/shelves/{shelf_id}/things") == ["shelf_id"]
    assert asked.body


def test_every_kind_of_row_says_what_it_answers() -> None:
    rows = part("things")
    rows.reads("/things", list_things)
    rows.writes(
        "/shelves/{shelf_id}/things",
        make_thing,
        "things.make",
        LimitExceeded,
        created="/things/{answer.thing_id}",
    )
    rows.acts("/things/look", look, name="look_at_thing")
    rows.ends("/things/{thing_id}", forget)
    told = described(rows)
    listed = told["/api/v1/things"]["get"]
    assert (listed["summary"], listed["description"]) == ("List Things", "The things of a shelf, by name.")
    assert {one["name"] for one in listed["parameters"]} == set(Paged.model_fields)
    made = told["/api/v1/shelves/{shelf_id}/things"]["post"]
    assert {"201", "400", "408", "409", "413"} <= made["responses"].keys()
    assert made["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/Making")
    assert [one["name"] for one in made["parameters"]] == ["shelf_id", "Idempotency-Key"]
    seen = told["/api/v1/things/look"]["post"]
    assert seen["operationId"] == "look_at_thing_api_v1_things_look_post"
    assert "413" in seen["responses"]
    assert "parameters" not in seen
    ended = told["/api/v1/things/{thing_id}"]["delete"]
    assert "204" in ended["responses"]
    assert "413" not in ended["responses"]
    assert all(isinstance(one, APIRoute) and one.max_body_size for one in rows.routes)
