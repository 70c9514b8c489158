"""Looking into cases from a terminal: list, detail, ledger, explanation. The operator's eyes: every case."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rich.table import Column, Table
from sqlalchemy import select

from ledger.readers.case import events, find_by_number, find_case, last_events
from ledger.readers.cases import CaseFilters, list_cases
from ledger.readers.operations import stored_calendars
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import policies
from models.actors import Actor, Rank, Role
from models.calendar import calendar_between
from models.caseclocks import Rules
from models.clocks import SHANGHAI
from models.errors import NotFound
from models.explain import Explanation, entry_label, explain
from models.lifecycle import STATE_LABELS, CaseState
from models.measures.kinds import KIND_LABELS
from models.measures.kinds import STATE_LABELS as MEASURE_STATES
from models.policy import Policy
from models.snapshot import Case

_RANKS = {Role.SECTION_HEAD: Rank.SECTION_HEAD, Role.DEPUTY_HEAD: Rank.DEPUTY_HEAD, Role.HEAD: Rank.HEAD}


def local(at: datetime | None) -> str:
    """An instant as people read it: Shanghai time to the minute."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if at else ""


async def list_table(database: Database, state: str | None, search: str | None, limit: int) -> Table:
    """Cases, next deadline first."""
    filters = CaseFilters(states=(state,) if state else (), search=search or None)
    async with database.read(SYSTEM_SCOPE) as session:
        page = await list_cases(session, SYSTEM_SCOPE, filters, now=datetime.now(UTC), limit=limit)
    number = Column("编号 number", no_wrap=True)  # the one word a reader copies: never cut
    rest = ("状态 state", "等级 grade", "事项 title", "企业 enterprise", "下一期限 next")
    table = Table(number, *(Column(name, overflow="fold") for name in rest))
    for row in page.items:
        zh = STATE_LABELS[CaseState(row.state)][0]
        table.add_row(
            row.number,
            f"{zh} {row.state}",
            row.grade or "",
            row.title,
            row.enterprise_name,
            local(row.next_due_at),
        )
    return table


async def _found(database: Database, case: str) -> Any:
    async with database.read(SYSTEM_SCOPE) as session:
        case_id = await find_by_number(session, SYSTEM_SCOPE, case) or case
        found = await find_case(session, SYSTEM_SCOPE, case_id, now=datetime.now(UTC))
    if found is None:
        raise NotFound(f"没有案件 {case}", f"no case {case}", rule="case.known")
    return found


async def show_text(database: Database, case: str) -> str:
    """One case in lines."""
    row = await _found(database, case)
    doc = Case.model_validate(row.doc)
    clocks = [f"  {c.key}: {local(c.due_at)} ({c.status.value})" for c in doc.active_clocks()]
    measures = [
        f"  m{m.no} {KIND_LABELS[m.kind][0]} {m.kind.value}: {MEASURE_STATES[m.state][0]} {m.state.value}"
        for m in doc.measures
    ]
    lines = [
        f"{row.number}  {row.title}",
        f"{STATE_LABELS[doc.state][0]} / {STATE_LABELS[doc.state][1]}",
        f"企业 enterprise: {row.enterprise_name}",
        f"立案 opened: {local(doc.opened_at)}  policy {doc.policy_version}",
        f"整改要求 requirements:\n{row.requirement}",
        f"复查不合格 failures: {doc.failures}  复发 recurrences: {doc.recurrences}  延期 extensions: {doc.extensions}",
        *(["措施 measures:", *measures] if measures else []),
        *(["期限 clocks:", *clocks] if clocks else []),
    ]
    return "\n".join(lines)


async def events_table(database: Database, case: str) -> Table:
    """The ledger of one case."""
    row = await _found(database, case)
    table = Table("seq", "时间 at", "事项 event", "角色 role", "hash")
    after: str | None = None
    async with database.read(SYSTEM_SCOPE) as session:
        while True:
            page = await events(session, SYSTEM_SCOPE, row.case_id, limit=200, after=after)
            for entry in page.items:
                zh = entry_label(entry.event, entry.data).zh
                table.add_row(
                    str(entry.seq), local(entry.at), f"{zh} {entry.event}", entry.role or "", entry.hash[:12]
                )
            after = page.next
            if after is None:
                return table


async def explain_text(database: Database, case: str, role: Role) -> str:
    """The explanation of one case to a person of ``role``."""
    row = await _found(database, case)
    doc = Case.model_validate(row.doc)
    now = datetime.now(UTC)
    async with database.read(SYSTEM_SCOPE) as session:
        stored = await session.scalar(
            select(policies.c.document).where(policies.c.version == doc.policy_version)
        )
        notices = await stored_calendars(session)
        recent = await last_events(session, SYSTEM_SCOPE, row.case_id)
    rules = Rules(
        policy=Policy.model_validate(stored), calendar=calendar_between(now.year - 1, now.year + 3, notices)
    )
    asker = Actor(
        user_id="operator",
        role=role,
        rank=_RANKS.get(role),
        district_id=doc.district_id,
        territory_id=doc.territory_id,
        enterprise_id=doc.enterprise_id,
        assessor_org_id=doc.assessor_org_id,
        certified=True,
    )
    told = explain(doc, rules, asker, now, recent)
    lines = [
        f"{row.number}  {told.state_label.zh} / {told.state_label.en}",
        f"原因 why: {told.why.zh} / {told.why.en}（{local(told.since)}）",
        *(f"应办 must act: {one.label.zh} — {one.clock}（{local(one.due_at)} 前）" for one in told.must_act),
        *(
            f"期限 clock: {c.label.zh} {c.last_day}{'（暂定）' if c.provisional else ''} {c.basis} [{c.klass}/{c.verified}] "
            f"→ {c.otherwise.zh}"
            for c in told.clocks
        ),
        *(f"✓ {c.command}  {c.label.zh}" for c in told.commands if c.allowed),
        *(
            f"✗ {c.command}  {c.label.zh}: {c.reasons[0].zh}（{c.reasons[0].article or ''}）"
            for c in told.commands
            if not c.allowed
        ),
        *_measures(told),
    ]
    return "\n".join(lines)


def _measures(told: Explanation) -> list[str]:
    """The ladder's proposals and the measures, with the steps that are possible now."""
    proposals = [f"建议 proposal: {p.label.zh}（{p.why.zh}）{p.basis} → {p.key}" for p in told.proposals]
    measures = [
        f"措施 measure m{m.no}: {m.label.zh} {m.state_label.zh} / {m.state_label.en}"
        + "".join(f"\n  ✓ {s.step}  {s.label.zh}" for s in m.steps if s.allowed)
        for m in told.measures
    ]
    return [*proposals, *measures]
