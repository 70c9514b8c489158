"""``xiaohao policy``: a file checked and compared, stored once, put in force only forward."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from ledger import adoptions
from ledger.append import append
from ledger.registry import put_account, store_packaged, store_policy
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import policies, policy_adoptions
from models.policyadoption import AdoptionState
from policies import default_policy_path, load_default
from terminal.policies import tell
from tests.ledger.makers import ADMIN, START, first, fresh
from tests.terminal.conftest import Answer, Command

TEXT = default_policy_path().read_text(encoding="utf-8")
NEWER = TEXT.replace('version = "2026.12"', 'version = "2027.1"')


def test_a_difference_is_told_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    old = load_default()
    longest = old.clocks["general.deadline.max"].model_copy(update={"n": 15})
    tell(old, old.model_copy(update={"version": "2027.1", "clocks": old.clocks | {longest.key: longest}}))
    said = capsys.readouterr().out
    assert "一般隐患最长整改期限（时长） 30日 → 15日" in said
    assert "longest deadline, general hazard（length） 30 days → 15 days" in said
    assert "2026.12 → 2027.1：1 处不同" in said


async def test_a_file_is_stored_once_and_begins_only_forward(
    furnished: Database, xiaohao: Command, tmp_path: Path
) -> None:
    async with furnished.write(SYSTEM_SCOPE) as session:
        await store_packaged(session, load_default())
    file, loose = tmp_path / "new.toml", tmp_path / "loose.toml"
    file.write_text(NEWER, "utf-8")
    loose.write_text(NEWER.replace('"seizure" = { n = 30', '"seizure" = { n = 60'), "utf-8")
    wrong = await asyncio.to_thread(xiaohao, "policy", "check", str(loose))
    assert (wrong.code, "clocks.seizure" in wrong.out, "第二十五条" in wrong.out) == (1, True, True)
    for said in ("stored 2027.1", "nothing changed 2027.1"):
        done = await asyncio.to_thread(xiaohao, "policy", "store", str(file), "--district", "d1")
        assert (done.code, said in done.out) == (0, True), done.err
    early = await asyncio.to_thread(
        xiaohao, "policy", "activate", "2027.1", "--from", "2020-01-01", "--district", "d1"
    )
    assert (early.code, "policies" in early.err or "不得早于" in early.err) == (1, True)
    begins = str(max(date.today(), load_default().effective_from) + timedelta(days=3))  # noqa: DTZ011
    done = await asyncio.to_thread(
        xiaohao, "policy", "activate", "2027.1", "--from", begins, "--district", "d1"
    )
    assert (done.code, begins in done.out) == (0, True), done.err
    listed = await asyncio.to_thread(xiaohao, "policy", "list")
    assert begins in listed.out


async def test_a_leader_looks_and_then_adopts_a_version_for_chosen_cases(
    furnished: Database, xiaohao: Command
) -> None:
    admin = replace(ADMIN, district_id="d1")
    newer = load_default().model_copy(update={"version": "2027.2"})
    async with furnished.write(SYSTEM_SCOPE) as session:
        await store_policy(session, newer)
    async with furnished.write(admin) as session:
        for name, role, rank in (("chief", "section_head", "section_head"), ("wang", "inspector", None)):
            account = {"user_id": name, "district_id": "d1", "username": name, "display_name": name}
            await put_account(session, **account, role=role, rank=rank)
    case_id = fresh()
    number = (await append(furnished, first(case_id, last_at=START.isoformat()))).case_no

    async def adopt(*more: str, by: str = "chief", version: str = "2027.2") -> Answer:
        return await asyncio.to_thread(xiaohao, "policy", "adopt", version, "--by", by, *more)

    chosen = ("--case", number, "--reason", "本区新规", "--no-wait")
    async with furnished.write(admin) as session:
        yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011
        mine = policies.c.version == "2027.2"
        await session.execute(update(policies).where(mine).values(in_force_from=yesterday))
    for by, more, said in (
        ("nobody", chosen, "没有在用的账号 nobody"),
        ("wang", chosen, "由科室负责人以上人员本人办理"),
        ("chief", (*chosen[:2], "--under", "2026.12", "--reason", "本区新规"), "二者选一"),
        ("chief", ("--case", "nowhere", "--reason", "本区新规"), "没有案件 nowhere"),
        ("chief", ("--reason", "本区新规"), "二者选一"),
        ("chief", chosen[:2], "“理由”至少 1 个字符"),
    ):
        refused = await adopt(*more, by=by)
        assert (refused.code, said in refused.err) == (1, True), refused
    looked = await adopt("--case", number, "--check")
    assert (looked.code, "1 件将适用 2027.2" in looked.out) == (0, True), looked
    async with furnished.read(SYSTEM_SCOPE) as session:
        assert await session.scalar(select(func.count()).select_from(policy_adoptions)) == 0, "only looked"
    begun = await adopt(*chosen)
    assert (begun.code, "1 件 · cases：等待办理" in begun.out) == (0, True), begun
    async with furnished.read(SYSTEM_SCOPE) as session:
        kept = (await session.execute(select(policy_adoptions))).one()
    assert (kept.version, kept.reason, kept.requested_by) == ("2027.2", "本区新规", "chief")
    again = await adopt(*chosen)
    assert (again.code, "没有可以适用的案件" in again.err) == (1, True), again
    other = await append(furnished, first(last_at=START.isoformat()))
    following = asyncio.create_task(adopt("--case", other.case_no, "--reason", "其余"))
    assert await settled(furnished) == {number: "adopted", other.case_no: "refused"}
    followed = await following
    assert (followed.code, f"✗ {other.case_no} 案件已终止" in followed.out) == (1, True), followed


async def settled(database: Database) -> dict[str, str]:
    """The worker's part, for two cases: the one chosen by number adopts, the other refuses."""
    found: dict[str, str] = {}
    while len(found) < 2:
        await asyncio.sleep(0.1)
        now = datetime.now(UTC)
        async with database.write(SYSTEM_SCOPE) as session:
            for item in await adoptions.take(session, now, now + timedelta(minutes=1), 1):
                state = AdoptionState.REFUSED if item.reason == "其余" else AdoptionState.ADOPTED
                await adoptions.settle(session, item, state, now, "案件已终止", "the case has ended")
                found[item.number] = state.value
    return found
