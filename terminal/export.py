"""``xiaohao export``: lists, reports, the dump and the event logs as files, as somebody's account may see them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, cast

import typer

from runtime.settings import Settings
from terminal.once import once, out, with_database

if TYPE_CHECKING:
    from exchange.files import Made
    from ledger.sessions import Database
    from models.actors import Actor
    from services.context import Services

_LOGS = (".xes", ".ocel.json")
_TABLES = (".xlsx", ".csv")


def export(
    what: Annotated[
        str,
        typer.Argument(
            help="cases、enterprises、inspections、measures、major；monthly、quarterly、half-yearly、yearly、rates；dump、log"
        ),
    ],
    target: Annotated[
        Path,
        typer.Argument(
            help=".xlsx 或 .csv；log 为 .xes 或 .ocel.json；dump 为目录 · a file, of dump a directory"
        ),
    ],
    account: Annotated[str, typer.Option("--as", help="以谁的账号（用户名）· as whose account")],
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", help="NAME=VALUE，可多次，与接口的参数相同 · as the API's parameters"),
    ] = None,
) -> None:
    """导出清单、报表、开放数据或事件日志；只含该账号有权查看的内容，记入审计日志 · take out what an account may see."""
    asked = [one.partition("=")[::2] for one in filters or ()]

    async def work(settings: Settings) -> None:
        async def run(database: Database) -> None:
            async for path, rows in exported(settings, database, what, target, account, asked):
                out.print(f"✓ {path}（{rows} 行 rows）", markup=False)

        await with_database(settings, run)

    once(work)


async def exported(
    settings: Settings,
    database: Database,
    what: str,
    target: Path,
    account: str,
    asked: Sequence[tuple[str, ...]],
) -> AsyncIterator[tuple[Path, int]]:
    """Write the files one after the other; each with how many rows it has. Raises NotFound, Malformed, NotAuthorised."""
    services, actor = await acting_as(settings, database, account)
    if what == "dump":
        async for one in _dumped(services, actor, target):
            yield one
        return
    made = await _made(services, actor, what, target.name, asked)
    yield target, await kept(made, target)


async def acting_as(settings: Settings, database: Database, account: str) -> tuple[Services, Actor]:
    """The services, and whoever an account is, for reading as they would. Raises NotFound."""
    from ledger.credentials import by_username
    from models.errors import NotFound
    from services.context import build_services
    from services.gateway import Gateway

    found = await by_username(database, account, datetime.now(UTC))
    if found is None:
        raise NotFound(f"没有账号 {account}", f"there is no account {account}", rule="export.account")
    services = build_services(settings, database, cast(Gateway, None))  # whoever only reads commands nobody
    return services, found.actor


async def _made(
    services: Services, actor: Actor, what: str, name: str, asked: Sequence[tuple[str, ...]]
) -> Made:
    from exchange.lists import LISTS, take_out
    from exchange.logs import take_ocel, take_xes
    from exchange.making import Format
    from exchange.reports import take_rates, take_report
    from services.reports.forms import FORMS
    from services.reports.views import PeriodQuery, ReportQuery

    if what == "log":
        suffix = _suffix(name, _LOGS)
        return await (take_xes if suffix == ".xes" else take_ocel)(services, actor, ip="")
    form = cast(Format, _suffix(name, _TABLES).removeprefix("."))
    if what in LISTS:
        query = _query(LISTS[what].query, asked)
        return await take_out(services, actor, LISTS[what], query, form=form, lang="zh", ip="")
    if what == "rates":
        return await take_rates(services, actor, _query(PeriodQuery, asked), form=form, lang="zh", ip="")
    report = next((one for one in FORMS if one == what), None)
    if report is None:
        known = ", ".join((*LISTS, *FORMS, "rates", "dump", "log"))
        raise typer.BadParameter(f"{what}: {known}")
    return await take_report(services, actor, report, _query(ReportQuery, asked), form=form, lang="zh", ip="")


async def _dumped(services: Services, actor: Actor, folder: Path) -> AsyncIterator[tuple[Path, int]]:
    import json

    from exchange.dump import DUMP, schema_of, take_dump

    for name in DUMP:
        path = folder / f"{name}.jsonl"
        yield path, await kept(await take_dump(services, actor, name, ip=""), path)
        schema = json.dumps(schema_of(name), ensure_ascii=False, indent=1)
        with private(folder / f"{name}.schema.json") as file:
            file.write(schema.encode())


async def kept(made: Made, path: Path) -> int:
    """Write a file for its owner alone; how many rows it has."""
    with private(path) as file:
        async for chunk in made.chunks():
            file.write(chunk)
    return made.rows


def private(path: Path) -> BinaryIO:
    """A new or emptied file that only its owner reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    return path.open("wb")


def _suffix(name: str, known: Sequence[str]) -> str:
    found = next((one for one in known if name.endswith(one)), None)
    if found is None:
        raise typer.BadParameter(f"{name}: {', '.join(known)}")
    return found


def _query(kind: Any, asked: Sequence[tuple[str, ...]]) -> Any:
    """The query of a list from ``NAME=VALUE``. Raises Malformed."""
    from pydantic import ValidationError

    from models.malformed import malformed

    many = {name for name, field in kind.model_fields.items() if str(field.annotation).startswith("tuple")}
    found: dict[str, Any] = {}
    for name, value in asked:
        if name in many:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    try:
        return kind.model_validate(found)
    except ValidationError as wrong:
        raise malformed(wrong.errors()) from None
