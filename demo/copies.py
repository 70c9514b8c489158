"""A case the projector wrote, told again under other names: the very rows it left, with everything that hangs on a name
computed anew.

A row of the ledger is text in which names stand: ids, digests over them, signatures over those, the hashes of the chain.
A copy gives the names new values in the order in which one is computed from the other; how each came about is tried on the
original first, so that a rule that changed is met here and not in a proof.
"""

from __future__ import annotations

import hmac
import json
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from ledger.chain import GENESIS, content, dumps
from ledger.numbers import PER_YEAR
from ledger.rows import clocks_of, measures_of, task_rows
from ledger.whole import Rows, Whole
from models.batch import Batch
from models.envelope import Envelope, canonical
from models.notices import NAMESPACE
from models.searching import searched

Derived = tuple[str, str, Callable[[str], str]]
"""A name, the text it is computed from, and how."""

_NUMBERED = (("lead_no", "lead_key"), ("number", "number_key"))
_KINDS = {"cases": "case", "inspections": "inspection", "orders": "order"}
_MARK = "\0"
_QUOTED = re.compile(r'"(key of [^"]*)"')
"""The key of a number is a number."""


class Text:
    """Text with the places where names stand in it."""

    def __init__(self, said: str, names: Sequence[str]) -> None:
        """``names`` are looked for in their order: one that holds another comes before it."""
        for no, name in enumerate(names):
            said = said.replace(name, f"{_MARK}{no}{_MARK}")
        self._parts = said.split(_MARK)
        self._names = [names[int(no)] for no in self._parts[1::2]]

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with the value of each name."""
        parts = self._parts.copy()
        parts[1::2] = [values[name] for name in self._names]
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number will stand: each case has its own."""

    mark: str
    kind: str
    year: int

    def shown(self, number: str, key: str) -> dict[str, str]:
        """The number, as it is searched for, and its key: what is written at the place for each."""
        forms = (("", number), ("?", searched(number)), ("#", key))
        return {f"{self.mark}{form}": said for form, said in forms}

    def marked(self, number: str) -> dict[str, str]:
        """The place instead of a number."""
        marks = self.shown(number, _key(number))
        return {said: f"{_MARK}{mark}{_MARK}" for mark, said in marks.items()}


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy, but for its numbers."""

    places: Sequence[Place]
    rows: Mapping[str, str]
    """Table → its rows as JSON."""
    said: Mapping[str, str]
    """Who said it → rows of words as JSON."""


class Original:
    """A case as the projector left it; it can be told again."""

    def __init__(
        self, batch: Batch, envelopes: Sequence[Envelope], whole: Whole, given: Sequence[str], key: bytes
    ) -> None:
        """``given`` are the names every copy gets from outside: ids and the name of the enterprise.

        RuntimeError when a name is not what this module computes it from."""
        self._numbers = _numbers(whole.rows)
        derived = [*_derived(batch, envelopes, whole.rows, key)]
        shown = [said for number in self._numbers for said in Place("", "", 0).marked(number)]
        every = {*(name for name, _, _ in derived), *given, *map(searched, given), *shown}
        names = sorted(every, key=len, reverse=True)
        self._derived = [(name, Text(said, names), how) for name, said, how in derived]
        for name, said, how in self._derived:
            if how(said.filled({one: one for one in names})) != name:
                raise RuntimeError(f"{name} is not what it is computed from")
        self._rows = {table: Text(_json(rows), names) for table, rows in whole.rows.items()}
        self._said = {person: Text(_json(rows), names) for person, rows in whole.said.items()}

    def copy(self, name: str, given: Mapping[str, str]) -> Copy:
        """Told again: every given name has another value; ``name`` marks the places of its numbers."""
        values = {**given, **{searched(old): searched(new) for old, new in given.items()}}
        places = []
        for no, (number, (kind, year)) in enumerate(self._numbers.items()):
            places.append(Place(f"{name}/{no}", kind, year))
            values |= places[-1].marked(number)
        for old, said, how in self._derived:
            values[old] = how(said.filled(values))
        parts = (self._rows, self._said)
        return Copy(places, *({of: said.filled(values) for of, said in part.items()} for part in parts))


def together(said: Iterable[str], shown: Mapping[str, str] | None = None) -> str:
    """One list of the rows of many copies, with what stands at each place of a number."""
    parts = ",".join(said).split(_MARK)
    parts[1::2] = [(shown or {})[place] for place in parts[1::2]]
    return f"[{''.join(parts)}]"


def _key(number: str) -> str:
    return f"key of {number}"


def _json(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as JSON, without the brackets of the list; the key of a number is named after it."""
    named = [{**row, **_keys(row)} for row in rows]
    said = json.dumps(named, ensure_ascii=False, separators=(",", ":"))[1:-1]
    return _QUOTED.sub(r"\1", said)


def _keys(row: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of numbers a row holds, its own and those a visit took for its cases."""
    taken = {
        case_id: [number, _key(number)] for case_id, (number, _) in (row.get("case_numbers") or {}).items()
    }
    own = {key: _key(row[number]) for number, key in _NUMBERED if row.get(key)}
    return own | ({"case_numbers": taken} if taken else {})


def _numbers(rows: Rows) -> dict[str, tuple[str, int]]:
    """The numbers its rows bear → kind and year, in the order in which they are taken."""
    return {
        row[number]: (_KINDS.get(table) or row["kind"], row[key] // PER_YEAR)
        for table in (*_KINDS, "instruments")
        for row in rows.get(table, ())
        for number, key in _NUMBERED
        if row.get(key)
    }


def _derived(batch: Batch, envelopes: Sequence[Envelope], rows: Rows, key: bytes) -> Iterable[Derived]:
    """Every name that is computed, each after those it is computed from."""
    for one in envelopes:
        said = one.statement()
        yield said["request"], one.request_bytes().decode(), _hashed
        yield said["sealed"], one.signed_bytes().decode(), _hashed
        yield one.signature, canonical(said).decode(), partial(_signed, key)
    for row in rows.get("inspections", ()):
        record = dict(row["data"])
        yield row["digest"], dumps([row["command_id"], record, record.pop("openings")]), _hashed
    prev, (case,) = GENESIS, rows["cases"]
    for entry, row in zip(batch.entries, rows["case_events"], strict=True):
        yield row["hash"], prev + content(entry), _hashed
        prev = row["hash"]
    for notice in batch.notices:
        about = f"{batch.case_id}/{notice.seq}/{notice.audience_role}"
        yield notice.notice_id, about, partial(fresh, NAMESPACE)
    tasks = sorted(task_rows(batch), key=lambda task: str(task["key"]))
    kept = {"tasks": tasks, "clocks": clocks_of(batch.doc), "measures": measures_of(batch.doc)}
    for what, shown in kept.items():
        if case[f"{what}_digest"]:
            yield case[f"{what}_digest"], dumps(shown), _hashed


def _hashed(said: str) -> str:
    return sha256(said.encode()).hexdigest()


def _signed(key: bytes, said: str) -> str:
    return hmac.new(key, said.encode(), sha256).hexdigest()


def fresh(namespace: uuid.UUID, name: str) -> str:
    """An id made of a name."""
    return str(uuid.uuid5(namespace, name))
