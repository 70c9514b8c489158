"""The case file over HTTP: one PDF for whoever may see its papers, and a bundle that a bare interpreter checks."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from runtime.keys import bundle_key
from services.papers.making import make_papers
from tests.api.support import Office, ok, refused

Parts = dict[str, bytes]


async def closed(office: Office) -> str:
    """A case that passed its re-inspection, with an inner paper, a photograph and an order that was served."""
    case_id = await office.signing_off()
    measure = await office.proposed(case_id, "supervision_letter", cause="逾期未改")
    await office.stepped("chief", case_id, measure, "approve", opinion="同意督办")
    await make_papers(office.world.services, case_id)
    return case_id


async def bundle_of(office: Office, case_id: str, who: str = "wang") -> bytes:
    answer = await office.get(who, f"/cases/{case_id}/documents/bundle")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return answer.content


def parts_of(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {one: archive.read(one) for one in archive.namelist()}


def packed(path: Path, parts: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def checked(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What the program says in a bare interpreter, away from everything of ours."""
    asked = [sys.executable, "-I", str(program), *arguments]
    return subprocess.run(
        asked, capture_output=True, encoding="utf-8", cwd=program.parent, timeout=60, check=False
    )


async def test_the_whole_file_is_one_pdf_of_what_the_asker_may_see(office: Office) -> None:
    case_id = await closed(office)
    found: dict[str, list[str]] = {}
    for who in ("wang", "firm"):
        answer = await office.get(who, f"/cases/{case_id}/documents/file")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/pdf"
        assert "filename*=UTF-8''%E6%A1%88%E5%8D%B7" in answer.headers["content-disposition"]
        found[who] = [
            "".join(page.extract_text().split()) for page in PdfReader(BytesIO(answer.content)).pages
        ]
        listed = ok(await office.get(who, f"/cases/{case_id}/documents"))["items"]
        index = found[who][1]
        places = [index.index(one["label"]["zh"]) for one in listed]
        assert places == sorted(places), "the index has the order of the list"
        assert f"本卷共{len(listed)}件文书，{len(found[who])}页" in found[who][-1]
    assert len(found["wang"]) > len(found["firm"]), "inner papers are not for the party"
    refused(await office.get("rival", f"/cases/{case_id}/documents/file"), 404, "not_found")


async def test_an_untouched_bundle_is_accepted_packed_and_unpacked(office: Office, tmp_path: Path) -> None:
    case_id = await closed(office)
    data = await bundle_of(office, case_id)
    parts = parts_of(data)
    program, file = tmp_path / "verify.py", tmp_path / "bundle.zip"
    program.write_bytes(parts["verify.py"])
    file.write_bytes(data)
    key = bundle_key(office.world.services.settings)
    said = checked(program, str(file), "--key", key.fingerprint)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "未经改动 · untouched" in said.stdout
    assert key.fingerprint in said.stdout
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    alone = checked(folder / "verify.py")
    assert alone.returncode == 0, alone.stdout + alone.stderr
    entries = [json.loads(line) for line in parts["ledger.jsonl"].splitlines()]
    events = ok(await office.get("wang", f"/cases/{case_id}/events"))["items"]
    assert [one["event"] for one in entries] == [one["event"] for one in events]
    assert any(one["texts"] for one in entries), "with the words"
    listed = ok(await office.get("wang", f"/cases/{case_id}/documents"))["items"]
    assert sum(name.startswith("papers/") for name in parts) == len(listed)
    assert sum(name.startswith("evidence/") for name in parts) == 1


