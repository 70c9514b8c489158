"""The people of the demo district: accounts named by role, and the other officials of the liaison groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from demo import places
from demo.enterprises import ENTERPRISES, TEAMS
from demo.places import TERRITORIES, stable_id
from models.actors import Actor, Rank, Role


@dataclass(frozen=True, slots=True)
class Person:
    """An account. Officials without ``login`` are named on papers but have no password."""

    username: str
    name: str
    role: Role
    org_id: str | None = None
    rank: Rank | None = None
    territory_id: str | None = None
    enterprise_id: str | None = None
    assessor_org_id: str | None = None
    certificate: str | None = None
    """Number of the law-enforcement certificate (执法证号)."""
    login: bool = True
    zh: str = ""
    en: str = ""

    @property
    def user_id(self) -> str:
        return user_id(self.username)

    @property
    def actor(self) -> Actor:
        """Who this is to the rules."""
        return Actor(
            user_id=self.user_id,
            role=self.role,
            rank=self.rank,
            org_id=self.org_id,
            district_id=places.DISTRICT_ID,
            territory_id=self.territory_id,
            enterprise_id=self.enterprise_id,
            assessor_org_id=self.assessor_org_id,
            certified=self.certificate is not None,
        )


def user_id(username: str) -> str:
    """The id of an account, the same in every installation of the demo."""
    return stable_id("user", username)


def user_ids(*usernames: str) -> tuple[str, ...]:
    """The ids of several accounts."""
    return tuple(user_id(one) for one in usernames)


def certificates_expire(since: date) -> date:
    """Last day of every certificate in a district made at ``since``."""
    return date(since.year + 3, 12, 31)


def _certificate(no: int) -> str:
    return f"示应急执法{no:04d}"


R = Role
_CHIEF = ("判定、延期、中止、一般隐患销号、督办函", "grade, extend, pause, sign off general hazards, letters")
_INSPECT = ("登记检查、送达、复查、提请措施", "record inspections, serve, re-inspect, propose measures")
_FIRM = ("报整改、方案、延期、完成", "plan, progress, extension, completion")

NAMED: tuple[Person, ...] = (
    Person(
        "inspector",
        "陈立新",
        R.INSPECTOR,
        places.BRIGADE,
        certificate=_certificate(1),
        zh=_INSPECT[0],
        en=_INSPECT[1],
    ),
    Person(
        "inspector2",
        "林晓梅",
        R.INSPECTOR,
        places.CHEMICALS,
        certificate=_certificate(2),
        zh="同行的第二名执法人员",
        en="the second officer of a visit",
    ),
    Person(
        "inspector3",
        "郭志远",
        R.INSPECTOR,
        places.TRADE,
        certificate=_certificate(3),
        zh="重大隐患另派的复查人员",
        en="the fresh eyes on a major hazard",
    ),
    Person(
        "section_head",
        "许文涛",
        R.SECTION_HEAD,
        places.TRADE,
        rank=Rank.SECTION_HEAD,
        certificate=_certificate(4),
        zh=_CHIEF[0],
        en=_CHIEF[1],
    ),
    Person(
        "deputy_head",
        "唐敏",
        R.DEPUTY_HEAD,
        places.BUREAU,
        rank=Rank.DEPUTY_HEAD,
        zh="批准约谈、曝光；可代理局长（委托在期）",
        en="approves talks; may act for the head (dated delegation)",
    ),
    Person(
        "head",
        "高振华",
        R.HEAD,
        places.BUREAU,
        rank=Rank.HEAD,
        zh="重大隐患销号，处罚、停产停业、停电",
        en="sign off major hazards, penalties, stops, power cuts",
    ),
    Person(
        "government",
        "罗启明",
        R.GOVERNMENT,
        places.GOVERNMENT,
        rank=Rank.DISTRICT_HEAD,
        zh="决定关闭企业",
        en="decide on closure",
    ),
    Person(
        "legal_reviewer",
        "宋洁",
        R.LEGAL_REVIEWER,
        places.LEGAL,
        zh="法制审核、参加集体讨论",
        en="legal review",
    ),
    Person(
        "enterprise",
        "张海涛",
        R.ENTERPRISE,
        enterprise_id=ENTERPRISES[0].enterprise_id,
        zh=f"{ENTERPRISES[0].name}：{_FIRM[0]}",
        en=_FIRM[1],
    ),
    Person(
        "enterprise2",
        "马丽",
        R.ENTERPRISE,
        enterprise_id=ENTERPRISES[1].enterprise_id,
        zh=f"{ENTERPRISES[1].name}：陈述申辩、申请听证；看不到别家",
        en="may answer a notice of intent; sees no other enterprise",
    ),
    Person(
        "assessor",
        "何一鸣",
        R.ASSESSOR,
        places.ASSESSOR_ONE,
        assessor_org_id=places.ASSESSOR_ONE,
        zh="对受托案件提交评估报告",
        en="file assessments",
    ),
    Person(
        "assessor2",
        "邓可",
        R.ASSESSOR,
        places.ASSESSOR_TWO,
        assessor_org_id=places.ASSESSOR_TWO,
        zh="另一家评估机构",
        en="another assessor",
    ),
    Person(
        "territory",
        "方志伟",
        R.TERRITORY,
        TERRITORIES[0].org_id,
        territory_id=TERRITORIES[0].territory_id,
        zh=f"{TERRITORIES[0].name}：看本辖区、转报线索",
        en="sees its territory, passes leads on",
    ),
    Person("committee", "彭雪", R.COMMITTEE, places.COMMITTEE, zh="看全区、交办线索", en="sees the district"),
    Person("auditor", "曹严", R.AUDITOR, zh="只读全部，核对台账", en="reads everything"),
    Person(
        "admin", "系统管理员", R.ADMIN, places.BUREAU, zh="账号与基础数据，不碰案件", en="accounts, no cases"
    ),
)
"""The accounts that are printed."""

_SURNAMES = "梁谢宋唐许邓韩冯曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚"
_GIVEN = ("伟", "芳", "强", "敏", "磊", "静", "勇", "艳", "涛", "娟")
_SECTIONS = (places.CHEMICALS, places.TRADE, places.BRIGADE)
_MANAGERS = ("安全总监", "安环部长", "安全主管")


def _officials() -> tuple[Person, ...]:
    """The other members of the liaison groups: certified, without a password."""
    return tuple(
        Person(
            f"officer{no:02d}",
            f"{_SURNAMES[no - 1]}{_GIVEN[no % 10]}",
            Role.INSPECTOR,
            _SECTIONS[no % 3],
            certificate=_certificate(no + 4),
            login=False,
        )
        for no in range(1, 2 * len(TEAMS) - 3)
    )


def _managers() -> tuple[Person, ...]:
    return tuple(
        Person(
            one.account,
            f"{one.legal_representative[0]}{_MANAGERS[one.no % 3]}",
            Role.ENTERPRISE,
            enterprise_id=one.enterprise_id,
        )
        for one in ENTERPRISES[2:]
    )


def _offices() -> tuple[Person, ...]:
    return tuple(
        Person(
            f"territory{no}",
            f"{place.name}安监办",
            Role.TERRITORY,
            place.org_id,
            territory_id=place.territory_id,
        )
        for no, place in enumerate(TERRITORIES[1:], start=2)
    )


OFFICIALS: tuple[Person, ...] = _officials()
PEOPLE: tuple[Person, ...] = (*NAMED, *_managers(), *_offices(), *OFFICIALS)
BY_NAME: dict[str, Person] = {person.username: person for person in PEOPLE}

_MEMBERS = (
    *(BY_NAME[name] for name in ("section_head", "inspector", "inspector2")),
    *OFFICIALS[:1],
    BY_NAME["inspector3"],
    *OFFICIALS[1:],
)
TEAM_MEMBERS: dict[int, tuple[Person, Person]] = {
    no: (_MEMBERS[2 * no - 2], _MEMBERS[2 * no - 1]) for no in TEAMS
}
"""Liaison group (挂钩小组) → its two members; the first leads it."""
