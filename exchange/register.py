"""Tables of enterprises and people as they come (企业、人员导入): which column fills which field, whatever it is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from exchange.sheets import Heading, Line, day, lines, text
from services.register.importing import Given, Kind

ENTERPRISES: Sequence[Heading] = (
    Heading("uscc", ("统一社会信用代码", "信用代码", "社会信用代码", "credit code")),
    Heading("name", ("企业名称", "单位名称", "名称", "企业", "enterprise name")),
    Heading("territory", ("属地", "所属镇街", "镇街", "乡镇街道", "所在镇街", "属地镇街")),
    Heading("industry", ("行业", "行业领域", "所属行业", "行业类别")),
    Heading("address", ("地址", "企业地址", "生产经营地址", "经营地址", "注册地址")),
    Heading("legal_representative", ("法定代表人", "法人", "法人代表", "负责人", "主要负责人", "企业负责人")),
    Heading("phone", ("联系电话", "电话", "联系方式", "手机", "手机号")),
    Heading("regulator", ("监管部门", "行业主管部门", "主管部门", "监管单位")),
    Heading("team", ("挂钩小组", "小组", "督导小组")),
    Heading("key", ("重点企业", "是否重点", "是否重点企业")),
)
PEOPLE: Sequence[Heading] = (
    Heading("username", ("用户名", "账号", "登录名")),
    Heading("name", ("姓名", "名字")),
    Heading("role", ("角色", "岗位")),
    Heading("rank", ("职级",)),
    Heading("organisation", ("单位", "科室", "所在单位", "所属单位", "部门")),
    Heading("territory", ("属地", "镇街", "所属镇街")),
    Heading("enterprise", ("企业信用代码", "统一社会信用代码", "信用代码", "所属企业")),
    Heading("assessor", ("评估机构", "安评机构")),
    Heading("certificate", ("执法证号", "执法证", "执法证件号", "证件号")),
    Heading("certificate_expires", ("有效期至", "执法证有效期", "证件有效期", "有效期")),
)
KINDS: Mapping[Kind, Sequence[Heading]] = MappingProxyType(
    {Kind.ENTERPRISES: ENTERPRISES, Kind.PEOPLE: PEOPLE}
)
_DAYS = frozenset({"certificate_expires"})


def given(path: Path, kind: Kind) -> Iterator[Given]:
    """The rows of a file of ``kind``. Raises Malformed for a file that is none."""
    for line in lines(path, KINDS[kind]):
        yield _given(line)


def first(path: Path, kind: Kind, most: int) -> list[Given]:
    """The first ``most`` rows of a file of ``kind``, and one beyond them where it is longer. Raises as :func:`given`."""
    return [*islice(given(path, kind), most + 1)]


def _given(line: Line) -> Given:
    values = {
        field: (day(value) or None) if field in _DAYS else text(value) for field, value in line.cells.items()
    }
    return Given(values, line.places, line.where)
