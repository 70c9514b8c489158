"""Keys: from the environment, or made once below home (``keys/``, mode 0600).

Processes on several machines must share them: set ``XIAOHAO_COMMAND_KEYS`` and ``XIAOHAO_SECRET_KEY`` there.
"""

import base64
import binascii
import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from runtime.home import CannotStart, home_of
from runtime.settings import Settings

_KEY_BYTES = 32


@dataclass(frozen=True)
class CommandKeys:
    """Keys that sign commands (指令签名): ``current`` names the one that signs, every one verifies."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)

    @property
    def signing_key(self) -> bytes:
        """The key new commands are signed with."""
        return self.keys[self.current]


@dataclass(frozen=True)
class BundleKey:
    """The key that signs case bundles (案卷数据包): whoever has the public half can check, and cannot sign."""

    private: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> bytes:
        """The 32 bytes that are told to everybody."""
        return self.private.public_key().public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        """What people compare: SHA-256 of the public key, in hex."""
        return hashlib.sha256(self.public).hexdigest()

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature (64 bytes) over ``message``."""
        return self.private.sign(message)


def bundle_key(settings: Settings) -> BundleKey:
    """The key of this installation for bundles; it changes with ``XIAOHAO_SECRET_KEY`` alone."""
    return BundleKey(Ed25519PrivateKey.from_private_bytes(derived_key(settings, "bundle")))


def command_keys(settings: Settings) -> CommandKeys:
    """The command keys of this installation. Raises :class:`CannotStart` for a malformed setting."""
    if settings.command_keys is not None:
        return _parse(settings.command_keys.get_secret_value())
    return _parse(_kept(home_of(settings).keys / "command", lambda: f"k1:{_fresh()}"))


def derived_key(settings: Settings, purpose: str) -> bytes:
    """A 32-byte key for one ``purpose`` (page bookmarks, signed links …), the same in every process."""
    if settings.secret_key is not None:
        master = settings.secret_key.get_secret_value()
    else:
        master = _kept(home_of(settings).keys / "secret", _fresh)
    if len(master) < _KEY_BYTES:
        raise CannotStart(
            f"XIAOHAO_SECRET_KEY 至少要 {_KEY_BYTES} 个字符。",
            f"XIAOHAO_SECRET_KEY needs at least {_KEY_BYTES} characters.",
        )
    return hmac.new(master.encode(), purpose.encode(), hashlib.sha256).digest()


def _fresh() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def _parse(text: str) -> CommandKeys:
    keys: dict[str, bytes] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, altchars=b"-_", validate=True)
        except binascii.Error:
            key = b""
        if not name or len(key) < _KEY_BYTES:
            raise CannotStart(
                "XIAOHAO_COMMAND_KEYS 格式不对：应为 编号:base64，每把密钥至少 32 字节，用逗号隔开。",
                "XIAOHAO_COMMAND_KEYS is malformed: id:base64, 32 bytes or more each, separated by commas.",
            )
        keys[name] = key
    if not keys:
        raise CannotStart("没有指令签名密钥。", "There is no command signing key.")
    return CommandKeys(current=next(iter(keys)), keys=keys)


def _kept(path: Path, make: Callable[[], str]) -> str:
    """The text of ``path``, made at first use; of two makers at once one wins and both read it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(make())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()
