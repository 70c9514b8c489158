"""Commands under way in one run of a case, and the commands answered lately."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from temporalio.exceptions import ApplicationError

from models.batch import LedgerEntry
from models.doc import Case
from models.envelope import SIGNATURE_WINDOW, Envelope
from models.errors import other_request
from models.events import event_of, evolve, fold
from models.inspection import Reply


@dataclass(slots=True)
class Ticket:
    """A command between its application and its entry in the ledger."""

    envelope: Envelope
    reply: Reply | None = None
    refusal: ApplicationError | None = None

    @property
    def undecided(self) -> bool:
        """Whether it waits to be applied."""
        return self.reply is None and self.refusal is None

    def settled(self, projected: int) -> bool:
        """Whether the caller can be answered."""
        return self.refusal is not None or (self.reply is not None and self.reply.seq <= projected)


class Answers:
    """Replies by command id, kept as long as a signature may still be used: idempotency across runs."""

    def __init__(self, replies: Iterable[Reply], at: datetime) -> None:
        self._kept: dict[str, tuple[datetime, Reply]] = {reply.command_id: (at, reply) for reply in replies}

    def __iter__(self) -> Iterator[Reply]:
        return iter([reply for _, reply in self._kept.values()])

    def keep(self, reply: Reply, at: datetime) -> None:
        """Remember ``reply``, forget what is too old to come again."""
        self._kept = {key: kept for key, kept in self._kept.items() if kept[0] > at - 2 * SIGNATURE_WINDOW}
        self._kept[reply.command_id] = (at, reply)

    def forget(self, command_id: str) -> None:
        """Forget a reply that never reached the ledger."""
        self._kept.pop(command_id, None)

    def of(self, envelope: Envelope) -> Reply | None:
        """The reply this command got before; raises when its key came with another request."""
        known = self._kept.get(envelope.command_id)
        if known is None:
            return None
        if known[1].request != envelope.digest():
            raise other_request()
        return known[1]


def adopted(case: Case | None, stored: Sequence[LedgerEntry]) -> tuple[Case, list[Reply]]:
    """``case`` with what the ledger holds beyond it, and the replies of the commands among these entries."""
    replies: list[Reply] = []
    fresh = [entry for entry in stored if case is None or entry.seq > case.seq]
    if case is None:
        case, fresh = fold(fresh[:1]), fresh[1:]
    states = {case.seq: case.state.value}
    for entry in fresh:
        case = evolve(case, event_of(entry), entry.at)
        states[case.seq] = case.state.value
    for index, entry in enumerate(stored):
        if entry.command_id is None:
            continue
        group = [entry]
        for later in stored[index + 1 :]:
            if later.command_id is not None or later.actor_id != entry.actor_id:
                break
            group.append(later)
        replies.append(
            Reply(
                case_id=entry.case_id,
                command_id=entry.command_id,
                seq=group[-1].seq,
                state=states.get(group[-1].seq, case.state.value),
                events=tuple(one.event for one in group),
                request=str(entry.data.get("request", "")),
            )
        )
    return case, replies
