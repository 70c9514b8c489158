"""Checks of what a worker does beside the cases: messages that leave the house, papers that write themselves."""

from datetime import UTC, datetime, timedelta

from ledger.paper_faults import missing_papers
from ledger.readers.deliveries import standing
from ledger.sessions import SYSTEM_SCOPE, Database
from models.deliveries import CHANNEL_LABELS
from runtime.contacts import offered
from runtime.database import database_url, open_url
from runtime.findings import Finding, bad, good
from runtime.home import CannotStart
from runtime.settings import Settings

LATE = timedelta(hours=1)
"""A message that waits longer, and was tried, is late."""
LATELY = timedelta(days=1)


async def check_delivery(settings: Settings) -> Finding:
    """Messages to people go out, where a channel is on."""
    on = "、".join(CHANNEL_LABELS[one][0] for one in offered(settings))
    if not on:
        return good(
            "delivery", "没有开通站外通知，通知只在管理台里", "no channel is on: notices stand in the console"
        )
    try:
        await (await open_url(database_url(settings))).close()
    except CannotStart as refused:
        return bad("delivery", refused)
    now, database = datetime.now(UTC), Database(database_url(settings), pool_size=1)
    try:
        async with database.read(SYSTEM_SCOPE) as session:
            rows = await standing(session)
    finally:
        await database.dispose()
    late = sum(row.retried for row in rows if row.oldest is not None and now - row.oldest > LATE)
    failed = sum(row.failed for row in rows if row.failed_at is not None and now - row.failed_at < LATELY)
    if late or failed:
        return Finding(
            "delivery",
            False,
            f"站外通知（{on}）：{late} 条重试超过一小时，近一日内有未送达的共 {failed} 条",
            f"{late} messages are tried for over an hour; {failed} were given up, the last of them within a day",
            "看管理台“外发消息”和 worker.log；修好后点“重发”（docs/operations/notices.md）",
            "see Messages in the console and worker.log; send again once it is mended (docs/operations/notices.md)",
        )
    waiting = sum(row.waiting for row in rows)
    return good("delivery", f"站外通知正常（{on}），{waiting} 条待发送", f"{waiting} messages wait")


async def check_papers(settings: Settings) -> Finding:
    """Every paper that was issued is written."""
    try:
        await (await open_url(database_url(settings))).close()
    except CannotStart as refused:
        return bad("papers", refused)
    database = Database(database_url(settings), pool_size=1)
    try:
        async with database.read(SYSTEM_SCOPE) as session:
            found = await missing_papers(session)
    finally:
        await database.dispose()
    if not found.any or found.example is None:
        return good("papers", "文书都已生成", "every paper is written")
    one = found.example
    return Finding(
        "papers",
        False,
        f"{found.cases + found.enterprises} 份文书、{found.unread} 件案件的全部文书无法生成，例如 {one.of} {one.kind}：{one.zh}",
        f"{found.cases + found.enterprises} papers, and all those of {found.unread} cases, cannot be written,"
        f" such as {one.of} {one.kind}: {one.en}",
        "按 docs/operations/documents.md 补字体或补记载，再看 worker.log 的 paper_not_written、papers_not_read；每十分钟自动重试",
        "give a font or what the case lacks (docs/operations/documents.md); worker.log says paper_not_written and"
        " papers_not_read; each is tried again every ten minutes",
    )
