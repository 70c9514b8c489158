"""Which requests a program's permissions cover: a table; what stands in no row no program does."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.routing import compile_path

from models.errors import NotAuthorised
from models.programs import Permission, Program

_READS = (
    *("/cases", "/cases/{case_id}", "/cases/{case_id}/events", "/cases/{case_id}/explanation"),
    *("/cases/{case_id}/evidence", "/cases/{case_id}/measures", "/cases/{case_id}/instruments"),
    *("/cases/{case_id}/documents", "/cases/{case_id}/documents/{paper_id}"),
    *("/cases/{case_id}/measures/{measure_id}", "/measures", "/inspections", "/inspections/{inspection_id}"),
    *(
        "/orders/{order_id}",
        "/enterprises",
        "/enterprises/{enterprise_id}",
        "/overview",
        "/tasks",
        "/notices",
    ),
    *(
        "/enterprises/{enterprise_id}/standing",
        "/enterprises/{enterprise_id}/events",
        "/policies/current",
        "/calendar",
    ),
)
COVERS: Mapping[Permission, tuple[tuple[str, str], ...]] = {
    Permission.READ: tuple(("GET", path) for path in _READS),
    Permission.EXPORT: (("GET", "/exports/{file:path}"), ("GET", "/reports/{form}")),
    Permission.OPEN_CASES: (("POST", "/cases"), ("POST", "/cases/{case_id}/evidence")),
    Permission.IMPORT: (("POST", "/imports/{kind}"),),
}
"""Permission → method and path below the versioned prefix."""
ALWAYS = (("GET", "/me"),)
NEVER = (("POST", "/imports/hazards"),)
"""What a permission's address would match too, and a person does in person."""
_PREFIX = "/api/v1"
_COMPILED = {
    what: [(method, compile_path(_PREFIX + path)[0]) for method, path in rows]
    for what, rows in COVERS.items()
}
_ALWAYS = [(method, compile_path(_PREFIX + path)[0]) for method, path in ALWAYS]


def check_program(program: Program, method: str, path: str) -> None:
    """Raise NotAuthorised for a request that none of the program's permissions covers."""
    rows = [*_ALWAYS, *(row for what in program.may for row in _COMPILED[what])]
    asked = "GET" if method == "HEAD" else method
    never = (method, path.removeprefix(_PREFIX)) in NEVER
    if never or not any(asked == known and pattern.match(path) for known, pattern in rows):
        raise NotAuthorised(
            "服务账号没有这项权限；审批、签批和账号管理不能由程序办理",
            "The program has no permission for this; nothing is approved, signed or administered by a program",
            rule="programs.may",
            remedy_zh="请由本人办理，或请管理员调整服务账号的权限",
            remedy_en="Do it in person, or ask the administrator for a program that may",
        )
