"""The page of the measures' procedures, drawn from their tables; `generate.py` writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from models.actors import RANK_LABELS, ROLE_LABELS
from models.measures.kinds import KIND_LABELS, OVER, MeasureState
from models.measures.clocks import MEASURE_LIVES, MeasureLife
from models.measures.procedures import PROCEDURES
from models.measures.steps import Procedure, Step
from models.policy import Policy

ANSWERS = ("refuse", "return_for_more", "resubmit", "withdraw", "discontinue")
"""Steps every proposal has; drawn they would hide the rest."""


Table = Callable[[Iterable[str], Iterable[Iterable[str]]], str]


def sections(policy: Policy, draw: Table) -> list[str]:
    """The page, without its notice; ``draw`` makes a table."""
    return [
        "# The measures and their procedures (措施及其程序)",
        "Drawn from the tables in `models/measures/`. An arrow means *must be done before*; a rounded box leads into"
        " force, a double box ends the measure. Not drawn: a proposal may be refused, returned for more, submitted again"
        " or withdrawn, and an approved measure discontinued.",
        *(text for procedure in PROCEDURES.values() for text in _procedure(procedure, policy, draw)),
        "## Clocks of measures",
        "What the end of a clock means: a *duty* is owed still and digests go out; a *window* is a right that is spent;"
        " a *wait* frees the next step; a *term* lapses or another clock follows.",
        draw(
            ("Clock", "中文", "Whose turn", "Nature", "Length", "Class", "Basis"),
            [_clock(key, life, policy) for key, life in MEASURE_LIVES.items()],
        ),
    ]


def _procedure(procedure: Procedure, policy: Policy, draw: Table) -> list[str]:
    zh, en = KIND_LABELS[procedure.kind]
    return [
        f"## {zh} · {en} (`{procedure.kind.value}`)",
        _facts(procedure),
        _diagram(procedure),
        draw(
            ("Step", "中文", "Who", "Rank", "After", "Rules", "Starts", "Document", "Basis"),
            [_row(step, policy) for step in procedure.rows],
        ),
    ]


def _facts(procedure: Procedure) -> str:
    said = [
        f"Basis {procedure.basis} ({procedure.verified}).",
        f"Proposed by {', '.join(ROLE_LABELS[role][1] for role in procedure.proposers)}"
        + (", two certified officers." if procedure.two_officers else "."),
    ]
    if procedure.first is MeasureState.IN_FORCE or procedure.urgent:
        said.append("It may act first; unconfirmed it lapses.")
    if procedure.guards:
        said.append(f"A proposal must show: {', '.join(f'`{name}`' for name in procedure.guards)}.")
    if procedure.blocks_sign_off:
        said.append("In force it blocks the sign-off.")
    if procedure.survives_closure:
        said.append("It goes on when the enterprise is closed.")
    return " ".join(said)


def _diagram(procedure: Procedure) -> str:
    drawn = [step for step in procedure.rows if step.key not in ANSWERS]
    names = {step.key for step in drawn}
    lines = ["```mermaid", "flowchart LR", '    propose(["提请 propose"])']
    lines += [f"    {step.key}{_box(step)}" for step in drawn]
    for step in drawn:
        before = [key for key in step.needs if key in names]
        if not before and procedure.first not in step.sources:
            before = [gate.key for gate in procedure.gates(step) if gate.key in names]
        lines += [f"    {key} --> {step.key}" for key in (before or ["propose"])]
    return "\n".join([*lines, "```"])


def _box(step: Step) -> str:
    text = f'"{step.zh}<br/>{step.key}"'
    if step.dest is MeasureState.IN_FORCE:
        return f"([{text}])"
    return f"[[{text}]]" if step.dest in OVER else f"[{text}]"


def _row(step: Step, policy: Policy) -> tuple[str, ...]:
    rank = RANK_LABELS[policy.rank(step.rank)][1] if step.rank else ""
    return (
        f"`{step.key}`",
        step.zh,
        ", ".join(ROLE_LABELS[role][1] for role in step.roles)
        + (" 证" if step.certified else "")
        + (f"; not who took {', '.join(f'`{one}`' for one in step.apart)}" if step.apart else ""),
        rank + (" (in person)" if step.in_person else ""),
        ", ".join(f"`{key}`" for key in step.needs),
        ", ".join(f"`{name}`" for name in step.guards),
        ", ".join(f"`{key}`" for key in step.starts),
        step.instrument or "",
        f"{step.basis} ({step.verified})",
    )


def _clock(key: str, life: MeasureLife, policy: Policy) -> tuple[str, ...]:
    spec = policy.clock(life.spec or key)
    return (
        f"`{key}`",
        life.zh,
        ROLE_LABELS[life.owner][1],
        life.nature.value,
        spec.length()[1],
        f"{spec.klass} / {spec.verified}",
        spec.basis,
    )
