"""Transfers as officers see them."""

from __future__ import annotations

from ledger import transfers
from ledger.readers.people import names_of
from ledger.sessions import Scope
from models.actors import Actor
from models.instants import day_of
from models.tips import check_reads_tips
from models.transfers import TransferState
from services.context import Services
from services.missing import missing
from services.paging import Listing, page_of
from services.transfers.views import TransferQuery, TransferView, transfer_view


async def list_transfers(services: Services, actor: Actor, query: TransferQuery) -> Listing[TransferView]:
    """What was handed to other departments; of what is unanswered the most urgent first (``state=overdue``). Raises
    NotAuthorised."""
    check_reads_tips(actor)
    scope, now = Scope.of(actor), services.clock()
    wanted = transfers.listed(
        scope,
        answered=None if query.state is None else query.state is TransferState.ANSWERED,
        due_before=day_of(now) if query.state is TransferState.OVERDUE else None,
        case_id=query.case,
    )
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("transfers"), wanted, query)
        names = await names_of(session, [one for row in rows for one in (row.sent_by, row.recorded_by)])
    return Listing(items=[transfer_view(row, names, now) for row in rows], next=following)


async def show_transfer(services: Services, actor: Actor, transfer_id: str) -> TransferView:
    """One transfer with its answer. Raises NotFound, NotAuthorised."""
    check_reads_tips(actor)
    async with services.database.read(Scope.of(actor)) as session:
        row = await transfers.find(session, Scope.of(actor), transfer_id)
        if row is None:
            raise missing("transfer")
        names = await names_of(session, [row.sent_by, row.recorded_by])
    return transfer_view(row, names, services.clock())
