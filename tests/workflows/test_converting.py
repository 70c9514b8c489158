"""The converter reads nothing twice that is the same, and what it gives is what it would have read."""

from __future__ import annotations

from datetime import UTC, datetime

from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter

from models.batch import Batch
from models.case import HazardCase
from models.envelope import Envelope, sign
from tests.builders import FIRM, KEY, envelope, opening, order, rules, served
from workflows.converting import CAPACITY, RememberingConverter
from workflows.messages import Carried, CaseStart

NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
PLAIN = PydanticJSONPlainPayloadConverter()


def opened() -> tuple[HazardCase, Batch]:
    case, outcome = HazardCase.open(opening(now=NOW, order=order(20), service=served(NOW)), NOW)
    return case, case.batch(outcome)


def said(text: str) -> Envelope:
    return envelope("c", "report_progress", FIRM, now=NOW, text=text, percent=5)


def test_an_argument_is_read_once_for_validator_and_handler() -> None:
    sent, converter = said("一"), RememberingConverter()
    payload = PLAIN.to_payload(sent)
    assert payload is not None
    first = converter.from_payload(payload, Envelope)
    assert converter.from_payload(payload, Envelope) is first
    assert first == sent


def test_a_batch_reaches_its_activity_as_it_left_and_as_its_text_says() -> None:
    (_, batch), converter = opened(), RememberingConverter()
    payload = converter.to_payload(batch)
    assert payload is not None
    assert converter.from_payload(payload, Batch) is batch
    assert PLAIN.from_payload(payload, Batch) == batch


def test_it_remembers_the_last_ones_alone() -> None:
    converter = RememberingConverter()
    payload = converter.to_payload(said("一"))
    assert payload is not None
    first = converter.from_payload(payload, Envelope)
    for number in range(CAPACITY):
        converter.to_payload(said(str(number)))
    assert converter.from_payload(payload, Envelope) is not first


def test_what_may_change_is_read_anew() -> None:
    converter, payload = RememberingConverter(), PLAIN.to_payload({"a": [1]})
    assert payload is not None
    assert converter.from_payload(payload, dict) is not converter.from_payload(payload, dict)


def test_a_run_hands_on_its_rules_packed_and_its_proof_holds_at_the_next() -> None:
    case, _ = opened()
    start = CaseStart(case_id="c", carried=Carried(case=case.case, rules=rules())).proven("case/c", KEY)
    payload = PLAIN.to_payload(start)
    assert payload is not None
    assert len(payload.data) < 24 * 1024
    again = PLAIN.from_payload(payload, CaseStart)
    assert again == start == again.proven("case/c", KEY)


def test_a_copy_of_a_message_is_judged_by_what_it_says_itself() -> None:
    one = sign(said("一"), KEY)
    other = one.model_copy(update={"command": "void"})
    assert one.digest() != other.digest()
    assert one.sealed != other.sealed
    assert sign(other, KEY).signature != one.signature
