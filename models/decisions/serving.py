"""Service of documents (送达, 《民事诉讼法》第八十七条至第九十五条): each way has its moment and its proof, for every paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.commands import Service, ServiceMethod
from models.decisions.base import Context, known_evidence, require
from models.instants import day_of, midnight
from models.policy import Policy

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Way:
    """A way of serving: what ``served_at`` says of it, what proves it, and the article."""

    moment: tuple[str, str]
    """What moment is entered as the time of service."""
    proof: tuple[str, str]
    article: str
    proved: Callable[[Service], bool]
    deemed: str | None = None
    """The policy's clock after which it is deemed served; None: at the moment itself."""


def _by_evidence(service: Service) -> bool:
    return bool(service.evidence)


WAYS: Mapping[ServiceMethod, Way] = {
    ServiceMethod.IN_PERSON: Way(
        ("受送达人签收的时间", "when the receipt was signed"),
        ("受送达人在送达回证上签名", "the signed receipt of service"),
        "《民事诉讼法》第八十七条、第八十八条",
        lambda _: True,
    ),
    ServiceMethod.WITNESSED_LEAVE: Way(
        ("留置的时间", "when it was left"),
        ("两名见证人或者送达影像", "two witnesses, or photographs or video"),
        "《民事诉讼法》第八十九条",
        lambda service: len(set(service.witnesses)) >= 2 or _by_evidence(service),
    ),
    ServiceMethod.POST: Way(
        ("回执上注明的收件时间", "when the return receipt says it was received"),
        ("邮寄回执", "the return receipt"),
        "《民事诉讼法》第九十一条",
        _by_evidence,
    ),
    ServiceMethod.ELECTRONIC: Way(
        ("到达受送达人特定系统的时间", "when it reached the party's system"),
        ("当事人签订的同意电子送达确认书", "the party's signed consent to electronic service"),
        "《行政处罚法》第六十一条、《民事诉讼法》第九十条",
        _by_evidence,
    ),
    ServiceMethod.PUBLIC_NOTICE: Way(
        ("发出公告的时间", "when the notice was published"),
        ("公告及其原因、经过的记录", "the notice, with the record of why and how"),
        "《民事诉讼法》第九十五条",
        _by_evidence,
        deemed="service.public_notice",
    ),
}
"""Way of serving → its moment and its proof. In person the receipt is signed on paper; no file is asked for."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A document served: when it is deemed served, when it was announced if that was before, and the proof."""

    at: datetime
    announced_at: datetime | None
    evidence: tuple[str, ...]


def lawful_service(service: Service, ctx: Context) -> Handed:
    """Service as the law knows it: proved as its way demands, at the moment its way has."""
    way = WAYS[service.method]
    require(
        way.proved(service),
        f"该送达方式须有：{way.proof[0]}",
        f"this way of service takes {way.proof[1]}",
        rule=f"service.{service.method.value}",
        article=way.article,
        remedy_zh=f"补充{way.proof[0]}（上传证据），或者改用其他送达方式",
        remedy_en="upload it as evidence, or serve it in another way",
    )
    at = deemed_at(service, ctx.rules.policy)
    return Handed(
        at=at,
        announced_at=service.served_at if at != service.served_at else None,
        evidence=known_evidence(service.evidence, ctx),
    )


def deemed_at(service: Service, policy: Policy) -> datetime:
    """The moment it counts as served: at once, or in the last moment of the day on which the notice has stood long
    enough; the law rolls that day off no holiday."""
    clock = WAYS[service.method].deemed
    if clock is None:
        return service.served_at
    last = day_of(service.served_at) + timedelta(days=policy.clock(clock).n)
    return midnight(last + timedelta(days=1)) - MOMENT
