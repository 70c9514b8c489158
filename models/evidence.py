"""Evidence (证据): who may add it to a case, what it is about, and who may look at the originals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Literal

from models.actors import Actor, Role
from models.audiences import ORIGINAL_READERS
from models.errors import NotAuthorised, TransitionNotAllowed
from models.fields import field_name
from models.lifecycle import FINAL, CaseState
from models.malformed import malformed_fields

Audience = Literal["parties", "bureau"]
"""For whom a file is kept: the parties of the case, or the authority alone (内部材料)."""

Shows = Literal["before", "after"]
"""What a picture shows: the hazard as it was found (整改前), or what became of it (整改后)."""
_BEFORE_THE_ORDER = (CaseState.REPORTED, CaseState.RECORDED, CaseState.DETERMINING)

PARTY_SIGNATURE = "当事人现场签名"
"""What the picture of a signature is for, which the party drew on the screen at a visit."""
LOOKALIKE_BITS = 6
"""At most so many of the 64 bits differ between two pictures that look the same (感知哈希); a guess for people to check."""
FAR_METRES = 1_000
"""From here on a picture was taken elsewhere than those of the officers; a hint, never a bar."""
_CLOCK_ERROR = timedelta(minutes=10)
_EARTH_METRES = 6_371_000

WARNING_LABELS: Mapping[str, tuple[str, str]] = {
    "same_file": ("与另一份证据完全相同", "the very same file as another piece of evidence"),
    "same_picture": ("与另一份证据画面相同", "looks the same as another piece of evidence"),
    "taken_before": ("拍摄时间早于本次整改", "taken before this correction began"),
    "taken_after": ("拍摄时间晚于上传时间", "taken after it was uploaded, as it says"),
    "taken_elsewhere": ("拍摄地点与现场照片相距较远", "taken far from where the officers took theirs"),
    "javascript": ("文件含脚本", "the file carries a script"),
    "submits": ("文件含提交或外部动作", "the file carries an action that submits or leads elsewhere"),
    "page": ("文件夹带网页内容", "the file carries a web page"),
    "archive": ("文件夹带压缩包", "the file carries an archive"),
}
"""What officers are told beside a piece of evidence; it never stops anything."""

Place = tuple[float, float]
"""Latitude and longitude in degrees."""

UPLOADERS = frozenset(
    {Role.INSPECTOR, Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD}
    | {Role.ENTERPRISE, Role.ASSESSOR, Role.TERRITORY}
)
"""Who adds evidence to a case they see."""
_PARTIES = frozenset({Role.ENTERPRISE, Role.ASSESSOR})
RELEASERS = frozenset({Role.INSPECTOR, Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD})
"""Who lets the parties see a piece of the bureau's evidence."""


def audience_of(actor: Actor, asked: Audience | None) -> Audience:
    """For whom a file is kept when nobody says: a party's own for the parties, an official's for the bureau until it
    is released."""
    return asked or ("parties" if actor.role in _PARTIES else "bureau")


def shows_of(actor: Actor, asked: Shows | None, state: str, submissions: int) -> Shows:
    """What a picture shows when nobody says: a party's what became of the hazard, as soon as it was ordered away; an
    official's the hazard itself, until the enterprise has said that it is gone."""
    if asked:
        return asked
    if actor.role in _PARTIES:
        return "before" if CaseState(state) in _BEFORE_THE_ORDER else "after"
    return "after" if submissions else "before"


def check_item(item: int | None, items: int) -> None:
    """Raise Malformed unless ``item`` is the number of one of a case's ``items`` requirements, or none."""
    if item is not None and not 1 <= item <= items:
        zh, en = field_name("item")
        wrong = {"field": "item", "type": "value_error", "name_zh": zh, "name_en": en}
        raise malformed_fields(
            [{**wrong, "zh": "案件没有这一项", "en": "is none of the case's requirements"}]
        )


def may_upload(actor: Actor, state: str, *, measure_open: bool) -> bool:
    """Whether ``actor`` may add anything to a case they see."""
    return actor.role in UPLOADERS and (CaseState(state) not in FINAL or measure_open)


def doubts(
    taken_at: datetime | None,
    place: Place | None,
    *,
    uploaded_at: datetime,
    since: datetime | None,
    places: Sequence[Place],
) -> tuple[str, ...]:
    """What speaks against what a file says of its time and place, as keys of :data:`WARNING_LABELS`. ``since`` is when the
    correction it is to prove began, ``places`` are where the officers took their pictures."""
    found = {
        "taken_before": taken_at is not None and since is not None and taken_at < since,
        "taken_after": taken_at is not None and taken_at > uploaded_at + _CLOCK_ERROR,
        "taken_elsewhere": place is not None
        and bool(places)
        and min(_metres(place, one) for one in places) > FAR_METRES,
    }
    return tuple(key for key, doubtful in found.items() if doubtful)


def _metres(one: Place, other: Place) -> float:
    """The distance between two places on the ground (haversine)."""
    north, east = radians(other[0] - one[0]), radians(other[1] - one[1])
    part = sin(north / 2) ** 2 + cos(radians(one[0])) * cos(radians(other[0])) * sin(east / 2) ** 2
    return 2 * _EARTH_METRES * asin(min(1, sqrt(part)))


def check_may_upload(actor: Actor, audience: Audience, state: str, *, measure_open: bool) -> None:
    """Raise unless ``actor`` may add evidence for ``audience`` to a case they see, which stands in ``state``.

    A closed case takes no more, unless a measure the asker may know of is open: a fine outlives its hazard.
    """
    if actor.role not in UPLOADERS or (audience == "bureau" and actor.role in _PARTIES):
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


def check_may_release(actor: Actor) -> None:
    """Raise unless ``actor`` may release evidence to the parties. Raises NotAuthorised."""
    if actor.role not in RELEASERS:
        raise NotAuthorised(
            "仅执法人员可以向当事人公开证据",
            "Only officers release evidence to the parties",
            rule="evidence.release",
            remedy_zh="请承办人办理",
            remedy_en="Ask the handler of the case",
        )


def check_takes_bundles(actor: Actor) -> None:
    """Raise unless ``actor`` may take the bundle of a case, for it holds originals and every word. Raises NotAuthorised."""
    if actor.role not in ORIGINAL_READERS:
        raise NotAuthorised(
            "案卷数据包含证据原件和全部台账，仅供执法机关和审计人员取用",
            "The bundle holds the originals and the whole ledger; it is for the authority and its auditors",
            rule="case_file.bundle",
            remedy_zh="可下载案卷PDF，内有您有权查看的全部文书",
            remedy_en="Take the case file as PDF: it has every document you may see",
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
