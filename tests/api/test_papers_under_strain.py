"""Papers are written once and numbered without a gap, whoever writes them, whenever, and whatever was away meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader

from ledger import papers as kept
from ledger.tables import counters, papers
from models.clocks import SHANGHAI
from models.errors import EngineUnavailable
from services.context import Services
from services.papers import making, pace
from services.papers.making import PaperMaker, make_papers, write_papers
from tests.api.support import Office, finding, ok
from tests.ledger import looking

NEW_YEAR = datetime(2027, 1, 1, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def recent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The office's clock is not the database's."""
    monkeypatch.setattr(kept, "OLD", kept.OLD * 100)
    monkeypatch.setattr(pace, "RESTS", 0)


async def all_written(*makers: PaperMaker) -> None:
    """Until none of them finds more."""
    while any(await asyncio.gather(*(maker.once() for maker in makers))):
        pass


async def rows_of(office: Office, case_id: str) -> dict[str, dict[str, Any]]:
    return {row["kind"]: row for row in await office.world.rows(papers) if row["case_id"] == case_id}


async def numbered_without_a_gap(office: Office) -> bool:
    """Whether the receipts bear every number that was taken, each once."""
    given = [row["n"] for row in await office.world.rows(counters) if row["kind"] == "service_receipt"]
    borne = [row["number"] for row in await office.world.rows(papers) if row["kind"] == "service_receipt"]
    return len(set(borne)) == len(borne) == sum(given) > 0


def looks_at(monkeypatch: pytest.MonkeyPatch, store: Any) -> list[str]:
    """The keys that are put into a store from now on."""
    put: list[str] = []
    honest = store.put_bytes

    async def noted(key: str, data: bytes) -> bool:
        put.append(key)
        return bool(await honest(key, data))

    monkeypatch.setattr(store, "put_bytes", noted)
    return put


@contextmanager
def away(services: Services) -> Iterator[None]:
    """The object store is not there."""
    root = Path(services.settings.home)
    (root / "objects").rename(root / "away")
    try:
        yield
    finally:
        (root / "away").rename(root / "objects")


async def test_two_workers_write_each_paper_and_take_each_number_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [await office.case() for _ in range(8)]
    services = office.world.services
    put = looks_at(monkeypatch, services.vault.store)
    await all_written(PaperMaker(services), PaperMaker(replace(services)))
    found = [await rows_of(office, case_id) for case_id in cases]
    assert all(set(one) == {"inspection", "order", "service_receipt"} for one in found)
    assert Counter(put) == Counter(row["object_key"] for one in found for row in one.values())
    assert max(Counter(put).values()) == 1, "nothing was set twice"
    assert await numbered_without_a_gap(office)


async def test_one_case_written_by_several_at_once_has_every_paper_once(office: Office) -> None:
    case_id = await office.case()
    made = await asyncio.gather(*(make_papers(office.world.services, case_id) for _ in range(4)))
    assert sorted(made) == [0, 0, 0, 3]
    assert await numbered_without_a_gap(office)


async def test_a_number_is_of_the_year_of_its_act(office: Office) -> None:
    """Served in the last second of the year and in the first of the next; the papers are written days later."""
    began = NEW_YEAR - timedelta(hours=1)
    await office.pass_time(seconds=(NEW_YEAR + timedelta(minutes=5) - office.now).total_seconds())
    cases = {}
    for at in (NEW_YEAR - timedelta(seconds=1), NEW_YEAR):
        times = {"started_at": began.isoformat(), "ended_at": at.isoformat()}
        visit = await office.inspected(finding(), **times, service={"served_at": at.isoformat()})
        cases[at.year] = str(visit["cases"][0]["case_id"])
    await office.pass_time(days=9)
    await all_written(PaperMaker(office.world.services))
    for year, case_id in cases.items():
        receipt = (await rows_of(office, case_id))["service_receipt"]
        assert f"〔{year}〕1号" in receipt["number"], "each year begins with one"
        assert receipt["dated"].year == year
        last = "12月31日23时59分" if year == 2026 else "1月1日0时00分"
        assert last in await text_of(office, case_id, receipt["token"])
    assert await numbered_without_a_gap(office)


