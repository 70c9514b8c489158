"""A page read as a browser reads it: what stands in it, its forms, and whether it is one of before an upgrade."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx2

from console.rendering import MADE_BY

ROLES = ("wang", "chief", "deputy", "head", "mayor", "office", "lawyer", "firm", "rival", "town", "assessor")
ALL = (*ROLES, "u-auditor", "u-admin", "far-town")


class Reading(HTMLParser):
    """What stands in a page: links, ids, labels, forms, and everything that has no business in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.labelled: list[str] = []
        self.inline: list[str] = []
        self.forms: list[tuple[str, list[str]]] = []
        """The posted forms: where each goes, and the editions it says it is of."""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "form" and named.get("method") == "post":
            self.forms.append((named.get("action") or "", []))
        if tag == "input" and named.get("name") == MADE_BY:
            self.forms[-1][1].append(named.get("value") or "")
        self.inline += [f"{tag} {name}" for name in named if name == "style" or name.startswith("on")]
        if tag == "script" and "src" not in named:
            self.inline.append("script")
        if (found := named.get("id")) is not None:
            self.ids.append(found)
        if tag == "label" and (aim := named.get("for")):
            self.labelled.append(aim)
        if tag in ("a", "img", "script", "link") and (found := named.get("href") or named.get("src")):
            self.links.append(found)


def read(html: str) -> Reading:
    """A page, which must be whole and have nothing inline, no id twice, no link away, no label to nowhere."""
    found = Reading(html)
    assert html.rstrip().endswith("</html>")
    assert not found.inline
    assert len(found.ids) == len(set(found.ids))
    assert not set(found.labelled) - set(found.ids)
    assert all(one.startswith(("/", "#")) and not one.startswith("//") for one in found.links)
    return found


OLD = "0123456789ab"
SAYS = "系统升级前打开的"
THE_SAME_IN_EVERY_EDITION = {"/language", "/logout", "/l/end"}
"""To leave, and to go on in the other language: done whatever page asks it."""


def older_told(answer: httpx2.Response) -> bool:
    """Whether a form of an older page was refused for being that."""
    return answer.status_code == 409 and SAYS in answer.text
