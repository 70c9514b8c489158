"""All tables, by noun."""

from __future__ import annotations

from ledger.tables.base import FAR, metadata
from ledger.tables.cases import (
    cards,
    case_cards,
    case_clocks,
    case_events,
    case_tasks,
    case_texts,
    case_told,
    cases,
    counters,
)
from ledger.tables.content import contents, evidence, notice_reads, notices, reporters, tips, transfers
from ledger.tables.deliveries import addresses, deliveries, delivery_items
from ledger.tables.enterprise_files import (
    enterprise_entities,
    enterprise_events,
    enterprise_inbox,
    enterprise_tasks,
)
from ledger.tables.enterprises import enterprises, inspections, order_items, orders, teams
from ledger.tables.imports import import_rows, imports
from ledger.tables.links import link_sessions, link_uses, order_links
from ledger.tables.measures import case_measures, instruments
from ledger.tables.office import (
    audit_head,
    audit_log,
    calendar_batches,
    calendar_notices,
    calendar_refusals,
    meta,
    policies,
    policy_adoption_cases,
    policy_adoptions,
)
from ledger.tables.papers import enterprise_papers, papers, unread_cases
from ledger.tables.people import (
    api_tokens,
    delegations,
    districts,
    idempotency_keys,
    organisations,
    saved_filters,
    sessions,
    territories,
    users,
)
from ledger.tables.selfchecks import double_reports, self_checks, self_findings
from ledger.tables.signon import former_passwords, identities, programs, recovery_codes, second_factors
from ledger.tables.tallies import case_tallies

__all__ = [
    "FAR",
    "addresses",
    "api_tokens",
    "audit_head",
    "audit_log",
    "calendar_batches",
    "calendar_notices",
    "calendar_refusals",
    "cards",
    "case_cards",
    "case_clocks",
    "case_events",
    "case_measures",
    "case_tallies",
    "case_tasks",
    "case_texts",
    "case_told",
    "cases",
    "contents",
    "counters",
    "delegations",
    "deliveries",
    "delivery_items",
    "districts",
    "double_reports",
    "enterprise_entities",
    "enterprise_events",
    "enterprise_inbox",
    "enterprise_papers",
    "enterprise_tasks",
    "enterprises",
    "evidence",
    "former_passwords",
    "idempotency_keys",
    "identities",
    "import_rows",
    "imports",
    "inspections",
    "instruments",
    "link_sessions",
    "link_uses",
    "meta",
    "metadata",
    "notice_reads",
    "notices",
    "order_items",
    "order_links",
    "orders",
    "organisations",
    "papers",
    "policies",
    "policy_adoption_cases",
    "policy_adoptions",
    "programs",
    "recovery_codes",
    "reporters",
    "saved_filters",
    "second_factors",
    "self_checks",
    "self_findings",
    "sessions",
    "teams",
    "territories",
    "tips",
    "transfers",
    "unread_cases",
    "users",
]
