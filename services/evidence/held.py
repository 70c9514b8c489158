"""A file that came with a form before there was a case for it: kept in the vault, and named by a mark in the form.

The mark is sealed for its sender, so that it holds nothing but what the vault said; it keeps a refused form from losing
its photographs.
"""

from __future__ import annotations

from pydantic import TypeAdapter

from models.actors import Actor
from services.context import Services
from services.paging import seal, unseal
from storage.vault import Kept

_KEPT = TypeAdapter(Kept)
_LIST = "evidence.held"


def mark_of(services: Services, actor: Actor, kept: Kept) -> str:
    """The mark that stands for a kept file."""
    return seal(services, actor, _LIST, _KEPT.dump_json(kept).decode())


def kept_by(services: Services, actor: Actor, mark: str) -> Kept:
    """The kept file a mark stands for. Raises Malformed for a mark that was not made for this asker."""
    return _KEPT.validate_json(unseal(services, actor, _LIST, mark))
