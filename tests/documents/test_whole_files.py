"""A fine from its filing to the court and a suspension until work may resume, as whole files: complete, in order, at one."""

from __future__ import annotations

import copy
import re
from datetime import date

import pytest

from documents.paper import Paper
from documents.registry import kinds
from models.grants import GRANTS
from models.measures.kinds import MeasureKind
from models.measures.procedures import PROCEDURES
from tests.builders import FIRM, WANG
from tests.documents.files import papers_of
from tests.measures import take
from tests.models.test_secrecy_walk import Told, through, toward

FINE = (
    *("inspection", "order", "filing", "investigation", "penalty_notice", "hearing_right", "defence_record"),
    *(
        "hearing_notice",
        "hearing_minutes",
        "hearing_report",
        "legal_review",
        "discussion",
        "disposal",
        "penalty_decision",
    ),
    *("demand", "court_application", "service_receipt"),
)
SUSPENSION = (
    *(
        "order",
        "refusal_record",
        "filing",
        "investigation",
        "penalty_notice",
        "hearing_right",
        "disposal",
        "penalty_decision",
    ),
    *("resume_application", "resume_review", "resume_decision", "service_receipt"),
)


@pytest.fixture(scope="module")
def fine() -> list[Paper]:
    return papers_of(heard(MeasureKind.FINE, "apply_to_court").story)


@pytest.fixture(scope="module")
def suspension() -> list[Paper]:
    return papers_of(toward(MeasureKind.SUSPENSION, "approve_resumption").story)


def heard(kind: MeasureKind, goal: str) -> Told:
    """The walk to ``goal`` by way of a hearing."""
    return through(toward(kind, "hold_hearing"), kind, goal)


def test_a_fine_leaves_every_paper_of_its_way(fine: list[Paper]) -> None:
    assert set(FINE) <= {paper.kind for paper in fine}
    assert len(fine) >= 20


def test_a_suspension_leaves_every_paper_of_its_way(suspension: list[Paper]) -> None:
    assert set(SUSPENSION) <= {paper.kind for paper in suspension}


def test_a_suspension_that_was_heard_is_a_file_of_twenty_papers_and_more() -> None:
    papers = papers_of(heard(MeasureKind.SUSPENSION, "approve_resumption").story)
    assert set(SUSPENSION) <= {paper.kind for paper in papers}
    assert len(papers) >= 20


def test_what_is_put_before_the_leader_names_what_it_rests_on(fine: list[Paper]) -> None:
    (submitted,) = (paper for paper in fine if paper.kind == "disposal")
    rows = dict(submitted.blocks[0].rows)
    before = (
        "立案审批表",
        "案件调查报告",
        "行政处罚告知书",
        "听证会报告书",
        "法制审核意见书",
        "集体讨论记录",
    )
    assert all(rows[title].startswith("（示）应急") for title in before)
    assert [line.partition("：")[0] for line in submitted.signatures][-1] == "审批人（签名）"


def test_work_resumes_after_the_decision_also_in_the_order_of_the_file(suspension: list[Paper]) -> None:
    order = sorted({paper.kind for paper in suspension}, key=lambda kind: kinds()[kind].order)
    assert order.index("penalty_decision") < order.index("resume_application") < order.index("filing_closed")


def test_the_right_to_a_hearing_is_receipted_with_its_notice(fine: list[Paper]) -> None:
    served = [str(paper.blocks) for paper in fine if paper.kind == "service_receipt"]
    assert [("听证告知书" in one) for one in served if "行政处罚告知书" in one] == [True]
    assert sum("听证告知书" in one for one in served) == 1


@pytest.mark.parametrize("file", ["fine", "suspension"])
def test_its_days_follow_each_other(file: str, request: pytest.FixtureRequest) -> None:
    papers: list[Paper] = request.getfixturevalue(file)
    days = [paper.on for paper in papers]
    assert days == sorted(days)
    said = {
        date(*map(int, found))
        for paper in papers
        for found in re.findall(r"(\d{4})年(\d+)月(\d+)日", str(paper.blocks))
    }
    assert min(said) >= min(days), "nothing is said to have been before the hazard was found"


