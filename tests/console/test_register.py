"""The register's pages: an entry is added, changed and closed by a form, and what is wrong is said beside its field."""

from __future__ import annotations

import re

from tests.console.conftest import House
from tests.console.test_pages import read

ADMIN = "u-admin"


def version(page: str) -> str:
    (found,) = re.findall(r'name="_version" value="(\w+)"', page)
    return str(found)


async def test_an_administrator_adds_renames_and_closes_an_organisation(house: House) -> None:
    form = (await house.get(ADMIN, "/admin/organisations/new")).text
    read(form)
    (key,) = re.findall(r'name="_key" value="([^"]+)"', form)
    empty = await house.post(ADMIN, "/admin/organisations/new", name="", kind="committee")
    assert (empty.status_code, 'href="#f-name"' in empty.text) == (422, True)
    said = {"name": "特种设备专委会", "kind": "committee", "parent": "o-bureau", "_key": key}
    made = await house.post(ADMIN, "/admin/organisations/new", **said)
    assert made.status_code == 303
    twice = await house.post(ADMIN, "/admin/organisations/new", **said)
    assert twice.headers["location"] == made.headers["location"]
    path = made.headers["location"].split("?")[0]
    one = (await house.get(ADMIN, path)).text
    read(one)
    changed = said | {"name": "工业专委会", "_version": version(one), "_key": "", "_reason": "调整"}
    assert (await house.post(ADMIN, path, **changed)).headers["location"] == f"{path}?done=changed"
    stale = await house.post(ADMIN, path, **changed)
    assert (stale.status_code, "被别人改过" in stale.text) == (409, True)
    page = (await house.get(ADMIN, path)).text
    assert "曾用名" in page
    assert "特种设备专委会" in page
    bare = await house.post(ADMIN, f"{path}/close", reason="")
    assert bare.status_code == 422
    assert (await house.post(ADMIN, f"{path}/close", reason="合并")).status_code == 303
    closed = (await house.get(ADMIN, path)).text
    assert "合并" in closed
    assert 'name="_version"' not in closed
    assert "工业专委会" in (await house.get(ADMIN, "/admin/organisations?active=false&q=特种设备")).text
    assert (await house.post(ADMIN, f"{path}/reopen")).status_code == 303

    held = await house.post(ADMIN, "/admin/organisations/o-bureau/close", reason="x")
    assert (held.status_code, "仍有" in held.text, "工业专委会" in held.text) == (409, True, True)
    for who in ("head", "firm", "u-auditor"):
        assert (await house.get(who, path)).status_code == 403, who
        assert (await house.post(who, f"{path}/close", reason="x")).status_code == 403, who
    assert "/new" not in (await house.get("u-auditor", "/admin/organisations")).text
