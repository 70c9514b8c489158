"""``xiaohao case file`` and ``xiaohao case key``: a case as one PDF and as a bundle, and the key that proves where it is from."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from ledger.append import append
from ledger.sessions import Database
from ledger.tables import audit_log
from tests.ledger import makers
from tests.ledger.makers import batch, entry, fresh
from tests.terminal.conftest import Answer, Command

PEOPLE = (("file-chief", "section_head"), ("file-auditor", "auditor"), ("file-admin", "admin"))


@pytest.fixture
async def number(furnished: Database, xiaohao: Command) -> str:
    """The number of a case of the district, among whose accounts are the people above."""
    case_id = fresh()
    entries = [entry(case_id, 1), entry(case_id, 2)]
    appended = await append(furnished, batch(case_id, entries, last_at=entries[-1].at.isoformat()))
    for name, role in PEOPLE:
        xiaohao(
            *("user", "add", name, "--name", name, "--role", role, "--district", "d1"),
            said="long enough words\n",
        )
    return appended.case_no


def fingerprint(xiaohao: Command) -> str:
    told = xiaohao("case", "key")
    assert told.code == 0, told.err
    public, finger = (line.rpartition(" ")[2] for line in told.out.splitlines())
    assert (len(bytes.fromhex(public)), len(bytes.fromhex(finger))) == (32, 32)
    return finger


async def test_a_case_is_taken_out_as_pdf_and_as_a_bundle_that_its_own_program_accepts(
    furnished: Database, xiaohao: Command, number: str, tmp_path: Path
) -> None:
    pdf, bundle = tmp_path / "案卷.pdf", tmp_path / "bundle.zip"
    done = xiaohao("case", "file", number, "--as", "file-chief", "--out", str(pdf), "--bundle", str(bundle))
    assert done.code == 0, done.err
    assert done.out.splitlines() == [f"✓ {pdf}", f"✓ {bundle}"]
    assert all(one.stat().st_mode & 0o077 == 0 for one in (pdf, bundle)), "for whoever took them alone"
    assert number.replace(" ", "") in PdfReader(pdf).pages[0].extract_text().replace(" ", "")
    with zipfile.ZipFile(io.BytesIO(bundle.read_bytes())) as archive:
        assert {"casefile.pdf", "ledger.jsonl", "manifest.json", "manifest.sig", "verify.py"} <= {
            *archive.namelist()
        }
        program = tmp_path / "verify.py"
        program.write_bytes(archive.read("verify.py"))
    asked = [sys.executable, "-I", str(program), str(bundle), "--key", fingerprint(xiaohao)]
    said = await asyncio.to_thread(
        subprocess.run, asked, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr
    async with makers.past_locks(furnished) as superuser:
        rows = (await superuser.execute(audit_log.select().where(audit_log.c.action == "export"))).all()
    assert len(rows) == 1, "a bundle is recorded, a reading copy is not"


def test_the_key_is_the_same_each_time_and_no_secret(xiaohao: Command) -> None:
    assert fingerprint(xiaohao) == fingerprint(xiaohao)
    assert "private" not in xiaohao("case", "key").out.lower()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nowhere", "--as", "file-chief", "--out", "x.pdf"), 1, "There is no such case"),
        (("{number}", "--as", "nobody", "--out", "x.pdf"), 1, "there is no account nobody"),
        (("{number}", "--as", "file-admin", "--out", "x.pdf"), 1, "There is no such case"),
        (("{number}", "--as", "file-chief"), 2, "--out FILE.pdf"),
    ],
)
def test_what_cannot_be_taken_is_said_in_words_and_leaves_no_file(
    xiaohao: Command,
    number: str,
    tmp_path: Path,
    arguments: tuple[str, ...],
    code: int,
    words: str,
) -> None:
    asked = [one.format(number=number).replace("x.pdf", str(tmp_path / "x.pdf")) for one in arguments]
    refused: Answer = xiaohao("case", "file", *asked)
    assert (refused.code, refused.out) == (code, "")
    assert words in refused.err
    assert not (tmp_path / "x.pdf").exists()
