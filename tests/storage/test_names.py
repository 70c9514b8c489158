"""File names as attackers and phones write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.names import MAX_NAME, clean_name, content_disposition, suffix_of, with_suffix


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("消防通道堵塞.jpg", "消防通道堵塞.jpg"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\a.png", "a.png"),
        ("/etc/cron.d/x.jpg", "x.jpg"),
        ("photo\r\nSet-Cookie: a=b.jpg", "photoSet-Cookie a=b.jpg"),
        ("gpj.\u202eexe.jpg", "gpj.exe.jpg"),
        (".htaccess", "htaccess"),
        ("..", "evidence"),
        ("", "evidence"),
        (None, "evidence"),
        ("CON.jpg", "evidence-CON.jpg"),
        ("a\x00b.png", "ab.png"),
    ],
)
def test_names_are_made_harmless(given_name: str | None, kept: str) -> None:
    assert clean_name(given_name) == kept


def test_a_long_name_keeps_its_suffix() -> None:
    name = clean_name("长" * 300 + ".jpeg")
    assert len(name) == MAX_NAME
    assert name.endswith(".jpeg")


@pytest.mark.parametrize(
    ("name", "suffix", "result"),
    [
        ("a.heic", ".jpg", "a.jpg"),
        ("a", ".jpg", "a.jpg"),
        ("a.JPG", ".jpg", "a.JPG"),
        ("a.b.png", ".webp", "a.b.webp"),
    ],
)
def test_suffixes_are_replaced_once(name: str, suffix: str, result: str) -> None:
    assert with_suffix(name, suffix) == result


def test_downloads_name_the_file_twice() -> None:
    assert content_disposition("隐患 1.jpg", inline=False) == (
        "attachment; filename=\"__ 1.jpg\"; filename*=UTF-8''%E9%9A%90%E6%82%A3%201.jpg"
    )
    assert content_disposition("a.jpg", inline=True).startswith("inline; ")


@given(st.text())
def test_no_name_can_leave_its_directory_or_its_header(name: str) -> None:
    kept = clean_name(name)
    assert kept
    assert len(kept) <= MAX_NAME
    assert not kept.startswith(".")
    assert not set(kept) & set('/\\\r\n\x00"')
    header = content_disposition(name, inline=False)
    assert header.isascii()
    assert header.isprintable()
    assert suffix_of(kept) == suffix_of(kept).lower()
