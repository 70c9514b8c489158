"""Logs (日志): structured, Chinese kept readable, and no personal data in them.

Ids and hashes belong in a log; names, phone numbers, identity numbers and secrets do not. The processor here is
the second lock: it masks what slipped through, in our own entries and in those of libraries.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import structlog
from structlog.typing import Processor

from runtime.settings import Settings

MASK = "***"

SECRET_WORDS = (
    *("password", "passwd", "secret", "token", "authorization", "cookie", "api_key", "private_key", "otp"),
    *("phone", "mobile", "id_number", "id_card", "identity_card", "email", "address"),
    *("full_name", "person_name", "contact_name", "display_name", "reporter"),
)
"""A key that contains one of these never shows its value."""

_PATTERNS = (
    re.compile(r"(?<![\w-])\d{17}[\dXx](?![\w-])"),  # 居民身份证号
    re.compile(r"(?<![\w-])(?:\+?86[- ]?)?1[3-9]\d{9}(?![\w-])"),  # 手机号
    re.compile(r"(?<=://)[^/@\s]+(?=@)"),  # user:password of a URL
    re.compile(r"(?i)(?<=bearer )[\w.~+/=-]+"),
)
_OPEN_KEYS = frozenset({"event", "level", "logger", "timestamp", "temporal_address"})


def mask(text: str) -> str:
    """``text`` with identity numbers, mobile numbers, URL passwords and bearer tokens masked."""
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    return text


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {key: _clean_entry(str(key), inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_clean(inner) for inner in value]
    return value


def _clean_entry(key: str, value: Any) -> Any:
    if key not in _OPEN_KEYS and any(word in key.lower() for word in SECRET_WORDS):
        return MASK
    return _clean(value)


def without_personal_data(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: masks personal data and secrets by key and by pattern."""
    return {key: value if key.startswith("_") else _clean_entry(key, value) for key, value in entry.items()}


def configure_logging(settings: Settings) -> None:
    """Send every log entry of this process, ours and the libraries', to standard error in one format.

    JSON one per line, or readable lines on a terminal (``XIAOHAO_LOG_FORMAT``); times in UTC.
    """
    readable = settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        structlog.processors.UnicodeDecoder(),
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            without_personal_data,
            renderer,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    for name in ("httpx2", "httpcore2", "transitions"):
        logging.getLogger(name).setLevel(logging.WARNING)  # a line a request or a move says nothing one wants
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
