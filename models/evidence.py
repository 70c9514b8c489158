"""Evidence (证据): who may add it to a case, and who may look at the originals."""

from __future__ import annotations

from typing import Literal

from models.actors import BUREAU_ROLES, Actor, Role
from models.errors import NotAuthorised, TransitionNotAllowed
from models.lifecycle import FINAL, CaseState
from models.sight import ORIGINAL_READERS

Audience = Literal["parties", "bureau"]
"""For whom a file is kept: the parties of the case, or the authority alone (内部材料)."""

UPLOADERS = frozenset(
    {Role.INSPECTOR, Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD}
    | {Role.ENTERPRISE, Role.ASSESSOR, Role.TERRITORY}
)
"""Who adds evidence to a case they see."""


def check_may_upload(actor: Actor, audience: Audience, state: str, *, measure_open: bool) -> None:
    """Raise unless ``actor`` may add evidence for ``audience`` to a case they see, which stands in ``state``.

    A closed case takes no more, unless a measure the asker may know of is open: a fine outlives its hazard.
    """
    if actor.role not in UPLOADERS or (audience == "bureau" and actor.role not in BUREAU_ROLES):
        raise NotAuthorised(
            "您的角色不能上传此类证据", "Your role does not add such evidence", rule="evidence.uploaders"
        )
    if CaseState(state) in FINAL and not measure_open:
        raise TransitionNotAllowed(
            "案件已办结，不再接收证据",
            "The case is closed and takes no more evidence",
            rule="evidence.open_case",
            state=state,
        )


def check_sees_originals(actor: Actor) -> None:
    """Raise unless ``actor`` may see originals. Raises NotAuthorised."""
    if actor.role not in ORIGINAL_READERS:
        raise NotAuthorised(
            "原件仅供执法机关查阅，请查看副本",
            "Originals are for the authority only; ask for the copy",
            rule="evidence.original",
            remedy_zh="使用 variant=copy",
            remedy_en="Use variant=copy",
        )
