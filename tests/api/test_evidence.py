"""Evidence over HTTP: what goes in, who sees which form of it, and what is the same answer for everybody else."""

from __future__ import annotations

import asyncio
import hashlib
import io
import uuid

import httpx2
import pytest
from PIL import Image

from ledger import tables
from services.limits import Limits
from tests.api.conftest import World, case_row
from tests.ledger import looking
from tests.storage import corpus

PHOTO = corpus.photo(orientation=6)


async def send(
    client: httpx2.AsyncClient,
    case: str = "case-a",
    data: bytes = PHOTO,
    *,
    name: str = "现场 1.jpg",
    key: str | None = None,
    purpose: str = "整改完成",
    kind: str = "image/jpeg",
    **fields: str,
) -> httpx2.Response:
    return await client.post(
        f"/api/v1/cases/{case}/evidence",
        files={"file": (name, data, kind)},
        data={"purpose": purpose, **fields},
        headers={"Idempotency-Key": key or str(uuid.uuid4())},
    )


async def test_an_enterprise_adds_a_photo_and_everyone_concerned_sees_its_copy(world: World) -> None:
    factory = await world.as_("u-factory-a")
    sent = await send(factory, note="已更换防爆灯具")
    assert sent.status_code == 201, sent.text
    body = sent.json()
    assert sent.headers["location"] == f"/api/v1/evidence/{body['evidence_id']}"
    assert body["sha256"] == hashlib.sha256(PHOTO).hexdigest()
    assert (body["file_name"], body["purpose"], body["note"]) == ("现场 1.jpg", "整改完成", "已更换防爆灯具")
    assert (body["taken_at"], body["latitude"], body["longitude"]) == (None, None, None)
    assert (body["uploaded_by"], body["uploaded_role"]) == ("u-factory-a", "enterprise")
    assert body["variants"] == ["copy", "thumbnail"]

    for user in ("u-factory-a", "u-inspector", "u-section", "u-territory", "u-auditor"):
        client = await world.as_(user)
        listed = (await client.get("/api/v1/cases/case-a/evidence")).json()["items"]
        assert [one["evidence_id"] for one in listed] == [body["evidence_id"]]
        assert listed[0]["note"] == "已更换防爆灯具"
        official = user in ("u-inspector", "u-section", "u-auditor")
        claims = (listed[0]["taken_at"], listed[0]["latitude"])
        assert claims == (("2026-10-01T00:30:15Z", 30.2741) if official else (None, None))
        assert ("original" in listed[0]["variants"]) is official
        for variant, form in (("copy", "JPEG"), ("thumbnail", "WEBP")):
            shown = await client.get(sent.headers["location"], params={"variant": variant})
            assert shown.status_code == 200
            assert shown.headers["content-disposition"].startswith("inline;")
            assert shown.headers["cache-control"] == "no-store"
            assert int(shown.headers["content-length"]) == len(shown.content)
            with Image.open(io.BytesIO(shown.content)) as image:
                assert (image.format, image.size) == (form, (48, 64))
                assert not dict(image.getexif())


async def test_originals_are_for_the_authority_and_each_look_is_recorded(world: World) -> None:
    where = (await send(await world.as_("u-factory-a"))).headers["location"]
    for user in ("u-factory-a", "u-territory"):
        refused = await (await world.as_(user)).get(where, params={"variant": "original"})
        assert (refused.status_code, refused.json()["rule"]) == (403, "evidence.original")
    original = await (await world.as_("u-inspector")).get(where, params={"variant": "original"})
    assert original.content == PHOTO
    assert original.headers["content-disposition"] == (
        "attachment; filename=\"__ 1.jpg\"; filename*=UTF-8''%E7%8E%B0%E5%9C%BA%201.jpg"
    )
    entries = [
        (row["action"], row["outcome"], row["actor_id"], row["case_id"]) for row in await world.audit()
    ]
    assert entries == [
        ("request", "refused", "u-factory-a", None),
        ("request", "refused", "u-territory", None),
        ("read_evidence_original", "success", "u-inspector", "case-a"),
    ]


