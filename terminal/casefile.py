"""``xiaohao case file`` and ``xiaohao case key``: the file of a case, and the key its bundles are signed with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.settings import Settings
from terminal.export import acting_as, kept, private
from terminal.once import once, out, with_database

if TYPE_CHECKING:
    from ledger.sessions import Database


def case_file(
    case: str,
    account: Annotated[str, typer.Option("--as", help="以谁的账号（用户名）· as whose account")],
    to: Annotated[Path | None, typer.Option("--out", help="案卷 PDF · the file as one PDF")] = None,
    bundle: Annotated[
        Path | None, typer.Option("--bundle", help="案卷数据包 ZIP · a bundle that can be checked without us")
    ] = None,
) -> None:
    """导出一件案件（编号或 id）的案卷；只含该账号有权查看的内容 · take out the file of one case."""
    if to is None and bundle is None:
        raise typer.BadParameter("--out FILE.pdf, --bundle FILE.zip")

    async def work(settings: Settings) -> None:
        async def run(database: Database) -> None:
            for path in await taken(settings, database, case, account, to, bundle):
                out.print(f"✓ {path}", markup=False)

        await with_database(settings, run)

    once(work)


async def taken(
    settings: Settings, database: Database, case: str, account: str, to: Path | None, bundle: Path | None
) -> list[Path]:
    """Write the file of a case as PDF, as a bundle, or both; where they are. Raises NotFound, NotAuthorised."""
    from exchange.bundle import take_bundle
    from ledger.readers.case import find_by_number
    from ledger.sessions import Scope
    from services.papers.casefile import file_of_case

    services, actor = await acting_as(settings, database, account)
    scope = Scope.of(actor)
    async with database.read(scope) as session:
        case_id = await find_by_number(session, scope, case) or case
    if to is not None:
        whole = await file_of_case(services, actor, case_id)
        with private(to) as file:
            file.write(whole.pdf)
    if bundle is not None:
        await kept(await take_bundle(services, actor, case_id, ip=""), bundle)
    return [path for path in (to, bundle) if path is not None]


def case_key() -> None:
    """显示案卷数据包签名密钥的公钥和指纹，供核验人比对 · the public key of bundles, and its fingerprint."""
    from runtime.keys import bundle_key

    async def work(settings: Settings) -> None:
        key = bundle_key(settings)
        out.print(f"公钥 · public key (Ed25519): {key.public.hex()}", markup=False)
        out.print(f"指纹 · fingerprint (SHA-256): {key.fingerprint}", markup=False)

    once(work)
