"""The papers of an enterprise's file: every act that issues one says all it must, and a visit that found nothing has its own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from documents.composing import compose, value_of
from documents.paper import Paper
from documents.registry import Kind, firm_kinds, kinds
from ledger.enterprise_papers import VISITED, FirmFile
from models.enterprise.commands import ENTERPRISE_COMMANDS
from models.enterprise.events import EVENTS
from models.policy.keys import DOCUMENT_KINDS
from services.papers.firm_facts import COMMAND_OF, FirmReading
from services.papers.firm_making import KIND_OF
from tests.builders import FIRM, HEAD, SAID, at, rules
from tests.documents.files import PEOPLE
from tests.documents.test_registry import EMPTY
from tests.models.enterprises import Firm, accident, flagged, listed

LISTED = "（示）应急失决〔2026〕1号"


def file_of(firm: Firm, event: str) -> FirmFile:
    """What the paper of the firm's last ``event`` is written from."""
    last = max(one.seq for one in firm.entries if one.event == event)
    entries = [
        SimpleNamespace(
            **one.model_dump(include={"seq", "event", "at", "actor_id", "role"}),
            data=one.model_dump(mode="json")["data"],
            texts=SAID.get(one.command_id or ""),
        )
        for one in firm.entries
        if one.seq <= last
    ]
    return _file(entries=entries)


def _file(**given: Any) -> FirmFile:
    people: dict[str, Any] = {
        one.user_id: SimpleNamespace(
            display_name=f"姓名{no}", role=one.role.value, rank=one.rank, certificate_no=f"示应急执法{no:04d}"
        )
        for no, one in enumerate(PEOPLE.values())
    }
    firm: Any = SimpleNamespace(
        name="示范粉体材料有限公司", uscc="91330100MA2000004X", address="工业路1号", legal_representative=""
    )
    settled = {"entries": (), "visit": None, "earlier": {"bad_faith_decision": LISTED, "case": "患1号"}}
    return FirmFile(
        firm=firm,
        office="示范区应急管理局",
        district="示范区",
        people=people,
        number=None,
        written=False,
        **settled | given,
    )


def visit(**given: Any) -> FirmFile:
    made = {
        "number": "（示）应急检记〔2026〕7号",
        "kind": "double_random",
        "place": "打磨车间",
        "started_at": at("2026-09-01 10:00"),
        "ended_at": at("2026-09-01 11:00"),
        "officers": ["wang", "li"],
        "called": {"wang": "王建国"},
        "enterprise_name": "当日名称有限公司",
        "recorded_by": "wang",
        "summary": "",
        "signing": None,
    }
    return _file(visit=SimpleNamespace(**{**made, **given}))


def paper_of(file: FirmFile, event: str) -> Paper:
    reading = FirmReading(file, rules().policy)
    return compose(KIND_OF[event], reading.facts(), on=reading.on, number="号")


def stories() -> dict[str, Firm]:
    """An enterprise to which each of the acts was done."""
    accepted = accident().give(
        "accept_after_accident", HEAD, accident=1, officers=["wang", "li"], text="已整改"
    )
    requested = listed().until("2027-09-06 10:00").give("request_removal", FIRM, text="申请移出")
    refused = listed().until("2027-09-06 10:00").give("request_removal", FIRM, text="申请移出")
    refused.give("decide_removal", HEAD, granted=False, reason="仍有未履行义务")
    removed = listed().until("2027-09-06 10:00").give("request_removal", FIRM, text="申请移出")
    removed.give("decide_removal", HEAD, granted=True)
    return {
        "accident_recorded": accident(),
        "accepted_after_accident": accepted,
        "closure_flag_answered": flagged().give(
            "answer_closure_flag", HEAD, answer="declined", reason="已整改到位"
        ),
        "removal_requested": requested,
        "removal_refused": refused,
        "removed_early": removed,
    }


@pytest.mark.parametrize("event", sorted(set(KIND_OF) - {VISITED}))
def test_every_act_about_an_enterprise_has_its_paper(event: str) -> None:
    firm = stories()[event]
    paper = paper_of(file_of(firm, event), event)
    text = paper.model_dump_json()
    assert "示范粉体材料有限公司" in text
    for sign in ("None", "True", "False", "T0", "+00:00"):
        assert sign not in str(paper.blocks)
    words = SAID[
        next(one.command_id for one in reversed(firm.entries) if one.event == event and one.command_id)
    ]
    assert all(said in text for said in words.values() if said)


def test_a_removal_names_the_listing_it_ends_and_a_refusal_the_remedies() -> None:
    firms = stories()
    assert LISTED in str(paper_of(file_of(firms["removed_early"], "removed_early"), "removed_early").blocks)
    refusal = str(paper_of(file_of(firms["removal_refused"], "removal_refused"), "removal_refused").blocks)
    assert LISTED in refusal
    assert "行政复议" in refusal
    assert "仍有未履行义务" in refusal


def test_an_acceptance_names_its_accident_and_who_was_there() -> None:
    rows = dict(
        paper_of(
            file_of(stories()["accepted_after_accident"], "accepted_after_accident"),
            "accepted_after_accident",
        )
        .blocks[0]
        .rows
    )
    assert rows["事故发生时间"] == "2026年9月1日8时00分"
    assert rows["验收人员"].count("执法证号") == 2


def test_a_visit_that_found_nothing_is_on_record() -> None:
    paper = paper_of(visit(summary="现场秩序良好"), VISITED)
    text = paper.model_dump_json()
    for part in ("当日名称有限公司", "打磨车间", "本次检查未发现事故隐患", "现场秩序良好", "王建国"):
        assert part in text
    assert sum("执法证号" in line for line in paper.signatures) == 2
    assert "现场秩序良好" not in paper_of(visit(), VISITED).model_dump_json()


@pytest.mark.parametrize("kind", firm_kinds().values(), ids=lambda kind: kind.key)
def test_every_field_has_a_source(kind: Kind) -> None:
    (event,) = kind.events
    for place in kind.places():
        value_of(EMPTY, place)
        room, _, name = place.partition(".")
        if room == "said":
            fields = {*EVENTS[event].model_fields, *ENTERPRISE_COMMANDS[COMMAND_OF[event]].model_fields}
            assert name in fields | {"accident_at"}, f"{kind.key}: nobody fills in {name}"
    assert kind.series in DOCUMENT_KINDS | {""}
    assert (kind.number == "own") == bool(kind.series)


def test_the_sets_of_papers_are_apart() -> None:
    assert not set(firm_kinds()) & set(kinds())
    assert set(COMMAND_OF) == set(KIND_OF) - {VISITED} <= set(EVENTS)
