"""The chaos run, short: every part is killed once under commands, and the checker finds nothing; it can find something."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from chaos.check import check, read, sent_commands
from chaos.log import ACKED, REFUSED
from chaos.run import Options, run
from chaos.service import PARTS, Service

SHORT = Options(commands=40, seed=7, cases=6, each=1, doubles=0)


async def test_nothing_acknowledged_is_lost_or_doubled_whatever_dies(
    running: Service, tmp_path: Path
) -> None:
    log = tmp_path / "chaos.jsonl"
    report = await run(running, SHORT, log)
    assert report.clean, "\n".join([*report.lines(), running.output.read_text("utf-8")])
    assert report.kills == dict.fromkeys(PARTS, 1)
    assert report.answers[ACKED] >= SHORT.commands // 2
    assert "clean" in report.verify

    sent, ledger = sent_commands(log), await read(running.database_url)
    assert check(sent, ledger) == []
    case, entries = max(ledger.entries.items(), key=lambda item: len(item[1]))
    acked = next(one for one in sent if one.status == ACKED and one.case == case and one.events)

    def with_entries(changed: list[Any]) -> list[str]:
        return check(sent, replace(ledger, entries={**ledger.entries, case: changed}))

    def with_sent(**changes: Any) -> list[str]:
        return check([replace(one, **changes) if one is acked else one for one in sent], ledger)

    assert any("is not in the ledger" in one for one in with_entries(list(entries[: (acked.first or 1) - 1])))
    assert any("is numbered" in one for one in with_entries([*entries, entries[-1]]))
    assert any("chain breaks" in one for one in with_entries([{**entries[0], "role": "head"}, *entries[1:]]))
    assert any(
        "not lawful" in one for one in with_entries([entries[0], {**entries[1], "event": "signed_off"}])
    )
    assert any("was refused and stands" in one for one in with_sent(status=REFUSED))
    assert any("was acknowledged at" in one for one in with_sent(first=(acked.first or 0) + 1))
    assert any(
        "was sent by nobody" in one for one in check([one for one in sent if one is not acked], ledger)
    )
    late = max((one.acked_at or 0) for one in sent) + 1
    assert any("stands after it" in one for one in with_sent(sent_at=late, acked_at=late + 1))
