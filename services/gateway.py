"""The gateway: the only service that talks to Temporal. It signs, bounds what is in flight, and sends."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Protocol

from models.case import HazardCase
from models.enterprise.envelope import EnterpriseEnvelope, EnterpriseReply
from models.envelope import Envelope, Reply, sign, signature_of
from models.errors import TooManyRequests
from models.inspection import InspectionEnvelope, InspectionReply
from models.visits import check_openings
from workflows.doors import Doors

MOST_ON_ONE = 8
"""Commands under way at once to one case or enterprise. Temporal takes ten updates of a workflow at a time; one more
and it lets go of all that wait there, to be sent anew."""


class Gateway(Protocol):
    """The one way to the workflows; every call returns once the ledger has it, or raises the refusal."""

    async def open(self, envelope: Envelope) -> Reply:
        """Open a case."""

    async def command(self, envelope: Envelope) -> Reply:
        """Give a command to its case."""

    async def command_enterprise(self, envelope: EnterpriseEnvelope) -> EnterpriseReply:
        """Give a command to an enterprise."""

    async def inspect(self, inspection: InspectionEnvelope) -> InspectionReply:
        """Record an inspection with its cases and its order."""

    async def ready(self) -> bool:
        """Whether Temporal answers."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class TemporalGateway:
    """Commands on their way to their cases. Beyond ``limit`` in flight, or :data:`MOST_ON_ONE` to the same case, the
    answer is 429, never a queue."""

    def __init__(
        self,
        doors: Doors,
        signing_key: bytes,
        *,
        limit: int,
        retry_after: int = 1,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._doors = doors
        self._key = signing_key
        self._limit = limit
        self._retry_after = retry_after
        self._clock = clock
        self._in_flight: Counter[str] = Counter()

    async def open(self, envelope: Envelope) -> Reply:
        """Open a case; a refusal is found here already, so that no empty workflow is started for it."""
        HazardCase.open(envelope, self._clock())
        async with self._slot(envelope.case_id):
            return await self._doors.open(self._signed(envelope))

    async def command(self, envelope: Envelope) -> Reply:
        """Give a command to its case."""
        async with self._slot(envelope.case_id):
            return await self._doors.command(self._signed(envelope))

    async def command_enterprise(self, envelope: EnterpriseEnvelope) -> EnterpriseReply:
        """Give a command to an enterprise."""
        signed = sign(envelope.model_copy(update={"issued_at": self._clock()}), self._key)
        async with self._slot(envelope.enterprise_id):
            return await self._doors.command_enterprise(signed)

    async def inspect(self, inspection: InspectionEnvelope) -> InspectionReply:
        """Record an inspection; each opening is signed for its own case, and all of them together."""
        now = self._clock()
        check_openings(inspection, now)
        openings = tuple(self._signed(opening) for opening in inspection.openings)
        unsigned = inspection.model_copy(update={"openings": openings, "issued_at": now})
        signed = unsigned.model_copy(update={"signature": signature_of(unsigned, self._key)})
        async with self._slot(inspection.inspection_id):
            return await self._doors.inspect(signed)

    async def ready(self) -> bool:
        """Whether Temporal answers."""
        return await self._doors.ready()

    def _signed(self, envelope: Envelope) -> Envelope:
        return sign(envelope.model_copy(update={"issued_at": self._clock()}), self._key)

    @asynccontextmanager
    async def _slot(self, subject: str) -> AsyncIterator[None]:
        if self._in_flight.total() >= self._limit or self._in_flight[subject] >= MOST_ON_ONE:
            raise TooManyRequests(
                "系统繁忙，请稍后重试",
                "too many commands in flight",
                rule="in_flight",
                remedy_zh="稍后原样重试",
                remedy_en="send the very same again shortly",
                retry_after=self._retry_after,
            )
        self._in_flight[subject] += 1
        try:
            yield
        finally:
            self._in_flight[subject] -= 1
            self._in_flight += Counter()  # forget whom nothing is on its way to
