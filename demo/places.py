"""The district, its organisations and its territories (区、单位、镇街和园区); all of them fictional."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

DISTRICT_ID = "shifan"
DISTRICT = "示范区"

_NAMESPACE = uuid.UUID("7d3c6a52-8f7e-5c55-9b1e-1d4a60a1c0de")


def stable_id(kind: str, name: str) -> str:
    """The same id in every installation of the demo."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}/{name}"))


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation; ``kind`` as :func:`ledger.registry.put_organisation` knows it."""

    org_id: str
    name: str
    short_name: str
    kind: str
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Territory:
    """A township, street or park with the office that watches over it (属地)."""

    territory_id: str
    name: str
    road: str
    """What addresses there begin with."""
    latitude: float
    longitude: float
    """Its middle (WGS 84): out at sea, where nobody is."""

    @property
    def org_id(self) -> str:
        return f"office-{self.territory_id}"


BUREAU = "bureau"
CHEMICALS, TRADE, BRIGADE, LEGAL = "sec-chemicals", "sec-trade", "sec-brigade", "sec-legal"
GOVERNMENT, COMMITTEE = "government", "committee"
ASSESSOR_ONE, ASSESSOR_TWO = "assessor-one", "assessor-two"

TERRITORIES: tuple[Territory, ...] = (
    Territory("qinglan", "青岚镇", "青岚镇工业路", 30.6, 122.92),
    Territory("chenghu", "澄湖镇", "澄湖镇沿湖大道", 30.57, 122.99),
    Territory("beiwang", "北望街道", "北望街道创新路", 30.66, 122.96),
    Territory("yunmo", "云陌街道", "云陌街道兴业路", 30.63, 123.03),
    Territory("dongling", "东陵化工园区", "东陵化工园区纬三路", 30.54, 123.06),
)

ORGANISATIONS: tuple[Organisation, ...] = (
    Organisation(GOVERNMENT, "示范区人民政府", "区政府", "government"),
    Organisation(BUREAU, "示范区应急管理局", "区应急局", "bureau", GOVERNMENT),
    Organisation(CHEMICALS, "示范区应急管理局危化科", "危化科", "section", BUREAU),
    Organisation(TRADE, "示范区应急管理局工贸科", "工贸科", "section", BUREAU),
    Organisation(BRIGADE, "示范区应急管理综合执法大队", "执法大队", "section", BUREAU),
    Organisation(LEGAL, "示范区应急管理局法制科", "法制科", "section", BUREAU),
    Organisation(COMMITTEE, "示范区安全生产委员会办公室", "区安委办", "committee", GOVERNMENT),
    Organisation("fire", "示范区消防救援大队", "消防大队", "department", GOVERNMENT),
    Organisation("market", "示范区市场监督管理局", "区市监局", "department", GOVERNMENT),
    Organisation(ASSESSOR_ONE, "中衡安全技术评价有限公司", "中衡评价", "assessor"),
    Organisation(ASSESSOR_TWO, "远瞻安全科技咨询有限公司", "远瞻安科", "assessor"),
    *(
        Organisation(one.org_id, f"{one.name}安全生产监督管理办公室", f"{one.name}安监办", "territory")
        for one in TERRITORIES
    ),
)