STRANGERS = {
    "another enterprise": ("u-factory-b", "case-a"),
    "another enterprise, other way": ("u-factory-a", "case-b"),
    "another territory": ("u-territory", "case-b"),
    "another district": ("u-foreign", "case-a"),
    "not disclosed yet": ("u-factory-a", "case-hidden"),
    "an operator": ("u-admin", "case-a"),
    "nobody's case": ("u-inspector", "case-none"),
}


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_what_is_not_yours_does_not_exist(world: World, stranger: str) -> None:
    user, case = STRANGERS[stranger]
    inspector = await world.as_("u-inspector")
    made = await send(inspector, case) if case != "case-none" else None
    where = made.headers["location"] if made else f"/api/v1/evidence/{uuid.uuid4()}"

    client = await world.as_(user)
    answers = [
        await client.get(f"/api/v1/cases/{case}/evidence"),
        await send(client, case),
        *[await client.get(where, params={"variant": one}) for one in ("copy", "thumbnail", "original")],
    ]
    absent = [
        await client.get(f"/api/v1/cases/{uuid.uuid4()}/evidence"),
        await send(client, str(uuid.uuid4())),
        *[await client.get(f"/api/v1/evidence/{uuid.uuid4()}") for _ in range(3)],
    ]

    def told(answer: httpx2.Response) -> tuple[int, dict[str, object]]:
        return answer.status_code, {k: v for k, v in answer.json().items() if k != "instance"}

    assert [told(answer) for answer in answers] == [told(answer) for answer in absent]
    assert {answer.status_code for answer in answers} == {404}
    assert len(await world.rows(tables.evidence)) == (1 if made else 0)


async def test_row_level_security_alone_hides_it_too(world: World) -> None:
    from ledger.sessions import Scope
    from models.actors import Role

    await send(await world.as_("u-factory-a"), note="内部说明")
    for enterprise, seen in (("e-a", 1), ("e-b", 0), (None, 0)):
        scope = Scope(Role.ENTERPRISE, district_id="d-1", enterprise_id=enterprise, user_id="x")
        async with world.database.read(scope) as session:
            for table in (tables.evidence, tables.contents):
                assert await looking.count(session, table) == seen


async def test_what_the_authority_keeps_to_itself_stays_there(world: World) -> None:
    sent = await send(await world.as_("u-inspector"), note="举报照片")
    assert (sent.status_code, sent.json()["audience"]) == (201, "bureau"), "until somebody releases it"
    factory = await world.as_("u-factory-a")
    assert (await factory.get("/api/v1/cases/case-a/evidence")).json() == {"items": []}
    assert (await factory.get(sent.headers["location"])).status_code == 404
    assert (await (await world.as_("u-head")).get(sent.headers["location"])).status_code == 200
    refused = await send(factory, audience="bureau")
    assert (refused.status_code, refused.json()["rule"]) == (403, "evidence.uploaders")


async def release(client: httpx2.AsyncClient, where: str, purpose: str = "现场照片") -> httpx2.Response:
    return await client.post(
        f"{where}/release", json={"purpose": purpose}, headers={"Idempotency-Key": str(uuid.uuid4())}
    )


async def test_a_released_piece_tells_nothing_of_where_it_came_from(world: World) -> None:
    inspector, factory = await world.as_("u-inspector"), await world.as_("u-factory-a")
    sent = await send(inspector, name="举报人拍摄.jpg", purpose="举报照片", note="群众提供")
    where, evidence_id = sent.headers["location"], sent.json()["evidence_id"]
    for user, status in (("u-factory-a", 404), ("u-territory", 404), ("u-auditor", 403)):
        assert (await release(await world.as_(user), where)).status_code == status
    released = await release(await world.as_("u-section"), where)
    assert (released.status_code, released.json()["audience"]) == (200, "parties")
    assert (await release(inspector, where, "另一说法")).json()["released_at"] == released.json()[
        "released_at"
    ]

    (shown,) = (await factory.get("/api/v1/cases/case-a/evidence")).json()["items"]
    assert (shown["purpose"], shown["note"]) == ("现场照片", "")
    assert shown["file_name"] == f"{evidence_id}.jpg"
    assert (shown["uploaded_by"], shown["uploaded_at"]) == ("u-section", released.json()["released_at"])
    assert (shown["taken_at"], shown["latitude"], shown["warnings"]) == (None, None, [])
    copy = await factory.get(where)
    assert (copy.status_code, "举报" in copy.headers["content-disposition"]) == (200, False)
    assert evidence_id in copy.headers["content-disposition"]
    (kept,) = (await inspector.get("/api/v1/cases/case-a/evidence")).json()["items"]
    assert (kept["purpose"], kept["note"], kept["file_name"]) == ("举报照片", "群众提供", "举报人拍摄.jpg")
    assert [(row["action"], row["outcome"]) for row in await world.audit()].count(
        ("release_evidence", "success")
    ) == 1


async def test_the_township_sees_its_own_file_and_the_parties_do_not(world: World) -> None:
    town = await world.as_("u-territory")
    assert (await send(town)).json()["audience"] == "bureau"
    assert len((await town.get("/api/v1/cases/case-a/evidence")).json()["items"]) == 1
    assert (await (await world.as_("u-factory-a")).get("/api/v1/cases/case-a/evidence")).json()["items"] == []


