"""What the rules may rely on because SQL says so (:class:`models.envelope.Facts`), read with the asker's own eyes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ledger.readers.case import evidence_digests, first_uploads, is_case_of
from ledger.readers.enterprise_files import entity_of
from ledger.readers.people import certified, is_assessor, is_officer, officials
from ledger.readers.rules import policy_in_force
from ledger.sessions import ReadSession, Scope
from models.clocks import SHANGHAI
from models.commands import Part, ProposeMeasure, SignalCompletion, TakeStep
from models.enterprise.commands import AnswerClosureFlag
from models.enterprise.snapshot import Enterprise
from models.enterprise.windows import closure_grounds
from models.envelope import Facts
from models.measures.kinds import MeasureKind

_OFFICIALS = ("sponsor_id", "presiding", "participants", "officers", "person")
"""Where forms of steps name officials: who sponsors a listing, presides a hearing, took part, was there, is to withdraw."""


async def facts_for(
    session: ReadSession,
    scope: Scope,
    command: Part,
    *,
    case_id: str | None,
    district_id: str,
    at: datetime,
    enterprise_id: str | None = None,
) -> Facts:
    """The facts ``command`` needs about the people, files and organisations it names; no query for the rest."""
    officers = named(command, "officers")
    files = named(command, "evidence")
    proof = files if isinstance(command, SignalCompletion) else ()
    handler = getattr(command, "handler_id", None)
    assessor = getattr(command, "assessor_org_id", None)
    steps = isinstance(command, TakeStep)
    persons = tuple(one for field in _OFFICIALS for one in named(command, field)) if steps else ()
    case = command.case_id if isinstance(command, AnswerClosureFlag) else None
    filed = isinstance(command, ProposeMeasure) and command.kind in (
        MeasureKind.CLOSURE,
        MeasureKind.BAD_FAITH,
    )
    return Facts(
        certified=await certified(session, officers, district_id, at) if officers else (),
        evidence=await _digests(session, scope, files, case_id, enterprise_id),
        uploads=dict(await first_uploads(session, scope, case_id, files)) if proof and case_id else {},
        handler_ok=await is_officer(session, handler, district_id) if handler else False,
        assessor_ok=await is_assessor(session, assessor, district_id) if assessor else False,
        officials=await officials(session, persons, district_id) if persons else {},
        case_ok=await is_case_of(session, scope, case, enterprise_id) if case and enterprise_id else False,
        grounds=await grounds(session, enterprise_id, at) if filed and enterprise_id else (),
    )


async def _digests(
    session: ReadSession, scope: Scope, files: tuple[str, ...], case_id: str | None, enterprise_id: str | None
) -> dict[str, str]:
    if not files or not (case_id or enterprise_id):
        return {}
    return dict(await evidence_digests(session, scope, files, case_id=case_id, enterprise_id=enterprise_id))


def named(value: Any, field: str) -> tuple[str, ...]:
    """Every id a command names in ``field``, in itself or in its parts (order, service, form)."""
    found: list[str] = []
    for name in type(value).model_fields:
        inner = getattr(value, name)
        if name == field and isinstance(inner, str):
            found.append(inner)
        elif name == field and isinstance(inner, tuple):
            found += [one for one in inner if isinstance(one, str)]
        elif hasattr(type(inner), "model_fields"):
            found += named(inner, field)
    return tuple(dict.fromkeys(found))


async def grounds(session: ReadSession, enterprise_id: str, at: datetime) -> tuple[str, ...]:
    """What the enterprise's file shows at ``at``: grounds for closure (提请关闭事由), its penalty decisions in a full
    window, an accident; an open flag says that the window was full when it was raised. ``penalised`` when a decision
    stands."""
    doc = await entity_of(session, enterprise_id)
    if doc is None:
        return ()
    entity = Enterprise.model_validate(doc)
    policy = await policy_in_force(session, at)
    shown = set(closure_grounds(entity, policy, at.astimezone(SHANGHAI).date()))
    shown |= {"counter"} if entity.open_flag else set()
    return tuple(sorted(shown | ({"penalised"} if entity.penalties else set())))
