"""What somebody who leaves (离岗) has in hand, and moving it to a successor: one plan, looked at or carried out."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger import people
from ledger.readers.paging import Found
from ledger.sessions import ReadSession, Scope, WriteSession
from models.actors import Role
from models.departure import Seat, Successor, obstacles, takes_delegation
from models.errors import RequirementMissing
from services.missing import missing


@dataclass(frozen=True, slots=True)
class Plan:
    """What moves, what ends, and every reason why it cannot be done now."""

    leaver: Found
    successor: Successor | None
    seats: Sequence[Seat]
    moving: Sequence[Found]
    """Delegations in which the successor stands in from now on."""
    ending: Sequence[Found]
    """Delegations that end: those the leaver gave, and those nobody takes over."""
    refusals: Sequence[RequirementMissing]


async def plan(
    session: ReadSession, scope: Scope, user_id: str, successor_id: str | None, now: datetime
) -> Plan:
    """What would become of what ``user_id`` has in hand. Raises NotFound for either who is not of the district."""
    leaver = await people.account_row(session, scope, user_id)
    taking = await people.account_row(session, scope, successor_id) if successor_id else None
    if leaver is None or (successor_id and taking is None):
        raise missing("account")
    successor = (
        Successor(taking.user_id, taking.display_name, Role(taking.role), bool(taking.active))
        if taking is not None
        else None
    )
    seats = [
        Seat(row.team_id, row.name, row.leader_id, (row.member_one_id, row.member_two_id))
        for row in await people.seats_of(session, user_id)
    ]
    live = await people.live_delegations(session, scope, user_id, now)
    received = [row for row in live if row.to_user_id == user_id]
    moving = [row for row in received if takes_delegation(successor, row.from_user_id)]
    known = await people.list_users(session, scope)
    others = [one for one in known if one.active and one.role == Role.ADMIN and one.user_id != user_id]
    administered = bool(others) or leaver.role != Role.ADMIN
    return Plan(
        leaver=leaver,
        successor=successor,
        seats=seats,
        moving=moving,
        ending=[row for row in live if row not in moving],
        refusals=list(obstacles(user_id, seats, successor, administered=administered)),
    )


async def carry_out(session: WriteSession, scope: Scope, made: Plan, now: datetime, by: str) -> None:
    """End the account and move what moves. Raises the first of the plan's refusals."""
    for refusal in made.refusals:
        raise refusal
    leaver = made.leaver.user_id
    await people.deactivate(session, scope, leaver, now)
    if made.successor is None:
        return
    to = made.successor.user_id
    await people.move_seats(session, leaver, to)
    for row in made.moving:
        await people.add_delegation(
            session,
            delegation_id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{row.delegation_id}/{to}")),
            district_id=row.district_id,
            from_user_id=row.from_user_id,
            to_user_id=to,
            starts_at=max(row.starts_at, now),
            ends_at=row.ends_at,
            reason=row.reason,
            created_by=by,
        )
