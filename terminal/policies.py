"""``xiaohao policy``: documents checked and shown; versions listed, compared, stored, put in force from a day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from ledger.sessions import SYSTEM_SCOPE, Database
from models.actors import Actor, Role
from models.errors import Malformed, PolicyError
from models.policy import Policy
from models.policy.differences import Difference, differences
from runtime.settings import Settings
from terminal.once import once, out, with_database
from terminal.users import administrator

if TYPE_CHECKING:
    from services.policies.version_views import Document

policy_app = typer.Typer(no_args_is_help=True, help="规则 · policies")
_District = Annotated[str | None, typer.Option(help="操作记在哪个区；只有一个时可省 · district id")]
_File = Annotated[Path, typer.Argument(help="TOML、YAML、JSON")]


@policy_app.command("check")
def check(path: _File) -> None:
    """检查规则文件；放宽法定期限会被拒绝并指明条文 · check a policy file: every fault at its place."""
    from services.policies.documents import load_file

    async def work(_: Settings) -> int:
        try:
            policy = load_file(path)
        except PolicyError as wrong:
            for one in wrong.details.get("problems") or [
                {"where": str(path), "zh": wrong.zh, "en": wrong.en}
            ]:
                out.print(f"✗ {one['where']}：{one['zh']} · {one['en']}", markup=False)
            return 1
        out.print(f"✓ {policy.version} {policy.district} {policy.effective_from} sha256:{policy.digest()}")
        return 0

    once(work)


@policy_app.command("show")
def show(path: Annotated[Path | None, typer.Argument()] = None) -> None:
    """列出全部期限及其依据和核实程度 · list every clock with its basis and verification."""
    from services.policies.documents import load_default, load_file

    async def work(_: Settings) -> None:
        policy = load_file(path) if path else load_default()
        table = Table(
            *("key", "期限", "length", "节假日顺延 rolls", "类 class", "核实 verified", "依据 basis"),
            title=policy.version,
        )
        for spec in policy.clocks.values():
            rolls = ("是 yes" if spec.rolls else "否 no") if spec.meets_holidays else "—"
            length = spec.length(spec.n)[0]
            table.add_row(spec.key, spec.zh, length, rolls, spec.klass, spec.verified, spec.basis)
        out.print(table)

    once(work)


@policy_app.command("list")
def list_versions() -> None:
    """列出已录入的规则版本 · the stored versions, and from when on each is in force."""
    from ledger.policies import select_versions

    async def run(database: Database) -> None:
        table = Table("版本 version", "文件写明 by itself from", "施行 in force from", "录入 stored")
        async with database.read(SYSTEM_SCOPE) as session:
            for row in (await session.execute(select_versions())).all():
                begins = str(row.in_force_from or "—")
                table.add_row(row.version, str(row.effective_from), begins, f"{row.stored_at:%Y-%m-%d %H:%M}")
        out.print(table)

    _in_database(run)


@policy_app.command("diff")
def diff(path: _File) -> None:
    """规则文件与现行版本逐项比较 · how a file differs from the version in force, in words."""
    from ledger.readers.rules import policy_in_force
    from services.policies.documents import load_file

    async def run(database: Database) -> None:
        new = load_file(path)
        async with database.read(SYSTEM_SCOPE) as session:
            old = await policy_in_force(session, datetime.now(UTC))
        tell(old, new)

    _in_database(run)


def tell(old: Policy, new: Policy) -> None:
    """Every difference, a line each in both languages."""
    found = differences(old, new)
    for one in found:
        for line in _lines(one):
            out.print(line, markup=False, soft_wrap=True)
    out.print(f"{old.version} → {new.version}：{len(found)} 处不同 · differences", markup=False)


def _lines(one: Difference) -> tuple[str, str]:
    told = []
    for language in (0, 1):
        before, after = (side[language] if side else "—" for side in (one.before, one.after))
        told.append(f"{one.label[language]}（{one.aspect[language]}） {before} → {after}")
    basis = f"  {one.basis}" if one.basis else ""
    return told[0] + basis, f"  {told[1]}"


@policy_app.command("store")
def store(path: _File, district: _District = None) -> None:
    """录入规则文件为一个版本，不施行 · store a file as a version; it is in force from no day yet."""
    from services.policies import versions

    async def run(database: Database) -> None:
        done = await versions.store(
            database, await _operator(database, district), _document(path), datetime.now(UTC)
        )
        said = "✓ 已录入 · stored" if done.fresh else "已经录入，内容相同 · stored before, nothing changed"
        out.print(f"{said} {done.version.version}", markup=False)

    _in_database(run)


@policy_app.command("activate")
def activate(
    version: str,
    from_day: Annotated[
        str | None, typer.Option("--from", help="施行日期 2027-01-01 · from which day")
    ] = None,
    district: _District = None,
) -> None:
    """自某日起施行一个已录入的版本，只能向后 · put a stored version in force from a day, only forward."""
    from services.policies import versions

    async def run(database: Database) -> None:
        by, day = await _operator(database, district), _day(from_day)
        done = await versions.activate(database, by, version, day, datetime.now(UTC))
        out.print(
            f"✓ {done.version} {done.state_label.zh} · {done.state_label.en} {done.in_force_from}",
            markup=False,
        )

    _in_database(run)


def _day(said: str | None) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise Malformed(f"日期应写作 2027-01-01：{said}", f"write the day as 2027-01-01: {said}") from None


def _document(path: Path) -> Document:
    from services.policies.documents import format_of, text_of
    from services.policies.version_views import Document, Format

    return Document(format=format_of(path.name) or Format.TOML, text=text_of(path))


async def _operator(database: Database, district: str | None) -> Actor:
    scope = await administrator(database, district)
    return Actor(user_id="operator", role=Role.ADMIN, district_id=scope.district_id)


def _in_database(run: Any) -> None:
    async def work(settings: Settings) -> int | None:
        found: int | None = await with_database(settings, run)
        return found

    once(work)
