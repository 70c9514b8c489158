"""What administrators and auditors look through: people, delegations, the audit log, the ledger."""

from __future__ import annotations

from starlette.responses import Response

from console.page import PageDep, query_of
from console.parts import part
from models.actors import ROLE_LABELS
from models.register import NO_ACCOUNTS
from services.delegations import reads as delegations
from services.delegations.views import DelegationQuery
from services.oversight import reads
from services.oversight.views import AuditQuery, CheckQuery, PeopleQuery
from services.oversight.wording import ACTIONS, DETAILS, OUTCOMES, values_of

router = part()


@router.get("/admin/people")
async def list_people(page: PageDep) -> Response:
    """人员: accounts with office, certificate, and whether they are in use."""
    query = query_of(PeopleQuery, page.request)
    found = await reads.list_people(page.services, page.actor, query)
    return await page.listing(
        "admin_people.html",
        "people",
        found,
        query,
        roles=[(role.value, pair) for role, pair in ROLE_LABELS.items() if role not in NO_ACCOUNTS],
    )


@router.get("/admin/delegations")
async def list_delegations(page: PageDep) -> Response:
    """委托代理: everybody's in the district."""
    query = query_of(DelegationQuery, page.request, whose="all")
    found = await delegations.list_delegations(page.services, page.actor, query)
    return await page.listing("admin_delegations.html", "delegations", found, query)


@router.get("/admin/audit")
async def list_audit(page: PageDep) -> Response:
    """审计日志: sign-ins, refusals, reads of protected data, newest first."""
    query = query_of(AuditQuery, page.request)
    found = await reads.list_audit(page.services, page.actor, query)
    return await page.listing(
        "admin_audit.html",
        "lines",
        found,
        query,
        actions=list(ACTIONS.items()),
        details=DETAILS,
        values=values_of,
        outcomes=[(one.value, pair) for one, pair in OUTCOMES.items()],
    )


@router.get("/admin/ledger")
async def check_ledger(page: PageDep) -> Response:
    """台账核验: the ledgers of the cases written last, checked now."""
    query = query_of(CheckQuery, page.request)
    return await page.show(
        "admin_ledger.html",
        check=await reads.check_ledger(page.services, page.actor, query),
        choices=(50, 100, 200),
        asked=query.cases,
    )
