"""What people are shown is proved too: whatever is changed or taken away beside the ledger, ``verify`` finds and names."""

# ruff: noqa: S608 - our own statements

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ledger.evidence import one as evidence_row
from models.actors import Actor, Role
from operations.verify import Disagreement, verify, verify_registers
from tests.api.support import Office, opened, refused
from tests.api.words import STATED
from tests.ledger import looking

LOCKED = ("case_events", "audit_log", "enterprise_events")
OPENING = "(SELECT command_id FROM case_events WHERE case_id = :c AND seq = 1)"
ORDER = "(SELECT order_id FROM cases WHERE case_id = :c)"
VISIT = "(SELECT inspection_id FROM cases WHERE case_id = :c)"


@pytest.fixture(autouse=True)
async def only_real_cases(office: Office) -> None:
    """The cases that other tests are furnished with have no ledger and no number that was given."""
    async with office.world.superuser.begin() as superuser:
        await looking.run(superuser, "DELETE FROM cases WHERE number_key < 10000000")


@pytest.fixture(autouse=True)
async def untouched_audit_log(office: Office) -> None:
    """The audit log outlives a test; what an earlier one did to it is not this one's."""
    async with office.world.superuser.begin() as superuser:
        await looking.run(superuser, "ALTER TABLE audit_log DISABLE TRIGGER ALL")
        await looking.run(superuser, "DELETE FROM audit_log")
        await looking.run(superuser, "DELETE FROM audit_head")
        await looking.run(superuser, "ALTER TABLE audit_log ENABLE ALWAYS TRIGGER append_only")
        await looking.run(superuser, "ALTER TABLE audit_log ENABLE ALWAYS TRIGGER chained")


async def found(office: Office, case_id: str) -> Mapping[str, Disagreement | None]:
    """What verify says of the case and of the registers."""
    services = office.world.services
    said = {one: wrong async for one, wrong in verify(services.database, None)}
    kept = {
        one: wrong async for one, wrong in verify_registers(services.database, services.vault.store.digest)
    }
    return {"case": said.get(case_id), **kept}


