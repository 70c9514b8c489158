"""The signed envelope: what the signature covers, how long it holds, and how free text is sealed out of it."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from models.actors import Rank
from models.commands import COMMANDS, Command, OpenCase
from models.commands.base import TextMark
from models.envelope import (
    SIGNATURE_WINDOW,
    Envelope,
    canonical,
    check_signature,
    digests_of,
    seal,
    sign,
    text_digest,
    texts_digest,
)
from models.errors import Malformed, SignatureInvalid
from tests.builders import CHIEF, FIRM, KEY, WANG, at, envelope, general, opening, rules_payload
from tests.walks import OFFERS

NOW = at("2026-09-01 10:00")
CASE = "11111111-1111-1111-1111-111111111111"


def voiding(**changes: Any) -> Envelope:
    return envelope(CASE, "void", CHIEF, key="k", now=NOW, reason="重复立案").model_copy(update=changes)


def reason(signed: Envelope, *, keys: tuple[bytes, ...] = (KEY,), now: Any = NOW) -> str | None:
    try:
        check_signature(signed, keys, CASE, now)
    except SignatureInvalid as error:
        return str(error.details["reason"])
    return None


# -- the signature -----------------------------------------------------------------------------------
def test_what_the_api_signed_just_now_for_this_case_is_let_in() -> None:
    assert reason(voiding()) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"command": "sign_off"},
        {"command_id": "another"},
        {"payload": {"reason": text_digest("别的理由")}},
        {"actor": CHIEF.model_copy(update={"user_id": "deputy"})},
        {"actor": CHIEF.model_copy(update={"rank": Rank.HEAD})},
        {"actor": CHIEF.model_copy(update={"acting_for": "head", "acting_rank": Rank.HEAD})},
        {"actor": CHIEF.model_copy(update={"certified": False})},
        {"case_id": "22222222-2222-2222-2222-222222222222"},
        {"issued_at": NOW + timedelta(seconds=1)},
        {"facts": voiding().facts.model_copy(update={"assessor_ok": False})},
        {"signature": ""},
        {"signature": "0" * 64},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_whatever_was_altered_the_signature_no_longer_fits(changes: dict[str, Any]) -> None:
    assert reason(voiding(**changes)) == "signature"


def test_a_signature_for_another_case_is_refused() -> None:
    foreign = sign(voiding(case_id="22222222-2222-2222-2222-222222222222"), KEY)
    assert reason(foreign) == "subject"


@pytest.mark.parametrize(
    ("shift", "refused"),
    [
        (timedelta(), None),
        (SIGNATURE_WINDOW, None),
        (-SIGNATURE_WINDOW, None),
        (SIGNATURE_WINDOW + timedelta(microseconds=1), "expired"),
        (-SIGNATURE_WINDOW - timedelta(microseconds=1), "expired"),
        (timedelta(days=1), "expired"),
    ],
)
def test_a_signature_holds_for_minutes_only(shift: timedelta, refused: str | None) -> None:
    assert reason(voiding(), now=NOW + shift) == refused


def test_keys_rotate_the_first_signs_and_all_verify() -> None:
    new = b"n" * 32
    assert reason(voiding(), keys=(new, KEY)) is None
    assert reason(voiding(), keys=(new,)) == "signature"
    assert reason(voiding(), keys=()) == "signature"


def test_signing_again_is_the_same_signature_whatever_the_order_of_the_payload() -> None:
    one = voiding(payload={"a": 1, "b": {"c": 2, "d": 3}}, signature="")
    other = voiding(payload={"b": {"d": 3, "c": 2}, "a": 1}, signature="")
    assert sign(one, KEY).signature == sign(other, KEY).signature


def test_an_envelope_survives_its_own_json() -> None:
    signed = opening(now=NOW, title="“引号”与表情")
    again = Envelope.model_validate_json(signed.model_dump_json())
    assert again == signed
    check_signature(again, (KEY,), signed.case_id, NOW)


# -- the digest of a request -------------------------------------------------------------------------
def test_the_same_request_has_the_same_digest_and_another_one_has_not() -> None:
    base = voiding()
    again = envelope(CASE, "void", CHIEF, now=NOW + timedelta(hours=1), reason="重复立案")
    assert again.command_id != base.command_id
    assert again.digest() == base.digest()
    others = [
        envelope(CASE, "void", CHIEF, reason="其他理由"),
        envelope(CASE, "void", CHIEF.model_copy(update={"user_id": "x"}), reason="重复立案"),
        envelope("other", "void", CHIEF, reason="重复立案"),
        envelope(CASE, "refuse_extension", CHIEF, reason="重复立案"),
    ]
    assert len({base.digest(), *(other.digest() for other in others)}) == 5


def test_canonical_json_is_sorted_tight_and_utf8() -> None:
    assert canonical({"b": [1, None], "a": "销号"}) == '{"a":"销号","b":[1,null]}'.encode()


# -- sealing -----------------------------------------------------------------------------------------
def marked(kind: type[Command]) -> list[str]:
    return [
        name
        for name, field in kind.model_fields.items()
        if any(isinstance(mark, TextMark) for mark in field.metadata)
    ]


@pytest.mark.parametrize("command", sorted(OFFERS))
def test_a_sealed_command_holds_no_free_text_and_is_still_a_command(command: str) -> None:
    _, fields = OFFERS[command](general().case, NOW)
    message = COMMANDS[command].model_validate(fields)
    payload, texts = seal(message)
    assert json.loads(json.dumps(payload)) == payload, "a payload is plain JSON"
    for name in marked(COMMANDS[command]):
        assert payload[name] == text_digest(getattr(message, name))
        assert texts[name] == getattr(message, name)
    assert texts_digest(digests_of(texts)) == texts_digest(payload)
    assert COMMANDS[command].model_validate(payload).name == command


def test_texts_inside_parts_are_sealed_in_their_places() -> None:
    fields = {"requirements": [{"text": "清理积尘"}, {"text": "建立台账"}], "description": ""}
    message = OpenCase.model_validate({**opening(now=NOW).payload, **fields, "title": "积尘超标"})
    payload, texts = seal(message)
    assert payload["requirements"] == [{"text": text_digest("清理积尘")}, {"text": text_digest("建立台账")}]
    assert texts["requirements"] == [{"text": "清理积尘"}, {"text": "建立台账"}]
    assert payload["description"] == ""
    assert payload["policy"] == rules_payload()["policy"]


def test_an_empty_text_stays_empty_and_a_blank_one_counts_as_empty() -> None:
    assert text_digest("") == text_digest("  \n") == ""
    assert text_digest("已落实") == "sha256:" + hashlib.sha256("已落实".encode()).hexdigest()


def test_a_required_text_of_blanks_is_malformed() -> None:
    sent = envelope(CASE, "void", CHIEF, now=NOW, reason="重复").model_copy(
        update={"payload": {"reason": "   "}}
    )
    with pytest.raises(Malformed) as refused:
        sent.message()
    assert refused.value.rule == "command.shape"


def test_one_digest_stands_for_all_texts_of_a_request() -> None:
    payload, texts = seal(COMMANDS["void"].model_validate({"reason": "重复立案"}))
    assert texts_digest(payload) == texts_digest(digests_of(texts))
    changed = texts_digest(digests_of({"reason": "重复立案。"}))
    assert changed != texts_digest(payload)
    assert texts_digest({"handler_id": "wang", "reason": ""}) is None


def test_the_ledger_keeps_the_digests_of_request_and_texts_on_the_first_entry() -> None:
    story = general()
    first, second, _ = story.entries
    assert set(first.data) >= {"request", "texts"}
    assert not {"request", "texts"} & set(second.data)
    story.give("report_progress", FIRM, text="已清理", percent=10)
    assert set(story.entries[-1].data) >= {"request", "texts"}


# -- reading -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"command": "abolish"}, "command.unknown"),
        ({"payload": {}}, "command.shape"),
        ({"payload": {"reason": text_digest("x"), "extra": 1}}, "command.shape"),
        ({"payload": {"reason": 7}}, "command.shape"),
        ({"payload": {"reason": "x" * 4001}}, "command.shape"),
    ],
)
def test_what_is_no_command_is_malformed_and_never_another_error(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(Malformed) as refused:
        voiding(**changes).message()
    assert refused.value.rule == rule


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_no_command_takes_a_field_it_does_not_know(command: str) -> None:
    assert COMMANDS[command].model_config["extra"] == "forbid"
    assert COMMANDS[command].model_config["frozen"] is True


def test_one_case_does_not_take_another_cases_envelope() -> None:
    story = general()
    sent = envelope("another", "report_progress", WANG, now=NOW, text="x")
    with pytest.raises(SignatureInvalid):
        check_signature(sent, (KEY,), story.case.case_id, NOW)
