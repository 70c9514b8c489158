"""The stand-alone verifier: its signatures are those everybody knows, and its words those of the ledger."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import verifier
from ledger import chain
from models.envelope import digests_of, texts_digest

WORDS = st.recursive(
    st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("seed", range(4))
def test_it_knows_a_signature_and_any_change_of_it(seed: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    public, message = key.public_key().public_bytes_raw(), f"清单 {seed}".encode()
    signature = key.sign(message)
    assert verifier.signed_by(public, message, signature)
    assert not verifier.signed_by(public, message + b" ", signature)
    for at in (0, 31, 32, 63):
        wrong = signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :]
        assert not verifier.signed_by(public, message, wrong)
    other = Ed25519PrivateKey.from_private_bytes(b"x" * 32).public_key().public_bytes_raw()
    assert not verifier.signed_by(other, message, signature)


def test_the_first_vector_of_rfc_8032() -> None:
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert verifier.signed_by(public, b"", signature)


def test_a_scalar_that_is_too_large_is_no_signature() -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    signature = key.sign(b"m")
    larger = (int.from_bytes(signature[32:], "little") + verifier.L).to_bytes(32, "little")
    assert not verifier.signed_by(key.public_key().public_bytes_raw(), b"m", signature[:32] + larger)


@given(st.dictionaries(st.text(max_size=4), WORDS, max_size=4))
@settings(max_examples=200, deadline=None)
def test_words_have_the_digest_the_ledger_seals(words: dict[str, object]) -> None:
    data = {"request": "r", "texts": texts_digest(digests_of(words))}
    assert verifier.wrong_words(data, words) is None
    assert verifier.wrong_words(data, {**words, "more": "字"}) is not None


def test_the_chain_is_the_ledgers() -> None:
    assert verifier.FIELDS == chain.FIELDS
    assert verifier.GENESIS == chain.GENESIS


def test_it_needs_the_standard_library_alone() -> None:
    tree = ast.parse(Path(verifier.__file__).read_text(encoding="utf-8"), feature_version=(3, 9))
    named = {
        one.module.split(".")[0] for one in ast.walk(tree) if isinstance(one, ast.ImportFrom) and one.module
    }
    named |= {
        name.name.split(".")[0] for one in ast.walk(tree) if isinstance(one, ast.Import) for name in one.names
    }
    assert named <= sys.stdlib_module_names
