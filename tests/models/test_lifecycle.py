"""The rectification machine as a table: deterministic, reachable, and with a way out of every open state."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from models.errors import TransitionNotAllowed
from models.events import EVENTS
from models.events.labels import EVENT_LABELS
from models.lifecycle import FINAL, MOVES, OPEN, STATE_LABELS, TRIGGERS, CaseState, Lifecycle, next_moves

S = CaseState


def reachable(starts: Iterable[CaseState]) -> set[CaseState]:
    """Every state some moves lead to from ``starts``, which are included."""
    seen: set[CaseState] = set()
    ahead = list(starts)
    while ahead:
        state = ahead.pop()
        if state not in seen:
            seen.add(state)
            ahead += next_moves(state).values()
    return seen


def test_a_trigger_leads_from_a_state_to_one_state_only() -> None:
    pairs = [(source, move.trigger) for move in MOVES for source in move.sources]
    assert len(pairs) == len(set(pairs))


def test_every_state_is_reached_from_the_two_beginnings() -> None:
    assert reachable([S.REPORTED, S.RECORDED]) == set(S)


@pytest.mark.parametrize("state", sorted(FINAL))
def test_a_final_state_has_no_way_out(state: CaseState) -> None:
    assert next_moves(state) == {}
    assert Lifecycle(state).allowed() == ()


@pytest.mark.parametrize("state", OPEN)
def test_from_every_open_state_the_case_can_still_be_struck_off_and_archived(state: CaseState) -> None:
    assert S.ARCHIVED in reachable([state])


def test_what_has_been_signed_off_is_not_voided() -> None:
    assert all("voided" not in next_moves(state) for state in (S.SIGNING_OFF, S.SIGNED_OFF, S.RECURRED))


@pytest.mark.parametrize("state", S)
def test_the_machine_makes_exactly_the_moves_of_the_table(state: CaseState) -> None:
    table = next_moves(state)
    assert sorted(Lifecycle(state).allowed()) == sorted(table)
    for trigger in TRIGGERS:
        machine = Lifecycle(state)
        if trigger in table:
            assert machine.fire(trigger) is table[trigger]
            continue
        with pytest.raises(TransitionNotAllowed) as refused:
            machine.fire(trigger)
        assert machine.state is state
        assert refused.value.details == {"state": state.value, "allowed": sorted(table)}


@pytest.mark.parametrize("trigger", ["no_such_event", "state", "fire", "trigger", "to_ARCHIVED"])
def test_no_back_door_leads_out_of_a_state(trigger: str) -> None:
    machine = Lifecycle(S.RECORDED)
    with pytest.raises(TransitionNotAllowed):
        machine.fire(trigger)
    assert machine.state is S.RECORDED


def test_every_move_is_made_by_an_event_of_that_name() -> None:
    assert set(EVENTS) >= TRIGGERS


def test_every_event_and_state_has_its_words_in_both_languages() -> None:
    assert set(EVENT_LABELS) == set(EVENTS)
    assert set(STATE_LABELS) == set(S)
    for zh, en in (*EVENT_LABELS.values(), *STATE_LABELS.values()):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in zh)
        assert en.isascii()
        assert en
