"""Commands under way in one run, and the commands answered lately."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from temporalio.exceptions import ApplicationError

from models.batch import Entry
from models.envelope import SIGNATURE_WINDOW, CommandEnvelope, CommandReply
from models.errors import other_request

E = TypeVar("E", bound=CommandEnvelope)
R = TypeVar("R", bound=CommandReply)


@dataclass(slots=True)
class Ticket(Generic[E, R]):
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


class Answers(Generic[R]):
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

    def of(self, envelope: CommandEnvelope) -> R | None:
        """The reply this command got before; raises when its key came with another request."""
        known = self._kept.get(envelope.command_id)
        if known is None:
            return None
        if known[1].request != envelope.digest():
            raise other_request()
        return known[1]


def commands_in(stored: Sequence[Entry]) -> Iterator[list[Entry]]:
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
