"""Commands under way in one run, and the commands answered lately."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from temporalio.exceptions import ApplicationError

from models.batch import LedgerEntry
from models.enterprise.batch import EnterpriseEntry
from models.enterprise.envelope import EnterpriseEnvelope, EnterpriseReply
from models.enterprise.events import fold as fold_enterprise
from models.enterprise.events import folded
from models.enterprise.snapshot import Enterprise
from models.envelope import SIGNATURE_WINDOW, Envelope
from models.errors import other_request
from models.events import event_of, evolve, fold
from models.inspection import Reply
from models.snapshot import Case


class Asked(Protocol):
    """A command as it came."""

    @property
    def command_id(self) -> str: ...
    def digest(self) -> str: ...


class Answered(Protocol):
    """Its answer."""

    @property
    def command_id(self) -> str: ...
    @property
    def seq(self) -> int: ...
    @property
    def request(self) -> str: ...


class Entry(Protocol):
    """A line of a ledger, a case's or an enterprise's."""

    @property
    def command_id(self) -> str | None: ...
    @property
    def actor_id(self) -> str | None: ...


E = TypeVar("E", bound=Asked)
R = TypeVar("R", bound=Answered)
L = TypeVar("L", bound=Entry)


@dataclass(slots=True)
class UnderWay(Generic[E, R]):
    """A command between its application and its entry in the ledger."""

    envelope: E
    reply: R | None = None
    refusal: ApplicationError | None = None

    @property
    def undecided(self) -> bool:
        """Whether it waits to be applied."""
        return self.reply is None and self.refusal is None

    def settled(self, projected: int) -> bool:
        """Whether the caller can be answered."""
        return self.refusal is not None or (self.reply is not None and self.reply.seq <= projected)


class Lately(Generic[E, R]):
    """Replies by command id, kept as long as a signature may still be used: idempotency across runs."""

    def __init__(self, replies: Iterable[R], at: datetime) -> None:
        self._kept: dict[str, tuple[datetime, R]] = {reply.command_id: (at, reply) for reply in replies}

    def __iter__(self) -> Iterator[R]:
        return iter([reply for _, reply in self._kept.values()])

    def keep(self, reply: R, at: datetime) -> None:
        """Remember ``reply``, forget what is too old to come again."""
        self._kept = {key: kept for key, kept in self._kept.items() if kept[0] > at - 2 * SIGNATURE_WINDOW}
        self._kept[reply.command_id] = (at, reply)

    def forget(self, command_id: str) -> None:
        """Forget a reply that never reached the ledger."""
        self._kept.pop(command_id, None)

    def of(self, envelope: E) -> R | None:
        """The reply this command got before; raises when its key came with another request."""
        known = self._kept.get(envelope.command_id)
        if known is None:
            return None
        if known[1].request != envelope.digest():
            raise other_request()
        return known[1]


class Ticket(UnderWay[Envelope, Reply]):
    """A command to a case."""

    __slots__ = ()


class Answers(Lately[Envelope, Reply]):
    """The answers of a case."""


class EnterpriseTicket(UnderWay[EnterpriseEnvelope, EnterpriseReply]):
    """A command to an enterprise."""

    __slots__ = ()


class EnterpriseAnswers(Lately[EnterpriseEnvelope, EnterpriseReply]):
    """The answers of an enterprise."""


def commands_in(stored: Sequence[L]) -> Iterator[list[L]]:
    """The entries of each command among ``stored``, its first entry first."""
    for index, entry in enumerate(stored):
        if entry.command_id is None:
            continue
        group = [entry]
        for later in stored[index + 1 :]:
            if later.command_id is not None or later.actor_id != entry.actor_id:
                break
            group.append(later)
        yield group


def adopted(case: Case | None, stored: Sequence[LedgerEntry]) -> tuple[Case, list[Reply]]:
    """``case`` with what the ledger holds beyond it, and the replies of the commands among these entries."""
    fresh = [entry for entry in stored if case is None or entry.seq > case.seq]
    if case is None:
        case, fresh = fold(fresh[:1]), fresh[1:]
    states = {case.seq: case.state.value}
    for entry in fresh:
        case = evolve(case, event_of(entry), entry.at)
        states[case.seq] = case.state.value
    replies = [
        Reply(
            case_id=group[0].case_id,
            command_id=str(group[0].command_id),
            seq=group[-1].seq,
            state=states.get(group[-1].seq, case.state.value),
            events=tuple(one.event for one in group),
            request=str(group[0].data.get("request", "")),
        )
        for group in commands_in(stored)
    ]
    return case, replies


def adopted_enterprise(
    entity: Enterprise | None, stored: Sequence[EnterpriseEntry]
) -> tuple[Enterprise, list[EnterpriseReply]]:
    """``entity`` with what its ledger holds beyond it, and the replies of the commands among these entries."""
    fresh = [entry for entry in stored if entity is None or entry.seq > entity.seq]
    if entity is None:
        entity, fresh = fold_enterprise(fresh[:1]), fresh[1:]
    statuses = {entity.seq: entity.status.value}
    for entry in fresh:
        entity = folded(entity, [entry])
        statuses[entity.seq] = entity.status.value
    replies = [
        EnterpriseReply(
            enterprise_id=group[0].enterprise_id,
            command_id=str(group[0].command_id),
            seq=group[-1].seq,
            status=statuses.get(group[-1].seq, entity.status.value),
            events=tuple(one.event for one in group),
            request=str(group[0].data.get("request", "")),
        )
        for group in commands_in(stored)
    ]
    return entity, replies
