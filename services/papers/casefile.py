"""The case file (案卷) as its asker may see it: one PDF of their papers; and what a bundle of the case is made from."""

from __future__ import annotations

from dataclasses import dataclass

from documents.casefile import CaseFile, Cover, Leaf
from documents.errors import PaperError
from ledger.readers.casefile import Chained, chained
from ledger.readers.paging import Found
from ledger.sessions import Scope
from models.actors import Actor
from models.errors import RequirementMissing
from models.evidence import check_takes_bundles
from models.instants import day_of
from runtime.keys import BundleKey, bundle_key
from services.cases.reads import show_case
from services.cases.views import CaseDetail
from services.context import Services
from services.missing import missing
from services.papers.press import press
from services.papers.reads import papers_in_order
from services.papers.views import STANDING, paper_label, standing_of
from storage.names import content_disposition


@dataclass(frozen=True, slots=True)
class Kept:
    """A paper of the file with its bytes as they were frozen."""

    row: Found
    pdf: bytes


@dataclass(frozen=True, slots=True)
class WholeFile:
    """The case file and the papers it is made of; ``disposition`` is how it is shown (RFC 6266)."""

    case: CaseDetail
    papers: list[Kept]
    pdf: bytes

    @property
    def disposition(self) -> str:
        return content_disposition(f"案卷{self.case.number}.pdf", inline=True)


async def file_of_case(services: Services, actor: Actor, case_id: str) -> WholeFile:
    """The case file (案卷) as one PDF: cover, index, every document the asker may see as it was issued, the closing
    note. Raises NotFound, RequirementMissing for a name no font shows, TooManyRequests while another file is being
    made for the same person."""
    with services.limits.exports.slot(actor.user_id):
        return await _file_of(services, actor, case_id)


async def bundled(services: Services, actor: Actor, case_id: str) -> tuple[WholeFile, Chained]:
    """What a bundle holds beside the evidence. Raises NotFound, NotAuthorised, RequirementMissing."""
    case = await show_case(services, actor, case_id)
    check_takes_bundles(actor)
    ledger = await chained(services.database, Scope.of(actor), case.case_id)
    if ledger is None:
        raise missing("case")
    return await _file_of(services, actor, case_id), ledger


def signer(services: Services) -> BundleKey:
    """The key that signs bundles here."""
    return bundle_key(services.settings)


async def _file_of(services: Services, actor: Actor, case_id: str) -> WholeFile:
    case = await show_case(services, actor, case_id)
    rows = await papers_in_order(services, actor, case_id)
    kept = [Kept(row, await _bytes_of(services, row)) for row in rows]
    leaves = [_leaf(one) for one in kept]
    cover = _cover(services, case, rows)
    try:
        pdf = await press(services.settings).pdf(CaseFile(cover=cover, leaves=tuple(leaves)))
    except PaperError as error:
        raise RequirementMissing(error.zh, error.en, rule="paper.written") from error
    return WholeFile(case, kept, pdf)


async def _bytes_of(services: Services, row: Found) -> bytes:
    stored = await services.vault.open(row.object_key, row.sha256)
    return b"".join([chunk async for chunk in stored.chunks])


def _leaf(kept: Kept) -> Leaf:
    row, standing = kept.row, standing_of(kept.row)
    return Leaf(
        title=paper_label(row.kind).zh,
        number=row.number,
        on=row.dated,
        note="" if standing == "issued" else STANDING[standing].zh,
        pdf=kept.pdf,
    )


def _cover(services: Services, case: CaseDetail, rows: list[Found]) -> Cover:
    closed = day_of(case.closed_at).isoformat() if case.closed_at else "未结"
    said = (
        ("案件名称", case.title),
        ("当事人", case.enterprise.name),
        ("隐患等级", case.grade_label.zh if case.grade_label else ""),
        ("办理状态", case.state_label.zh),
        ("登记日期", day_of(case.opened_at).isoformat()),
        ("办结日期", closed),
        ("承办人", case.handler.name if case.handler else ""),
        ("文书件数", f"{len(rows)}件"),
    )
    return Cover(
        authority=rows[-1].authority if rows else "",
        number=case.number,
        rows=tuple(pair for pair in said if pair[1]),
        on=day_of(services.clock()),
    )
