"""The payload converter: pydantic's, which reads nothing twice that this process has just read or written."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter, PydanticPayloadConverter
from temporalio.converter import CompositePayloadConverter

from models.batch import Projection
from models.envelope import Signed

SHARED = (Signed, Projection)
"""What is remembered: it never changes, so whoever asks for it again may have the same one."""
CAPACITY = 64
"""How much of it: more than a worker has commands under way (six tasks, thirty-two local activities)."""


class RememberingConverter(PydanticJSONPlainPayloadConverter):
    """The SDK reads the argument of an update for its validator and again for its handler, and a batch goes from a run to
    a local activity of the same process as text. The same text of the same type is the same message."""

    def __init__(self) -> None:
        super().__init__()
        self._known: OrderedDict[tuple[type, bytes], Any] = OrderedDict()

    def to_payload(self, value: Any) -> Payload | None:
        payload = super().to_payload(value)
        if payload is not None and isinstance(value, SHARED):
            self._remember((type(value), payload.data), value)
        return payload

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        if not isinstance(type_hint, type) or not issubclass(type_hint, SHARED):
            return super().from_payload(payload, type_hint)
        key = (type_hint, payload.data)
        if (known := self._known.get(key)) is None:
            known = super().from_payload(payload, type_hint)
            self._remember(key, known)
        return known

    def _remember(self, key: tuple[type, bytes], value: Any) -> None:
        """Workflow threads and activities ask at once; each step here is one of the interpreter's."""
        self._known[key] = value
        if len(self._known) > CAPACITY:
            with suppress(KeyError):
                self._known.popitem(last=False)


_REMEMBERING = RememberingConverter()
_CONVERTERS = tuple(
    _REMEMBERING if isinstance(one, PydanticJSONPlainPayloadConverter) else one
    for one in PydanticPayloadConverter().converters.values()
)


class Converter(CompositePayloadConverter):
    """The pydantic converter. The SDK makes one for every activation, and each would learn all types anew."""

    def __init__(self) -> None:
        super().__init__(*_CONVERTERS)
