"""Two entries of the same enterprise (重复登记): one is merged into the other, which stays; looked at first.

Only an entry without a record of its own is merged: cases, papers and ledgers keep the id they were made under.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ledger import claims, entries
from ledger.readers.paging import Found
from ledger.readers.register import find_entry
from ledger.sessions import ReadSession, Scope
from models.actors import Actor
from models.audit import AuditAction
from models.entries import Noun, merging
from models.errors import XiaohaoError
from models.explain import Label
from models.fields import field_name
from models.words import Readable
from services import audit
from services.asking import Asking, Done
from services.context import Services
from services.labels import label
from services.missing import missing
from services.named import Id, Named
from services.register.entries import administrators_only, counting
from services.register.keeping import keeping
from services.register.rows import ENTERPRISE_FIELDS

Code = Annotated[
    str, Field(min_length=1, max_length=64, description="credit code of the one that stays"), Readable
]


class Merge(BaseModel):
    """Into which entry, by its credit code, and why."""

    model_config = ConfigDict(extra="forbid")

    into: Code
    reason: Annotated[str, Field(min_length=1, max_length=500), Readable]


class MergeObstacle(BaseModel):
    """Why the two cannot be merged, and what would make it possible."""

    rule: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


class MergePreview(BaseModel):
    """What a merge would do: which accounts move, under which names the one that stays is found besides, what of it is
    filled in; and what stands against it."""

    merged: Named
    survivor: Named
    people: list[str]
    former_names: list[str]
    filled: list[Label]
    obstacles: list[MergeObstacle]


@dataclass(frozen=True, slots=True)
class _Two:
    merged: Found
    survivor: Found
    people: Sequence[str]
    refusals: Sequence[XiaohaoError]


async def preview(services: Services, actor: Actor, entry_id: Id, into: Id) -> MergePreview:
    """What merging an entry into another of the same enterprise (`into`, its credit code) would do. Nothing is stored.
    Raises NotAuthorised, NotFound."""
    administrators_only(actor)
    async with services.database.read(Scope.of(actor)) as session:
        two = await _looked(services, session, actor, entry_id, into)
    columns = entries.lacking(two.merged, two.survivor)
    former = dict.fromkeys((two.merged.name, *two.merged.former_names))
    return MergePreview(
        merged=Named(id=two.merged.enterprise_id, name=two.merged.name),
        survivor=Named(id=two.survivor.enterprise_id, name=two.survivor.name),
        people=list(two.people),
        former_names=[one for one in former if one != two.survivor.name],
        filled=[label(field_name(name)) for name in dict.fromkeys(ENTERPRISE_FIELDS[one] for one in columns)],
        obstacles=[_obstacle(one) for one in two.refusals],
    )


async def against(services: Services, actor: Actor, entry_id: Id) -> list[MergeObstacle]:
    """Why an entry in use cannot be merged into any other, whichever that is. Raises NotAuthorised."""
    administrators_only(actor)
    return [_obstacle(one) for one in merging(False, True, await _on_record(services, actor, entry_id))]


def _obstacle(refusal: XiaohaoError) -> MergeObstacle:
    return MergeObstacle(
        rule=refusal.rule or "",
        zh=refusal.zh,
        en=refusal.en,
        remedy_zh=refusal.remedy_zh or "",
        remedy_en=refusal.remedy_en or "",
    )


async def _on_record(services: Services, actor: Actor, enterprise_id: str) -> bool:
    unseen = counting(actor)
    async with services.database.read(unseen) as session:
        return await entries.on_record(session, unseen, enterprise_id)


async def merge(ask: Asking, entry_id: Id, asked: Merge, *, ip: str) -> Done[str]:
    """Merge an entry into another of the same enterprise: accounts and names go over, the entry stays, closed, and
    points to the other. One with cases, papers or a ledger of its own is not merged. Raises NotAuthorised, NotFound,
    RequirementMissing for one with a record of its own, IdempotencyConflict."""
    administrators_only(ask.actor)
    now = ask.services.clock()
    async with keeping(ask) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            await entries.lock(session, ask.scope, Noun.ENTERPRISES, entry_id)
            two = await _looked(ask.services, session, ask.actor, entry_id, asked.into)
            for refusal in two.refusals:
                raise refusal
            await entries.lock(session, ask.scope, Noun.ENTERPRISES, two.survivor.enterprise_id)
            await entries.merge(session, two.merged, two.survivor, now, asked.reason)
            told = {"entry": f"enterprises.{entry_id}", "effect": "merged", "reason": asked.reason}
            told["into"] = two.survivor.enterprise_id
            await audit.succeeded(ask.services, AuditAction.REGISTER, ask.actor, ip, details=told)
    return Done(entry_id, before=not fresh)


async def _looked(
    services: Services, session: ReadSession, actor: Actor, enterprise_id: str, into: str
) -> _Two:
    scope = Scope.of(actor)
    survivor_id = await entries.id_of(session, scope, Noun.ENTERPRISES, into.strip().upper())
    merged = await find_entry(session, scope, Noun.ENTERPRISES, enterprise_id)
    survivor = await find_entry(session, scope, Noun.ENTERPRISES, survivor_id) if survivor_id else None
    if merged is None or survivor is None:
        raise missing("enterprise")
    on_record = await _on_record(services, actor, enterprise_id)
    refusals = merging(
        merged.enterprise_id == survivor.enterprise_id, bool(merged.active and survivor.active), on_record
    )
    people = await entries.accounts_of_enterprise(session, scope, enterprise_id)
    return _Two(merged, survivor, people, list(refusals))
