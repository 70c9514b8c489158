"""The file of a story told on the pure core, as the ledger would hand it to whoever writes its papers."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, NamedTuple

from documents.composing import compose
from documents.paper import Paper
from documents.registry import kinds
from ledger.papers import File
from models.actors import Actor
from services.papers.facts import Reading
from services.papers.making import kinds_of
from tests import builders, measures, secrecy
from tests.builders import SAID, Story

PEOPLE = {
    one.user_id: one
    for room in (builders, measures, secrecy)
    for one in vars(room).values()
    if isinstance(one, Actor)
}


class Told(NamedTuple):
    """What the parties read."""

    enterprise_name: str
    title: str
    description: str
    location: str
    requirements: list[str]


def file_of(story: Story) -> File:
    """Everything a paper of the story is written from; numbers are given in the order they are taken."""
    entries: list[Any] = [
        SimpleNamespace(
            **entry.model_dump(include={"case_id", "seq", "event", "at", "actor_id", "role", "command_id"}),
            data=entry.model_dump(mode="json")["data"],
            texts=SAID.get(entry.command_id or ""),
            actor_called=None,
            recorded_at=entry.at,
        )
        for entry in story.entries
    ]
    case = story.case
    opened = SAID.get(entries[0].command_id, {})
    stated = next((one.texts["stated"] for one in entries if (one.texts or {}).get("stated")), opened)
    taken: dict[str, int] = {}
    instruments = {
        one.seq: SimpleNamespace(
            seq=one.seq,
            kind=one.data["instrument"],
            number=f"（示）应急{kinds()[one.data['instrument']].title}〔2026〕{_next(taken, one)}号",
            measure_id=one.data.get("measure_id"),
            step=one.data.get("step"),
        )
        for one in entries
        if one.data.get("instrument")
    }
    row: Any = SimpleNamespace(
        case_id=case.case_id,
        doc=case.model_dump(mode="json"),
        number="（示）应急患〔2026〕1号",
        opened_at=entries[0].at,
    )
    told: Any = Told(
        enterprise_name="示范粉体材料有限公司",
        title=stated.get("title", ""),
        description=stated.get("description", ""),
        location=stated.get("location", ""),
        requirements=[part["text"] for part in stated.get("requirements") or ()],
    )
    orders = [one.data["order_id"] for one in entries if one.event == "order_issued"]
    firm: Any = SimpleNamespace(
        name="示范粉体材料有限公司",
        uscc="91330100MA2000004X",
        address="工业路1号",
        legal_representative="韩永康",
    )
    people: dict[str, Any] = {
        one.user_id: SimpleNamespace(
            user_id=one.user_id,
            display_name=f"姓名{no}",
            role=one.role.value,
            rank=one.rank.value if one.rank else None,
            certificate_no=f"示应急执法{no:04d}",
        )
        for no, one in enumerate(PEOPLE.values())
    }
    return File(
        case=row,
        told=told,
        firm=firm,
        office="示范区应急管理局",
        district="示范区",
        orders={
            order_id: SimpleNamespace(  # type: ignore[misc]
                order_id=order_id,
                number=f"（示）应急责改〔2026〕{no}号",
                served_at=entries[0].at,
                inspection_id=case.inspection_id if no == 1 else None,
            )
            for no, order_id in enumerate(dict.fromkeys(orders), start=1)
        },
        visit=SimpleNamespace(  # type: ignore[arg-type]
            number="（示）应急检记〔2026〕1号",
            kind="double_random",
            place="打磨车间",
            started_at=entries[0].at,
            ended_at=entries[0].at,
            officers=["wang", "li"],
            called={"wang": "王建国"},
            case_numbers={case.case_id: ["（示）应急患〔2026〕1号", 1]},
            summary="已当场告知整改要求",
            inspection_id=case.inspection_id,
            signing=None,
        )
        if case.inspection_id
        else None,
        found=[told.title],
        entries=entries,
        instruments=instruments,  # type: ignore[arg-type]
        people=people,
        written=frozenset(),
        numbers={},
    )


def _next(taken: dict[str, int], entry: Any) -> int:
    kind = entry.data["instrument"]
    taken[kind] = taken.get(kind, 0) + 1
    return taken[kind]


def papers_of(story: Story, **changed: Any) -> list[Paper]:
    """Every paper the story issues, in order."""
    file = replace(file_of(story), **changed)
    reading = Reading(file, story.hazard.rules)
    return [
        compose(
            kind,
            reading.facts(entry),
            on=reading.dated(entry),
            number=file.instruments[entry.seq].number
            if kind.number == "act" and entry.seq in file.instruments
            else "",
            check="https://xh.example.gov.cn/check/abcdefghijklmnopqrstuv",
        )
        for entry in file.entries
        for kind in kinds_of(entry, reading)
    ]
