"""Every step that issues a paper issues a whole one: walked through every procedure, with nothing it must say left out."""

from __future__ import annotations

from collections import Counter

import pytest

from documents.composing import compose
from documents.paper import Paper
from documents.registry import kinds
from tests.builders import CHIEF, FIRM, HEAD, STANDARD, WANG, findings, general, major, order, served
from tests.documents.files import every_story, papers_of, told_by

pytestmark = [pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def written() -> list[Paper]:
    return [paper for story in every_story() for paper in papers_of(story)]


def test_every_kind_is_written_somewhere(written: list[Paper]) -> None:
    missing = set(kinds()) - {paper.kind for paper in written}
    assert not missing


def test_nothing_of_the_machine_stands_in_a_paper(written: list[Paper]) -> None:
    wrong: Counter[str] = Counter()
    for paper in written:
        text = paper.model_dump_json(exclude={"check", "kind"})
        for sign in ("None", "sha256:", "True", "False", "T0", "in_person", "+00:00", "待核对"):
            if sign in text:
                wrong[f"{paper.kind}: {sign}"] += 1
    assert not wrong


def test_a_paper_of_the_whole_measure_names_its_numbers(written: list[Paper]) -> None:
    demand = next(paper for paper in written if paper.kind == "demand")
    assert "行政处罚决定书" in demand.model_dump_json()


def test_the_amount_stands_in_figures_and_in_capitals(written: list[Paper]) -> None:
    decision = next(
        paper for paper in written if paper.kind == "penalty_decision" and "罚款人民币" in str(paper.blocks)
    )
    text = str(decision.blocks)
    assert "元整（" in text
    assert "元）" in text


def test_the_total_of_a_daily_fine_is_said_in_figures_and_in_capitals(written: list[Paper]) -> None:
    total = next(paper for paper in written if paper.kind == "daily_fine_total")
    assert "共3日，每日罚款人民币200,000元，罚款总额人民币陆拾万元整（600,000元）" in str(total.blocks)


def test_an_application_is_headed_by_the_party_and_handed_to_the_authority(written: list[Paper]) -> None:
    application = next(paper for paper in written if paper.kind == "resume_application")
    assert application.authority == "示范粉体材料有限公司"
    assert application.to == "示范区应急管理局"


def test_words_that_end_with_a_stop_end_the_sentence() -> None:
    kind, facts, on, *_ = next(told for told in told_by(general()) if told[0].key == "order")
    stated = facts.model_copy(update={"case": facts.case.model_copy(update={"title": "除尘风管积尘。"})})
    text = str(compose(kind, stated, on=on).blocks)
    assert "存在下列问题：除尘风管积尘。" in text
    assert "。。" not in text


def test_who_signs_is_called_what_they_are(written: list[Paper]) -> None:
    offices = {
        "penalty_decision": "签发人",
        "filing": "审批人",
        "legal_review": "审核人",
        "hearing_report": "听证主持人",
    }
    for kind, office in offices.items():
        paper = next(paper for paper in written if paper.kind == kind)
        assert paper.signatures[0].startswith(f"{office}："), kind


def test_a_demand_says_by_when(written: list[Paper]) -> None:
    demand = next(paper for paper in written if paper.kind == "demand")
    assert "10个工作日内履行" in str(demand.blocks)


def test_a_grade_names_its_clause() -> None:
    opinion = next(paper for paper in papers_of(major()) if paper.kind == "major_opinion")
    assert STANDARD["clause"] in str(opinion.blocks)


def test_items_carry_their_verdicts(written: list[Paper]) -> None:
    tables = [
        [row[2].partition("。")[0] for row in block.rows]
        for paper in written
        for block in paper.blocks
        if paper.kind == "reinspection" and block.kind == "items"
    ]
    assert ["合格", "不合格"] in tables
    assert ["合格", "合格"] in tables


def test_a_hazard_that_came_back_has_two_orders_and_each_paper_names_its_own() -> None:
    story = general().give("signal_completion", FIRM, text="已改", evidence=["photo"])
    story.give("reinspect", WANG, officers=["wang", "li"], findings=findings(True, True))
    story.give("sign_off", CHIEF).pass_time(days=20)
    story.give("record_look_back", WANG, officers=["wang", "li"], recurred=True, items=[1], text="再次积尘")
    story.give("issue_order", WANG, order=order(order_id="r-2"))
    story.give("serve_order", WANG, service=served(story.now))
    receipts = [str(paper.blocks) for paper in papers_of(story) if paper.kind == "service_receipt"]
    assert ["〔2026〕1号" in receipts[0], "〔2026〕2号" in receipts[1]] == [True, True]
    assert len([paper for paper in papers_of(story) if paper.kind == "order"]) == 2


def test_a_later_grade_changes_no_earlier_opinion() -> None:
    story = major().give("propose_regrade", WANG, grade="general", reason="不符合判定标准")
    story.give("decide_regrade", HEAD, approve=True, reason="同意")
    opinions = [str(paper.blocks) for paper in papers_of(story) if paper.kind == "major_opinion"]
    assert ["重大隐患" in opinions[0], "一般隐患" in opinions[1]] == [True, True]
