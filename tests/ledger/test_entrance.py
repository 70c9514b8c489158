"""Entering a scope is text: only ids may be part of it."""

from __future__ import annotations

import pytest

from ledger.scope import Scope
from ledger.sessions import Database, entrance
from models.actors import Role


@pytest.mark.parametrize("odd", ["e-1'", "x\\", "a\0b", "e 1", "');DROP TABLE cases;--", "企业", "a\nb"])
@pytest.mark.parametrize(
    "part", ["district_id", "territory_id", "enterprise_id", "assessor_org_id", "user_id"]
)
def test_anything_but_an_id_is_refused(part: str, odd: str) -> None:
    with pytest.raises(ValueError, match="ids"):
        entrance(Scope(role=Role.ENTERPRISE, **{part: odd}), read_only=True)


async def test_a_transaction_has_the_role_and_the_scope_it_was_entered_with(database: Database) -> None:
    scope = Scope(role=Role.ENTERPRISE, district_id="d-1", enterprise_id="e-1", user_id="u:1")
    async with database.read(scope) as session:
        row = (
            await session.exec_driver_sql(
                "SELECT current_user, current_setting('app.enterprise_id'), current_setting('app.district_id'),"
                " current_setting('transaction_read_only')"
            )
        ).one()
    assert tuple(row) == ("xh_enterprise", "e-1", "d-1", "on")
    async with database.engine.connect() as outside:
        found = (await outside.exec_driver_sql("SELECT current_setting('app.enterprise_id', true)")).scalar()
    assert not found