async def test_reuse_is_shown_to_the_officers_and_to_nobody_else(world: World) -> None:
    pattern = Image.effect_noise((240, 180), 90).convert("RGB")
    first, again = io.BytesIO(), io.BytesIO()
    pattern.save(first, "JPEG", quality=95)
    pattern.resize((200, 150)).save(again, "JPEG", quality=60)
    plain = Image.linear_gradient("L").rotate(90).resize((200, 150)).convert("RGB")
    unlike = io.BytesIO()
    plain.save(unlike, "JPEG")
    neighbour, factory = await world.as_("u-factory-b"), await world.as_("u-factory-a")
    assert (await send(neighbour, "case-b", first.getvalue())).status_code == 201
    same = (await send(factory, data=first.getvalue())).json()["evidence_id"]
    alike = (await send(factory, data=again.getvalue())).json()["evidence_id"]
    (await send(factory, data=unlike.getvalue())).raise_for_status()

    inspector = await world.as_("u-inspector")
    listed = (await inspector.get("/api/v1/cases/case-a/evidence")).json()["items"]
    found = {one["evidence_id"]: [(w["key"], w["case_id"]) for w in one["warnings"]] for one in listed}
    assert ("same_file", "case-b") in found[same]
    assert {("same_picture", "case-b"), ("same_picture", "case-a")} <= set(found[alike])
    assert [len(warnings) for warnings in found.values()].count(0) == 1
    for one in (await factory.get("/api/v1/cases/case-a/evidence")).json()["items"]:
        assert one["warnings"] == []


async def test_an_odd_file_is_shown_as_odd_and_only_ever_saved(world: World) -> None:
    data = corpus.pdf(b"<</S/Submit#46orm/F(http://x)>>")
    factory, inspector = await world.as_("u-factory-a"), await world.as_("u-inspector")
    sent = await send(factory, data=data, name="记录.pdf", kind="application/pdf")
    assert sent.status_code == 201
    (shown,) = (await inspector.get("/api/v1/cases/case-a/evidence")).json()["items"]
    assert [one["key"] for one in shown["warnings"]] == ["submits"]
    for variant in ("copy", "original"):
        file = await inspector.get(sent.headers["location"], params={"variant": variant})
        assert file.headers["content-disposition"].startswith("attachment;")
        assert "sandbox" in file.headers["content-security-policy"]
        assert file.headers["x-content-type-options"] == "nosniff"


async def test_an_assessor_sees_and_adds_only_where_assigned(world: World) -> None:
    await world.add(
        tables.organisations, {"org_id": "o-lab", "district_id": "d-1", "kind": "assessor", "name": "评估"}
    )
    await world.add(
        tables.users,
        {"user_id": "u-lab", "username": "lab", "role": "assessor", "district_id": "d-1"}
        | {"assessor_org_id": "o-lab"},
    )
    await world.add(tables.cases, case_row("case-lab", "e-a", assessor_org_id="o-lab"))
    lab = await world.as_("u-lab")
    assert (await send(lab, "case-lab")).status_code == 201
    assert len((await lab.get("/api/v1/cases/case-lab/evidence")).json()["items"]) == 1
    assert (await send(lab, "case-a")).status_code == 404


