"""What somebody has in hand, so that no change of their entry leaves it with nobody."""

from __future__ import annotations

from ledger.people import seats_of
from ledger.readers.cases import open_cases_of
from ledger.readers.paging import Found
from ledger.readers.people import OFFICER_ROLES
from ledger.sessions import Database, ReadSession, Scope
from models.errors import RequirementMissing
from models.register import GROUP_ROLES, PersonSaid


async def check_seats(
    session: ReadSession, database: Database, counting: Scope, kept: Found, said: PersonSaid
) -> None:
    """Raise RequirementMissing when the new role has no room for the groups or the cases in somebody's hands."""
    if said.role not in GROUP_ROLES and (seats := await seats_of(session, kept.user_id)):
        named = "、".join(dict.fromkeys(seat.name for seat in seats))
        raise RequirementMissing(
            f"此人还在挂钩小组中：{named}",
            f"They still have a seat in liaison groups: {named}",
            rule="register.seats",
            remedy_zh="先给这些小组换人，再改角色",
            remedy_en="give these groups somebody else first",
            field="role",
        )
    if said.role.value in OFFICER_ROLES:
        return
    async with database.read(counting) as unseen:
        count = len(await open_cases_of(unseen, counting, kept.user_id))
    if count:
        raise RequirementMissing(
            f"此人还在承办 {count} 件未办结案件",
            f"They still handle {count} open cases",
            rule="register.cases",
            remedy_zh="先由科室负责人移交承办案件，再改角色",
            remedy_en="have the section head hand the cases over first",
            field="role",
        )
