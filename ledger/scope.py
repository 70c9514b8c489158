"""Whose eyes a transaction has: the explicit predicate every reader adds, and the database role behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, cast, false, func, literal, or_, select, true

from ledger.driver import Given
from ledger.tables import (
    audit_log,
    calendar_refusals,
    case_clocks,
    case_events,
    case_measures,
    case_texts,
    case_told,
    cases,
    contents,
    delegations,
    deliveries,
    districts,
    enterprise_entities,
    enterprise_events,
    enterprise_inbox,
    enterprise_papers,
    enterprise_tasks,
    enterprises,
    evidence,
    import_rows,
    imports,
    inspections,
    instruments,
    link_uses,
    order_items,
    order_links,
    orders,
    organisations,
    papers,
    policy_adoption_cases,
    policy_adoptions,
    reporters,
    self_findings,
    teams,
    territories,
    tips,
    transfers,
    unread_cases,
    users,
)
from models.actors import Actor, Role, Visitor
from models.sight import CONFIDANTS, MEASURE_EVENTS, PREPARATORY

DB_ROLES: dict[Role, str] = {
    Role.INSPECTOR: "xh_bureau",
    Role.SECTION_HEAD: "xh_bureau",
    Role.DEPUTY_HEAD: "xh_bureau",
    Role.HEAD: "xh_bureau",
    Role.LEGAL_REVIEWER: "xh_bureau",
    Role.GOVERNMENT: "xh_bureau",
    Role.COMMITTEE: "xh_bureau",
    Role.ENTERPRISE: "xh_enterprise",
    Role.ASSESSOR: "xh_assessor",
    Role.TERRITORY: "xh_territory",
    Role.REPORTER: "xh_reporter",
    Role.AUDITOR: "xh_auditor",
    Role.ADMIN: "xh_admin",
    Role.SYSTEM: "xh_ledger",
}
"""The database role of each person's role."""

ALL_DB_ROLES: tuple[str, ...] = (*dict.fromkeys(DB_ROLES.values()), "xh_auth", "xh_link")

