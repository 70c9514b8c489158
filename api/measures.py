"""Measures (措施): of one case with their steps and documents, and over everything the asker sees."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import responses
from services.measures import reads
from services.measures.views import InstrumentList, MeasureDetail, MeasureList, MeasureQuery, MeasureRow
from services.paging import Listing

router = part("measures")


@router.get("/measures", responses=responses())
async def list_measures(
    query: Annotated[MeasureQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[MeasureRow]:
    """The measures I may know of, newest first."""
    return await reads.list_measures(services, actor, query)


@router.get("/cases/{case_id}/measures", responses=responses())
async def list_measures_of_case(case_id: str, actor: ActorDep, services: ServicesDep) -> MeasureList:
    """The measures of a case with their steps: taken, possible for me now, or refused with the reasons."""
    return await reads.list_measures_of_case(services, actor, case_id)


@router.get("/cases/{case_id}/measures/{measure_id}", responses=responses())
async def show_measure(
    case_id: str, measure_id: str, actor: ActorDep, services: ServicesDep
) -> MeasureDetail:
    """One measure: steps, clocks, entries of the ledger with their words, documents."""
    return await reads.show_measure(services, actor, case_id, measure_id)


@router.get("/cases/{case_id}/instruments", responses=responses())
async def list_instruments(case_id: str, actor: ActorDep, services: ServicesDep) -> InstrumentList:
    """The documents (文书) of a case with their numbers, in order of issue."""
    return await reads.list_instruments(services, actor, case_id)
