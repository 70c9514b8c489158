"""The import rules of the house, read from the syntax trees; a failure says which rule, and what to do instead."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.rooms import COMPOSERS, DOORS, EXCEPTIONS, ONLY_IN, OURS, ROOMS, TOOLS, Room

ROOT = Path(__file__).resolve().parents[2]
MAX_LINES = 350
LONGER: dict[str, int] = {}
"""Modules with an allowance of their own, and why."""
TABLES = ("demo",)
"""Rooms whose modules are long tables of data; everywhere else length is a smell."""


IMPURE = {
    "datetime.now": "take the moment as an argument (workflow.now() in a workflow)",
    "datetime.utcnow": "take the moment as an argument (workflow.now() in a workflow)",
    "datetime.today": "take the moment as an argument",
    "date.today": "take the day as an argument",
    "time.time": "take the moment as an argument",
    "time.monotonic": "take the moment as an argument",
    "os.environ": "read settings in runtime/settings.py and pass them in",
    "os.getenv": "read settings in runtime/settings.py and pass them in",
    "uuid.uuid4": "take the id as an argument, or derive it with uuid5 (workflow.uuid4() in a workflow)",
    "random.random": "derive the value from the case's own data",
}
LAST_NAMES = {name.rpartition(".")[2] for name in IMPURE}
PURE_ROOMS = ("models", "workflows")


@dataclass(frozen=True)
class Import:
    """One import of one module."""

    file: str
    line: int
    name: str

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"


def sources(room: str) -> list[Path]:
    return sorted(path for path in (ROOT / room).rglob("*.py") if "__pycache__" not in path.parts)


def composers() -> list[Path]:
    return [ROOT / name for name in COMPOSERS if (ROOT / name).exists()]


def product() -> list[Path]:
    return [path for room in ROOMS for path in sources(room)] + composers()


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=relative(path))


@cache
def imports(path: Path) -> Sequence[Import]:
    """Every import of a module, wherever it stands; relative ones count as the room itself."""
    return [*_imports(path)]


def _imports(path: Path) -> Iterator[Import]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(relative(path), node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            own = relative(path).partition("/")[0]
            yield Import(relative(path), node.lineno, own if node.level else str(node.module))


def dynamic_imports(path: Path) -> Iterator[Import]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and last_name(node.func) in ("__import__", "import_module"):
            yield Import(relative(path), node.lineno, ast.unparse(node.func))


def last_name(node: ast.expr) -> str:
    """``c`` of ``a.b.c``: quicker than to write the whole out, which is left to what has the right name."""
    return str(getattr(node, "id", getattr(node, "attr", "")))


def broken(room: str, rule: Room, one: Import) -> str | None:
    """What is wrong with ``one``, or None."""
    if (one.file, one.top) in EXCEPTIONS or one.top == room or one.top in sys.stdlib_module_names:
        return None
    if one.top in OURS:
        allowed = ", ".join(sorted(rule.may)) or "no other room"
        return None if one.top in rule.may else f"{room}/ may import {allowed}"
    if rule.packages is not None and one.top not in rule.packages:
        return f"{room}/ may use of other packages only: {', '.join(sorted(rule.packages)) or 'none'}"
    return None


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_its_rule_allows(room: str) -> None:
    rule = ROOMS[room]
    found = [
        f"{one.where} imports {one.name}, but {problem}"
        for path in sources(room)
        for one in imports(path)
        if (problem := broken(room, rule, one))
    ]
    assert not found, "\n".join([*found, f"Rule: {rule.why}.", f"Instead: {rule.instead}."])


@pytest.mark.parametrize("name", COMPOSERS)
def test_a_composer_imports_only_what_it_composes(name: str) -> None:
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"{name} is not there yet")
    found = [
        f"{one.where} imports {one.name}"
        for one in imports(path)
        if one.top in OURS and one.top not in COMPOSERS[name]
    ]
    assert not found, "\n".join([*found, f"Rule: {name} may import {', '.join(sorted(COMPOSERS[name]))}."])


def test_nobody_imports_a_door_but_the_files_that_compose_it() -> None:
    found = [
        one.where
        for path in product()
        for one in imports(path)
        if one.top in DOORS and relative(path).partition("/")[0] not in (*DOORS, "serve.py", "cli.py")
    ]
    assert not found, (
        "\n".join(found) + "\nRule: nobody imports a door but serve.py and cli.py."
        " Instead: move what you need down into services/, models/ or ledger/."
    )


@pytest.mark.parametrize("package", ONLY_IN)
def test_a_package_that_few_rooms_speak_is_spoken_nowhere_else(package: str) -> None:
    rooms = ONLY_IN[package]
    found = [
        one.where
        for path in product()
        for one in imports(path)
        if one.top == package and relative(path).partition("/")[0] not in rooms
    ]
    assert not found, "\n".join(
        [*found, f"Rule: only {', '.join(rooms)} may import {package}. Instead: let them do it."]
    )


def test_services_name_no_address_of_any_door() -> None:
    found = [relative(path) for path in sources("services") if "/api/v" in path.read_text(encoding="utf-8")]
    assert not found, "\n".join([*found, "Rule: services name things, doors make addresses (api/links.py)."])


def test_workflows_name_activities_only_inside_passed_through_imports() -> None:
    found = [
        f"{relative(path)}:{node.lineno}"
        for path in sources("workflows")
        for node in tree(path).body
        if isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] == "activities"
    ]
    assert not found, (
        "\n".join(found)
        + "\nRule: workflows take activities as typed references only. Instead: import them under"
        " `with workflow.unsafe.imports_passed_through():` and call them with execute_local_activity_method."
    )


def test_imports_are_written_where_a_reader_and_this_test_can_see_them() -> None:
    found = [f"{one.where} calls {one.name}" for path in product() for one in dynamic_imports(path)]
    assert not found, "\n".join(found) + "\nRule: no dynamic imports. Instead: write an import statement."


def test_nothing_uses_the_stale_httpx() -> None:
    paths = [*product(), *(path for tool in sorted(TOOLS) for path in sources(tool))]
    found = [one.where for path in paths for one in imports(path) if one.top == "httpx"]
    assert not found, "\n".join(found) + "\nRule: httpx is no longer maintained. Instead: import httpx2."


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_the_pure_rooms_ask_no_clock_no_environment_and_no_chance(room: str) -> None:
    found = [
        f"{relative(path)}:{node.lineno} uses {ast.unparse(node)}: {IMPURE[name]}"
        for path in sources(room)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr in LAST_NAMES
        and (name := ".".join(ast.unparse(node).split(".")[-2:])) in IMPURE
        and not ast.unparse(node).startswith("workflow.")
    ]
    assert not found, "\n".join([*found, f"Rule: {room}/ must decide the same in every replay."])


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_the_pure_rooms_do_not_take_such_functions_by_name(room: str) -> None:
    banned = {("time", "time"), ("time", "monotonic"), ("os", "environ"), ("os", "getenv"), ("uuid", "uuid4")}
    found = [
        f"{relative(path)}:{node.lineno} imports {alias.name} from {node.module}"
        for path in sources(room)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if (node.module, alias.name) in banned
    ]
    assert not found, "\n".join([*found, f"Rule: {room}/ must decide the same in every replay."])


def test_a_module_can_be_read_at_a_sitting() -> None:
    lines = {
        relative(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in product()
        if path.parent.name not in TABLES
    }
    found = [f"{name} has {n} lines" for name, n in lines.items() if n > LONGER.get(name, MAX_LINES)]
    assert not found, (
        "\n".join(found) + f"\nRule: at most {MAX_LINES}. Instead: split it by noun, as models/events/ is."
    )


def test_the_rules_cover_every_package_of_the_product() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages <= OURS, (
        f"add a rule for {sorted(packages - OURS)} to ROOMS in {relative(Path(__file__))}"
    )
