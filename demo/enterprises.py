"""The 51 key enterprises of the five fields (五个行业领域 51 家重点企业), three to each liaison group; all fictional."""

from __future__ import annotations

from dataclasses import dataclass

from stdnum.cn import uscc

from demo.places import TERRITORIES, Territory, stable_id

FIELDS: dict[str, tuple[str, str]] = {
    "hazardous_chemicals": ("危险化学品", "hazardous chemicals"),
    "dust_explosion": ("粉尘涉爆", "explosive dust"),
    "metal_smelting": ("金属冶炼", "metal smelting"),
    "confined_space": ("有限空间", "confined spaces"),
    "ammonia_refrigeration": ("涉氨制冷", "ammonia refrigeration"),
}
"""Industry key → its name."""

PER_TEAM = 3
_REGION = "329901"  # no real place has this code
_ORG_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Enterprise:
    """One key enterprise (重点企业); ``no`` counts from 1 and names its account and its group."""

    no: int
    name: str
    industry: str
    territory: Territory
    legal_representative: str

    @property
    def enterprise_id(self) -> str:
        return stable_id("enterprise", str(self.no))

    @property
    def uscc(self) -> str:
        return credit_code(self.no)

    @property
    def team_no(self) -> int:
        return (self.no - 1) // PER_TEAM + 1

    @property
    def team_id(self) -> str:
        return team_id(self.team_no)

    @property
    def account(self) -> str:
        """The user name of its safety manager."""
        return f"enterprise{self.no}" if self.no > 1 else "enterprise"

    @property
    def latitude(self) -> float:
        """Where it is, some way from the middle of its territory."""
        return round(self.territory.latitude + (self.no * 7 % 19 - 9) * 0.0011, 5)

    @property
    def longitude(self) -> float:
        return round(self.territory.longitude + (self.no * 5 % 17 - 8) * 0.0013, 5)

    @property
    def address(self) -> str:
        return f"示范区{self.territory.road}{self.no * 7 % 180 + 6}号"

    @property
    def phone(self) -> str:
        """A number in an area code that does not exist."""
        return f"0500-86{self.no * 7919 % 1_000_000:06d}"


def team_id(no: int) -> str:
    """The id of a liaison group (挂钩小组)."""
    return f"team-{no:02d}"


def credit_code(no: int) -> str:
    """A valid, fictional unified social credit code (统一社会信用代码): both its check digits are right."""
    body = f"MAD{no * 7919 % 100_000:05d}"
    total = sum(_ORG_ALPHABET.index(sign) * weight for sign, weight in zip(body, _ORG_WEIGHTS, strict=True))
    check = (11 - total % 11) % 11
    code = f"91{_REGION}{body}{'X' if check == 10 else check}"
    return code + str(uscc.calc_check_digit(code))


_ROWS: dict[str, tuple[tuple[str, str], ...]] = {
    "qinglan": (
        ("dust_explosion", "青岚永固木业有限公司"),
        ("hazardous_chemicals", "青岚恒润化工有限公司"),
        ("metal_smelting", "青岚新锋铸造有限公司"),
        ("dust_explosion", "青岚亮晶轮毂抛光有限公司"),
        ("confined_space", "青岚味源酱腌菜有限公司"),
        ("ammonia_refrigeration", "青岚鲜达冷链物流有限公司"),
        ("dust_explosion", "青岚丰裕饲料有限公司"),
        ("metal_smelting", "青岚顺兴有色铸件有限公司"),
        ("confined_space", "青岚清源污水处理有限公司"),
        ("dust_explosion", "青岚雅居板材有限公司"),
    ),
    "chenghu": (
        ("ammonia_refrigeration", "澄湖水产冷冻食品有限公司"),
        ("confined_space", "澄湖纸业有限公司"),
        ("dust_explosion", "澄湖面粉加工有限公司"),
        ("metal_smelting", "澄湖宏远特钢有限公司"),
        ("dust_explosion", "澄湖三和家具有限公司"),
        ("hazardous_chemicals", "澄湖蓝天涂料有限公司"),
        ("ammonia_refrigeration", "澄湖畜禽屠宰冷藏有限公司"),
        ("confined_space", "澄湖锦绣印染有限公司"),
        ("dust_explosion", "澄湖精工抛光有限公司"),
        ("confined_space", "澄湖老窖酒业有限公司"),
    ),
    "beiwang": (
        ("dust_explosion", "北望铝业精密部件有限公司"),
        ("metal_smelting", "北望压铸科技有限公司"),
        ("confined_space", "北望皮革制品有限公司"),
        ("ammonia_refrigeration", "北望乳业有限公司"),
        ("dust_explosion", "北望棉纺织有限公司"),
        ("hazardous_chemicals", "北望工业气体充装有限公司"),
        ("dust_explosion", "北望橡塑制品有限公司"),
        ("confined_space", "北望电镀中心有限公司"),
        ("metal_smelting", "北望铜材有限公司"),
    ),
    "yunmo": (
        ("dust_explosion", "云陌木门有限公司"),
        ("ammonia_refrigeration", "云陌冰品有限公司"),
        ("confined_space", "云陌环保水务有限公司"),
        ("dust_explosion", "云陌淀粉糖业有限公司"),
        ("metal_smelting", "云陌锻铸有限公司"),
        ("confined_space", "云陌豆制品有限公司"),
        ("hazardous_chemicals", "云陌加油加气站有限公司"),
        ("dust_explosion", "云陌五金打磨有限公司"),
    ),
    "dongling": (
        ("hazardous_chemicals", "东陵瑞科精细化工有限公司"),
        ("hazardous_chemicals", "东陵联诚医药化工有限公司"),
        ("hazardous_chemicals", "东陵宏景树脂有限公司"),
        ("hazardous_chemicals", "东陵安储危化品仓储有限公司"),
        ("hazardous_chemicals", "东陵合众溶剂有限公司"),
        ("hazardous_chemicals", "东陵百川助剂有限公司"),
        ("hazardous_chemicals", "东陵正和农药有限公司"),
        ("hazardous_chemicals", "东陵启元新材料有限公司"),
        ("hazardous_chemicals", "东陵盛达氯碱有限公司"),
        ("hazardous_chemicals", "东陵新源液化气储配有限公司"),
        ("dust_explosion", "东陵粉体材料有限公司"),
        ("confined_space", "东陵园区污水处理有限公司"),
        ("ammonia_refrigeration", "东陵生物制品冷藏有限公司"),
        ("metal_smelting", "东陵硅铁合金有限公司"),
    ),
}
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱"
_GIVEN = ("国强", "建华", "志明", "海燕", "永康", "文斌", "秀兰", "德胜", "晓东", "丽娟", "振宇")


def _all() -> tuple[Enterprise, ...]:
    places = {place.territory_id: place for place in TERRITORIES}
    rows = [(places[key], industry, name) for key, part in _ROWS.items() for industry, name in part]
    return tuple(
        Enterprise(no, name, industry, place, f"{_SURNAMES[no % 17]}{_GIVEN[no % 11]}")
        for no, (place, industry, name) in enumerate(rows, start=1)
    )


ENTERPRISES: tuple[Enterprise, ...] = _all()
TEAMS = range(1, len(ENTERPRISES) // PER_TEAM + 1)
"""Numbers of the liaison groups."""


def enterprise(no: int) -> Enterprise:
    """The enterprise of that number."""
    return ENTERPRISES[no - 1]
