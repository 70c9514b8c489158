"""The second lock: append-only for everybody, and PostgreSQL alone keeps tenants apart."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import Table, func, insert, select, text, true
from sqlalchemy.exc import DBAPIError

from ledger.append import append
from ledger.audit import record_alarm
from ledger.readers import case as case_reader
from ledger.readers import paging
from ledger.readers.case_lists import list_of
from ledger.readers.cases import CaseFilters
from ledger.readers.deciding import evidence_of
from ledger.reporters import add_reporter, follow_up_scope, identity_of, progress
from ledger.scope import ALL_DB_ROLES, Scope
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import (
    audit_log,
    case_clocks,
    case_events,
    case_tasks,
    case_texts,
    case_told,
    cases,
    contents,
    enterprises,
    evidence,
    inspections,
    metadata,
    notices,
    order_items,
    orders,
    users,
)
from models.actors import Role
from runtime.health import OWNS
from tests.ledger import makers
from tests.ledger.locked import BLIND_TO_A, NOBODY, NOW, SEEN_BY_A, Files, case_of
from tests.ledger.makers import batch, entry, fresh

OF_A_CASE = (case_events, case_told, case_clocks, contents, evidence, case_tasks, notices, order_items)


@pytest.fixture(scope="module")
async def files(ledger: Database) -> Files:
    return Files(
        of_a=await case_of(ledger, "e-a", assessor_org_id="o-assess", handler_id="wang"),
        tip_about_a=await case_of(
            ledger, "e-a", source="tip", state="REPORTED", handler_id="wang", told_seq=None, told_at=None
        ),
        of_b=await case_of(ledger, "e-b"),
    )


async def seen(ledger: Database, scope: Scope, table: Table, case_id: str) -> int:
    """Rows of the case that PostgreSQL alone lets the scope see: no predicate of ours."""
    async with ledger.read(scope) as session:
        wanted = select(func.count()).select_from(table).where(table.c.case_id == case_id)
        return int(await session.scalar(wanted) or 0)


@pytest.mark.parametrize("who", SEEN_BY_A)
async def test_the_first_words_of_a_case_are_read_by_nobody_outside(
    ledger: Database, files: Files, who: str
) -> None:
    told = 0 if who in ("enterprise", "assessor") else 1
    assert await seen(ledger, SEEN_BY_A[who], case_texts, files.of_a) == told


# -- append-only -------------------------------------------------------------------------------------
CHANGES = (
    "UPDATE case_events SET event = 'forged'",
    "DELETE FROM case_events",
    "TRUNCATE case_events",
    "UPDATE audit_log SET action = 'forged'",
    "DELETE FROM audit_log",
    "TRUNCATE audit_log",
    "UPDATE enterprise_events SET event = 'forged'",
    "DELETE FROM enterprise_events",
    "TRUNCATE enterprise_events",
)


@pytest.mark.parametrize("statement", ["UPDATE contents SET body = '{}'", "DELETE FROM contents"])
async def test_nobody_changes_or_deletes_words(ledger: Database, statement: str) -> None:
    async with makers.past_locks(ledger) as superuser:
        for role in ALL_DB_ROLES:
            step = await superuser.begin_nested()
            await superuser.execute(text(f"SET LOCAL ROLE {role}"))
            with pytest.raises(DBAPIError, match="permission denied"):
                await superuser.execute(text(statement))
            await step.rollback()


@pytest.mark.parametrize("statement", CHANGES)
async def test_nobody_changes_what_was_written(ledger: Database, files: Files, statement: str) -> None:
    async with makers.past_locks(ledger) as superuser:
        for role in (None, "xiaohao", *ALL_DB_ROLES):
            step = await superuser.begin_nested()
            if role:
                await superuser.execute(text(f"SET LOCAL ROLE {role}"))
            refusal = "append-only" if role in (None, "xiaohao") else "permission denied"
            with pytest.raises(DBAPIError, match=refusal):
                await superuser.execute(text(statement))
            await step.rollback()


async def test_the_trigger_stands_even_for_replication(ledger: Database) -> None:
    enabled = text("SELECT tgrelid::regclass::text, tgenabled FROM pg_trigger WHERE tgname = 'append_only'")
    async with ledger.engine.connect() as owner:
        found = dict((await owner.execute(enabled)).all())  # type: ignore[arg-type]
    assert found == {"case_events": b"A", "audit_log": b"A", "enterprise_events": b"A"}


async def test_no_role_may_change_or_delete_a_ledger_row(ledger: Database) -> None:
    held = text(
        "SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE table_name IN ('case_events', 'audit_log', 'enterprise_events', 'contents') AND grantee LIKE 'xh%'"
    )
    async with makers.past_locks(ledger) as superuser:
        rights = (await superuser.execute(held)).all()
    by_function_alone = ("xh_search", "contents", "DELETE")  # take_back, of words that no ledger refers to
    assert {tuple(held) for held in rights if held[2] not in ("SELECT", "INSERT")} == {by_function_alone}
    writers = {who for who, _, right in rights if right == "INSERT"}
    assert "xh_ledger" in writers


async def test_the_login_of_the_service_owns_nothing_and_may_change_no_lock(ledger: Database) -> None:
    for statement in (
        "ALTER TABLE case_events DISABLE TRIGGER append_only",
        "ALTER TABLE cases DISABLE ROW LEVEL SECURITY",
        "DROP TABLE audit_log",
        "DROP POLICY xh_bureau_select ON cases",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "SET ROLE xh_search",
        "SET ROLE xiaohao",
        "CREATE TABLE public.mine (i int)",
        "GRANT ALL ON case_events TO xh_bureau",
        "SELECT * FROM case_events",
    ):
        async with ledger.engine.connect() as service:
            with pytest.raises(DBAPIError, match=r"permission denied|must be|not permitted"):
                await service.execute(text(statement))
    async with ledger.engine.connect() as service:
        assert await service.scalar(text(OWNS)) is False


# -- tenants -----------------------------------------------------------------------------------------
async def test_every_tenant_table_forces_row_level_security(ledger: Database) -> None:
    flags = text("SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relkind = 'r'")
    async with ledger.engine.connect() as owner:
        forced = dict((await owner.execute(flags)).all())  # type: ignore[arg-type]
    tenant = {name for name, table in metadata.tables.items() if "district_id" in table.c}
    assert tenant >= {"cases", "case_events", "evidence", "contents", "users", "audit_log"}
    assert {name for name in tenant if not forced[name]} == set()


async def test_policies_read_settings_once_a_statement(ledger: Database) -> None:
    async with ledger.engine.connect() as owner:
        shapes = (
            (await owner.execute(text("SELECT qual FROM pg_policies WHERE qual LIKE '%current_setting%'")))
            .scalars()
            .all()
        )
    assert len(shapes) > 30
    assert all("( SELECT NULLIF(current_setting(" in shape and "CASE" not in shape for shape in shapes)


@pytest.mark.parametrize("who", SEEN_BY_A)
async def test_each_role_sees_its_own_case(ledger: Database, files: Files, who: str) -> None:
    scope = SEEN_BY_A[who]
    for table in (cases, *OF_A_CASE):
        assert await seen(ledger, scope, table, files.of_a) > 0, table.name


@pytest.mark.parametrize("who", BLIND_TO_A)
async def test_postgresql_alone_hides_anothers_case(ledger: Database, files: Files, who: str) -> None:
    scope = BLIND_TO_A[who]
    for table in (cases, *OF_A_CASE):
        if who.startswith("reporter") and table not in (cases, contents, evidence):
            with pytest.raises(DBAPIError, match="permission denied"):
                await seen(ledger, scope, table, files.of_a)
        else:
            assert await seen(ledger, scope, table, files.of_a) == 0, table.name


@pytest.mark.parametrize("scope", NOBODY, ids=lambda scope: scope.role.value)
async def test_without_a_scope_there_are_no_rows(ledger: Database, files: Files, scope: Scope) -> None:
    tables = (
        (cases,) if scope.role is Role.REPORTER else (cases, *OF_A_CASE, orders, inspections, enterprises)
    )
    async with ledger.read(scope) as session:
        for table in tables:
            assert await session.scalar(select(func.count()).select_from(table)) == 0, table.name


async def test_a_scope_ends_with_its_transaction(ledger: Database, files: Files) -> None:
    async with ledger.read(makers.BUREAU) as session:
        assert await session.scalar(select(func.count()).select_from(cases)) == 3
    async with ledger.engine.connect() as connection:
        role, district = (
            await connection.execute(text("SELECT current_user, current_setting('app.district_id', true)"))
        ).one()
    assert (role.startswith("xh_"), district or None) == (False, None)


async def test_the_login_itself_sees_nothing_outside_a_scope(ledger: Database, files: Files) -> None:
    for table in (cases, *OF_A_CASE, users, enterprises):
        async with ledger.engine.connect() as connection:
            with pytest.raises(DBAPIError, match="permission denied"):
                await connection.execute(select(func.count()).select_from(table))


async def test_the_explicit_predicate_alone_hides_it_too(ledger: Database, files: Files) -> None:
    async with makers.past_locks(ledger) as superuser:  # nothing but the first lock is left
        for who, scope in {**BLIND_TO_A, **SEEN_BY_A}.items():
            for table in (cases, *OF_A_CASE):
                wanted = select(func.count()).select_from(table).where(table.c.case_id == files.of_a)
                found = await superuser.scalar(wanted.where(scope.where(table)))
                assert bool(found) == (who in SEEN_BY_A), (who, table.name)


@pytest.mark.parametrize("knocked_out", [False, True])
async def test_another_enterprise_finds_nothing_by_any_reader(
    ledger: Database, files: Files, knocked_out: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if knocked_out:
        monkeypatch.setattr(Scope, "where", lambda self, table: true())
    for scope in (makers.FIRM_B, makers.TOWN_WEST, makers.OTHER_ASSESSOR, makers.OTHER_BUREAU):
        async with ledger.read(scope) as session:
            assert await case_reader.find_case(session, scope, files.of_a, now=NOW) is None
            assert not (await case_reader.events(session, scope, files.of_a)).items
            assert not await evidence_of(session, scope, [files.of_a])
            for words, near in product(("消防通道", "消防", "e-a"), (0, 1000)):
                monkeypatch.setattr(paging, "NEAR", near)
                found = list_of(scope, CaseFilters(search=words), now=NOW, sort="due")
                page = await paging.fetch_page(session, found)
                assert files.of_a not in {row.case_id for row in page.items}


async def test_an_enterprise_does_not_learn_of_a_tip_about_it(ledger: Database, files: Files) -> None:
    for table in (cases, *OF_A_CASE):
        assert await seen(ledger, makers.FIRM_A, table, files.tip_about_a) == 0, table.name
        assert await seen(ledger, makers.BUREAU, table, files.tip_about_a) > 0, table.name


async def test_words_and_files_for_the_bureau_stay_there(ledger: Database, files: Files) -> None:
    await makers.say(ledger, fresh(), files.of_a, {"reason": "内部研判"}, audience="bureau")
    async with ledger.read(makers.FIRM_A) as session:
        shown = (
            await session.execute(select(contents.c.audience).where(contents.c.case_id == files.of_a))
        ).scalars()
        assert set(shown) == {"parties"}


async def test_only_the_service_appends(ledger: Database, files: Files) -> None:
    forged = {"case_id": files.of_a, "seq": 9, "event": "signed_off", "district_id": "d1", "at": NOW}
    for scope in (makers.BUREAU, makers.FIRM_A, makers.TOWN_EAST, makers.AUDITOR, makers.ADMIN):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with ledger.write(scope) as session:
                await session.execute(insert(case_events).values(**forged, data={}, prev_hash="", hash=""))
        with pytest.raises(DBAPIError, match="permission denied"):
            async with ledger.write(scope) as session:
                await session.execute(text("UPDATE cases SET state = 'SIGNED_OFF'"))


async def test_words_and_files_are_put_in_ones_own_name_only(ledger: Database, files: Files) -> None:
    row = {"command_id": fresh(), "case_id": files.of_a, "district_id": "d1", "body": {}, "digest": "x"}
    with pytest.raises(DBAPIError, match="row-level security"):
        async with ledger.write(makers.FIRM_A) as session:
            await session.execute(insert(contents).values(**row, actor_id="wang"))
    async with ledger.write(makers.FIRM_A) as session:
        await session.execute(insert(contents).values(**row, actor_id="firm-a"))
    photo = {
        "evidence_id": fresh(),
        "case_id": files.of_a,
        "district_id": "d1",
        "sha256": "1" * 64,
        "size": 1,
    }
    photo |= {"media_type": "image/png", "object_key": "k", "uploaded_role": "enterprise"}
    with pytest.raises(DBAPIError, match="row-level security"):
        async with ledger.write(makers.FIRM_B) as session:
            await session.execute(insert(evidence).values(**photo, uploaded_by="firm-b"))
    async with ledger.write(makers.FIRM_A) as session:
        await session.execute(insert(evidence).values(**photo, uploaded_by="firm-a"))


async def test_nobody_reads_password_hashes_but_the_door(ledger: Database) -> None:
    for scope in (makers.BUREAU, makers.FIRM_A, makers.TOWN_EAST, makers.ASSESSOR, makers.AUDITOR):
        async with ledger.read(scope) as session:
            with pytest.raises(DBAPIError, match="permission denied"):
                await session.execute(select(users.c.password_hash))


async def test_a_read_session_cannot_write(ledger: Database) -> None:
    async with ledger.read(SYSTEM_SCOPE) as session:
        with pytest.raises(DBAPIError, match="read-only"):
            await session.execute(text("INSERT INTO meta (key, value) VALUES ('x', '1')"))


async def test_everyone_adds_to_the_audit_log_and_the_auditor_reads_it(ledger: Database) -> None:
    line = {"action": "login", "outcome": "refused", "details": {}, "district_id": "d1"}
    for scope in (makers.BUREAU, makers.FIRM_A, makers.ADMIN, makers.AUDITOR):
        async with ledger.write(scope) as session:
            await session.execute(insert(audit_log).inline().values(**line))
    await record_alarm(ledger, "case/c-1", "signature_invalid", {"kind": "update"})
    async with ledger.read(makers.AUDITOR) as session:
        assert await session.scalar(select(func.count()).select_from(audit_log)) == 5
        shown = select(func.count()).select_from(audit_log).where(makers.AUDITOR.where(audit_log))
        assert await session.scalar(shown) == 5
    async with ledger.read(Scope(Role.AUDITOR, district_id="d2")) as session:
        assert (await session.scalars(select(audit_log.c.action))).all() == ["engine_message"]
    async with ledger.read(Scope(Role.AUDITOR)) as session:
        assert await session.scalar(select(func.count()).select_from(audit_log)) == 0
    for scope in (makers.BUREAU, makers.ADMIN, makers.FIRM_A):
        async with ledger.read(scope) as session:
            with pytest.raises(DBAPIError, match="permission denied"):
                await session.execute(select(audit_log.c.audit_id))


async def test_a_reporter_is_known_to_the_handler_only_and_comes_back_with_a_code(
    ledger: Database, files: Files
) -> None:
    code = "4f9c-correct-horse"
    tip = follow_up_scope(code, "d1")
    async with ledger.write(tip) as session:
        await add_reporter(
            session,
            handle=fresh(),
            case_id=files.tip_about_a,
            district_id="d1",
            code=code,
            identity=b"sealed",
            at=NOW,
        )
    handler = makers.BUREAU
    colleague = Scope(Role.HEAD, district_id="d1", user_id="boss")
    async with ledger.read(handler) as session:
        assert await identity_of(session, files.tip_about_a) == b"sealed"
    async with ledger.read(colleague) as session:
        assert await identity_of(session, files.tip_about_a) is None
    async with ledger.read(tip) as session:
        found = await progress(session, tip)
        assert found is not None
        assert found.state == "REPORTED"
        with pytest.raises(DBAPIError, match="permission denied"):
            await session.execute(select(cases.c.doc))
    wrong = follow_up_scope("guessed", "d1")
    async with ledger.read(wrong) as session:
        assert await progress(session, wrong) is None


async def test_words_of_the_ledger_stay_even_when_the_writer_lost_sight_of_the_case(ledger: Database) -> None:
    case_id, said, refused = fresh(), fresh(), fresh()
    for command in (said, refused):
        await makers.say(ledger, command, case_id, {"text": "评估结论"}, actor_id="assessor")
    await append(ledger, batch(case_id, [entry(case_id, 1, command_id=said)]))  # not assigned to the assessor
    async with ledger.write(makers.ASSESSOR) as session:
        await session.execute(text("SELECT take_back(ARRAY[:a, :b])"), {"a": said, "b": refused})
    async with makers.past_locks(ledger) as superuser:
        kept = select(contents.c.command_id).where(contents.c.command_id.in_([said, refused]))
        assert (await superuser.scalars(kept)).all() == [said]
