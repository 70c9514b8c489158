"""People, as far as somebody must name them: who is in office in the district."""

from __future__ import annotations

from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import responses
from services.paging import Listing
from services.people import reads
from services.people.views import Official

router = part("people")


@router.get("/officials", responses=responses())
async def list_officials(actor: ActorDep, services: ServicesDep) -> Listing[Official]:
    """The officials in office of my district, by rank and name; nobody for whoever stands outside its authorities."""
    return Listing(items=await reads.list_officials(services, actor), next=None)
