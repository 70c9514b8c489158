"""Policy versions as pages: a document looked at and stored, put in force, adopted for chosen cases."""

from __future__ import annotations

from sqlalchemy import update

from ledger import tables
from services.policies.carrying import Adopter
from tests.api.support import ok
from tests.api.test_policies import NEWER, stricter
from tests.console.conftest import House
from tests.console.reading import read


async def test_a_document_goes_from_upload_to_force_and_to_chosen_cases(house: House) -> None:
    office = house.office
    async with office.world.superuser.begin() as connection:
        await connection.execute(update(tables.cases).values(closed_at=office.now))
    cases = [await office.case() for _ in range(2)]
    assert "/policy/load" in (await house.get("u-admin", "/policy/versions")).text
    assert "/policy/load" not in (await house.get("wang", "/policy/versions")).text
    loose = NEWER.replace('"seizure" = { n = 30', '"seizure" = { n = 60')
    wrong = await house.post("u-admin", "/policy/load", text=loose, format="toml", act="look")
    read(wrong.text)
    assert "《行政强制法》第二十五条" in wrong.text
    assert "clocks.seizure" in wrong.text
    assert 'value="store"' not in wrong.text
    refused = await house.post("u-admin", "/policy/load", text=loose, format="toml", act="store")
    assert refused.status_code == 422
    browser = await house.browser("u-admin")
    sent = {"file": ("new.toml", stricter().encode(), "application/octet-stream")}
    looked = await browser.post("/policy/load", data={"act": "look"}, files=sent)
    read(looked.text)
    assert "逾期满 1 日，建议督办，由执法人员答复" in looked.text
    assert 'value="store"' in looked.text
    assert (await house.post("u-admin", "/policy/load", text="", act="look")).status_code == 409
    done = await house.post("u-admin", "/policy/load", text=stricter(), format="toml", act="store")
    path = "/policy/versions/2026.13"
    assert (done.status_code, done.headers["location"]) == (303, path)
    shown = await house.get("u-admin", path)
    read(shown.text)
    assert "逾期满 3 日，建议督办，由执法人员答复" in shown.text
    for day, status in (("2026-11-01", 409), ("soon", 409), ("2026-11-20", 303)):
        assert (await house.post("u-admin", f"{path}/activate", from_day=day)).status_code == status
    assert "现行" in (await house.get("firm", path)).text
    assert (await house.post("wang", f"{path}/activate", from_day="2026-12-01")).status_code == 403
    assert (await house.post("wang", "/policy/load", text=NEWER, act="look")).status_code == 403

    assert f"{path}/adopt" not in (await house.get("wang", path)).text
    assert (await house.get("wang", f"{path}/adopt")).status_code == 403
    assert f"{path}/adopt" in (await house.get("chief", path)).text
    choosing = await house.get("chief", f"{path}/adopt")
    read(choosing.text)
    assert all(f'value="{one}"' in choosing.text for one in cases)
    assert (await house.post("chief", f"{path}/adopt", act="look")).status_code == 409
    looked = await house.post("chief", f"{path}/adopt", act="look", cases=cases[0])
    read(looked.text)
    assert "还没有办理" in looked.text
    assert (await house.post("chief", f"{path}/adopt", act="adopt", cases=cases[0])).status_code == 422, (
        "no reason"
    )
    done = await house.post(
        "chief", f"{path}/adopt", act="adopt", cases=cases[0], reason="本区新规", _key="k" * 12
    )
    assert (done.status_code, done.headers["location"]) == (303, path)
    under_way = await house.get("chief", path)
    read(under_way.text)
    assert "办理中" in under_way.text
    step = Adopter(office.world.services, clock=office.world.clock)
    while await step.once():
        pass
    over = (await house.get("u-auditor", path)).text
    assert "已完成" in over
    assert "本区新规" in over
    assert "本区新规" not in (await house.get("firm", path)).text
    versions = [ok(await office.get("wang", f"/cases/{one}"))["policy_version"] for one in cases]
    assert versions == ["2026.13", "2026.12"]
    rest = await house.post("chief", f"{path}/adopt", act="look", under="2026.12")
    assert 'name="under" value="2026.12"' in rest.text
