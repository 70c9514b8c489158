"""Hands at a page: people in real browsers who find, fill in and send what a page offers them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image
from playwright.async_api import Browser, Page, expect

from tests.console.chromium import PATIENCE_MS
from tests.console.conftest import House

Told = str | Sequence[str]


@dataclass
class Person:
    """Somebody at a page; counts what their hands do."""

    page: Page
    clicks: int = 0
    typed: int = 0

    async def click(self, name: str, role: str = "button", within: str = "main") -> None:
        self.clicks += 1
        await self.page.locator(within).get_by_role(role, name=name).first.click()  # type: ignore[arg-type]

    async def tick(self, name: str, value: str) -> None:
        self.clicks += 1
        await self.page.locator(f'[name="{name}"][value="{value}"]').check()

    async def choose(self, name: str, value: str) -> None:
        self.clicks += 1
        await self.page.locator(f'select[name="{name}"]').select_option(value)

    async def write(self, name: str, text: str) -> None:
        self.typed += 1
        await self.page.locator(f'[name="{name}"]').fill(text)

    async def fill(self, told: Mapping[str, Told]) -> None:
        """Fill in a form: each field by its name, in the way it is made."""
        for name, value in told.items():
            field = self.page.locator(f'[name="{name}"]')
            kind = await field.first.evaluate("one => one.type")
            if kind in ("radio", "checkbox"):
                for one in [value] if isinstance(value, str) else value:
                    await self.tick(name, one)
            elif kind.startswith("select"):
                await self.choose(name, str(value))
            else:
                await self.write(name, str(value))

    async def give(self, case: str, act: str, told: Mapping[str, Told] | None = None, files: int = 0) -> None:
        """Do ``act`` from the page of a case: a command, or a step of its last measure by ``measure/<step>``."""
        await self.page.goto(f"/cases/{case}")
        of_measure, _, step = act.rpartition("/")
        if of_measure:
            self.clicks += 1
            await self.page.locator("#measures a.whole").last.click()
        await self.send(step, told, files)

    async def answer(self, step: str, told: Mapping[str, Told] | None = None) -> None:
        """Give the answer ``step`` to the one thing that waits among the approvals."""
        await self.page.goto("/approvals")
        await self.send(step, told)

    async def send(self, step: str, told: Mapping[str, Told] | None = None, files: int = 0) -> None:
        """Follow the link to a form, fill it in, send it, and be told that it was done."""
        self.clicks += 2
        await self.page.locator(f'main a[href$="/{step}"]').first.click()
        await self.fill(told or {})
        if files:
            await self.attach(photograph())
        await self.page.locator("[data-submit]").click()
        await expect(self.page.locator("#done")).to_be_visible()

    async def attach(self, content: bytes) -> None:
        self.clicks += 1
        picture = {"name": "now.jpg", "mimeType": "image/jpeg", "buffer": content}
        await self.page.locator("input[type=file]").first.set_input_files(picture)  # type: ignore[arg-type]


async def person(house: House, browser: Browser, address: str, who: str) -> Person:
    """``who`` (user id), signed in, at a phone."""
    context = await browser.new_context(base_url=address, viewport={"width": 390, "height": 844})
    secret = (await house.browser(who)).cookies["xiaohao_session"]
    await context.add_cookies([{"name": "xiaohao_session", "value": secret, "url": address}])
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto("/")
    return Person(page)


async def days_later(house: House, days: int) -> None:
    """Time passes; whoever comes back signs in anew."""
    await house.office.pass_time(days=days)
    for one in house.browsers.values():
        await one.aclose()
    house.browsers.clear()


def photograph() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (320, 240), "green").save(stream, "JPEG")
    return stream.getvalue()
