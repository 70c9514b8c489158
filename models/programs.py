"""Programs (服务账号): a program with a name, owned by a person, that may do a few things of what its owner may."""

from __future__ import annotations

from enum import StrEnum

from models.actors import Actor


class Permission(StrEnum):
    """What a program may be let do. There is none for approving, signing or anything about accounts."""

    READ = "read"
    EXPORT = "export"
    OPEN_CASES = "open_cases"
    IMPORT = "import"


PERMISSION_LABELS: dict[Permission, tuple[str, str]] = {
    Permission.READ: ("读取台账", "read lists and cases"),
    Permission.EXPORT: ("导出文件和报表", "export files and reports"),
    Permission.OPEN_CASES: ("上报隐患、上传附件", "open cases and attach files"),
    Permission.IMPORT: ("导入登记表", "import tables"),
}


class Program(Actor):
    """A program at work: its owner's scope, and the permissions it was given. A command travels with the :class:`Actor`
    alone; what a program may is decided before."""

    program_id: str
    program: str
    may: frozenset[Permission]
