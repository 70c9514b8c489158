"""The numbers beside the menu, asked for by a page that stays open, and the session it does not keep alive."""

from __future__ import annotations

from tests.console.conftest import House

BY_ITSELF = {"X-Unattended": "1"}


async def test_it_tells_what_waits_and_is_not_told_twice(house: House) -> None:
    await house.office.submitted()
    page = await house.browser("wang")
    told = await page.get("/badge")
    assert told.json()["tasks"] > 0
    assert f'data-count="tasks">{told.json()["tasks"]}<' in (await page.get("/")).text
    again = await page.get("/badge", headers={"If-None-Match": told.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await page.get("/badge", headers={"If-None-Match": '"0-0-0"'})
    assert other.status_code == 200


async def test_a_tab_left_open_ends_with_the_session_and_a_hand_on_it_does_not(house: House) -> None:
    clock, idle = house.office.world.clock, house.office.world.services.rules.idle
    page = await house.browser("wang")
    for _ in range(3):
        clock.now += idle * 0.4
        asked = await page.get("/badge", headers=BY_ITSELF)
    assert asked.status_code == 303, "nobody was there for longer than the session may idle"
    other = await house.browser("li")
    for _ in range(3):
        clock.now += idle * 0.4
        used = await other.get("/badge")
    assert used.status_code == 200
