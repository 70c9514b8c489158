"""A demo ledger of many cases is made on a demo alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from demo.many import fill
from ledger.registry import put_account, put_district
from ledger.sessions import Database, Scope
from models.actors import Role
from models.errors import Refused

KEY = b"k" * 32


async def test_a_database_that_holds_real_people_is_refused(database: Database) -> None:
    admin = Scope(role=Role.ADMIN, district_id="d1", user_id="op")
    async with database.write(admin) as session:
        await put_district(session, "d1", "某区")
        account = {"user_id": "u-1", "district_id": "d1", "username": "zhang", "display_name": "张"}
        await put_account(session, **account, role="inspector")
    with pytest.raises(Refused) as refused:
        await fill(database, 10, datetime.now(UTC), KEY)
    assert refused.value.rule == "demo.only_on_a_demo"
