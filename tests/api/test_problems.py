"""One shape for every refusal and failure, in the asker's language, and nothing told by accident."""

from __future__ import annotations

from typing import Annotated, Any

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

from api.app import create_app
from api.parts import part
from models.errors import RequirementMissing, TooManyRequests, error_classes
from services.messages import TITLES, language, title
from tests.api.conftest import World

router = part("probe")


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days: Annotated[int, Field(ge=1, le=30)]
    title: Annotated[str, Field(min_length=2)]


@router.post("/probe/items")
async def items(item: Item) -> dict[str, Any]:
    return item.model_dump()


@router.get("/probe/refused/{case_id}")
async def refused(case_id: str) -> None:
    raise RequirementMissing(
        "治理方案缺少应急预案",
        "The plan has no contingency plan",
        rule="plan.five_in_place",
        article="《安全生产事故隐患排查治理暂行规定》第十五条",
        remedy_zh="补充应急预案",
        remedy_en="Add the contingency plan",
        missing=["contingency"],
    )


@router.get("/probe/busy")
async def busy() -> None:
    raise TooManyRequests("忙", "busy", retry_after=7)


@router.get("/probe/bug")
async def bug() -> None:
    raise KeyError("password=hunter2 of 13800000000")


@router.get("/probe/away")
async def away() -> None:
    raise ConnectionRefusedError("10.0.0.5:5432")


@pytest.fixture
def probed(world: World) -> FastAPI:
    paths = [("GET", f"/api/v1/probe/{name}") for name in ("refused/{id}", "busy", "bug", "away")]
    return create_app(world.services, routers=[router], public=[*paths, ("POST", "/api/v1/probe/items")])


@pytest.fixture
def client(probed: FastAPI) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=probed, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://xiaohao.test/api/v1/probe/")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr,en;q=0.4,zh;q=0.3", "en"),
        ("en;q=0.5,zh;q=0.5", "en"),
        ("de", "zh"),
        ("en;q=0", "zh"),
        ("en;q=nonsense,zh;q=0.1", "zh"),
        ("*", "zh"),
    ],
)
def test_language_is_what_the_asker_prefers(accept: str | None, expected: str) -> None:
    assert language(accept) == expected


def test_every_code_has_a_title_in_both_languages() -> None:
    for code, kind in error_classes().items():
        assert title(kind, "zh") != title(kind, "en"), code
    assert len({zh for zh, _ in TITLES.values()}) == len(TITLES)


async def test_a_refusal_says_rule_article_and_remedy(client: httpx2.AsyncClient) -> None:
    answer = await client.get("refused/case-a")
    body = answer.json()
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "zh-CN"
    assert body == {
        "type": "/problems/requirement_missing",
        "title": "缺少必要条件",
        "detail": "治理方案缺少应急预案",
        "status": 409,
        "code": "requirement_missing",
        "rule": "plan.five_in_place",
        "article": "《安全生产事故隐患排查治理暂行规定》第十五条",
        "remedy": "补充应急预案",
        "details": {"missing": ["contingency"]},
        "instance": f"urn:uuid:{answer.headers['x-request-id']}",
    }


async def test_the_same_refusal_in_english(client: httpx2.AsyncClient) -> None:
    answer = await client.get("refused/case-a", headers={"Accept-Language": "en-US"})
    assert answer.headers["content-language"] == "en"
    assert answer.json()["detail"] == "The plan has no contingency plan"
    assert answer.json()["remedy"] == "Add the contingency plan"


async def test_malformed_input_is_explained_field_by_field(client: httpx2.AsyncClient) -> None:
    answer = await client.post("items", json={"days": 31, "secret": "hunter2", "title": "一"})
    body = answer.json()
    assert (answer.status_code, body["code"]) == (422, "malformed")
    fields = {field["field"]: field for field in body["details"]["fields"]}
    assert fields["body.days"]["zh"] == "应不大于 30"
    assert "less than or equal to 30" in fields["body.days"]["en"]
    assert fields["body.title"]["zh"] == "至少 2 个字符"
    assert fields["body.secret"]["zh"] == "不认识的字段"
    assert "hunter2" not in answer.text, "given values are not repeated"


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[]", b"null", b""])
async def test_unreadable_bodies_are_malformed(client: httpx2.AsyncClient, body: bytes) -> None:
    answer = await client.post("items", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_beyond_the_limit_is_refused_as_a_problem(client: httpx2.AsyncClient) -> None:
    answer = await client.post("items", json={"days": 1, "title": "长" * 200_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_busy_says_when_to_come_back(client: httpx2.AsyncClient) -> None:
    answer = await client.get("busy")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


async def test_a_bug_tells_nothing_of_itself(
    client: httpx2.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await client.get("bug")
    body = answer.json()
    assert (answer.status_code, body["code"]) == (500, "internal_error")
    assert answer.headers["x-content-type-options"] == "nosniff"
    printed = "".join(capsys.readouterr())
    assert "hunter2" not in answer.text + printed
    assert "KeyError" not in answer.text
    assert "KeyError" in printed
    assert body["instance"].removeprefix("urn:uuid:") in printed


async def test_a_part_that_is_away_is_not_a_bug(client: httpx2.AsyncClient) -> None:
    answer = await client.get("away")
    assert (answer.status_code, answer.json()["code"]) == (503, "engine_unavailable")
    assert "10.0.0.5" not in answer.text


async def test_unknown_paths_and_methods_are_problems(world: World) -> None:
    client = await world.as_("u-inspector")
    unknown = await client.get("/api/v1/nothing")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    wrong = await client.put("/api/v1/me")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "GET, HEAD"
    both = await client.put("/api/v1/cases/case-a/evidence")
    assert both.headers["allow"] == "GET, HEAD, POST"


async def test_the_catalogue_explains_every_type(world: World) -> None:
    client = world.client()
    for code in error_classes():
        answer = await client.get(f"/problems/{code}")
        assert answer.status_code == 200
        assert answer.json()["meaning"]
    assert (await client.get("/problems/none")).status_code == 404


async def test_openapi_documents_every_answer(world: World) -> None:
    schema = (await world.client().get("/api/v1/openapi.json")).json()
    assert "Problem" in schema["components"]["schemas"]
    protected = 0
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            if "security" not in operation:
                continue
            protected += 1
            known = operation["responses"]
            assert {"401", "404", "422", "429", "503"} <= set(known), f"{method} {path}"
            assert "application/problem+json" in known["401"]["content"]
            assert any(one["name"] == "X-Acting-For" for one in operation["parameters"])
    assert protected > 5
    assert "HTTPValidationError" not in str(schema["paths"])


async def test_no_documentation_page_loads_foreign_scripts(world: World) -> None:
    client = await world.as_("u-inspector")
    assert [(await client.get(path)).status_code for path in ("/docs", "/redoc")] == [404, 404]
