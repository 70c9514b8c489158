"""Tips of the public as the ledger keeps them: words and pictures for the officials, the reporter in the vault.

A tip is written with the eyes of its reporter, who has no account; its id is that of the case it may become, so that what
the vault and the evidence hold of it belongs to that case from the beginning.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, insert, or_, select, update

from ledger.readers.paging import Found
from ledger.reporters import add_reporter, progress
from ledger.scope import Scope
from ledger.sessions import Database, ReadSession, WriteSession
from ledger.tables import case_texts, cases, districts, enterprises, evidence, tips, users
from ledger.unattached import There, hold

PUBLIC_ROLE = "reporter"


async def districts_there(database: Database, scope: Scope) -> Sequence[Found]:
    """The districts tips may be for, by name."""
    wanted = select(districts.c.district_id, districts.c.name).order_by(
        districts.c.name, districts.c.district_id
    )
    async with database.read(scope) as session:
        found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def held(database: Database, scope: Scope) -> tuple[int, int]:
    """How many tips of a district wait, and how many bytes of pictures are kept of those that became no case."""
    wanted = select(
        func.count().filter(tips.c.state == "waiting"),
        func.coalesce(func.sum(tips.c.bytes).filter(tips.c.state != "taken"), 0),
    ).where(scope.where(tips))
    async with database.read(scope) as session:
        waiting, kept = (await session.execute(wanted)).one()
    return int(waiting), int(kept)


async def add_tip(
    database: Database,
    scope: Scope,
    words: Mapping[str, str],
    files: Sequence[Mapping[str, Any]],
    *,
    tip_id: str,
    code: str,
    identity: bytes | None,
    at: datetime,
    there: There,
) -> None:
    """Keep a tip of the web page with its pictures and its reporter, in one transaction of the reporter's own scope.

    Raises RequirementMissing when the pictures are not ``there``."""
    common = {
        "case_id": tip_id,
        "district_id": scope.district_id,
        "audience": "bureau",
        "uploaded_by": scope.user_id,
        "uploaded_role": PUBLIC_ROLE,
        "uploaded_at": at,
    }
    async with database.write(scope) as session:
        if files:
            await hold(session, there)
        row = await _begun(session, scope, words, tip_id=tip_id, code=code, identity=identity, at=at)
        row |= {"photos": len(files), "bytes": sum(int(file["size"]) for file in files)}
        await session.execute(insert(tips).values(**row))
        for file in files:
            await session.execute(insert(evidence).values(evidence_id=str(uuid.uuid4()), **common, **file))


async def _begun(
    session: WriteSession,
    scope: Scope,
    words: Mapping[str, str],
    *,
    tip_id: str,
    code: str,
    identity: bytes | None,
    at: datetime,
) -> dict[str, Any]:
    """A tip as it begins, whose reporter is in the vault now."""
    await add_reporter(
        session,
        handle=str(uuid.uuid4()),
        case_id=tip_id,
        district_id=str(scope.district_id),
        code=code,
        identity=identity,
        at=at,
    )
    return {
        **words,
        "tip_id": tip_id,
        "district_id": scope.district_id,
        "photos": 0,
        "bytes": 0,
        "named": identity is not None,
        "received_at": at,
        "state": "waiting",
        "enterprise_id": await _called(session, scope, words["firm"]),
    }


async def register(
    session: WriteSession,
    scope: Scope,
    words: Mapping[str, str],
    *,
    tip_id: str,
    code: str,
    identity: bytes | None,
    received_at: datetime,
    sorted_as: Mapping[str, str],
) -> None:
    """Keep a tip that an officer wrote down, with its reporter; whoever writes it down has it to deal with."""
    row = await _begun(session, scope, words, tip_id=tip_id, code=code, identity=identity, at=received_at)
    row |= {"registered_by": scope.user_id, "handler_id": scope.user_id, **sorted_as}
    await session.execute(insert(tips).values(**row))


async def _called(session: ReadSession, scope: Scope, firm: str) -> str | None:
    """The one enterprise of the district with exactly this name, now or before."""
    if not firm:
        return None
    named = or_(enterprises.c.name == firm, enterprises.c.former_names.any_() == firm)
    named = named & enterprises.c.merged_into.is_(None)
    wanted = select(enterprises.c.enterprise_id).where(enterprises.c.district_id == scope.district_id, named)
    found = (await session.scalars(wanted.limit(2))).all()
    return found[0] if len(found) == 1 else None


async def own_tip(database: Database, scope: Scope) -> tuple[Found, Found | None] | None:
    """The tip a follow-up code belongs to, and of the case it became number, state and dates; None for a wrong code."""
    told = (tips.c.tip_id, tips.c.title, tips.c.received_at, tips.c.state, tips.c.decided_at)
    numbered = (tips.c.year, tips.c.no, tips.c.reward)
    wanted = select(*told, *numbered, tips.c.answer, tips.c.answered_at).where(scope.where(tips))
    async with database.read(scope) as session:
        tip = (await session.execute(wanted)).one_or_none()
        return (tip, await progress(session, scope)) if tip is not None else None


# -- for officials --------------------------------------------------------------------------------------
def listed(scope: Scope, state: str | None, *, owed: bool = False, **only: str | None) -> Select[Any]:
    """The tips of the district with the name of the enterprise they were matched to: the oldest that waits first, so too
    of those whose reporter is ``owed`` an answer, of the others the latest first; ``only`` those with these values, where
    given."""
    told = (enterprises.c.name.label("enterprise_name"), cases.c.number, cases.c.state.label("case_state"))
    wanted = (
        select(tips, *told)
        .select_from(
            tips.outerjoin(enterprises, enterprises.c.enterprise_id == tips.c.enterprise_id).outerjoin(
                cases, cases.c.case_id == tips.c.tip_id
            )
        )
        .where(scope.where(tips))
    )
    wanted = wanted.where(*(tips.c[name] == value for name, value in only.items() if value is not None))
    if state is not None:
        wanted = wanted.where(tips.c.state == state)
    if owed:
        wanted = wanted.where(tips.c.answered_at.is_(None))
    if owed or state == "waiting":
        return wanted.order_by(tips.c.received_at, tips.c.tip_id)
    return wanted.order_by(tips.c.received_at.desc(), tips.c.tip_id.desc())


async def find_tip(session: ReadSession, scope: Scope, tip_id: str, *, lock: bool = False) -> Found | None:
    """One tip of the district; ``lock`` makes two who decide it at once queue."""
    if lock:
        held_by = select(tips.c.tip_id).where(tips.c.tip_id == tip_id, scope.where(tips)).with_for_update()
        await session.execute(held_by)
    found: Found | None = (
        await session.execute(listed(scope, None).where(tips.c.tip_id == tip_id))
    ).one_or_none()
    return found


async def has_case(session: ReadSession, scope: Scope, tip_id: str) -> bool:
    """Whether the case of a tip is there."""
    wanted = select(cases.c.case_id).where(cases.c.case_id == tip_id, scope.where(cases))
    return await session.scalar(wanted) is not None


async def photos_of(session: ReadSession, scope: Scope, tip_id: str) -> Sequence[Found]:
    """The pictures that came with a tip, in their order."""
    wanted = select(evidence.c.evidence_id, evidence.c.purpose, evidence.c.size).where(
        evidence.c.case_id == tip_id, evidence.c.uploaded_role == PUBLIC_ROLE, scope.where(evidence)
    )
    found: Sequence[Found] = (
        await session.execute(wanted.order_by(evidence.c.purpose, evidence.c.evidence_id))
    ).all()
    return found


async def decide(
    session: WriteSession, scope: Scope, tip_id: str, *, state: str, at: datetime, answer: str = ""
) -> bool:
    """Record that a waiting tip was taken up or closed, by whom and why; False when it waits no more."""
    mine = (tips.c.tip_id == tip_id, tips.c.state == "waiting", scope.where(tips))
    told = {"answer": answer, "answered_at": at, "answered_by": scope.user_id} if answer else {}
    done = update(tips).where(*mine).values(state=state, decided_at=at, decided_by=scope.user_id, **told)
    return await session.scalar(done.returning(tips.c.tip_id)) is not None


async def answer(session: WriteSession, scope: Scope, tip_id: str, text: str, at: datetime) -> None:
    """Answer the reporter of a tip that was taken up; the latest answer is the one shown."""
    mine = (tips.c.tip_id == tip_id, tips.c.state == "taken", scope.where(tips))
    await session.execute(
        update(tips).where(*mine).values(answer=text, answered_at=at, answered_by=scope.user_id)
    )


async def put_down(session: WriteSession, scope: Scope, tip_id: str, **told: Any) -> None:
    """Write down of a tip what it is about, who deals with it, or which reward is proposed."""
    await session.execute(update(tips).where(tips.c.tip_id == tip_id, scope.where(tips)).values(**told))


async def role_in_office(session: ReadSession, scope: Scope, user_id: str) -> str | None:
    """The role of somebody in office in the district; None for nobody."""
    known = (users.c.user_id == user_id, users.c.district_id == scope.district_id, users.c.active)
    found: str | None = await session.scalar(select(users.c.role).where(*known))
    return found


@dataclass(frozen=True, slots=True)
class Sought:
    """What something alike is looked for of: itself, its enterprise where that is known, and when it was reported."""

    subject: str
    enterprise_id: str | None
    at: datetime


def _opened(scope: Scope) -> Select[Any]:
    told = (cases.c.case_id, cases.c.number, cases.c.enterprise_id, cases.c.opened_at)
    texts = (case_texts.c.title, case_texts.c.description, case_texts.c.location)
    joined = cases.join(case_texts, case_texts.c.case_id == cases.c.case_id)
    return select(*told, *texts).select_from(joined).where(scope.where(cases), scope.where(case_texts))


async def opened_case(session: ReadSession, scope: Scope, case_id: str) -> Found | None:
    """The words of a case by which it is compared; None when it is not the asker's."""
    found: Found | None = (
        await session.execute(_opened(scope).where(cases.c.case_id == case_id))
    ).one_or_none()
    return found


async def others_like(
    session: ReadSession, scope: Scope, sought: Sought, days: int, most: int
) -> tuple[Sequence[Found], Sequence[Found]]:
    """What ``sought`` may repeat: the newest other tips since ``days`` before it, and the newest cases of its enterprise."""
    since = sought.at - timedelta(days=days)
    other = (
        select(tips)
        .where(scope.where(tips), tips.c.tip_id != sought.subject, tips.c.received_at >= since)
        .order_by(tips.c.received_at.desc(), tips.c.tip_id)
        .limit(most)
    )
    opened = (
        _opened(scope)
        .where(cases.c.enterprise_id == sought.enterprise_id, cases.c.opened_at >= since)
        .where(cases.c.case_id != sought.subject)
        .order_by(cases.c.opened_at.desc(), cases.c.case_id)
        .limit(most)
    )
    return (await session.execute(other)).all(), (await session.execute(opened)).all()
