"""Service of documents (送达): each way has its moment and its proof, for every document."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.commands import ServiceMethod
from models.decisions.serving import WAYS
from models.instants import day_of
from tests.builders import WANG, Story, at, order, refusal
from tests.measures import (
    clock,
    decided,
    filed,
    last_day,
    measure,
    not_proposed,
    not_taken,
    overdue_major,
    propose,
    refuses,
    silent,
    take,
)

PROVED = {"evidence": ["photo"]}


def by(method: str, moment: str, **more: object) -> dict[str, object]:
    return {"served_at": at(moment).isoformat(), "method": method, **more}


def test_every_way_has_its_moment_its_proof_and_its_article() -> None:
    assert set(WAYS) == set(ServiceMethod)
    assert all(way.moment and way.proof and way.article.startswith("《") for way in WAYS.values())


@pytest.mark.parametrize("method", ["witnessed_leave", "post", "electronic", "public_notice"])
def test_no_document_is_served_without_its_proof(method: str) -> None:
    story = decided(silent(filed()))
    moment = {"served_at": story.now.isoformat(), "method": method}
    assert not_taken(story, "serve_decision", WANG, service=moment).rule == f"service.{method}"
    take(story, "serve_decision", WANG, service={**moment, **PROVED})
    assert story.entries[-1].data["evidence"] == ["photo@" + "0" * 64]


def test_a_public_notice_counts_thirty_days_after_it_and_the_fine_is_due_from_there() -> None:
    story = decided(silent(filed()))
    story.until(max(story.now, at("2026-10-09 10:00")))
    told = story.now
    take(
        story,
        "serve_decision",
        WANG,
        service={"served_at": told.isoformat(), "method": "public_notice", **PROVED},
    )
    served = measure(story).fact("serve_decision", "served_at")
    assert day_of(clock(story, "fine.pay").starts_at) == day_of(told) + timedelta(days=30)
    assert served == clock(story, "fine.pay").starts_at.isoformat()
    assert measure(story).fact("serve_decision", "announced_at") == told.isoformat()


def test_a_notice_of_the_first_of_october_is_deemed_served_on_the_thirty_first() -> None:
    story = Story(at("2026-10-01 09:00"), order=order(15))
    story.give("serve_order", WANG, service=by("public_notice", "2026-10-01 09:00", **PROVED))
    assert day_of(story.case.order.served.at) == at("2026-10-31 12:00").date()
    assert str(story.case.clocks["rectify"].last_day) == "2026-11-16"


def test_nothing_is_refused_before_the_notice_has_stood_its_time() -> None:
    story = Story(at("2026-10-01 09:00"), order=order(30))
    story.give("serve_order", WANG, service=by("public_notice", "2026-10-01 09:00", **PROVED))
    early = refusal(story, "record_refusal", WANG, subject="order", officers=["wang", "li"], text="拒不执行")
    assert early.rule == "refusal.served"
    refuses(story.until(at("2026-11-02 10:00")))


def test_what_acts_at_once_is_served_lawfully_too() -> None:
    story = overdue_major()
    moment = {"served_at": story.now.isoformat(), "method": "post"}
    assert not_proposed(story, "interim_stop", service=moment).rule == "service.post"
    propose(story, "interim_stop", service={**moment, **PROVED})
    assert "photo@" + "0" * 64 in story.entries[-1].data["evidence"]
    assert last_day(story, "urgent_measure.report") >= day_of(story.now)