_DIRECTORY = (districts, organisations, territories, teams)
"""Reference data everyone of a district may read."""
_OPERATED = (*_DIRECTORY, users, enterprises, delegations, deliveries, calendar_refusals)
"""What an administrator works on; no case."""
_OF_ENTITIES = (enterprise_events, enterprise_entities, enterprise_inbox, enterprise_tasks)
"""What is for the officials of a district only: the enterprise's own status stands in ``enterprises``."""
_OF_MEASURES = (case_measures, instruments, papers)
"""What the enterprise sees once it may know of it, and an assessor never."""
_OF_CASE = (case_told, case_events, case_clocks, order_items, contents, evidence)
"""What hangs on a case that its parties read."""
_INNER = (
    *(order_links, link_uses, tips, transfers, imports, import_rows),
    *(policy_adoptions, policy_adoption_cases, unread_cases),
)
"""What is for the officials of a district only: who made links of orders, what was done by them; what the public says; what was
handed to other departments; old ledgers that are taken over; newer rules adopted for open cases; cases whose papers cannot be
written."""
_KEYS = {enterprises: "enterprise_id", orders: "order_id"}
"""Tables an assessor sees through an assigned case, by the column they share with it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A role and the part of the district it belongs to. A missing part means no rows, never all rows."""

    role: Role
    district_id: str | None = None
    territory_id: str | None = None
    enterprise_id: str | None = None
    assessor_org_id: str | None = None
    user_id: str | None = None
    """The person; for a reporter, who has no account, the hash of the follow-up code."""
    order_id: str | None = None
    """The order whose link an enterprise came by: nothing beyond its cases (database role ``xh_link``)."""
    auth: bool = False
    """Signing in: accounts, sessions and tokens only (database role ``xh_auth``)."""

    @classmethod
    def of(cls, actor: Actor) -> Scope:
        """The scope of a signed-in person."""
        return cls(
            role=actor.role,
            district_id=actor.district_id,
            territory_id=actor.territory_id,
            enterprise_id=actor.enterprise_id,
            assessor_org_id=actor.assessor_org_id,
            user_id=actor.user_id,
            order_id=actor.order_id if isinstance(actor, Visitor) else None,
        )

    @lru_cache(maxsize=8192)  # noqa: B019 - as :meth:`where`
    def kind(self) -> Scope:
        """This scope with names in place of its ids: a statement of it is built once for all of its kind, and takes the
        ids (:meth:`ids`) when it runs. A part that is missing is missing there too."""
        return replace(self, **{name: place for name, place in _PLACES.items() if getattr(self, name)})

    def ids(self) -> Mapping[str, str | None]:
        """What stands in this scope where :meth:`kind` has names."""
        return {place: getattr(self, name) for name, place in _PLACES.items()}

    @property
    def db_role(self) -> str:
        """The PostgreSQL role transactions of this scope run as."""
        if self.order_id is not None:
            return "xh_link"
        return "xh_auth" if self.auth else DB_ROLES[self.role]

    @lru_cache(maxsize=8192)  # noqa: B019 - a scope is frozen, and as long-lived as what it is asked for
    def where(self, table: Table) -> ColumnElement[bool]:
        """The explicit predicate (the first lock): which rows of ``table`` are this scope's.

        Built once for each scope: building it costs more than a statement that uses it.
        """
        role = self.db_role
        if role == "xh_ledger":
            return true()
        if role == "xh_reporter":
            return self._reported(table)
        if role == "xh_link":
            return self._by_link(table)
        in_district = _is(table, "district_id", self.district_id)
        if in_district is None or role == "xh_auth":
            return false()
        if table is audit_log:
            return self._audited()
        if table in (deliveries, calendar_refusals) and role != "xh_admin":
            return false()
        if role in ("xh_bureau", "xh_auditor") or table in _DIRECTORY:
            return in_district
        if table in _INNER:
            return false()
        if role == "xh_admin":
            return in_district if table in _OPERATED else false()
        if table in _OF_ENTITIES or (table in (*_OF_MEASURES, inspections) and role == "xh_assessor"):
            return false()
        if table is case_texts and role != "xh_territory":
            return false()
        mine = {
            "xh_enterprise": _is(table, "enterprise_id", self.enterprise_id),
            "xh_territory": _is(table, "territory_id", self.territory_id),
            "xh_assessor": _is(table, "assessor_org_id", self.assessor_org_id),
        }.get(role)
        if mine is not None:
            open_to_all = role == "xh_territory" and table is not enterprise_papers
            return mine if open_to_all else mine & _open_outside(table)
        return self._through_case(table)

    def _by_link(self, table: Table) -> ColumnElement[bool]:
        """The cases of one order and what hangs on them, as their enterprise sees it; of everything else nothing."""
        if not (self.order_id and self.enterprise_id and self.district_id):
            return false()
        if table in (cases, orders):
            firm = table.c.enterprise_id == self.enterprise_id
            return firm & (table.c.order_id == self.order_id) & _open_outside(table)
        if table is enterprises:
            return enterprises.c.enterprise_id == self.enterprise_id
        if table in _DIRECTORY:
            return table.c.district_id == self.district_id
        if table in _OF_MEASURES:
            return self._through_case(table) & table.c.known
        return self._through_case(table) if table in _OF_CASE else false()

    def _audited(self) -> ColumnElement[bool]:
        """The district's lines and those of no district, for an auditor."""
        if self.db_role != "xh_auditor" or not self.district_id:
            return false()
        return or_(audit_log.c.district_id == self.district_id, audit_log.c.district_id.is_(None))

    def _through_case(self, table: Table) -> ColumnElement[bool]:
        key = "case_id" if "case_id" in table.c else _KEYS.get(table)
        if table is cases or key is None:
            return false()
        visible = select(cases.c.case_id).where(cases.c[key] == table.c[key], self.where(cases))
        found: ColumnElement[bool] = visible.correlate(table).exists()
        if table is evidence and self.role is Role.ENTERPRISE and self.order_id is None:
            mine = select(self_findings.c.finding_id).where(self_findings.c.finding_id == evidence.c.case_id)
            found_itself = mine.where(self.where(self_findings)).correlate(evidence).exists()
            found = found | found_itself & (evidence.c.uploaded_role == Role.ENTERPRISE.value)
        if "audience" in table.c:
            return found & or_(table.c.audience == "parties", self._own(table))
        return found & self._told(table)

    def _own(self, table: Table) -> ColumnElement[bool]:
        """A file of one's own, whoever else may see it."""
        return evidence.c.uploaded_by == self.user_id if table is evidence and self.user_id else false()

    def _told(self, table: Table) -> ColumnElement[bool]:
        """What a case's ledger and clocks say of a measure is as quiet as the measure itself."""
        if self.db_role == "xh_territory":
            return true()
        if table is case_events:
            first = select(cases.c.told_seq).where(cases.c.case_id == case_events.c.case_id)
            since = case_events.c.seq >= first.correlate(case_events).scalar_subquery()
            loud = case_events.c.event.not_in(MEASURE_EVENTS)
            open_to_it = or_(case_events.c.role == "enterprise", case_events.c.data.contains({"open": True}))
            return since & (or_(loud, open_to_it) if self.role is Role.ENTERPRISE else loud)
        if table is case_clocks:
            no = func.substring(case_clocks.c.key, "^m([0-9]+)/")
            known = select(case_measures.c.no).where(
                case_measures.c.case_id == case_clocks.c.case_id,
                cast(case_measures.c.no, Text) == no,
                self.where(case_measures),
            )
            of_case = ~case_clocks.c.key.contains(literal("/")) & case_clocks.c.key.not_in(PREPARATORY)
            return or_(of_case, known.correlate(case_clocks).exists())
        return true()

    def _reported(self, table: Table) -> ColumnElement[bool]:
        if table not in (cases, tips) or not self.user_id:
            return false()
        mine = select(reporters.c.case_id).where(reporters.c.follow_up_hash == self.user_id)
        return (cases.c.case_id if table is cases else tips.c.tip_id).in_(mine)


_IDS = ("district_id", "territory_id", "enterprise_id", "assessor_org_id", "user_id", "order_id")
_PLACES: dict[str, Any] = {name: Given(f"\0{name}") for name in _IDS}
"""No id is such a text, and PostgreSQL takes none: what is not given its id reads nothing."""


def _open_outside(table: Table) -> ColumnElement[bool]:
    """Of their own rows, those an enterprise or an assessor may know of: nothing before it was served."""
    if table is orders:
        return orders.c.served_at.is_not(None)
    told = (*_OF_MEASURES, enterprise_papers)
    quiet = "disclosed" if table is cases else "known" if table in told else None
    return true() if quiet is None else table.c[quiet]


def words_of(scope: Scope) -> Table:
    """The words of a case as ``scope`` reads them: as they were given, or as the parties were told."""
    return case_texts if scope.role in (*CONFIDANTS, Role.SYSTEM) else case_told


def _is(table: Table, column: str, value: str | None) -> ColumnElement[bool] | None:
    """``column = value``; no row without a value; None when the table has no such column."""
    if column not in table.c:
        return None
    return table.c[column] == value if value else false()


SYSTEM_SCOPE = Scope(role=Role.SYSTEM, user_id="system")
"""The projector and the verifier: append and read everything, change no account."""
AUTH_SCOPE = Scope(role=Role.SYSTEM, auth=True)
"""Signing in, before anybody is known."""
