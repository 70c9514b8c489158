"""The tables of clocks: every task has an answer, every decision somebody who takes it, every word both languages."""

import pytest

from models.actors import Role
from models.authority import BY_COMMAND
from models.caselives import LIVES
from models.enterprise.clocks import ENTERPRISE_LIVES, answers_to
from models.enterprise.events import EVENTS as ENTERPRISE_EVENTS
from models.enterprise.grants import GRANT_OF
from models.events import EVENTS
from models.lives import BEGINS, RUN_OUT, Life, Nature
from models.measures.clocks import MEASURE_LIVES
from models.measures.kinds import OVER
from models.measures.procedures import PROCEDURES
from models.measures.steps import Step

EVERY: dict[str, Life] = {**LIVES, **MEASURE_LIVES, **ENTERPRISE_LIVES}


def ending(clock: str) -> list[Step]:
    return [row for procedure in PROCEDURES.values() for row in procedure.rows if clock in row.ends]


def test_no_clock_stands_in_two_tables() -> None:
    assert len(EVERY) == len(LIVES) + len(MEASURE_LIVES) + len(ENTERPRISE_LIVES)


@pytest.mark.parametrize("key", LIVES)
def test_a_clock_of_the_case_is_answered_by_commands_given_where_it_lives(key: str) -> None:
    life = LIVES[key]
    assert life.answers
    for name in life.answers:
        assert set(life.states) & set(BY_COMMAND[name].states), name
    assert life.decision == bool(BY_COMMAND[life.answers[0]].rank)
    assert life.asked_by is None or (life.decision and life.asked_by in EVENTS)
    assert set(life.met_by) <= set(EVENTS)


@pytest.mark.parametrize("key", ENTERPRISE_LIVES)
def test_a_clock_of_the_enterprise_is_answered_by_rank_or_is_nobodys_task(key: str) -> None:
    life = ENTERPRISE_LIVES[key]
    assert life.task == life.decision == bool(life.answers)
    assert all(GRANT_OF[name].rank for name in answers_to(key))
    assert life.asked_by is None or life.asked_by in ENTERPRISE_EVENTS


@pytest.mark.parametrize("key", [key for key, life in MEASURE_LIVES.items() if life.task])
def test_a_task_of_a_measure_is_answered_by_a_step_a_command_or_the_end_of_the_measure(key: str) -> None:
    starting = [
        procedure
        for procedure in PROCEDURES.values()
        if key in procedure.starts_at_once or any(key in row.starts for row in procedure.rows)
    ]
    done = [row for procedure in starting for row in procedure.rows if row.dest in OVER]
    assert MEASURE_LIVES[key].answers or ending(key) or done


@pytest.mark.parametrize("key", [key for key, life in MEASURE_LIVES.items() if life.decision])
def test_a_decision_about_a_measure_is_taken_by_rank_or_by_the_legal_reviewer(key: str) -> None:
    rows, commands = ending(key), MEASURE_LIVES[key].answers
    by_rank = [row for row in rows if row.rank or row.roles == (Role.LEGAL_REVIEWER,)]
    assert by_rank or any(BY_COMMAND[name].rank for name in commands)


def test_bulk_answers_are_answers_and_consents() -> None:
    bulk = {name for life in EVERY.values() for name in life.bulk}
    assert bulk == {"accept_plan", "grant_extension"}
    assert all(set(life.bulk) <= set(life.answers) for life in EVERY.values())


def test_what_rises_is_a_decision_and_says_so() -> None:
    rising = {key for key, life in MEASURE_LIVES.items() if life.rises}
    assert rising == {"approval.decide", "proposal.answer"}
    assert all(MEASURE_LIVES[key].decision and MEASURE_LIVES[key].run_out for key in rising)


def test_every_word_has_both_languages() -> None:
    pairs = [(life.zh, life.en) for life in EVERY.values()]
    pairs += [pair for life in EVERY.values() for pair in (life.begins, life.run_out) if pair]
    pairs += RUN_OUT.values()
    for zh, en in pairs:
        assert not zh.isascii()
        assert en.replace("“", "").replace("”", "").isascii()
    assert set(BEGINS) == set(Nature)
    assert set(RUN_OUT) == set(Nature) - {Nature.DUTY}
