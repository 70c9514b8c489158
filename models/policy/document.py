"""The policy (政策参数): every duration, cap, rank and number format, as validated, sourced, versioned data.

A case keeps the policy version it started with, so a :class:`Policy` travels in workflow history:
a dump with ``exclude_defaults=True`` is packed (deflated to under 16 KB) and validates back to an equal one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import tomllib
import zlib
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import Any, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    SerializationInfo,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue

from models.actors import Rank
from models.bounds import Limits
from models.clocks import ClockSpec
from models.errors import PolicyError
from models.policy.file import read_policy
from models.policy.ladder import LadderRule
from models.policy.values import Caps, Figure, Numbering, Reminders, Standard

T = TypeVar("T")

_UNPACKED_MAX = 1 << 20
"""Bytes a packed policy may unfold to."""


class Policy(BaseModel):
    """One version of the policy. Build it with :func:`parse_policy`, which holds it against the statutes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(min_length=1)
    effective_from: date
    district: str = Field(min_length=1)
    sources: tuple[str, ...] = ()
    clocks: dict[str, ClockSpec]
    figures: dict[str, Figure]
    """Caps under ``caps.<name>``, and the figures that are not durations under their own keys."""
    approvals: dict[str, Figure]
    """The rank that decides each matter (审批权限), with its source; :attr:`ranks` has the ranks alone."""
    reminders: Reminders
    numbering: Numbering
    standards: tuple[Standard, ...] = ()
    ladder: tuple[LadderRule, ...] = ()
    """What is proposed to whom on which facts (升级阶梯)."""

    def clock(self, key: str) -> ClockSpec:
        """The clock ``key``; raises :class:`PolicyError` when the policy has none."""
        return _found(self.clocks, key, "期限", "clock")

    def figure(self, key: str) -> Figure:
        """The figure ``key``; raises :class:`PolicyError` when the policy has none."""
        return _found(self.figures, key, "数值", "figure")

    def rank(self, decision: str) -> Rank:
        """The rank that decides ``decision``; raises :class:`PolicyError` when the policy names none."""
        return Rank(str(_found(self.approvals, decision, "审批事项", "decision").value))

    @property
    def ranks(self) -> dict[str, Rank]:
        """The rank that decides each matter."""
        return {decision: Rank(str(figure.value)) for decision, figure in self.approvals.items()}

    @cached_property
    def caps(self) -> Caps:
        """The limits as plain numbers."""
        return Caps(
            deadline_default_days=self.clock("general.deadline").n,
            deadline_max_days=self.clock("general.deadline.max").n,
            **{
                key.removeprefix("caps."): int(figure.value)
                for key, figure in self.figures.items()
                if key.startswith("caps.")
            },
        )

    @cached_property
    def limits(self) -> Limits:
        """How far back and ahead anything that is entered may lie."""
        beginning, horizon, skew = (
            self.figure(f"facts.{key}").value for key in ("beginning", "horizon.days", "skew.seconds")
        )
        return Limits(
            beginning=date.fromisoformat(str(beginning)),
            horizon=timedelta(days=int(horizon)),
            skew=timedelta(seconds=int(skew)),
        )

    def standard(self, standard_id: str) -> Standard:
        """The major-hazard standard ``standard_id``; raises :class:`PolicyError` when there is none."""
        return _found({s.id: s for s in self.standards}, standard_id, "判定标准", "standard")

    def digest(self) -> str:
        """SHA-256 (hex) of the canonical JSON: equal for equal policies, whatever file they came from."""
        return self.canonical_digest

    @cached_property
    def packed(self) -> dict[str, Any]:
        """The policy as it travels with a command; packing costs milliseconds, so once."""
        packed = zlib.compress(self._canonical_text().encode(), 9)
        return {"version": self.version, "packed": base64.b64encode(packed).decode()}

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy that computes its own digest and caps anew."""
        copied = super().model_copy(update=update, deep=deep)
        for computed in ("canonical_digest", "caps", "limits", "packed"):
            copied.__dict__.pop(computed, None)
        return copied

    @cached_property
    def canonical_digest(self) -> str:
        """:meth:`digest`, computed once."""
        return hashlib.sha256(self._canonical_text().encode()).hexdigest()

    def _canonical_text(self) -> str:
        content = self.model_dump(mode="json")
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @model_serializer(mode="wrap")
    def _pack(self, plain: Callable[[Any], Any], info: SerializationInfo) -> Any:
        return self.packed if info.exclude_defaults else plain(self)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The plain form, which is what the API shows."""
        return handler({name: part for name, part in core["schema"].items() if name != "serialization"})

    @model_validator(mode="wrap")
    @classmethod
    def _unpack(cls, data: Any, plain: Callable[[Any], Any]) -> Any:
        packed = isinstance(data, dict) and "packed" in data
        return _unpacked(str(data["packed"])) if packed else plain(data)


@lru_cache(maxsize=64)
def _unpacked(packed: str) -> Policy:
    """Every case of a version carries the same text: it is read once, and travels on as it came."""
    try:
        text = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), _UNPACKED_MAX)
        plain = json.loads(text)
        if "packed" in plain:
            raise ValueError("packed twice")
    except (TypeError, ValueError, zlib.error) as wrong:
        raise ValueError(f"a packed policy cannot be read: {wrong}") from wrong
    policy = Policy.model_validate(plain)
    policy.__dict__["packed"] = {"version": policy.version, "packed": packed}
    return policy


def parse_policy(text: str) -> Policy:
    """The policy written in the TOML ``text``.

    Raises one :class:`PolicyError` that lists every problem in Chinese and English (``details["problems"]``);
    its ``article`` names the statutes that a value would loosen, change or drop.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise PolicyError(
            f"政策文件不是有效的 TOML：{wrong}", f"the policy file is not valid TOML: {wrong}"
        ) from wrong
    return build_policy(raw)


def build_policy(raw: Mapping[str, Any]) -> Policy:
    """The policy of the tables ``raw``, in whatever format they were written; raises as :func:`parse_policy`."""
    return Policy.model_validate(read_policy(raw))


def _found(table: dict[str, T], key: str, zh: str, en: str) -> T:
    if (value := table.get(key)) is not None:
        return value
    near = get_close_matches(key, table, n=1)
    hint_zh, hint_en = (f"（是否为 {near[0]}？）", f" (did you mean {near[0]}?)") if near else ("", "")
    raise PolicyError(f"政策参数中没有{zh} {key}{hint_zh}", f"the policy has no {en} {key}{hint_en}", key=key)
