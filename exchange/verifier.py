#!/usr/bin/env python3
"""Checks a bundle of a case (案卷数据包) by itself: python -I verify.py BUNDLE [--key FINGERPRINT]

BUNDLE is the ZIP file or the folder it was unpacked to. It needs Python 3.9 and nothing else: no network, no account, no
service. It says of every part whether it is what was put in, whether the ledger is one unbroken chain up to the head the
manifest names, whether the words are those the ledger sealed, and by which key the manifest was signed. Compare the
fingerprint with the one the authority tells you, and use a copy of this file that you trust.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

MANIFEST, SIGNATURE, LEDGER = "manifest.json", "manifest.sig", "ledger.jsonl"
FORMAT = "xiaohao-case-bundle/1"
FIELDS = ("case_id", "seq", "event", "at", "actor_id", "acting_for", "role", "command_id", "data")
GENESIS = "0" * 64
CHUNK = 1 << 20


class Bundle:
    """The parts of a bundle, from a ZIP file or a folder."""

    def __init__(self, path: Path) -> None:
        self._zip = None if path.is_dir() else zipfile.ZipFile(path)
        self._folder = path

    def names(self) -> list[str]:
        if self._zip is not None:
            return [one.filename for one in self._zip.infolist() if not one.is_dir()]
        found = (one for one in self._folder.rglob("*") if one.is_file())
        return sorted(one.relative_to(self._folder).as_posix() for one in found)

    def chunks(self, name: str) -> Iterator[bytes]:
        file = self._zip.open(name) if self._zip is not None else (self._folder / name).open("rb")
        with file:
            while chunk := file.read(CHUNK):
                yield chunk

    def read(self, name: str) -> bytes:
        return b"".join(self.chunks(name))


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256_of(bundle: Bundle, name: str) -> str:
    digest = hashlib.sha256()
    try:
        for chunk in bundle.chunks(name):
            digest.update(chunk)
    except (zipfile.BadZipFile, EOFError, OSError):
        return "unreadable"
    return digest.hexdigest()


# -- the parts --------------------------------------------------------------------------------------------------------
def wrong_parts(bundle: Bundle, manifest: Mapping[str, Any]) -> Iterator[str]:
    parts, there = manifest["parts"], bundle.names()
    for name in sorted(set(there) - set(parts) - {MANIFEST, SIGNATURE}):
        yield f"{name}: 不在清单内 · not in the manifest"
    for name in sorted(one for one in set(there) if there.count(one) > 1):
        yield f"{name}: 出现不止一次 · there more than once"
    for name, told in parts.items():
        if name not in there:
            yield f"{name}: 缺失 · missing"
        elif sha256_of(bundle, name) != told["sha256"]:
            yield f"{name}: 内容已被改动 · changed（{told.get('what', '')}）"


# -- the ledger -------------------------------------------------------------------------------------------------------
def wrong_ledger(text: bytes, head: Mapping[str, Any], case_id: str) -> str | None:
    """The first line that cannot be what was written; None for a whole chain that ends at the head."""
    before, last = GENESIS, 0
    for number, line in enumerate(text.splitlines(), start=1):
        wrong = wrong_line(line, number, before, case_id)
        if wrong is not None:
            return f"{LEDGER} 第{number}行 line {number}: {wrong}"
        before, last = json.loads(line)["hash"], number
    if (last, before) != (head["seq"], head["hash"]):
        return f"{LEDGER}: 止于第{last}条，应止于第{head['seq']}条 · ends at entry {last}, its head is {head['seq']}"
    return None


def wrong_line(line: bytes, number: int, before: str, case_id: str) -> str | None:
    try:
        entry = json.loads(line)
        body = canonical({name: entry[name] for name in FIELDS})
        if entry["case_id"] != case_id or entry["seq"] != number or entry["prev_hash"] != before:
            return "不承接上一条 · does not follow the entry before it"
        if hashlib.sha256(before.encode() + body).hexdigest() != entry["hash"]:
            return "内容与散列值不符 · content does not match its hash"
        return wrong_words(entry["data"], entry["texts"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return "不是台账条目 · no entry of a ledger"


def wrong_words(data: Mapping[str, Any], texts: Mapping[str, Any] | None) -> str | None:
    """The words of a command must be those its entry sealed."""
    sealed = walk(texts or {})
    kept = pruned(sealed)
    digest = hashlib.sha256(canonical(kept)).hexdigest() if kept else None
    if "request" in data and data.get("texts") != digest:
        return "原话与封存的摘要不符 · the words are not the ones that were sealed"
    for name, value in sealed.items():
        told = data.get(name)
        if isinstance(told, str) and told.startswith("sha256:") and told != value:
            return f"原话与封存的摘要不符 · the words are not the ones that were sealed: {name}"
    return None


def walk(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: walk(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [walk(inner) for inner in value]
    text = str(value)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}" if text.strip() else ""


def pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: kept for name, inner in value.items() if (kept := pruned(inner))}
    if isinstance(value, list):
        parts = [pruned(inner) for inner in value]
        return parts if any(parts) else None
    return value or None


# -- the signature: Ed25519 (RFC 8032), verification alone -------------------------------------------------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]
"""Extended coordinates: x = X/Z, y = Y/Z, xy = T/Z."""


def added(a: Point, b: Point) -> Point:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    x, y, z, t = f - e, h - g, h + g, f + e
    return x * y % P, z * t % P, y * z % P, x * t % P


def times(scalar: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            found = added(found, point)
        point, scalar = added(point, point), scalar >> 1
    return found


def same(a: Point, b: Point) -> bool:
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def unpacked(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = unpacked((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(public) != 32 or len(signature) != 64 or BASE is None:
        return False
    key, point = unpacked(public), unpacked(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or point is None or scalar >= L:
        return False
    asked = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return same(times(scalar, BASE), added(point, times(asked, key)))


# -- all of it --------------------------------------------------------------------------------------------------------
def findings(bundle: Bundle, trusted: str = "") -> Iterator[str]:
    """Everything that is not what was put in; nothing for an untouched bundle."""
    manifest = manifest_of(bundle)
    if not signed_by(bytes.fromhex(manifest["key"]), bundle.read(MANIFEST), signature_of(bundle)):
        yield f"{MANIFEST}: 签名不符 · the signature is not over this manifest"
    if trusted and fingerprint(manifest) != trusted.replace(":", "").lower():
        yield f"{MANIFEST}: 不是该单位的密钥 · signed by another key than the one you named"
    yield from wrong_parts(bundle, manifest)
    wrong = wrong_ledger(bundle.read(LEDGER), manifest["head"], manifest["case_id"])
    if wrong is not None:
        yield wrong


class Unreadable(Exception):
    """A part without which nothing can be said, named."""


def manifest_of(bundle: Bundle) -> dict[str, Any]:
    """What the bundle says of itself; :class:`Unreadable` when it says nothing one could check."""
    try:
        manifest: dict[str, Any] = json.loads(bundle.read(MANIFEST))
        if manifest.get("format", FORMAT) != FORMAT:
            raise Unreadable(f"{MANIFEST}: 不认识的格式 · unknown format {manifest['format']}")
        fingerprint(manifest), manifest["number"], manifest["case_id"]
        (
            manifest["head"]["seq"],
            manifest["head"]["hash"],
            [one["sha256"] for one in manifest["parts"].values()],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"{MANIFEST}: 已被改动，无法读出 · changed, it cannot be read") from error
    return manifest


def signature_of(bundle: Bundle) -> bytes:
    try:
        return bytes.fromhex(bundle.read(SIGNATURE).decode().strip())
    except ValueError:
        return b""


def fingerprint(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(bytes.fromhex(manifest["key"])).hexdigest()


def main(arguments: list[str]) -> int:
    trusted = ""
    if "--key" in arguments:
        at = arguments.index("--key")
        trusted = "".join(arguments[at + 1 : at + 2]) or "-"
        arguments = arguments[:at] + arguments[at + 2 :]
    path = Path(arguments[0]) if arguments else Path(__file__).parent
    try:
        bundle = Bundle(path)
        wrong = list(findings(bundle, trusted))
        manifest = manifest_of(bundle)
        told = f"{manifest['number']} · {len(manifest['parts'])} parts · {manifest['head']['seq']} entries"
        key = fingerprint(manifest)
    except (Unreadable, OSError, KeyError, zipfile.BadZipFile) as error:
        sys.stdout.write(f"✗ 无法核验 · cannot be verified: {error}\n")
        return 1
    for one in wrong:
        sys.stdout.write(f"✗ {one}\n")
    if not wrong:
        sys.stdout.write(f"✓ 未经改动 · untouched: {told}\n")
    sys.stdout.write(f"密钥指纹 · key fingerprint (SHA-256): {key}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main(sys.argv[1:]))