@pytest.mark.parametrize("file", ["fine", "suspension"])
def test_what_a_paper_cites_was_issued_before(file: str, request: pytest.FixtureRequest) -> None:
    papers: list[Paper] = request.getfixturevalue(file)
    known = {"（示）应急责改〔2026〕1号", "（示）应急患〔2026〕1号", "（示）应急检记〔2026〕1号"}
    for paper in papers:
        known.add(paper.number)
        cited = set(re.findall(r"（示）应急[^〔]+〔\d{4}〕\d+号", str(paper.blocks)))
        assert cited <= known, f"{paper.kind} cites {cited - known}"


@pytest.mark.parametrize("file", ["fine", "suspension"])
def test_the_articles_are_those_of_the_tables(file: str, request: pytest.FixtureRequest) -> None:
    papers: list[Paper] = request.getfixturevalue(file)
    lawful = {row.basis for procedure in PROCEDURES.values() for row in procedure.rows}
    lawful |= {grant.basis for grant in GRANTS} | {procedure.basis for procedure in PROCEDURES.values()}
    for paper in papers:
        rows = [row for block in paper.blocks for row in block.rows if row[0] == "依据"]
        assert all(value in lawful for _, value in rows), paper.kind


def test_the_order_of_the_file_begins_with_the_finding_and_ends_with_the_receipts(fine: list[Paper]) -> None:
    order = sorted({paper.kind for paper in fine}, key=lambda kind: kinds()[kind].order)
    assert order[0] == "inspection"
    assert order[-1] == "service_receipt"
    assert order.index("filing") < order.index("penalty_notice") < order.index("penalty_decision")
    assert order.index("penalty_decision") < order.index("demand") < order.index("court_application")


ENDS = {
    MeasureKind.FINE: (
        "settle",
        "record_enforcement",
        "end_uncollected",
        "decide_none",
        "annul",
        "discontinue",
    ),
    MeasureKind.SUSPENSION: ("approve_resumption", "decide_none"),
    MeasureKind.DAILY_FINE: ("settle",),
}


@pytest.mark.parametrize(("kind", "step"), [(kind, step) for kind, steps in ENDS.items() for step in steps])
def test_whatever_ends_a_penalty_closes_its_case(kind: MeasureKind, step: str) -> None:
    closings = [paper for paper in papers_of(toward(kind, step).story) if paper.kind == "filing_closed"]
    ended = PROCEDURES[kind].steps[step].zh
    assert [dict(one.blocks[0].rows)["结案情形"] for one in closings][-1:] == [ended]
    assert "立案审批表" in dict(closings[-1].blocks[0].rows)


def test_an_enforced_suspension_stays_open() -> None:
    story = toward(MeasureKind.SUSPENSION, "record_enforcement").story
    assert "record_enforcement" in story.case.measures[-1].done
    assert "filing_closed" not in {paper.kind for paper in papers_of(story)}


def test_an_officer_closes_under_a_leaders_signature() -> None:
    closing = next(
        paper
        for paper in papers_of(toward(MeasureKind.FINE, "settle").story)
        if paper.kind == "filing_closed"
    )
    assert [line.partition("：")[0] for line in closing.signatures] == ["经办人", "审批人（签名）"]


def test_the_receipt_of_a_closure_names_the_governments_decision() -> None:
    papers = papers_of(toward(MeasureKind.CLOSURE, "serve_decision").story)
    recorded = next(paper for paper in papers if paper.kind == "closure_decision")
    number = dict(recorded.blocks[0].rows)["决定文号"]
    receipt = [paper for paper in papers if paper.kind == "service_receipt"][-1]
    assert dict(receipt.blocks[0].rows)["送达的文书"] == f"关闭决定　{number}"


def test_a_party_that_states_its_defence_itself_records_nothing() -> None:
    story = toward(MeasureKind.FINE, "serve_notice").story
    for who, said in ((FIRM, "提交人"), (WANG, "记录人")):
        defended = papers_of(take(copy.deepcopy(story), "record_defence", who, waived=True))
        (record,) = (paper for paper in defended if paper.kind == "defence_record")
        assert record.signatures[-1].partition("：")[0] == said
