"""A page read as a browser reads it: what stands in it, its forms, and whether it is one of before an upgrade."""

from __future__ import annotations

from typing import Any

import httpx2
from lxml.html import fromstring

from console.rendering import MADE_BY

ROLES = ("wang", "chief", "deputy", "head", "mayor", "office", "lawyer", "firm", "rival", "town", "assessor")
ALL = (*ROLES, "u-auditor", "u-admin", "far-town")


class Reading:
    """What stands in a page: links, ids, labels, forms, and everything that has no business in it."""

    def __init__(self, html: str) -> None:
        page = fromstring(html)
        self.links: list[str] = page.xpath(
            "(//a | //img | //script | //link)/@*[name() = 'href' or name() = 'src']"
        )
        self.ids: list[str] = page.xpath("//@id")
        self.labelled: list[str] = page.xpath("//label/@for")
        self.inline: list[Any] = page.xpath(
            "//@style | //@*[starts-with(name(), 'on')] | //script[not(@src)]"
        )
        self.forms = [
            (form.get("action", ""), form.xpath(f".//input[@name='{MADE_BY}']/@value"))
            for form in page.xpath("//form[@method='post']")
        ]
        """The posted forms: where each goes, and the editions it says it is of."""


def read(html: str) -> Reading:
    """A page, which must be whole and have nothing inline, no id twice, no link away but to call, no label to nowhere."""
    found = Reading(html)
    assert html.rstrip().endswith("</html>")
    assert not found.inline
    assert len(found.ids) == len(set(found.ids))
    assert not set(found.labelled) - set(found.ids)
    assert all(one.startswith(("/", "#", "tel:")) and not one.startswith("//") for one in found.links)
    return found


OLD = "0123456789ab"
SAYS = "系统升级前打开的"
THE_SAME_IN_EVERY_EDITION = {"/language", "/logout", "/l/end"}
"""To leave, and to go on in the other language: done whatever page asks it."""


def older_told(answer: httpx2.Response) -> bool:
    """Whether a form of an older page was refused for being that."""
    return answer.status_code == 409 and SAYS in answer.text
