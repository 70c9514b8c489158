"""A Chromium of the system (Debian: ``apt install chromium``): one a process, each test with windows of its own.

What needs it is left out where there is none.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Playwright, async_playwright, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
in_a_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium is installed (Debian: apt install chromium)"
)
LEFT_OUT = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "AimEnabled"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints"),
    *("NetworkTimeServiceQuerying", "PreconnectToSearch"),
)
"""What nobody sees in a window without a head: the first three cost a second and two processes a window; the others
are what Playwright leaves out, whose own list this one takes the place of."""
ARGUMENTS = ("--disable-gpu", f"--disable-features={','.join(LEFT_OUT)}")

PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


class Browsers:
    """One browser a process; one that died is followed by another, so that it takes one test along and not all."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._running: Browser | None = None

    async def one(self) -> Browser:
        if self._running is None or not self._running.is_connected():
            root = ["--no-sandbox"] if os.geteuid() == 0 else []
            self._running = await self._playwright.chromium.launch(
                executable_path=CHROMIUM, args=[*ARGUMENTS, *root]
            )
        return self._running

    async def close(self) -> None:
        if self._running is not None:
            await self._running.close()


@pytest.fixture(scope="session")
async def browsers() -> AsyncIterator[Browsers]:
    async with async_playwright() as playwright:
        kept = Browsers(playwright)
        yield kept
        await kept.close()


@pytest.fixture
async def browser(browsers: Browsers) -> AsyncIterator[Browser]:
    """The browser of the process; whoever uses it has a context of their own, and no window is left open."""
    found = await browsers.one()
    yield found
    for context in found.contexts if found.is_connected() else ():
        await context.close()
