"""The rooms of the house and what each may import: one table for the import test and for ``docs/rooms.md``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Room:
    """What a room holds, which other rooms its modules may import, and which third-party packages (None: any)."""

    holds: str
    may: frozenset[str]
    packages: frozenset[str] | None
    why: str
    instead: str


def _room(holds: str, may: str, packages: str | None, why: str, instead: str) -> Room:
    named = None if packages is None else frozenset(packages.split())
    return Room(holds, frozenset(may.split()), named, why, instead)


ROOMS: dict[str, Room] = {
    "models": _room(
        "what is true: the case, the enterprise, procedures, clocks, policy, authority, sight, words",
        "",
        "pydantic pydantic_core transitions",
        "models/ is the pure core: it must replay the same for years and run anywhere",
        "pass the value in as an argument, or let an activity or a service look it up and hand it over as Facts",
    ),
    "policies": _room(
        "the deadlines, ladder, ranks and numbering, and when messages go out, as data",
        "models",
        "pydantic yaml",
        "policies/ is data and how to read it",
        "put rules about policies in models/policy/",
    ),
    "ledger": _room(
        "what remains, all SQL: tables, append, chain, readers, migrations, credentials, people, evidence rows",
        "models",
        None,
        "ledger/ is what remains; it knows the models and SQL, nothing above it",
        "let activities/ or services/ call the ledger, not the other way round",
    ),
    "storage": _room(
        "the bytes of evidence",
        "models",
        None,
        "storage/ keeps bytes; it knows the errors of models/, nothing of cases or SQL",
        "let services/ bring storage and ledger together",
    ),
    "documents": _room(
        "the legal instruments: what each says and from which field, set as PDF and DOCX; pure",
        "models",
        "pydantic typst segno docx pypdf pylopdf_fonts_zh_cn",
        "documents/ turns data into paper; it knows no SQL, no case and no door",
        "build its Facts in services/papers/ and pass them in",
    ),
    "activities": _room(
        "what touches the world for the workflows",
        "models ledger storage",
        None,
        "activities/ touch the world for the workflows",
        "compose them in worker.py; what they need of a service belongs in ledger/ or models/",
    ),
    "workflows": _room(
        "what happens over time",
        "models activities",
        "temporalio pydantic",
        "workflows/ is deterministic: it waits and applies, and reaches the world by activities only",
        "move the work into an activity and call it by reference",
    ),
    "runtime": _room(
        "wiring: settings, embedded parts, health, logs",
        "models ledger",
        None,
        "runtime/ wires processes; it must start without any room above it",
        "compose in worker.py or cli.py, or pass the object in",
    ),
    "services": _room(
        "what any door does for a person: gateway, limits, paging, audit, and a folder a noun",
        "models ledger storage policies runtime documents",
        None,
        "services/ answers whichever door asks, so it knows no door; cases change only through its gateway",
        "send a command through services/gateway.py, or add a reader to ledger/",
    ),
    "exchange": _room(
        "files in and out: lists, reports and ledgers as workbooks, text and event logs",
        "models services",
        "pydantic python_calamine xlsxwriter",
        "exchange/ writes files of what services/ reads for somebody; it knows no SQL, no HTTP and no door",
        "read it in services/, send it in api/, console/ or terminal/",
    ),
    "api": _room(
        "JSON for programs: routes, guard, problems, OpenAPI",
        "models services exchange",
        None,
        "api/ is a door: it has no read, no rule and no command of its own, and another door must do the same thing",
        "add it to services/, where every door finds it",
    ),
    "console": _room(
        "HTML for people: pages, templates, forms made from the commands",
        "models services exchange",
        None,
        "console/ is a door: it has no read, no rule and no command of its own, and knows no other door",
        "add it to services/, where every door finds it",
    ),
    "delivery": _room(
        "notices to the world: e-mail, webhook, bot and text message behind one protocol, and the relay that sends them",
        "models ledger runtime",
        None,
        "delivery/ sends what it is handed; what somebody may read is said by services/, which it is given",
        "pass it in where worker.py composes",
    ),
    "operations": _room(
        "what an operator runs: verify, replay, repair",
        "models ledger runtime workflows",
        None,
        "operations/ is the operator's toolbox: verify, replay, repair",
        "compose in cli.py, or move what you need down",
    ),
    "rehearsal": _room(
        "a copy of a case on skipped time",
        "models ledger runtime workflows activities",
        None,
        "rehearsal/ runs a copy of a case on the production workflow, away from everything that is real",
        "pass the case in as `Carried`; what the terminal or a service needs of it is its Rehearsal",
    ),
    "terminal": _room(
        "what people see of the command line",
        "models ledger runtime operations services rehearsal exchange",
        None,
        "terminal/ is what people see of the command line; it composes like cli.py",
        "put what is no longer about the terminal into operations/ or services/",
    ),
    "demo": _room(
        "the demo district, told over HTTP",
        "models ledger runtime",
        None,
        "demo/ tells its stories over HTTP, as people would",
        "send a request instead of calling the services' or the workflows' code",
    ),
}

DOORS = frozenset({"api", "console", "cli"})
"""Nobody imports a door but the files that compose it."""
BELOW_THE_DOORS = frozenset({"models", "ledger", "storage", "policies", "activities", "workflows", "runtime"})
COMPOSERS: dict[str, frozenset[str]] = {
    "relay.py": BELOW_THE_DOORS,
    "worker.py": BELOW_THE_DOORS | {"relay", "delivery", "services"},
    "serve.py": BELOW_THE_DOORS | {"services", "api", "console", "worker"},
    "cli.py": frozenset({*ROOMS, "worker", "serve"}),
}
"""Files that compose, and what each may."""

TOOLS = frozenset({"tests", "benchmarks", "chaos"})
"""Packages that look at the product from outside: they may import anything, and nobody may import them."""

OURS = frozenset({*ROOMS, "worker", "serve", "relay", "cli", *TOOLS})

EXCEPTIONS: dict[tuple[str, str], str] = {
    ("models/calendar.py", "holidays"): "the packaged calendar; read by services, never by a workflow",
    ("services/gateway.py", "workflows"): "the gateway is the only way of any door to Temporal",
    ("services/gateway.py", "temporalio"): "the gateway is the only way of any door to Temporal",
}
"""Module and what it alone may import."""

ONLY_IN: dict[str, tuple[str, ...]] = {
    "sqlalchemy": ("ledger",),
    "alembic": ("ledger",),
    "fastapi": ("api", "console"),
    "starlette": ("api", "console"),
    "jinja2": ("console",),
    "lucide": ("console",),
    "segno": ("console", "documents"),
    "typst": ("documents",),
    "docx": ("documents",),
    "pypdf": ("documents",),
    "cryptography": ("runtime",),
    "aiosmtplib": ("delivery",),
    "apprise": ("delivery",),
    "cloudevents": ("delivery",),
    "standardwebhooks": ("delivery",),
    "authlib": ("services",),
    "joserfc": ("services",),
    "pyotp": ("services",),
    "python_calamine": ("exchange",),
    "xlsxwriter": ("exchange",),
    "yaml": ("policies",),
}
"""Packages that few rooms alone speak: SQL stays in the ledger, HTTP at the doors, HTML in the console."""