async def test_the_same_key_is_the_same_evidence(world: World) -> None:
    factory = await world.as_("u-factory-a")
    key = str(uuid.uuid4())
    answers = await asyncio.gather(*(send(factory, key=key) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["evidence_id"] for answer in answers}) == 1
    other = await send(factory, data=corpus.jpeg(colour="blue"), key=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    again = await send(factory)
    assert again.status_code == 200, "the same file for the same purpose"
    assert len(await world.rows(tables.evidence)) == 1
    differently = await send(factory, purpose="现场检查")
    assert differently.status_code == 201
    neighbour = await send(await world.as_("u-factory-b"), "case-b", key=key)
    assert neighbour.status_code == 201, "keys belong to their person"


async def test_a_key_is_required(world: World) -> None:
    client = await world.as_("u-factory-a")
    answer = await client.post(
        "/api/v1/cases/case-a/evidence", files={"file": ("a.jpg", PHOTO)}, data={"purpose": "x"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


async def test_a_closed_case_takes_no_more(world: World) -> None:
    answer = await send(await world.as_("u-inspector"), "case-closed")
    assert (answer.status_code, answer.json()["code"]) == (409, "transition_not_allowed")
    refused = [row for row in await world.audit() if row["outcome"] == "refused"]
    assert [(row["case_id"], row["code"]) for row in refused] == [("case-closed", "transition_not_allowed")]


@pytest.mark.parametrize("user", ["u-auditor"])
async def test_who_only_reads_adds_nothing(world: World, user: str) -> None:
    answer = await send(await world.as_(user))
    assert (answer.status_code, answer.json()["rule"]) == (403, "evidence.uploaders")


@pytest.mark.parametrize(
    ("data", "name", "kind", "status", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml", 415, "unsupported_media"),
        (corpus.archive(), "a.jpg", "image/jpeg", 415, "unsupported_media"),
        (corpus.jpeg(), "a.png", "image/png", 415, "unsupported_media"),
        (b"", "a.jpg", "image/jpeg", 400, "bad_request"),
        (corpus.jpeg() + bytes(6_000_000), "a.jpg", "image/jpeg", 413, "too_large"),
    ],
    ids=["svg", "zip", "extension", "empty", "large"],
)
async def test_bad_files_are_refused_and_leave_no_row(
    world: World, data: bytes, name: str, kind: str, status: int, code: str
) -> None:
    answer = await send(await world.as_("u-factory-a"), data=data, name=name, kind=kind)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await world.rows(tables.evidence) == []


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("现场照片.jpg".encode("gbk"), "现场照片.jpg"),
        ("罐区\U00020000.jpg".encode("gb18030"), "罐区\U00020000.jpg"),
        ("现场照片.jpg".encode(), "现场照片.jpg"),
        ("Prüfung.jpg".encode(), "Prüfung.jpg"),
        (b"\xff\xfe.jpg", "ÿþ.jpg"),
    ],
    ids=["GBK", "GB 18030", "UTF-8", "UTF-8 with umlauts", "neither"],
)
async def test_a_name_is_read_as_it_was_written(world: World, sent: bytes, shown: str) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nx\r\n--b\r\n'
    body += (
        b'Content-Disposition: form-data; name="file"; filename="'
        + sent
        + b'"\r\n\r\n'
        + PHOTO
        + b"\r\n--b--\r\n"
    )
    answer = await (await world.as_("u-factory-a")).post(
        "/api/v1/cases/case-a/evidence",
        content=body,
        headers={"Idempotency-Key": "12345678", "Content-Type": "multipart/form-data; boundary=b"},
    )
    assert answer.json()["file_name"] == shown, answer.text


@pytest.mark.parametrize("purpose", ["", " ", "\u3000\t"])
async def test_a_purpose_says_something(world: World, purpose: str) -> None:
    answer = await send(await world.as_("u-factory-a"), purpose=purpose)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert await world.rows(tables.evidence) == []


async def test_a_traversing_name_is_only_a_name(world: World) -> None:
    sent = await send(await world.as_("u-factory-a"), name="../../../etc/cron.d/x.jpg")
    assert sent.json()["file_name"] == "x.jpg"


@pytest.mark.parametrize(
    "path", ["cases/%00/evidence", "evidence/a%00b", "cases/%ff/evidence", "cases/%27/evidence"]
)
async def test_odd_ids_are_nobodys(world: World, path: str) -> None:
    answer = await (await world.as_("u-inspector")).get(f"/api/v1/{path}")
    assert answer.status_code in (404, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_missing_file_is_malformed(world: World) -> None:
    client = await world.as_("u-factory-a")
    answer = await client.post(
        "/api/v1/cases/case-a/evidence",
        data={"purpose": "x"},
        headers={"Idempotency-Key": "12345678"},
    )
    assert answer.status_code == 422
    assert {field["field"] for field in answer.json()["details"]["fields"]} == {"body.file"}


async def test_uploads_have_their_own_bounds(world: World) -> None:
    world.services.limits = Limits(upload_rate="2/minute", writes=1)
    factory = await world.as_("u-factory-a")
    with world.services.limits.writes.slot():
        assert (await send(factory)).status_code == 201, "commands do not crowd out uploads"
    assert (await send(factory, purpose="二")).status_code == 201
    third = await send(factory, purpose="三")
    assert (third.status_code, third.json()["rule"]) == (429, "limits.uploads")
    other = await send(await world.as_("u-inspector"))
    assert other.status_code == 201


async def test_a_pdf_and_a_video_come_back_as_attachments(world: World) -> None:
    factory = await world.as_("u-factory-a")
    pdf = await send(factory, data=corpus.pdf(), name="方案.pdf", kind="application/pdf")
    video = await send(factory, data=corpus.mp4(), name="复查.mp4", kind="video/mp4")
    for sent, kind in ((pdf, "application/pdf"), (video, "video/mp4")):
        shown = await factory.get(sent.headers["location"])
        assert shown.headers["content-type"] == kind
        assert shown.headers["content-disposition"].startswith("attachment;")
        assert (
            await factory.get(sent.headers["location"], params={"variant": "thumbnail"})
        ).status_code == 404
    assert b"+30.2741" not in (await factory.get(video.headers["location"])).content
