"""The rows of the procedures name rules, forms, clocks and steps that exist; and every rule is named by one."""

from models.commands.measures import Form
from models.decisions.measures.forms import READERS
from models.decisions.measures.guards import GUARDS
from models.measures.clocks import MEASURE_LIVES
from models.measures.procedures import PROCEDURES

ROWS = [row for procedure in PROCEDURES.values() for row in procedure.rows]


def test_every_guard_a_row_names_is_a_rule_and_every_rule_guards_something() -> None:
    named = {name for row in ROWS for name in row.guards}
    named |= {name for procedure in PROCEDURES.values() for name in procedure.guards}
    assert named == set(GUARDS)
    assert all(rule.__name__ == name for name, rule in GUARDS.items())


def test_every_form_a_row_takes_has_a_reader_and_every_form_is_taken() -> None:
    assert {row.form for row in ROWS} == set(READERS) == set(Form.__subclasses__())


def test_every_clock_and_step_a_row_names_is_in_its_table() -> None:
    for procedure in PROCEDURES.values():
        clocks = {*procedure.starts, *procedure.starts_at_once, *procedure.lapses}
        clocks |= {*procedure.follows, *procedure.follows.values()}
        for row in procedure.rows:
            clocks |= {*row.starts, *row.ends, *row.drops}
            own = {*row.needs, *row.clears, *row.serves} - {"propose"}
            assert own <= set(procedure.steps), (procedure.kind, row.key)
            assert set(row.apart) <= {"propose", *(one.key for one in ROWS)}, (procedure.kind, row.key)
        assert clocks <= set(MEASURE_LIVES), procedure.kind
