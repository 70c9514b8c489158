"""The list of major hazards (重大隐患清单): 一单四制, one line a hazard with its assignment, ledger, sign-off, publicity."""

from __future__ import annotations

from ledger.readers.case_lists import listed
from ledger.readers.measures import listings_of
from ledger.sessions import Scope
from models.actors import Actor
from models.labels import Label
from models.snapshot import Case
from services.cases.reads import filters_of
from services.cases.showing import case_view
from services.cases.views import ReportView
from services.context import Services
from services.labels import label, measure_state_label
from services.overview.lists import check_oversees
from services.paging import Listing, page_of
from services.reports.views import MajorQuery, MajorRow

_PLANS = {
    "filed": ("已报送，待审核", "filed, under review"),
    "accepted": ("审核通过", "accepted"),
    "returned": ("退回修改", "returned"),
}
_SORTS = {"next_due_at": "due", "opened_at": "opened", "number": "number", "risk": "risk"}


async def list_major(services: Services, actor: Actor, query: MajorQuery) -> Listing[MajorRow]:
    """The list of major hazards (重大隐患清单, 一单四制) the asker sees, with the filters of ``GET /cases``. Raises
    NotAuthorised."""
    check_oversees(actor)
    scope, now = Scope.of(actor), services.clock()
    way = "-" if query.sort.startswith("-") else ""
    sort = way + _SORTS[query.sort.removeprefix("-")]
    wanted = listed(scope, filters_of(query, actor, now), now=now, sort=sort, whole=True)
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("major"), wanted, query)
        listings = await listings_of(session, scope, [row.case_id for row in rows])
    found = []
    for row in rows:
        case, listing = Case.model_validate(row.doc), listings.get(row.case_id)
        served = case.order.served if case.order else None
        found.append(
            MajorRow(
                **dict(case_view(row, actor.role, now)),
                order_served_at=served.at if served else None,
                plan=case.plan.status if case.plan else None,
                plan_label=_plan(case),
                report=ReportView(**vars(case.report)) if case.major else None,
                listed_at=listing.in_force_at if listing else None,
                listed_label=measure_state_label(listing.state) if listing else None,
            )
        )
    return Listing(items=found, next=following)


def _plan(case: Case) -> Label | None:
    return label(_PLANS[case.plan.status]) if case.plan else None
