"""Every page for every role: an answer or a refusal in words, and every form says of which edition it is."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from console.rendering import EDITION, HEADERS, MADE_BY
from tests.api.support import ok
from tests.console.conftest import House
from tests.console.reading import ALL, OLD, THE_SAME_IN_EVERY_EDITION, Reading, older_told, read

pytestmark = pytest.mark.slow


def pages(case_id: str, measure_id: str) -> Iterator[str]:
    yield from ("/", "/cases", "/approvals", "/notices", "/enterprises", "/enterprises/e-a")
    yield from (
        "/overview",
        "/overview?idle=30",
        "/measures",
        "/measures?kind=fine&territory=t-east",
        "/done",
    )
    yield from (
        "/cases?grade=not_major",
        "/reports",
        "/reports/yearly?by=industry",
        "/reports/rates",
        "/reports/major",
        "/reports/x",
    )
    yield from ("/done/over", "/delegations", "/account", "/admin/people", "/admin/organisations")
    yield from ("/account/owed", "/account/factor", "/admin/people/wang", "/admin/people/nobody")
    yield from ("/admin/programs", "/account/programs")
    yield from ("/admin/territories?q=x", "/admin/teams", "/admin/enterprises?without=team&active=true")
    yield from ("/admin/organisations/new", "/admin/organisations/o-bureau", "/admin/territories/t-east")
    yield from (
        "/admin/people/new",
        "/admin/people/wang/entry",
        "/admin/people/wang/leave",
        "/handover/wang",
        "/admin/teams/new",
        "/admin/enterprises/e-a",
    )
    yield from ("/admin/import", "/admin/delegations", "/admin/audit", "/admin/ledger", "/overview?idle=0")
    yield from ("/imports", "/imports/nothing", "/cases?flag=any&source=old_ledger")
    yield "/cases?opened_from=2026-01-01&colour=none&industry=none&state=ORDERED&state=RECTIFYING&overdue=false"
    yield from (f"/cases/{case_id}", f"/cases/{case_id}/timeline", f"/cases/{case_id}/measures/{measure_id}")
    yield from (f"/cases/{case_id}/measures/new", f"/cases/{case_id}/measures/new?kind=fine")
    yield from (
        "/policy/versions",
        "/policy/load",
        "/policy/versions/2026.12",
        "/policy/versions/2026.12/adopt",
    )
    yield from ("/policy?version=2026.12", "/policy?version=1999", "/policy/versions/1999")
    yield from ("/inspections", "/orders", "/policy", "/calendar", "/calendar/notice", "/saved")
    yield from ("/account/notices", "/admin/deliveries", "/admin/deliveries?state=failed&channel=email")
    yield from (
        f"/cases/{case_id}/{name}" for name in ("photos", "photos/new", "rehearsal", "print", "documents")
    )
    yield from (f"/cases/{case_id}/do/{name}" for name in ("report_progress", "reinspect", "void", "correct"))
    yield from (f"/cases/{case_id}/measures/{measure_id}/{step}" for step in ("approve", "state_defence"))
    yield from (
        "/tips",
        "/tips?state=closed",
        "/tips/nothing",
        "/tips/new",
        *("/selfchecks", "/selfchecks?state=open", "/selfchecks?late=true", "/selfchecks/checks"),
        *("/selfchecks/checks/new", "/selfchecks/checks/x", "/selfchecks/findings/new"),
        *("/selfchecks/findings/x", "/selfchecks/findings/x/check", "/selfchecks/reports"),
        *("/selfchecks/reports/new", "/selfchecks/reports/x", "/selfchecks/reports/x/confirm"),
        "/tips/nothing/sort",
        "/transfers",
        "/transfers?state=overdue",
        "/transfers/x/answer",
        f"/cases/{case_id}/transfers/new",
        f"/cases/{case_id}/alike",
        "/tips?owed=true&state=taken",
        f"/cases/{case_id}/reporter",
        "/orders/x/links",
    )
    yield from ("/enterprises/e-a/do/record_accident", "/cases?state=RECTIFYING&grade=&q=", "/nowhere")


def a_page(answer: httpx2.Response, seen: str) -> Reading:
    """A page or a refusal in words, whole and with the headers of a page."""
    assert answer.status_code in (200, 403, 404, 422), seen
    assert "text/html" in answer.headers["content-type"], seen
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
    assert answer.headers["referrer-policy"] == "same-origin"
    assert 'lang="zh-CN"' in answer.text
    if answer.status_code != 200:
        assert "回到我的工作" in answer.text, seen
    return read(answer.text)


async def test_every_page_answers_every_role_and_an_older_form_of_it_does_nothing(house: House) -> None:
    case_id = await house.office.case()
    measure_id = await house.office.proposed(case_id, "fine", officers=["wang", "li"], amount=20_000)
    met = set()
    for who in ALL:
        for path in pages(case_id, measure_id):
            answer = await house.get(who, path)
            if answer.status_code == 303:
                continue
            for action, editions in a_page(answer, f"{who} {path}: {answer.status_code}").forms:
                assert editions == [EDITION], f"{path}: {action}"
                if (who, action) in met or action in THE_SAME_IN_EVERY_EDITION:
                    continue
                met.add((who, action))
                older = await house.post(who, action, **{MADE_BY: OLD})
                assert older_told(older), f"{who} {action}: {older.status_code} {older.text}"
                read(older.text)
    assert len({action for _, action in met}) > 40
    events = ok(await house.office.get("wang", f"/cases/{case_id}/events"))["items"]
    assert not [one for one in events if "progress" in one["event"]]
