"""Reports: every number is the length of the list it names; the list of major hazards; who is shown them; their files."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import tables
from services.reports.forms import COLUMNS, FORMS
from tests.api.support import Office, major, ok, refused
from tests.api.test_overview import OTHERS, OVERSEERS, busy, counted, length
from tests.console.conftest import House, house
from tests.exchange.reading import sheets
from tests.ledger import looking

__all__ = ["house"]

ALL_REPORTS = ("/reports/rates", *(f"/reports/{form}" for form in FORMS))


def summed(lines: list[dict[str, Any]], column: int) -> int:
    return sum(int(line["cells"][column]["n"]) for line in lines)


@pytest.mark.slow
async def test_every_number_of_a_report_is_the_length_of_its_list(office: Office) -> None:
    await busy(office)
    months = ("2026-11", "2026-12", "2027-01")
    for who in ("head", "town", "far-town"):
        seen = [
            ok(await office.get(who, "/reports/yearly", period="2026", by=by))
            for by in ("territory", "industry")
        ]
        seen += [ok(await office.get(who, "/reports/monthly", period=month)) for month in months]
        seen.append(ok(await office.get(who, "/reports/rates", period="2026")))
        lists = {str(one): one for part in seen for one in counted(part)}
        for one in lists.values():
            assert await length(office, who, one) == one["n"], f"{who} {one}"
    whole = ok(await office.get("head", "/reports/yearly", period="2026"))
    monthly = [ok(await office.get("head", "/reports/monthly", period=month)) for month in months[:2]]
    assert [one["key"] for one in whole["columns"]] == [one.key for one in COLUMNS]
    assert whole["foot"]["cells"][0]["n"] == sum(one["foot"]["cells"][0]["n"] for one in monthly) > 3
    found, general, severe, done = (whole["foot"]["cells"][no]["n"] for no in range(4))
    assert found == general + severe
    assert done == 1
    left, late = (whole["foot"]["cells"][no]["n"] for no in (9, 10))
    assert left == found - done
    assert 0 < late < left
    assert whole["foot"]["cells"][6]["percent"] == round(100 * done / found, 1)
    for column in (0, 3, 9, 10):
        assert summed(whole["lines"], column) == whole["foot"]["cells"][column]["n"]
    rates = ok(await office.get("head", "/reports/rates", period="2026"))
    assert rates["foot"]["total"]["found"]["n"] == found
    assert rates["foot"]["total"]["percent"] == whole["foot"]["cells"][6]["percent"]


async def test_a_report_says_its_period_its_basis_and_that_its_columns_were_not_verified(
    office: Office,
) -> None:
    seen = ok(await office.get("head", "/reports/quarterly", period="2026-Q3"))
    assert seen["period"] | {"label": None} == {
        "name": "2026-Q3", "label": None, "first": "2026-07-01", "last": "2026-09-30",
        "earlier": "2026-Q2", "later": "2026-Q4",
    }  # fmt: skip
    assert (seen["due_on"], seen["verified"], seen["columns_verified"]) == ("2026-10-15", "Q", "U")
    assert seen["lines"] == []
    assert seen["foot"]["cells"][6]["percent"] is None
    running = ok(await office.get("head", "/reports/monthly"))
    assert (running["period"]["name"], running["period"]["later"]) == ("2026-11", None)
    assert ok(await office.get("head", "/reports/yearly", period="2026-11"))["period"]["name"] == "2026"
    for wrong in ({"period": "2026-13"}, {"by": "colour"}, {"district": "d-other"}):
        refused(await office.get("head", "/reports/monthly", **wrong), 422, "malformed")
    assert (await office.get("head", "/reports/weekly")).status_code == 422


async def test_reports_are_for_whoever_oversees(office: Office, house: House) -> None:
    for path in (*ALL_REPORTS, "/reports/major"):
        for who in OVERSEERS:
            assert (await office.get(who, path)).status_code == 200, (who, path)
            assert (await house.get(who, path)).status_code == 200, (who, path)
        for who in OTHERS:
            refused(await office.get(who, path), 403, "not_authorised", "overview.role")
    assert (await house.get("wang", "/reports")).status_code == 403
    assert (await house.get("head", "/reports/weekly")).status_code == 404
    for who in ("wang", "firm"):
        for name in ("reports/monthly", "reports/rates", "major"):
            refused(await office.get(who, f"/exports/{name}.xlsx"), 403, "not_authorised")


async def test_the_list_of_major_hazards_tells_assignment_reports_plan_and_listing(
    office: Office, house: House
) -> None:
    async with office.world.superuser.begin() as connection:
        await looking.empty(connection, [tables.cases])
    await office.case()
    case_id = await major(office)
    (row,) = ok(await office.get("head", "/reports/major"))["items"]
    assert (row["case_id"], row["grade"], row["listed_label"]) == (case_id, "major", None)
    detail = ok(await office.get("head", f"/cases/{case_id}"))
    assert row["order_served_at"] == detail["order"]["served_at"]
    assert (row["plan"], row["report"]) == (detail["plan"] and detail["plan"]["status"], detail["report"])
    await office.proposed(case_id, "listing")
    assert ok(await office.get("head", "/reports/major"))["items"][0]["listed_label"]["zh"]
    refused(await office.get("head", "/reports/major", grade="general"), 422, "malformed")
    file = sheets((await office.get("head", "/exports/major.xlsx")).content)
    assert [line[0] for line in next(iter(file.values()))[1:]] == [row["number"]]
    page = (await house.get("head", "/reports/major?open=true")).text
    assert row["number"] in page
    assert "未挂牌" not in page


async def test_the_file_of_a_report_has_the_numbers_of_the_page(office: Office, house: House) -> None:
    async with office.world.superuser.begin() as connection:
        await looking.empty(connection, [tables.cases])
    await office.case()
    await office.case()
    seen = ok(await office.get("head", "/reports/monthly", by="industry"))
    for file in (
        await office.get("head", "/exports/reports/monthly.xlsx", by="industry"),
        await house.get("head", "/exports/reports/monthly.xlsx?by=industry"),
    ):
        read = sheets(file.content)
        (_, *lines, foot) = read["报表"]
        assert len(lines) == len(seen["lines"]) == 1
        shown = [cell["n"] if "n" in cell else cell["percent"] for cell in seen["foot"]["cells"]]
        assert [None if one == "" else one for one in foot[1:]] == shown
        assert any("尚未与上级印发的表样核对" in str(line[1]) for line in read["说明"])
    rates = sheets((await office.get("head", "/exports/reports/rates.xlsx")).content)["报表"]
    assert rates[-1][2:] == [0.0, 2.0, 0.0]
    page = (await house.get("head", "/reports")).text
    assert 'href="/exports/reports/monthly.xlsx"' in page
    assert 'aria-current="true">月度' in page
    assert "报送期限" in (await house.get("head", "/reports/quarterly?period=2026-Q3")).text
