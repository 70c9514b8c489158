"""The command sequence of each workflow, read from its source: what replay depends on, in the order it stands there.

``python -m tests.architecture.fingerprints`` writes the baseline anew — only after the recorded histories replay.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
BASELINE = Path(__file__).with_name("fingerprints.json")

COMMANDS = frozenset(
    {
        "execute_activity",
        "execute_activity_method",
        "execute_local_activity",
        "execute_local_activity_method",
        "start_activity",
        "start_activity_method",
        "start_local_activity",
        "start_local_activity_method",
        "execute_child_workflow",
        "start_child_workflow",
        "sleep",
        "wait_condition",
        "continue_as_new",
        "patched",
        "deprecate_patch",
        "upsert_search_attributes",
        "upsert_memo",
        "uuid4",
        "random",
        "create_task",
        "gather",
    }
)
"""Calls that leave commands in history, or decide their order."""

SHARED = "EntityWorkflow"
"""The base of the long-lived workflows: its methods are as much part of them as their own."""


def fingerprints() -> dict[str, list[str]]:
    """Workflow class → its commands: method, nesting, call, first argument, whether it has a timeout."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "workflows").glob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and (
                node.name == SHARED or any("workflow.defn" in ast.unparse(d) for d in node.decorator_list)
            ):
                found[node.name] = [line for method in node.body for line in _method(method)]
    return found


def _method(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        for line in _walk(node, ()):
            yield f"{node.name}: {line}"


def _walk(node: ast.AST, path: tuple[str, ...]) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        inside = (
            (*path, type(child).__name__)
            if isinstance(child, ast.If | ast.For | ast.While | ast.Try)
            else path
        )
        if isinstance(child, ast.Call) and (name := _called(child)):
            yield f"{'/'.join(inside)}{' ' if inside else ''}{name}{_detail(child)}"
        yield from _walk(child, inside)


def _called(call: ast.Call) -> str | None:
    if isinstance(call.func, ast.Attribute) and call.func.attr in COMMANDS:
        return call.func.attr
    if (
        isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "self"
    ):
        return f"self.{call.func.attr}"
    return None


def _detail(call: ast.Call) -> str:
    first = ast.unparse(call.args[0]) if call.args and not isinstance(call.args[0], ast.Lambda) else ""
    timeout = any(keyword.arg == "timeout" for keyword in call.keywords)
    return f"({first})" + (" with timeout" if timeout else "")


def baseline() -> dict[str, list[str]]:
    """The committed fingerprints."""
    kept: dict[str, list[str]] = json.loads(BASELINE.read_text("utf-8"))
    return kept


if __name__ == "__main__":
    BASELINE.write_text(json.dumps(fingerprints(), indent=2, ensure_ascii=False) + "\n", "utf-8")
