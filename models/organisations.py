"""Organisations (机构): what one is to the work."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation (机构) is to the work."""

    BUREAU = "bureau"  # 应急管理局
    SECTION = "section"  # 科室、执法大队
    GOVERNMENT = "government"  # 区政府
    COMMITTEE = "committee"  # 安委办、专委会
    TERRITORY = "territory"  # 镇街、园区安监办
    ASSESSOR = "assessor"  # 第三方评估机构
    DEPARTMENT = "department"  # 其他部门


KIND_LABELS: Mapping[OrganisationKind, tuple[str, str]] = {
    OrganisationKind.BUREAU: ("应急管理局", "bureau"),
    OrganisationKind.SECTION: ("科室", "section"),
    OrganisationKind.GOVERNMENT: ("区政府", "government"),
    OrganisationKind.COMMITTEE: ("安委办、专委会", "committee"),
    OrganisationKind.TERRITORY: ("镇街、园区", "territory office"),
    OrganisationKind.ASSESSOR: ("第三方评估机构", "assessor"),
    OrganisationKind.DEPARTMENT: ("相关部门", "department"),
}
