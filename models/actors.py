"""Who acts: roles (角色), ranks (职级) and the person behind a command."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Role(StrEnum):
    """The parts people play (domain §2)."""

    INSPECTOR = "inspector"  # 执法人员 / 挂钩小组成员
    SECTION_HEAD = "section_head"  # 科室负责人 / 挂钩小组组长
    DEPUTY_HEAD = "deputy_head"  # 分管负责人
    HEAD = "head"  # 主要负责人
    GOVERNMENT = "government"  # 区政府
    LEGAL_REVIEWER = "legal_reviewer"  # 法制审核
    ENTERPRISE = "enterprise"  # 企业
    ASSESSOR = "assessor"  # 第三方评估机构 / 专家
    TERRITORY = "territory"  # 属地镇街
    COMMITTEE = "committee"  # 安委办 / 督导办
    REPORTER = "reporter"  # 举报人
    AUDITOR = "auditor"  # 纪检、法院、上级
    ADMIN = "admin"  # 系统管理员
    SYSTEM = "system"  # the service itself: clocks, never a person


class Rank(StrEnum):
    """Leader ranks in ascending order; the order is :data:`RANK_ORDER`."""

    SECTION_HEAD = "section_head"
    DEPUTY_HEAD = "deputy_head"
    HEAD = "head"
    DISTRICT_DEPUTY = "district_deputy"
    DISTRICT_HEAD = "district_head"


RANK_ORDER: tuple[Rank, ...] = tuple(Rank)

ROLE_OF_RANK: dict[Rank, Role] = {
    Rank.SECTION_HEAD: Role.SECTION_HEAD,
    Rank.DEPUTY_HEAD: Role.DEPUTY_HEAD,
    Rank.HEAD: Role.HEAD,
    Rank.DISTRICT_DEPUTY: Role.GOVERNMENT,
    Rank.DISTRICT_HEAD: Role.GOVERNMENT,
}
"""The role a leader of each rank plays."""

RANK_LABELS: dict[Rank, tuple[str, str]] = {
    Rank.SECTION_HEAD: ("科室负责人", "section head"),
    Rank.DEPUTY_HEAD: ("分管负责人", "deputy head"),
    Rank.HEAD: ("主要负责人", "head"),
    Rank.DISTRICT_DEPUTY: ("分管副区长", "district deputy head"),
    Rank.DISTRICT_HEAD: ("区长", "district head"),
}

ROLE_LABELS: dict[Role, tuple[str, str]] = {
    Role.INSPECTOR: ("执法人员", "inspector"),
    Role.SECTION_HEAD: ("科室负责人", "section head"),
    Role.DEPUTY_HEAD: ("分管负责人", "deputy head"),
    Role.HEAD: ("主要负责人", "head"),
    Role.GOVERNMENT: ("区政府", "district government"),
    Role.LEGAL_REVIEWER: ("法制审核人员", "legal reviewer"),
    Role.ENTERPRISE: ("企业", "enterprise"),
    Role.ASSESSOR: ("评估机构", "assessor"),
    Role.TERRITORY: ("属地镇街", "territory office"),
    Role.COMMITTEE: ("安委办", "safety committee office"),
    Role.REPORTER: ("举报人", "reporter"),
    Role.AUDITOR: ("监督人员", "auditor"),
    Role.ADMIN: ("系统管理员", "administrator"),
    Role.SYSTEM: ("系统", "the service"),
}

BUREAU_ROLES = frozenset(
    {Role.INSPECTOR, Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD, Role.LEGAL_REVIEWER}
)
"""Officials of the bureau: they see their whole district."""

DISTRICT_ROLES = BUREAU_ROLES | {Role.GOVERNMENT, Role.COMMITTEE, Role.AUDITOR, Role.SYSTEM}
"""Roles whose scope is the district."""


def reaches(rank: Rank | None, needed: Rank) -> bool:
    """Whether ``rank`` is at least ``needed``."""
    return rank is not None and RANK_ORDER.index(rank) >= RANK_ORDER.index(needed)


class Actor(BaseModel):
    """A person (or the service) at the moment of a command, as the API vouches for it: ids only, no personal data.

    With a dated delegation (委托代理) in use, ``acting_for`` is the person acted for and ``acting_rank`` that
    person's rank: authority then is the other's, and so is the separation of duties.
    """

    model_config = ConfigDict(frozen=True)

    user_id: str
    role: Role
    rank: Rank | None = None
    org_id: str | None = None
    district_id: str | None = None
    territory_id: str | None = None
    enterprise_id: str | None = None
    assessor_org_id: str | None = None
    certified: bool = False
    """Holds a valid law-enforcement certificate (执法证) now."""
    acting_for: str | None = None
    acting_rank: Rank | None = None

    @property
    def effective_rank(self) -> Rank | None:
        """The rank that counts: the delegator's when acting for someone."""
        return self.acting_rank if self._stands_in else self.rank

    @property
    def effective_role(self) -> Role:
        """The role that counts: the delegator's when acting for a leader."""
        return ROLE_OF_RANK[self.acting_rank] if self._stands_in and self.acting_rank else self.role

    @property
    def _stands_in(self) -> bool:
        """Whether the delegation carries: what the government decides, nobody of a bureau decides for it."""
        of_government = self.acting_rank is not None and ROLE_OF_RANK[self.acting_rank] is Role.GOVERNMENT
        return self.acting_for is not None and (not of_government or self.role is Role.GOVERNMENT)

    @property
    def persons(self) -> frozenset[str]:
        """Everyone this act counts for: the hand that signs and the person acted for."""
        return frozenset({self.user_id} | ({self.acting_for} if self.acting_for else set()))


LINK = "link:"
"""What the id of an actor begins with who came by the link of an order: the ledger and the audit log say so by it."""

PUBLIC = "public"
"""The id of somebody of the public who reports a hazard."""


class Visitor(Actor):
    """An enterprise without an account that came by the link of an order (扫码办理): its cases, and nothing else.

    A command travels with the :class:`Actor` alone; what a visitor reaches is decided before it leaves.
    """

    order_id: str


def came_by_link(user_id: str | None) -> bool:
    """Whether an actor's id is that of a link."""
    return user_id is not None and user_id.startswith(LINK)


SYSTEM = Actor(user_id="system", role=Role.SYSTEM)
"""The service itself, when a clock falls due."""