async def text_of(office: Office, case_id: str, paper_id: str) -> str:
    answer = await office.get("wang", f"/cases/{case_id}/documents/{paper_id}")
    assert answer.status_code == 200, answer.text
    pages = PdfReader(BytesIO(answer.content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


async def test_while_the_store_is_away_papers_wait_and_nothing_is_lost(office: Office) -> None:
    services = office.world.services
    maker = PaperMaker(services)
    before = await office.case()
    await all_written(maker)
    with away(services):
        cases = [await office.case() for _ in range(3)]
        for _ in range(3):
            with pytest.raises(EngineUnavailable):
                await maker.once()
        assert [await rows_of(office, case_id) for case_id in cases] == [{}, {}, {}]
    await all_written(maker)
    for case_id in (before, *cases):
        found = await rows_of(office, case_id)
        assert len(found) == 3
        for row in found.values():
            answer = await office.get("wang", f"/cases/{case_id}/documents/{row['token']}")
            assert len(answer.content) == row["size"]
    assert await numbered_without_a_gap(office), "what was taken in vain was given back"


async def test_what_was_seen_at_once_is_not_read_again_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    async def noting(services: Services, case_id: str) -> int:
        read.append(case_id)
        return await write_papers(services, case_id)

    monkeypatch.setattr(kept, "LATE", timedelta())
    monkeypatch.setattr(making, "write_papers", noting)
    maker = PaperMaker(office.world.services)
    cases = [await office.case() for _ in range(3)]
    await all_written(maker)
    assert sorted(read) == sorted(cases)
    late = await office.case()
    await all_written(maker)
    assert read[3:] == [late]


async def test_a_backlog_of_what_could_not_be_written_is_worked_off_without_a_pause(office: Office) -> None:
    for _ in range(3):
        await office.case()
    maker = PaperMaker(office.world.services)
    await all_written(maker)
    unwritten = {"sha256": None, "made_at": office.now - making.AGAIN * 2}
    async with office.world.superuser.begin() as connection:
        await looking.change(connection, papers, unwritten)
    assert await maker.once() == 9
    assert await maker.once() == 0
    assert all(row["sha256"] for row in await office.world.rows(papers))


async def test_what_the_paper_of_a_young_entry_lacked_may_be_there_soon(office: Office) -> None:
    await office.case()
    maker = PaperMaker(office.world.services)
    await all_written(maker)
    for ago, made in ((timedelta(), 0), (kept.SOON * 2, 3)):
        tried = {"sha256": None, "made_at": datetime.now(UTC) - ago}  # the database's clock, not the office's
        async with office.world.superuser.begin() as connection:
            await looking.change(connection, papers, tried)
        assert await maker.once() == made


async def test_written_another_day_it_is_the_same_paper(office: Office) -> None:
    case_id = await office.submitted()
    await office.done(
        "wang", case_id, "reinspect", officers=["wang", "li"], findings=[{"no": 1, "passed": True}]
    )
    await make_papers(office.world.services, case_id)
    first = await rows_of(office, case_id)
    assert len(first) == 4
    await office.pass_time(days=400)
    async with office.world.superuser.begin() as connection:
        nothing = {"sha256": None, "size": None, "object_key": None}
        await looking.change(connection, papers, nothing, case_id=case_id)
    assert await make_papers(office.world.services, case_id) == 4
    again = await rows_of(office, case_id)
    assert {kind: row["sha256"] for kind, row in again.items()} == {
        kind: row["sha256"] for kind, row in first.items()
    }
    assert ok(await office.get("wang", f"/cases/{case_id}/documents"))["items"]


async def test_papers_give_way_while_commands_come_in(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []

    async def noted(seconds: float) -> None:
        rests.append(seconds)

    monkeypatch.setattr(pace, "asyncio", SimpleNamespace(sleep=noted))
    monkeypatch.setattr(pace, "RESTS", 1_000)
    case_id = await office.case()
    assert await write_papers(office.world.services, case_id) == 3
    assert rests == [pace.LONGEST], "a thousand times what three papers take would be longer"
    monkeypatch.setattr(pace, "LATELY", timedelta())
    assert await write_papers(office.world.services, case_id) == 0
    assert len(rests) == 1