async def tamper(office: Office, case_id: str, *statements: str) -> None:
    """What somebody who owns the database could do."""
    async with office.world.superuser.begin() as superuser:
        for table in LOCKED:
            await looking.run(superuser, f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in statements:
            await looking.run(superuser, statement, **({"c": case_id} if ":c" in statement else {}))
        for table in LOCKED:
            await looking.run(superuser, f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only")
        await looking.run(superuser, "ALTER TABLE audit_log ENABLE ALWAYS TRIGGER chained")


async def test_a_lead_that_got_its_number_with_the_order_is_clean(office: Office) -> None:
    lead, case_id = await opened(office), (await opened(office))["case_id"]
    officers = {"officers": ["wang", "li"]}
    await office.done("wang", case_id, "verify", **officers, findings="现场属实")
    await office.done("deputy", case_id, "sign_lead", opinion="同意")
    await office.done("wang", case_id, "issue_order", **officers, deadline_days=10, stated=STATED)
    clean = dict.fromkeys(("case", "numbers", "orders", "visits", "audit", "tallies", "files"))
    assert await found(office, case_id) == clean
    assert await found(office, lead["case_id"]) == clean
    await tamper(office, case_id, "UPDATE cases SET lead_no = NULL, lead_key = NULL WHERE case_id = :c")
    wrong = await found(office, case_id)
    assert wrong["case"] is not None
    assert wrong["numbers"] is not None


async def test_what_was_honestly_written_is_clean(office: Office) -> None:
    case_id = await office.signing_off()
    assert await found(office, case_id) == dict.fromkeys(
        ("case", "numbers", "orders", "visits", "audit", "tallies", "files")
    )


async def test_a_second_order_is_held_against_its_own_service(office: Office) -> None:
    """A case that recurred has two orders: what served the first says nothing of the second."""
    case_id = await office.signing_off()
    await office.done("chief", case_id, "sign_off")
    again = {"officers": ["wang", "zhao"], "recurred": True, "items": [1], "text": "再次发现积尘"}
    await office.done("wang", case_id, "record_look_back", **again)
    await office.done("wang", case_id, "issue_order", officers=["wang", "li"], deadline_days=10)
    assert (await found(office, case_id))["orders"] is None
    await office.pass_time(hours=1)
    await office.done("wang", case_id, "serve_order", service=office.delivered())
    assert (await found(office, case_id))["orders"] is None
    first = "(SELECT min(served_at) FROM orders)"
    await tamper(office, case_id, f"UPDATE orders SET served_at = {first} WHERE order_id = {ORDER}")
    assert (await found(office, case_id))["orders"] is not None


TAMPERINGS: tuple[tuple[str, str], ...] = (
    (
        "case",
        f"UPDATE contents SET body = jsonb_set(body, '{{title}}', '\"无\"') WHERE command_id = {OPENING}",
    ),
    ("case", f"DELETE FROM contents WHERE command_id = {OPENING}"),
    ("case", "DELETE FROM contents WHERE case_id = :c AND body ? 'text'"),
    ("case", "UPDATE case_texts SET title = '无' WHERE case_id = :c"),
    ("case", "UPDATE case_texts SET requirement = '无' WHERE case_id = :c"),
    ("case", "UPDATE case_texts SET search_text = '无' WHERE case_id = :c"),
    ("case", "UPDATE case_texts SET enterprise_name = '无' WHERE case_id = :c"),
    ("case", "DELETE FROM case_texts WHERE case_id = :c"),
    ("case", "UPDATE case_cards SET pieces = pieces[2:] WHERE case_id = :c"),
    ("case", "UPDATE case_cards SET due_sort = due_sort + interval '1 day' WHERE case_id = :c"),
    ("case", "UPDATE case_cards SET territory_id = 't-west' WHERE case_id = :c"),
    ("case", "DELETE FROM case_cards WHERE case_id = :c"),
    ("case", "UPDATE case_told SET description = '无' WHERE case_id = :c"),
    ("numbers", "UPDATE cases SET number = replace(number, '号', '1号') WHERE case_id = :c"),
    ("numbers", "UPDATE cases SET number_key = number_key + 7 WHERE case_id = :c"),
    ("case", "UPDATE cases SET enterprise_id = 'e-b' WHERE case_id = :c"),
    ("case", "UPDATE cases SET rectify_due_at = now() WHERE case_id = :c"),
    ("case", "UPDATE cases SET due_sort = due_sort + interval '1 day' WHERE case_id = :c"),
    ("case", "UPDATE cases SET disclosed = NOT disclosed WHERE case_id = :c"),
    ("case", "UPDATE cases SET handler_id = 'zhao' WHERE case_id = :c"),
    ("orders", f"UPDATE orders SET served_at = served_at - interval '1 day' WHERE order_id = {ORDER}"),
    ("orders", f"UPDATE orders SET served_at = NULL WHERE order_id = {ORDER}"),
    ("orders", f"UPDATE orders SET enterprise_id = 'e-b' WHERE order_id = {ORDER}"),
    ("numbers", f"UPDATE orders SET number = number || '之一' WHERE order_id = {ORDER}"),
    (
        "visits",
        f"UPDATE inspections SET started_at = started_at - interval '1 day' WHERE inspection_id = {VISIT}",
    ),
    ("visits", f"UPDATE inspections SET officers = '{{li}}' WHERE inspection_id = {VISIT}"),
    ("visits", f"UPDATE inspections SET place = '别处' WHERE inspection_id = {VISIT}"),
    (
        "visits",
        f'UPDATE inspections SET data = data || \'{{"kind": "guidance"}}\' WHERE inspection_id = {VISIT}',
    ),
    ("numbers", f"DELETE FROM inspections WHERE inspection_id = {VISIT}"),
    ("case", "UPDATE case_clocks SET due_at = due_at + interval '1 day' WHERE case_id = :c"),
    ("case", "DELETE FROM case_clocks WHERE case_id = :c"),
    (
        "case",
        "INSERT INTO case_clocks (case_id, key, district_id, status) VALUES (:c, 'forged', 'd-1', 'running')",
    ),
    ("case", "UPDATE case_tasks SET role = 'enterprise' WHERE case_id = :c"),
    ("case", "UPDATE case_tasks SET raised_to = 'head' WHERE case_id = :c"),
    ("case", "UPDATE case_tasks SET decision = NOT decision WHERE case_id = :c"),
    ("case", "UPDATE cases SET due_told = due_told + interval '1 day' WHERE case_id = :c"),
    ("case", "UPDATE cases SET counted = counted[2:] WHERE case_id = :c"),
    ("tallies", "UPDATE cases SET counted = counted[2:] WHERE case_id = :c"),
    ("tallies", "UPDATE case_tallies SET n = n + 1 WHERE :c <> '' AND what = 'open'"),
    ("tallies", "DELETE FROM case_tallies WHERE :c <> '' AND what = 'opened'"),
    ("case", "DELETE FROM case_tasks WHERE case_id = :c"),
    (
        "case",
        "INSERT INTO enterprise_inbox (case_id, seq, enterprise_id, district_id, kind, major, at, data)"
        " VALUES (:c, 2, 'e-a', 'd-1', 'penalty', true, now(), '{}')",
    ),
    (
        "case",
        "INSERT INTO enterprise_inbox (case_id, seq, enterprise_id, district_id, kind, major, at, data)"
        " VALUES (:c, 99, 'e-a', 'd-1', 'penalty', true, now(), '{}')",
    ),
    ("case", "UPDATE evidence SET sha256 = repeat('0', 64) WHERE case_id = :c"),
    ("files", "UPDATE evidence SET sha256 = repeat('0', 64) WHERE case_id = :c"),
    ("case", "DELETE FROM evidence WHERE case_id = :c"),
    (
        "audit",
        "UPDATE audit_log SET actor_id = 'nobody' WHERE audit_id = (SELECT min(audit_id) FROM audit_log)",
    ),
    ("audit", "DELETE FROM audit_log WHERE audit_id = (SELECT max(audit_id) FROM audit_log)"),
)


@pytest.mark.parametrize(("where", "statement"), TAMPERINGS)
async def test_every_tampering_is_found(office: Office, where: str, statement: str) -> None:
    case_id = await office.signing_off()
    refused(
        await office.give("firm", case_id, "sign_off"), 403, "not_authorised"
    )  # one more line of the audit log
    assert (await found(office, case_id))[where] is None
    await tamper(office, case_id, statement)
    assert (await found(office, case_id))[where] is not None


GONE = (
    "case_events",
    "cases",
    "case_texts",
    "case_told",
    "case_clocks",
    "case_tasks",
    "contents",
    "order_items",
)


async def test_a_whole_case_that_is_gone_is_missed(office: Office) -> None:
    case_id = await office.signing_off()
    await tamper(office, case_id, *(f"DELETE FROM {table} WHERE case_id = :c" for table in GONE))
    wrong = (await found(office, case_id))["numbers"]
    assert wrong is not None
    assert wrong.kind == "number"


def overwrite(home: Path, key: str) -> None:
    stored = home / "objects" / key
    stored.chmod(0o640)
    stored.write_bytes(b"another picture")


async def test_a_file_that_is_not_what_was_handed_in_is_found_and_not_served(
    office: Office, tmp_path: Path
) -> None:
    case_id = await office.case()
    photo = await office.photo("wang", case_id)
    services = office.world.services
    actor = Actor(user_id="wang", role=Role.INSPECTOR, district_id="d-1")
    row = await evidence_row(services.database, actor, photo)
    assert row is not None
    overwrite(tmp_path, row.object_key)
    wrong = (await found(office, case_id))["files"]
    assert wrong is not None
    assert wrong.subject == photo
    answer = await office.get("wang", f"/evidence/{photo}", variant="original")
    refused(answer, 409, "conflict")
