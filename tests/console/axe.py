"""axe, asked for what is grave on a page: each rule once, the contrast of each look once."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Error, Page, Response

GRAVE = ("serious", "critical")
TOLD = "resultTypes: ['violations'], preload: false"
OTHERS = f"axe.run({{{TOLD}, rules: {{'color-contrast': {{enabled: false}}}}}})"
COLOURS = f"""(() => {{
  const behind = new Map(), met = new Map(), kept = []
  const ground = (one) => {{
    if (!one) return ''
    if (!behind.has(one)) {{
      const {{backgroundColor, backgroundImage, opacity, filter}} = getComputedStyle(one)
      const here = [backgroundColor, backgroundImage, opacity, filter].join()
      behind.set(one, here === 'rgba(0, 0, 0, 0),none,1,none' ? ground(one.parentElement) : here + ground(one.parentElement))
    }}
    return behind.get(one)
  }}
  const says = (one) => [...one.childNodes].some((part) => part.nodeType === Node.TEXT_NODE && part.nodeValue.trim())
  for (const one of document.querySelectorAll('body *')) {{
    if (!(one.matches('input, select, textarea') || says(one)) || !one.checkVisibility({{visibilityProperty: true}})) continue
    const {{color, fontSize, fontWeight, position, clipPath}} = getComputedStyle(one)
    const off = one.closest(':disabled, [aria-disabled], label') !== null
    const letter = one.textContent.trim().length < 2 // axe does not judge one alone
    const look = [one.tagName, one.className, color, fontSize, fontWeight, position, clipPath, letter, ground(one)].join()
    met.set(look, (met.get(look) ?? 0) + 1)
    if (off || met.get(look) <= 2) kept.push(one)
  }}
  return kept.length ? axe.run({{include: kept}}, {{{TOLD}, runOnly: ['color-contrast']}}) : {{violations: []}}
}})()"""
"""Of elements with the same colours, size and ground two are measured, of an order of thirty items not thirty."""


async def led_to(page: Page, path: str) -> Response:
    """A page by its address; one that refreshes itself may take the way the first time."""
    try:
        answer = await page.goto(path)
    except Error as broken:
        if "ERR_ABORTED" not in broken.message:
            raise
        answer = await page.goto(path)
    assert answer is not None
    return answer


async def other_faults(page: Page) -> list[str]:
    """What is grave by any rule but that of colours."""
    await page.evaluate(AXE_SCRIPT)
    return _told(await page.evaluate(OTHERS))


async def colours(page: Page) -> list[str]:
    """What has too little contrast, in the colours of now; a page that has refreshed itself is brought axe anew."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    return _told(await page.evaluate(COLOURS))


def _told(results: Any) -> list[str]:
    return [
        f"{one['id']} {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in results["violations"]
        if one["impact"] in GRAVE
    ]
