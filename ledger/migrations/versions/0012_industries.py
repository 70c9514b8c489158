"""Industries that were kept by a name, as older registers said them, are kept by their key: one industry is counted once."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NAMES = {
    "hazardous_chemicals": ("危险化学品", "hazardous chemicals"),
    "dust_explosion": ("粉尘涉爆", "explosive dust"),
    "metal_smelting": ("金属冶炼", "metal smelting"),
    "confined_space": ("有限空间", "confined spaces"),
    "ammonia_refrigeration": ("涉氨制冷", "ammonia refrigeration"),
}
_RENAMED = {
    "enterprises": "UPDATE enterprises SET industry = :key WHERE industry = :name",
    "cases": "UPDATE cases SET industry = :key, counted = ARRAY("
    "SELECT replace(one, CAST(to_json(CAST(:name AS text)) AS text), CAST(to_json(CAST(:key AS text)) AS text))"
    " FROM unnest(counted) WITH ORDINALITY AS said (one, no) ORDER BY no) WHERE industry = :name",
    "case_tallies": "UPDATE case_tallies SET one = :key WHERE what = 'owed' AND one = :name",
}


def upgrade() -> None:
    for table in _RENAMED:  # its owner is no reader of it: row-level security would hide every row
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for key, names in _NAMES.items():
        for name in names:
            _rename(name, key)
    for table in _RENAMED:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _rename(name: str, key: str) -> None:
    for table in _RENAMED:
        op.execute(sa.text(_RENAMED[table]).bindparams(name=name, key=key))
