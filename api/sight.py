"""What of a case's clocks and entries an asker may know: before it is served, a measure is the bureau's own affair.

The database hides the entries and rows themselves; what is left to hide stands inside snapshots and entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from models.actors import Role
from models.caseclocks import ClockRun
from models.caselives import base_key, is_threshold, life_of, of_case
from models.explain_measures import OUTSIDE
from models.measures.kinds import MeasureKind
from models.snapshot import Case

NAMING_CLOCKS = ("clocks_missed", "reminded", "digested", "clocks_rederived")
"""Entries that are about nothing but the clocks they name in ``keys`` or ``moved``."""
_NAMES = ("keys", "moved")


class _Entry(Protocol):
    @property
    def event(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Sight:
    """What one asker may know of one case.

    ``kinds`` are the measures and proposals by the prefix of their clocks (``m1``, ``p1``); ``known`` the prefixes
    of those an outsider has been told of.
    """

    role: Role
    kinds: Mapping[str, MeasureKind]
    known: frozenset[str] = frozenset()

    @property
    def outside(self) -> bool:
        """Whether the asker is no official: an enterprise, or an assessor."""
        return self.role in OUTSIDE

    def shows(self, key: str) -> bool:
        """Whether the asker may know of the clock ``key``."""
        if not self.outside or of_case(key):
            return True
        prefix = key.partition("/")[0]
        return prefix in self.known and not is_threshold(key) and life_of(key).owner is Role.ENTERPRISE

    def tells(self, entry: _Entry) -> bool:
        """Whether the asker may know of an entry that is about clocks."""
        if not self.outside or entry.event not in NAMING_CLOCKS:
            return True
        return any(self.shows(key) for name in _NAMES for key in entry.data.get(name) or ())

    def facts(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data of an entry without the names of clocks the asker may not know of."""
        if not self.outside:
            return dict(data)
        return {
            name: [key for key in value if self.shows(key)] if name in _NAMES else value
            for name, value in data.items()
        }


def sight_of(
    role: Role, measures: Iterable[Mapping[str, Any]] | None, proposals: Iterable[Mapping[str, Any]] | None
) -> Sight:
    """The sight of ``role`` on a case with these measures and proposals, as its snapshot has them.

    An assessor is told of no measure at all.
    """
    found = list(measures or ())
    kinds = {f"m{one['no']}": MeasureKind(one["kind"]) for one in found}
    kinds |= {f"p{one['no']}": MeasureKind(one["kind"]) for one in proposals or ()}
    told = role is not Role.ASSESSOR
    return Sight(role, kinds, frozenset(f"m{one['no']}" for one in found if told and one.get("known")))


def sight_on(case: Case, role: Role) -> Sight:
    """The sight of ``role`` on ``case``."""
    return sight_of(
        role,
        [{"no": one.no, "kind": one.kind, "known": one.known} for one in case.measures],
        [{"no": one.no, "kind": one.kind} for one in case.proposals],
    )


def clocks_seen(clocks: Iterable[ClockRun], sight: Sight) -> list[ClockRun]:
    """Those of ``clocks`` the asker may know of."""
    return [clock for clock in clocks if sight.shows(clock.key)]


__all__ = ["Sight", "base_key", "clocks_seen", "sight_of", "sight_on"]
