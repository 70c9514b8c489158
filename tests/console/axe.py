"""axe, asked for what is grave on a page: each rule once, the contrast of each look once."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import BrowserContext, Page

GRAVE = ("serious", "critical")
MARK = "data-looked-at"
_BROUGHT = f"{AXE_SCRIPT};axe.configure({{rules: [{{id: 'color-contrast', selector: '[{MARK}]'}}]}})"
_TOLD = "resultTypes: ['violations'], preload: false"
EVERYTHING = f"""(() => {{
  const slight = axe._audit.rules.filter(({{impact}}) => ['minor', 'moderate'].includes(impact))
  return axe.run({{{_TOLD}, rules: Object.fromEntries(slight.map(({{id}}) => [id, {{enabled: false}}]))}})
}})()"""
"""A rule says of itself how grave it is to break it: what is slight by its own word is not asked."""
COLOURS = f"axe.run({{{_TOLD}, runOnly: ['color-contrast']}})"
_MARKED = f"""(() => {{
  const behind = new Map(), met = new Map()
  for (const one of document.querySelectorAll('[{MARK}]')) one.removeAttribute('{MARK}')
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
    if (off || met.get(look) <= 2) one.setAttribute('{MARK}', '')
  }}
}})()"""
"""Of elements with the same colours, size and ground two are measured, of an order of thirty items not thirty."""


async def brought(context: BrowserContext) -> None:
    """From now on axe is on every page of ``context``."""
    await context.add_init_script(_BROUGHT)


async def faults(page: Page, asked: str = EVERYTHING) -> list[str]:
    """What is grave on a page in the colours of now: by every rule, or only by that of :data:`COLOURS`."""
    return _told(await page.evaluate(f"{_MARKED}; {asked}"))


def _told(results: Any) -> list[str]:
    return [
        f"{one['id']} {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in results["violations"]
        if one["impact"] in GRAVE
    ]
