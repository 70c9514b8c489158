"""Requests to addresses that people gave: only where they may go, never where an answer sends them."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit, urlunsplit

import httpx2

from models.deliveries import Answer, Result, Trouble

_GONE = 410
_BUSY = frozenset({429, 502, 503, 504})


@cache
def _trust() -> ssl.SSLContext:
    """Whose certificates are believed; making it costs a tenth of a second."""
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Outward:
    """How requests go out; ``private`` lets them go inside and without TLS."""

    patience: float
    private: bool

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """One POST to the host that ``url`` names now, at one address that was looked at."""
        parts = urlsplit(url)
        if parts.scheme != "https" and not self.private:
            return Answer(Result.NEVER, Trouble.PRIVATE, "http")
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        try:
            async with asyncio.timeout(self.patience):
                address = await _looked_up(host, port, self.private)
        except (OSError, TimeoutError, UnicodeError) as error:
            return Answer(Result.NOT_YET, Trouble.UNREACHABLE, type(error).__name__)
        if address is None:
            return Answer(Result.NOT_YET, Trouble.PRIVATE)
        at = f"[{address}]" if ":" in address else address
        target = urlunsplit((parts.scheme, f"{at}:{port}", parts.path or "/", parts.query, ""))
        return await self._send(target, host, {**headers, "Host": parts.netloc}, body)

    async def _send(self, target: str, host: str, headers: dict[str, str], body: bytes) -> Answer:
        try:
            async with (
                asyncio.timeout(self.patience),
                httpx2.AsyncClient(timeout=self.patience, trust_env=False, follow_redirects=False) as client,
                client.stream(
                    "POST",
                    target,
                    content=body,
                    headers=headers,
                    extensions={"sni_hostname": host},
                ) as response,
            ):
                return answer_of(response.status_code)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            bad = "certificate" in str(error).lower()
            return Answer(
                Result.NOT_YET, Trouble.UNTRUSTED if bad else Trouble.UNREACHABLE, type(error).__name__
            )
        except (httpx2.TimeoutException, TimeoutError) as error:
            return Answer(Result.UNSURE, Trouble.HUNG, type(error).__name__)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            return Answer(Result.UNSURE, Trouble.UNREACHABLE, type(error).__name__)


def answer_of(status: int) -> Answer:
    """What a status says of the message: that it was taken, or that it never will be. After any other the receiver may have
    kept its id all the same."""
    said = str(status)
    if 200 <= status < 300:
        return Answer(Result.SENT)
    if status == _GONE:
        return Answer(Result.NEVER, Trouble.NOBODY, said)
    if 300 <= status < 400:
        return Answer(Result.UNSURE, Trouble.REDIRECTED, said)
    return Answer(Result.UNSURE, Trouble.BUSY if status in _BUSY else Trouble.REFUSED, said)


async def _looked_up(host: str, port: int, private: bool) -> str | None:
    """An address of ``host``; None when one of them is inside and that is not allowed. The request then goes to this very
    address: a name that answers otherwise a moment later gets nobody inside."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(one[4][0]) for one in found]
    if not addresses:
        raise OSError("no address")
    return addresses[0] if private or all(is_outside(one) for one in addresses) else None


def is_outside(address: str) -> bool:
    """Whether an IP address is one of the public network."""
    one = ip_address(address.partition("%")[0])
    if isinstance(one, IPv6Address) and (inner := one.ipv4_mapped or one.sixtofour):
        one = inner
    return one.is_global and not one.is_multicast and not one.is_reserved
