"""The file of a story told on the pure core, as the ledger would hand it to whoever writes its papers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, NamedTuple

from documents.composing import compose
from documents.facts import Facts
from documents.paper import Paper
from documents.registry import Kind, kinds
from ledger.papers import File
from models.actors import Actor
from services.papers.facts import Reading
from services.papers.making import kinds_of
from tests import builders, measures, secrecy
from tests.builders import CHIEF, FIRM, HEAD, SAID, WANG, Story, findings, general, lead
from tests.models.test_secrecy_walk import every_step, put_right
from tests.situations import SITUATIONS

CHECK = "https://xh.example.gov.cn/check/abcdefghijklmnopqrstuv"

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


def told_by(story: Story, **changed: Any) -> Iterator[tuple[Kind, Facts, date, str, frozenset[str]]]:
    """What every paper the story issues is written from, in order: its kind, the facts, its day and number, and
    which of what was said are free words."""
    file = replace(file_of(story), **changed)
    reading = Reading(file, story.hazard.rules)
    for entry in file.entries:
        for kind in kinds_of(entry, reading):
            numbered = kind.number == "act" and entry.seq in file.instruments
            number = file.instruments[entry.seq].number if numbered else ""
            yield kind, reading.facts(entry), reading.dated(entry), number, _words(entry.texts or {})


def _words(texts: dict[str, Any]) -> frozenset[str]:
    """The fields of ``texts``; those of a step's form lie one deeper."""
    return frozenset(texts) | frozenset(texts.get("form") or ())


def papers_of(story: Story, **changed: Any) -> list[Paper]:
    """Every paper the story issues, in order."""
    return [
        compose(kind, facts, on=on, number=number, check=CHECK)
        for kind, facts, on, number, _ in told_by(story, **changed)
    ]


def every_story() -> list[Story]:
    """Stories that issue every kind of paper of a case at least once."""
    stories = [told.story for told in (*every_step(), put_right())]
    stories += [make() for make in SITUATIONS.values()]
    stories.append(general().give("signal_completion", FIRM, text="已改", evidence=["photo"]))
    stories[-1].give(
        "reinspect", WANG, officers=["wang", "li"], findings=findings(True, False), new_deadline_days=5
    )
    stories.append(general().give("request_extension", FIRM, days=5, reason="到货", interim_measures="停用"))
    stories[-1].give("refuse_extension", HEAD, reason="理由不成立")
    stories.append(general().give("request_extension", FIRM, days=5, reason="到货", interim_measures="停用"))
    stories[-1].give("grant_extension", HEAD, days=5, opinion="同意")
    stories.append(general().give("signal_completion", FIRM, text="已改", evidence=["photo"]))
    stories[-1].give("reinspect", WANG, officers=["wang", "li"], findings=findings(True, True))
    stories[-1].give("refuse_sign_off", CHIEF, items=[1], new_deadline_days=5, reason="证据不足")
    stories.append(lead().give("verify", WANG, officers=["wang", "li"], findings="属实"))
    stories.append(lead(source="transfer").give("verify", WANG, officers=["wang", "li"], findings="属实"))
    stories[-1].give("transfer", CHIEF, to_department="消防救援大队", reason="不属于本机关管辖")
    return stories