def _byte(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _first(parts: Parts, folder: str) -> str:
    return next(name for name in parts if name.startswith(folder))


def _in_a_paper(parts: Parts) -> str:
    name = _first(parts, "papers/")
    parts[name] = _byte(parts[name], len(parts[name]) // 2)
    return f"{name}: 内容已被改动"


def _in_a_photograph(parts: Parts) -> str:
    name = _first(parts, "evidence/")
    parts[name] = _byte(parts[name], len(parts[name]) // 2)
    return f"{name}: 内容已被改动"


def _in_a_line(parts: Parts) -> str:
    lines = parts["ledger.jsonl"].splitlines(keepends=True)
    lines[1] = re.sub(rb'"at":"20', b'"at":"21', lines[1])
    parts["ledger.jsonl"] = b"".join(lines)
    return "ledger.jsonl 第2行 line 2: 内容与散列值不符"


def _in_the_words(parts: Parts) -> str:
    parts["ledger.jsonl"] = parts["ledger.jsonl"].replace("逾期未改".encode(), "逾期已改".encode())
    number = next(
        no for no, line in enumerate(parts["ledger.jsonl"].splitlines(), 1) if "逾期已改".encode() in line
    )
    return f"ledger.jsonl 第{number}行 line {number}: 原话与封存的摘要不符"


def _the_last_line_cut_off(parts: Parts) -> str:
    lines = parts["ledger.jsonl"].splitlines(keepends=True)
    parts["ledger.jsonl"] = b"".join(lines[:-1])
    return f"ledger.jsonl: 止于第{len(lines) - 1}条，应止于第{len(lines)}条"


def _a_paper_taken_out(parts: Parts) -> str:
    name = _first(parts, "papers/")
    del parts[name]
    return f"{name}: 缺失"


def _a_paper_put_in(parts: Parts) -> str:
    parts["papers/999-order.pdf"] = b"%PDF-1.7"
    return "papers/999-order.pdf: 不在清单内"


def _the_manifest_written_anew(parts: Parts) -> str:
    parts["manifest.json"] = parts["manifest.json"].replace("号".encode(), "號".encode())
    return "manifest.json: 签名不符"


def _the_manifest_torn(parts: Parts) -> str:
    parts["manifest.json"] = parts["manifest.json"][:-1]
    return "manifest.json: 已被改动，无法读出"


def _a_part_without_its_hash(parts: Parts) -> str:
    parts["manifest.json"] = parts["manifest.json"].replace(b"sha256", b"sha257")
    return "manifest.json: 已被改动，无法读出"


def _another_format(parts: Parts) -> str:
    parts["manifest.json"] = parts["manifest.json"].replace(b"case-bundle/1", b"case-bundle/9")
    return "manifest.json: 不认识的格式"


def _no_signature(parts: Parts) -> str:
    parts["manifest.sig"] = "无".encode()
    return "manifest.json: 签名不符"


FORGERIES: tuple[Callable[[Parts], str], ...] = (
    _in_a_paper,
    _in_a_photograph,
    _in_a_line,
    _in_the_words,
    _the_last_line_cut_off,
    _a_paper_taken_out,
    _a_paper_put_in,
    _the_manifest_written_anew,
    _the_manifest_torn,
    _a_part_without_its_hash,
    _another_format,
    _no_signature,
)


async def test_whatever_is_changed_is_named(office: Office, tmp_path: Path) -> None:
    parts = parts_of(await bundle_of(office, await closed(office)))
    program = tmp_path / "verify.py"
    program.write_bytes(parts["verify.py"])
    for forge in FORGERIES:
        forged = dict(parts)
        expected = forge(forged)
        assert forged != parts
        said = checked(program, str(packed(tmp_path / "forged.zip", forged)))
        assert said.returncode == 1, forge.__name__
        assert expected in said.stdout, (forge.__name__, said.stdout, said.stderr)
    said = checked(program, str(packed(tmp_path / "same.zip", parts)), "--key", "0" * 64)
    assert said.returncode == 1
    assert "不是该单位的密钥" in said.stdout


async def test_a_bundle_is_for_the_bureau_and_its_auditors_and_is_recorded(office: Office) -> None:
    case_id = await closed(office)
    path = f"/cases/{case_id}/documents/bundle"
    for who in ("firm", "town"):
        refused(await office.get(who, path), 403, "not_authorised", "case_file.bundle")
    refused(await office.get("rival", path), 404, "not_found")
    await bundle_of(office, case_id)
    auditor = await office.world.as_("u-auditor")
    assert (await auditor.get(f"/api/v1{path}")).status_code == 200
    lines = [row for row in await office.world.audit() if row["case_id"] == case_id]
    taken = [(row["action"], row["outcome"], row["actor_id"]) for row in lines]
    for who in ("wang", "u-auditor"):
        assert ("export", "success", who) in taken
        assert ("read_evidence_original", "success", who) in taken
    exported = [
        row["details"]["what"] for row in lines if (row["action"], row["outcome"]) == ("export", "success")
    ]
    assert exported == ["case-bundle", "case-bundle"]
