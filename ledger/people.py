"""People as the service keeps them: accounts for the command line, delegations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import delegations, teams, users
from models.actors import Role
from models.errors import Conflict, Malformed, RequirementMissing

SHOWN = tuple(
    column
    for column in users.c
    if column.name
    not in (
        *("password_hash", "failed_logins", "locked_until"),
        *("password_changed_at", "must_change", "local_until"),
    )
)
"""What an administrator's list shows of an account; never the hash."""


async def add_user(session: WriteSession, **values: Any) -> str:
    """Create an account (administrator's scope); its id. Raises Conflict when the username is taken."""
    row = {**values, "username": str(values["username"]).strip().lower()}
    if not row["username"]:
        raise Malformed("用户名不能为空", "a username cannot be empty", rule="users.username")
    done = await session.execute(
        upsert(users)
        .values(**row)
        .on_conflict_do_nothing(index_elements=["username"])
        .returning(users.c.user_id)
    )
    user_id: str | None = done.scalar_one_or_none()
    if user_id is None:
        raise Conflict(
            "用户名已存在", "this username is taken", rule="users.username", username=row["username"]
        )
    return user_id


async def list_users(session: ReadSession, scope: Scope) -> Sequence[Found]:
    """The accounts of the district, by username."""
    wanted = select(*SHOWN).where(scope.where(users)).order_by(users.c.username)
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def find_user(session: ReadSession, scope: Scope, username: str) -> Found | None:
    """The account called ``username``."""
    wanted = select(*SHOWN).where(users.c.username == username.lower(), scope.where(users))
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def account_row(session: ReadSession, scope: Scope, user_id: str) -> Found | None:
    """An account with whether its holder must choose a password (administrator's scope)."""
    wanted = select(*SHOWN, users.c.must_change).where(users.c.user_id == user_id, scope.where(users))
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def accounts_of(session: ReadSession, usernames: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
    """User name → the account, of those that there are."""
    found = await session.execute(select(*SHOWN).where(users.c.username.in_(usernames)))
    return {row.username: row._asdict() for row in found}


async def anybody(session: ReadSession) -> bool:
    """Whether there is any account at all."""
    return bool(await session.scalar(select(users.c.user_id).limit(1)))


async def put_missing(session: WriteSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add accounts (administrator's scope) as they are; those that are there already stay as they are."""
    await session.execute(upsert(users).values([dict(row) for row in rows]).on_conflict_do_nothing())


async def password_hashes(session: ReadSession, usernames: Sequence[str]) -> Sequence[str | None]:
    """The different password hashes of these accounts (administrator's scope)."""
    wanted = select(users.c.password_hash).where(users.c.username.in_(usernames)).distinct()
    return (await session.scalars(wanted)).all()


async def give_password(
    session: WriteSession, usernames: Sequence[str], password_hash: str, *, must_change: bool = False
) -> None:
    """One password for all of these accounts; a lock is lifted. ``must_change``: its holders have to choose another."""
    changed = {"password_hash": password_hash, "failed_logins": 0, "locked_until": None}
    changed["must_change"] = must_change
    await session.execute(update(users).where(users.c.username.in_(usernames)).values(**changed))


async def set_password(
    session: WriteSession,
    user_id: str,
    password_hash: str,
    at: datetime,
    *,
    must_change: bool = False,
    local_until: datetime | None = None,
) -> bool:
    """Replace the password hash, unlock the account; False when there is no such account. ``must_change`` and
    ``local_until`` as in the accounts' table."""
    changed = {"password_hash": password_hash, "password_changed_at": at, "must_change": must_change}
    changed |= {"local_until": local_until, "failed_logins": 0, "locked_until": None}
    done = await session.execute(update(users).where(users.c.user_id == user_id).values(**changed))
    return bool(done.rowcount)


async def deactivate(session: WriteSession, scope: Scope, user_id: str, at: datetime) -> bool:
    """End an account and the delegations from and to it (administrator's scope); False when there is no such account."""
    mine = (users.c.user_id == user_id, scope.where(users))
    done = await session.execute(update(users).where(*mine).values(active=False))
    theirs = or_(delegations.c.from_user_id == user_id, delegations.c.to_user_id == user_id)
    live = (theirs, delegations.c.revoked_at.is_(None), scope.where(delegations))
    await session.execute(update(delegations).where(*live).values(revoked_at=at))
    return bool(done.rowcount)


async def seats_of(session: ReadSession, user_id: str) -> Sequence[Found]:
    """The liaison groups in use in which somebody has a seat: their row, by name."""
    seats = (teams.c.leader_id, teams.c.member_one_id, teams.c.member_two_id)
    wanted = select(teams).where(or_(*(seat == user_id for seat in seats)), teams.c.active)
    found: Sequence[Found] = (await session.execute(wanted.order_by(teams.c.name, teams.c.team_id))).all()
    return found


async def move_seats(session: WriteSession, user_id: str, to: str) -> None:
    """Give every seat somebody has in a liaison group in use to another (administrator's scope)."""
    for seat in (teams.c.leader_id, teams.c.member_one_id, teams.c.member_two_id):
        theirs = (seat == user_id, teams.c.active)
        await session.execute(update(teams).where(*theirs).values({seat.name: to}))


async def live_delegations(session: ReadSession, scope: Scope, user_id: str, at: datetime) -> Sequence[Found]:
    """The delegations from and to somebody that are not over, with both names."""
    row = delegations.c
    theirs = or_(row.from_user_id == user_id, row.to_user_id == user_id)
    wanted = select_delegations(scope).where(theirs, row.revoked_at.is_(None), row.ends_at > at)
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def is_active(session: ReadSession, scope: Scope, user_id: str) -> bool | None:
    """Whether the account is in use; None when it is not one of this scope."""
    wanted = select(users.c.active).where(users.c.user_id == user_id, scope.where(users))
    found: bool | None = await session.scalar(wanted)
    return found


async def in_use(session: ReadSession, *user_ids: str) -> None:
    """Raise RequirementMissing when one of these accounts has ended: nothing is given to somebody who left."""
    wanted = select(users.c.user_id).where(users.c.user_id.in_(user_ids), ~users.c.active)
    if left := sorted((await session.scalars(wanted)).all()):
        raise RequirementMissing(
            "所选人员的账号已停用，不能再交办或委托",
            "an account named has ended: nothing can be assigned or delegated to it",
            rule="users.active",
            remedy_zh="选择在岗人员",
            remedy_en="choose somebody who is in office",
            users=left,
        )


async def add_delegation(
    session: WriteSession,
    *,
    delegation_id: str,
    district_id: str,
    from_user_id: str,
    to_user_id: str,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    created_by: str,
) -> None:
    """Record a dated delegation (委托代理): ``to_user_id`` acts for ``from_user_id`` in [starts_at, ends_at)."""
    if ends_at <= starts_at or from_user_id == to_user_id:
        raise Malformed(
            "委托须写明两个不同的人和起止时间",
            "a delegation needs two people and an end after its start",
            rule="delegations.dates",
        )
    await in_use(session, from_user_id, to_user_id)
    await session.execute(
        insert(delegations).values(
            delegation_id=delegation_id,
            district_id=district_id,
            from_user_id=from_user_id,
            to_user_id=to_user_id,
            starts_at=starts_at,
            ends_at=ends_at,
            reason=reason,
            created_by=created_by,
        )
    )


async def revoke_delegation(session: WriteSession, scope: Scope, delegation_id: str, at: datetime) -> bool:
    """End a delegation at ``at``, an administrator anybody's, others their own; False when it is not there or over."""
    live = (delegations.c.revoked_at.is_(None), delegations.c.ends_at > at)
    mine = () if scope.role is Role.ADMIN else (delegations.c.from_user_id == scope.user_id,)
    done = await session.execute(
        update(delegations)
        .where(delegations.c.delegation_id == delegation_id, *live, *mine, scope.where(delegations))
        .values(revoked_at=at)
    )
    return bool(done.rowcount)


def select_delegations(scope: Scope, *, given: str | None = None, received: str | None = None) -> Select[Any]:
    """The delegations of the district with both names, the latest to begin first; only those a person has ``given`` or
    ``received`` where asked for."""
    principal, delegate = users.alias("principal"), users.alias("delegate")
    row = delegations.c
    own = [row.from_user_id == given] if given else []
    own += [row.to_user_id == received] if received else []
    wanted = (
        select(
            delegations,
            principal.c.display_name.label("principal_name"),
            delegate.c.display_name.label("delegate_name"),
        )
        .select_from(
            delegations.join(principal, principal.c.user_id == row.from_user_id).join(
                delegate, delegate.c.user_id == row.to_user_id
            )
        )
        .where(scope.where(delegations))
        .order_by(row.starts_at.desc(), row.delegation_id)
    )
    return wanted.where(or_(*own)) if own else wanted
