"""Which requests a program's permissions cover: a table; what stands in no row no program does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from re import Pattern

from starlette.routing import compile_path

from api.parts import PREFIX
from models.errors import NotAuthorised
from models.programs import Permission, Program

_READS = (
    "/cases",
    "/cases/{case_id}",
    "/cases/{case_id}/events",
    "/cases/{case_id}/explanation",
    "/cases/{case_id}/evidence",
    "/cases/{case_id}/measures",
    "/cases/{case_id}/instruments",
    "/cases/{case_id}/documents",
    "/cases/{case_id}/documents/file",
    "/cases/{case_id}/documents/{paper_id}",
    "/cases/{case_id}/measures/{measure_id}",
    "/measures",
    "/inspections",
    "/inspections/{inspection_id}",
    "/orders/{order_id}",
    "/enterprises",
    "/enterprises/{enterprise_id}",
    "/overview",
    "/tasks",
    "/notices",
    "/enterprises/{enterprise_id}/standing",
    "/enterprises/{enterprise_id}/events",
    "/policies/current",
    "/calendar",
)
COVERS: Mapping[Permission, tuple[tuple[str, str], ...]] = {
    Permission.READ: tuple(("GET", path) for path in _READS),
    Permission.EXPORT: (("GET", "/exports/{file:path}"), ("GET", "/reports/{form}")),
    Permission.OPEN_CASES: (("POST", "/cases"), ("POST", "/cases/{case_id}/evidence")),
    Permission.IMPORT: (("POST", "/imports/{kind}"),),
}
"""Permission → method and path below the versioned prefix."""
ALWAYS = (("GET", "/me"),)
NEVER = (
    ("POST", "/imports/hazards"),
    ("GET", "/cases/{case_id}/documents/bundle"),
    ("GET", "/cases/{case_id}/documents/forms"),
)
"""What a permission's address would match too, and a person does in person."""
_COMPILED = {
    what: [(method, compile_path(PREFIX + path)[0]) for method, path in rows] for what, rows in COVERS.items()
}
_NEVER = [(method, compile_path(PREFIX + path)[0]) for method, path in NEVER]
_ALWAYS = [(method, compile_path(PREFIX + path)[0]) for method, path in ALWAYS]


def _named(rows: Iterable[tuple[str, Pattern[str]]], asked: str, path: str) -> bool:
    return any(asked == method and pattern.match(path) for method, pattern in rows)


def check_program(program: Program, method: str, path: str) -> None:
    """Raise NotAuthorised for a request that none of the program's permissions covers."""
    rows = [*_ALWAYS, *(row for what in program.may for row in _COMPILED[what])]
    asked = "GET" if method == "HEAD" else method
    if _named(_NEVER, asked, path) or not _named(rows, asked, path):
        raise NotAuthorised(
            "服务账号没有这项权限；审批、签批和账号管理不能由程序办理",
            "The program has no permission for this; nothing is approved, signed or administered by a program",
            rule="programs.may",
            remedy_zh="请由本人办理，或请管理员调整服务账号的权限",
            remedy_en="Do it in person, or ask the administrator for a program that may",
        )
