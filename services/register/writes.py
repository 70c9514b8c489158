"""Importing a table at a door: by an administrator, a bounded number of rows at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice

from ledger import claims
from models.actors import Actor
from models.administrators import administrators_alone
from models.errors import LimitExceeded
from models.register import Effect
from services.asking import Asking, Done
from services.register.importing import Given, Kind, import_rows
from services.register.views import Imported, WrongCell, WrongRow


def administrator_only(actor: Actor) -> None:
    """Raise NotAuthorised for anybody but an administrator."""
    administrators_alone(
        actor, "导入由系统管理员办理", "tables are imported by an administrator", rule="register.role"
    )


async def import_table(
    ask: Asking, kind: Kind, rows: Iterable[Given], *, ip: str, only_look: bool
) -> Done[Imported]:
    """Register the rows of a table. Sent again under the same key it writes what is left, and counts anew.

    Raises NotAuthorised for anybody but an administrator, LimitExceeded for too many rows, IdempotencyConflict, and what
    reading the file raises.
    """
    administrator_only(ask.actor)
    most = ask.services.settings.import_rows
    given = [*islice(rows, most + 1)]
    if len(given) > most:
        raise LimitExceeded(
            f"一次最多导入 {most} 行，这个文件不止；没有写入任何一行",
            f"at most {most} rows are imported at once, and this file has more; none was written",
            rule="import.rows",
            remedy_zh="分成几个文件，或由运维人员运行 xiaohao import",
            remedy_en="split the file, or have an operator run `xiaohao import`",
            limit=most,
        )
    services, fresh = ask.services, True
    if not only_look:
        async with services.database.write(ask.scope) as session:
            fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
    counted, wrong = Counter[Effect](), list[WrongRow]()
    results = import_rows(
        services.database, ask.actor, kind, given, services.clock(), ip=ip, only_look=only_look
    )
    async for one in results:
        if one.effect is not None:
            counted[one.effect] += 1
        else:
            cells = [WrongCell(where=cell.where, zh=cell.zh, en=cell.en) for cell in one.wrong]
            wrong.append(WrongRow(where=one.given.where, wrong=cells))
    report = Imported(
        rows=len(given),
        added=counted[Effect.ADDED],
        changed=counted[Effect.CHANGED],
        same=counted[Effect.SAME],
        wrong=wrong,
        only_looked=only_look,
    )
    return Done(report, before=not fresh)
