"""What an operator is told of messages: by ``xiaohao doctor``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from ledger import tables
from ledger.sessions import Database
from ledger.urls import as_user
from runtime.beside import check_delivery
from runtime.postgres import SERVICE
from runtime.settings import Settings
from tests.ledger.looking import add, change, past_locks
from tests.ledger.makers import fresh


async def test_the_doctor_names_what_is_late_and_what_was_given_up(
    ledger: Database, database_url: str, tmp_path: Path
) -> None:
    off = await check_delivery(Settings(home=tmp_path))
    assert off.ok
    assert "没有开通" in off.zh
    settings = Settings(home=tmp_path, database_url=as_user(database_url, SERVICE), webhooks=True)
    assert (await check_delivery(settings)).ok
    now = datetime.now(UTC)
    times = {name: now - timedelta(hours=2) for name in ("made_at", "began_at", "next_at")}
    row = {"delivery_id": fresh(), "district_id": "d1", "user_id": "wang", "channel": "webhook", **times}
    async with past_locks(ledger) as connection:
        row |= {"kind": "notices", "notices": 3, "any_time": False, "state": "waiting", "attempts": 0}
        await add(connection, tables.deliveries, row)
    waiting = await check_delivery(settings)
    assert waiting.ok, "what waits for the morning is not late"
    for changed, said in (
        ({"attempts": 4}, "1 条重试超过一小时"),
        ({"state": "failed", "settled_at": now}, "近一日内有未送达的共 1 条"),
    ):
        async with past_locks(ledger) as connection:
            await change(connection, tables.deliveries, changed, delivery_id=row["delivery_id"])
        found = await check_delivery(settings)
        assert not found.ok
        assert said in found.zh
        assert "notices.md" in found.remedy_zh
