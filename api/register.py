"""The register entry by entry (administrators): organisations, territories, people, liaison groups, enterprises.

One set of routes a noun, from a table; auditors read what administrators keep.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from api.parts import part
from api.wants import Serve
from models.audit import AuditAction
from models.entries import CLOSABLE, NOUN_LABELS, Noun
from models.errors import Conflict, LimitExceeded, RequirementMissing
from services.asking import Asking, Done
from services.register import entries, merging
from services.register.bodies import Change
from services.register.shapes import SHAPES
from services.register.showing import EntryView, list_entries, show_entry

router = part("register", "/register")

_MAY_REFUSE = (Conflict, LimitExceeded, RequirementMissing)
_AUDITED = AuditAction.REGISTER


def _shown(act: Callable[..., Awaitable[Done[str]]], noun: Noun) -> Serve:
    """``act``, answered with the entry as it is afterwards."""

    @wraps(act)
    async def shown(ask: Asking, **said: Any) -> Done[EntryView]:
        done = await act(ask, **said)
        return Done(await show_entry(ask.services, ask.actor, noun, done.answer), before=done.before)

    return shown


def _told(noun: Noun, name: str, zh: str, en: str) -> dict[str, Any]:
    """What a route of a noun is called, and what its service must be told."""
    of_zh, of_en = NOUN_LABELS[noun]
    called = f"{noun}_{name}"
    return {
        "name": called,
        "operation_id": called,
        "summary": f"{of_zh}：{zh} / {of_en}: {en}",
        "given": {"noun": noun},
    }


def _routes(noun: Noun) -> None:
    """The routes of one noun."""
    at = f"/register/{noun}/{{entry_id}}"
    shapes = SHAPES[noun]
    changing = Change[shapes.changing]  # type: ignore[name-defined]

    def writes(path: str, act: Callable[..., Awaitable[Done[str]]], zh: str, en: str, **row: Any) -> None:
        told = _told(noun, act.__name__, zh, en) | {"audited": _AUDITED, "response_model": EntryView}
        asked_as = f"register.{noun}.{act.__name__}"
        router.writes(f"/{noun}{path}", _shown(act, noun), asked_as, *_MAY_REFUSE, **told, **row)

    router.reads(f"/{noun}", list_entries, **_told(noun, "list", "列表", "those of the district, by name"))
    router.reads(
        f"/{noun}/{{entry_id}}", show_entry, **_told(noun, "one", "一项", "one, with what depends on it")
    )
    there = f"/register/{noun}/{{answer.entry_id}}"
    writes("", entries.add, "新增", "register another", shape=shapes.adding, created=there)
    writes("/{entry_id}/change", entries.change, "变更", "change what one says", at=at, shape=changing)
    if noun in CLOSABLE:
        writes("/{entry_id}/close", entries.close, "关闭", "close one on which nothing depends", at=at)
        writes("/{entry_id}/reopen", entries.reopen, "恢复", "open a closed one again", at=at)


_MERGE = f"/{Noun.ENTERPRISES}/{{entry_id}}/merge"
router.reads(_MERGE, merging.preview, name="preview_merge")
router.writes(
    _MERGE,
    _shown(merging.merge, Noun.ENTERPRISES),
    "register.enterprises.merge",
    *_MAY_REFUSE,
    at="/register/enterprises/{entry_id}",
    audited=_AUDITED,
    response_model=EntryView,
)

for _noun in Noun:
    _routes(_noun)
