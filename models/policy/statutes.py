"""What a policy file may not touch: the statutory values (法定期限、法定数值、法定职级, class S).

A policy may only be stricter than the law for the *agency*; ``Direction`` says which way that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from models.actors import RANK_LABELS, Rank, reaches
from models.clocks import ClockSpec, DayKind, Unit
from models.policy.values import Figure

HOURS, DAYS, MONTHS, YEARS = Unit.HOURS, Unit.DAYS, Unit.MONTHS, Unit.YEARS
WORKING, CALENDAR = DayKind.WORKING, DayKind.CALENDAR


class Direction(StrEnum):
    """How a policy may differ from the statute."""

    MAX = "max"
    """The agency's own limit: it may give itself less."""
    MIN = "min"
    """A period the agency must grant: it may grant more."""
    EXACT = "exact"
    """A right, or another body's limit: nobody here may change it."""


MAX, MIN, EXACT = Direction.MAX, Direction.MIN, Direction.EXACT


class Statute(NamedTuple):
    """A locked clock: its length, how its days count, the article, the direction left open, and whether it rolls."""

    n: int
    unit: Unit
    day_kind: DayKind
    article: str
    direction: Direction
    rolls: bool | None = None
    """Whether a last day on a holiday rolls forward (《民事诉讼法》第八十五条); None where no holiday can be the last day."""


ROLLS, STAYS = True, False
_TRANSFER = "《行政执法机关移送涉嫌犯罪案件的规定》"

STATUTES: dict[str, Statute] = {
    "resume.acceptance.coal": Statute(20, DAYS, CALENDAR, "《煤矿安全生产条例》第四十八条", MAX, STAYS),
    "public.coal_stop_or_resume": Statute(5, DAYS, WORKING, "《煤矿安全生产条例》第四十九条", MAX),
    "evidence.hold": Statute(7, DAYS, WORKING, "《行政处罚法》第五十六条", MAX),
    "hearing.request": Statute(5, DAYS, WORKING, "《行政处罚法》第六十四条", EXACT),
    "hearing.notice": Statute(7, DAYS, WORKING, "《行政处罚法》第六十四条", MIN),
    "penalty.decide": Statute(90, DAYS, CALENDAR, "《行政处罚法》第六十条", MAX, STAYS),
    "service.after_decision": Statute(7, DAYS, WORKING, "《行政处罚法》第六十一条", MAX),
    "publish.penalty": Statute(7, DAYS, WORKING, "《安全生产法》第七十八条", MAX),
    "publish.withdraw": Statute(3, DAYS, WORKING, "《行政处罚法》第四十八条", MAX),
    "publish.other": Statute(20, DAYS, WORKING, "《政府信息公开条例》第二十六条", MAX),
    "listing.publish": Statute(20, DAYS, WORKING, "《政府信息公开条例》第二十六条", MAX),
    "fine.pay": Statute(15, DAYS, CALENDAR, "《行政处罚法》第六十七条", EXACT, ROLLS),
    "seizure": Statute(30, DAYS, CALENDAR, "《行政强制法》第二十五条", MAX, STAYS),
    "seizure.extension": Statute(30, DAYS, CALENDAR, "《行政强制法》第二十五条", MAX, STAYS),
    "urgent_measure.report": Statute(24, HOURS, CALENDAR, "《行政强制法》第十九条", MAX),
    "power_cut.notice": Statute(24, HOURS, CALENDAR, "《安全生产法》第七十条", MIN),
    "demand.before_court": Statute(10, DAYS, WORKING, "《行政强制法》第五十四条", MIN),
    "court.apply_window": Statute(3, MONTHS, CALENDAR, "《行政强制法》第五十三条", MAX, ROLLS),
    "reconsider": Statute(60, DAYS, CALENDAR, "《行政复议法》第二十条", EXACT, ROLLS),
    "litigate": Statute(6, MONTHS, CALENDAR, "《行政诉讼法》第四十六条", EXACT, ROLLS),
    "litigate.after_reconsideration": Statute(15, DAYS, CALENDAR, "《行政诉讼法》第四十五条", EXACT, ROLLS),
    "court.after_suit": Statute(2, YEARS, CALENDAR, "《行政诉讼法》第九十五条", MAX, ROLLS),
    "service.public_notice": Statute(30, DAYS, CALENDAR, "《民事诉讼法》第九十五条", EXACT, STAYS),
    "criminal.decide": Statute(3, DAYS, CALENDAR, f"{_TRANSFER}第五条", MAX, STAYS),
    "criminal.send": Statute(24, HOURS, CALENDAR, f"{_TRANSFER}第五条", MAX),
    "criminal.police": Statute(3, DAYS, CALENDAR, f"{_TRANSFER}第八条", EXACT, STAYS),
    "criminal.review": Statute(3, DAYS, CALENDAR, f"{_TRANSFER}第九条", MAX, STAYS),
    "criminal.hand_over": Statute(3, DAYS, CALENDAR, f"{_TRANSFER}第十二条", MAX, STAYS),
    "penalty.limitation": Statute(2, YEARS, CALENDAR, "《行政处罚法》第三十六条", EXACT, STAYS),
    "penalty.limitation.life": Statute(5, YEARS, CALENDAR, "《行政处罚法》第三十六条", EXACT, STAYS),
}
"""Every class S clock (法定期限)."""


class StatutoryFigure(NamedTuple):
    """A locked figure that is not a duration."""

    value: int
    article: str
    direction: Direction


STATUTORY_FIGURES: dict[str, StatutoryFigure] = {
    "fine.surcharge.percent": StatutoryFigure(3, "《行政处罚法》第七十二条", EXACT),
    "fine.surcharge.cap_percent": StatutoryFigure(100, "《行政处罚法》第七十二条", MAX),
    "penalty.97.unit": StatutoryFigure(100000, "《安全生产法》第九十七条", MAX),
    "penalty.97.overdue.unit": StatutoryFigure(200000, "《安全生产法》第九十七条", MAX),
    "penalty.97.overdue.person": StatutoryFigure(50000, "《安全生产法》第九十七条", MAX),
    "penalty.98.unit": StatutoryFigure(500000, "《安全生产法》第九十八条", MAX),
    "penalty.98.person": StatutoryFigure(50000, "《安全生产法》第九十八条", MAX),
    "penalty.98.overdue.unit": StatutoryFigure(1000000, "《安全生产法》第九十八条", MAX),
    "penalty.98.overdue.person": StatutoryFigure(100000, "《安全生产法》第九十八条", MAX),
    "penalty.99.unit": StatutoryFigure(50000, "《安全生产法》第九十九条", MAX),
    "penalty.99.overdue.unit": StatutoryFigure(200000, "《安全生产法》第九十九条", MAX),
    "penalty.99.overdue.person": StatutoryFigure(20000, "《安全生产法》第九十九条", MAX),
    "penalty.101.unit": StatutoryFigure(100000, "《安全生产法》第一百零一条", MAX),
    "penalty.101.overdue.unit": StatutoryFigure(200000, "《安全生产法》第一百零一条", MAX),
    "penalty.101.overdue.person": StatutoryFigure(50000, "《安全生产法》第一百零一条", MAX),
    "penalty.102.unit": StatutoryFigure(50000, "《安全生产法》第一百零二条", MAX),
    "penalty.102.refused.person": StatutoryFigure(100000, "《安全生产法》第一百零二条", MAX),
    "penalty.103.unit": StatutoryFigure(200000, "《安全生产法》第一百零三条", MAX),
    "penalty.103.person": StatutoryFigure(20000, "《安全生产法》第一百零三条", MAX),
    "penalty.103.agreement.unit": StatutoryFigure(50000, "《安全生产法》第一百零三条", MAX),
    "penalty.103.agreement.person": StatutoryFigure(10000, "《安全生产法》第一百零三条", MAX),
    "penalty.103.construction.unit": StatutoryFigure(100000, "《安全生产法》第一百零三条", MAX),
    "penalty.103.construction.person": StatutoryFigure(20000, "《安全生产法》第一百零三条", MAX),
    "penalty.104.unit": StatutoryFigure(50000, "《安全生产法》第一百零四条", MAX),
    "penalty.104.person": StatutoryFigure(10000, "《安全生产法》第一百零四条", MAX),
    "penalty.105.unit": StatutoryFigure(50000, "《安全生产法》第一百零五条", MAX),
    "penalty.105.person": StatutoryFigure(10000, "《安全生产法》第一百零五条", MAX),
    "penalty.106.person": StatutoryFigure(100000, "《安全生产法》第一百零六条", MAX),
    "penalty.108.unit": StatutoryFigure(200000, "《安全生产法》第一百零八条", MAX),
    "penalty.108.person": StatutoryFigure(20000, "《安全生产法》第一百零八条", MAX),
    "penalty.109.unit": StatutoryFigure(100000, "《安全生产法》第一百零九条", MAX),
    "penalty.109.overdue.unit": StatutoryFigure(200000, "《安全生产法》第一百零九条", MAX),
    "penalty.92.unit": StatutoryFigure(100000, "《安全生产法》第九十二条", MAX),
    "penalty.92.false.unit": StatutoryFigure(200000, "《安全生产法》第九十二条", MAX),
    "penalty.92.false.person": StatutoryFigure(100000, "《安全生产法》第九十二条", MAX),
    "penalty.93.person": StatutoryFigure(200000, "《安全生产法》第九十三条", MAX),
    "penalty.94.person": StatutoryFigure(50000, "《安全生产法》第九十四条", MAX),
    "penalty.94.overdue.person": StatutoryFigure(100000, "《安全生产法》第九十四条", MAX),
    "penalty.96.person": StatutoryFigure(30000, "《安全生产法》第九十六条", MAX),
    "penalty.103.qualification.unit": StatutoryFigure(200000, "《安全生产法》第一百零三条", MAX),
    "penalty.103.qualification.person": StatutoryFigure(100000, "《安全生产法》第一百零三条", MAX),
    "penalty.114.general.unit": StatutoryFigure(1000000, "《安全生产法》第一百一十四条", MAX),
    "penalty.114.larger.unit": StatutoryFigure(2000000, "《安全生产法》第一百一十四条", MAX),
    "penalty.114.major.unit": StatutoryFigure(10000000, "《安全生产法》第一百一十四条", MAX),
    "penalty.114.extreme.unit": StatutoryFigure(20000000, "《安全生产法》第一百一十四条", MAX),
    "penalty.92.false.gains.unit.percent": StatutoryFigure(500, "《安全生产法》第九十二条", MAX),
    "penalty.92.false.gains.unit.least": StatutoryFigure(100000, "《安全生产法》第九十二条", EXACT),
    "penalty.95.general.person.percent": StatutoryFigure(40, "《安全生产法》第九十五条", MAX),
    "penalty.95.larger.person.percent": StatutoryFigure(60, "《安全生产法》第九十五条", MAX),
    "penalty.95.major.person.percent": StatutoryFigure(80, "《安全生产法》第九十五条", MAX),
    "penalty.95.extreme.person.percent": StatutoryFigure(100, "《安全生产法》第九十五条", MAX),
    "penalty.96.accident.person.percent": StatutoryFigure(50, "《安全生产法》第九十六条", MAX),
    "penalty.103.gains.unit.percent": StatutoryFigure(500, "《安全生产法》第一百零三条", MAX),
    "penalty.103.gains.unit.least": StatutoryFigure(100000, "《安全生产法》第一百零三条", EXACT),
    "penalty.103.qualification.gains.unit.percent": StatutoryFigure(500, "《安全生产法》第一百零三条", MAX),
    "penalty.103.qualification.gains.unit.least": StatutoryFigure(
        100000, "《安全生产法》第一百零三条", EXACT
    ),
    "penalty.110.person.percent": StatutoryFigure(100, "《安全生产法》第一百一十条", MAX),
    "penalty.114.general.grave.unit.percent": StatutoryFigure(500, "《安全生产法》第一百一十四条", MAX),
    "penalty.114.general.grave.unit.least": StatutoryFigure(300000, "《安全生产法》第一百一十四条", EXACT),
    "penalty.114.general.grave.unit.most": StatutoryFigure(1000000, "《安全生产法》第一百一十四条", EXACT),
    "penalty.114.larger.grave.unit.percent": StatutoryFigure(500, "《安全生产法》第一百一十四条", MAX),
    "penalty.114.larger.grave.unit.least": StatutoryFigure(1000000, "《安全生产法》第一百一十四条", EXACT),
    "penalty.114.larger.grave.unit.most": StatutoryFigure(2000000, "《安全生产法》第一百一十四条", EXACT),
    "penalty.114.major.grave.unit.percent": StatutoryFigure(500, "《安全生产法》第一百一十四条", MAX),
    "penalty.114.major.grave.unit.least": StatutoryFigure(2000000, "《安全生产法》第一百一十四条", EXACT),
    "penalty.114.major.grave.unit.most": StatutoryFigure(10000000, "《安全生产法》第一百一十四条", EXACT),
    "penalty.114.extreme.grave.unit.percent": StatutoryFigure(500, "《安全生产法》第一百一十四条", MAX),
    "penalty.114.extreme.grave.unit.least": StatutoryFigure(10000000, "《安全生产法》第一百一十四条", EXACT),
    "penalty.114.extreme.grave.unit.most": StatutoryFigure(20000000, "《安全生产法》第一百一十四条", EXACT),
    "closure.ban.years": StatutoryFigure(5, "《安全生产法》第一百一十三条", EXACT),
    "closure.counter.short.count": StatutoryFigure(3, "《安全生产法》第一百一十三条", EXACT),
    "closure.counter.short.days": StatutoryFigure(180, "《安全生产法》第一百一十三条", EXACT),
    "closure.counter.long.count": StatutoryFigure(4, "《安全生产法》第一百一十三条", EXACT),
    "closure.counter.long.years": StatutoryFigure(1, "《安全生产法》第一百一十三条", EXACT),
}
"""Every class S figure (法定数值)."""


class StatutoryRank(NamedTuple):
    """A locked rank: a policy may name a higher one, never a lower one."""

    rank: Rank
    article: str


STATUTORY_RANKS: dict[str, StatutoryRank] = {
    "measure.power_cut": StatutoryRank(Rank.HEAD, "《安全生产法》第七十条"),
    "measure.seal": StatutoryRank(Rank.DEPUTY_HEAD, "《行政强制法》第十八条"),
    "measure.criminal_referral": StatutoryRank(Rank.HEAD, f"{_TRANSFER}第五条"),
}
"""Every class S rank (法定职级)."""

DISTRICT_RANKS = frozenset({Rank.DISTRICT_DEPUTY, Rank.DISTRICT_HEAD})
GOVERNMENT_DECIDES = frozenset({"close_with_enterprise", "government.closure"})
"""Matters only the district government decides (《安全生产法》第一百一十三条); nobody outside the bureau decides the others."""


class Problem(NamedTuple):
    """One thing wrong with a policy file; ``article`` when the law forbids it."""

    where: str
    zh: str
    en: str
    article: str | None = None


def statutory_problems(
    clocks: Mapping[str, ClockSpec],
    figures: Mapping[str, Figure],
    ranks: Mapping[str, Figure],
    unreadable: Iterable[str] = (),
) -> Iterator[Problem]:
    """Everything in ``clocks``, ``figures`` and ``ranks`` that loosens, changes or drops a statutory value.

    Keys in ``unreadable`` have been reported already and do not count as dropped.
    """
    skip = set(unreadable)
    for key, law in STATUTES.items():
        if spec := clocks.get(key):
            yield from _clock_problems(f"clocks.{key}", spec, law)
        elif key not in skip:
            yield _dropped(f"clocks.{key}", law.article)
    for key, fixed in STATUTORY_FIGURES.items():
        if figure := figures.get(key):
            yield from _figure_problems(f"figures.{key}", figure, fixed)
        elif key not in skip:
            yield _dropped(f"figures.{key}", fixed.article)
    for key, least in STATUTORY_RANKS.items():
        if figure := ranks.get(key):
            yield from _statutory_rank_problems(f"ranks.{key}", figure, least)
        elif key not in skip:
            yield _dropped(f"ranks.{key}", least.article)


def _clock_problems(where: str, spec: ClockSpec, law: Statute) -> Iterator[Problem]:
    if (spec.unit, spec.day_kind) != (law.unit, law.day_kind):
        yield Problem(
            where,
            f"{law.article}规定的计算方式为 {law.unit}/{law.day_kind}，不得改为 {spec.unit}/{spec.day_kind}",
            f"{law.article} counts in {law.unit}/{law.day_kind}, not {spec.unit}/{spec.day_kind}",
            law.article,
        )
    else:
        yield from _value_problems(where, spec.n, law.n, law.article, law.direction)
    if law.rolls is not None and spec.rolls is not law.rolls:
        yield _ROLLING[law.rolls](where, law.article)
    yield from _label_problems(where, spec.klass, spec.basis, law.article)


_ROLLING: dict[bool, Callable[[str, str], Problem]] = {
    False: lambda where, article: Problem(
        f"{where}.rolls",
        f"{article}规定的期限，末日为节假日的也不顺延，须写明 rolls = false",
        f"a last day under {article} stays where it is, holiday or not: write rolls = false",
        article,
    ),
    True: lambda where, article: Problem(
        f"{where}.rolls",
        f"{article}规定的期限末日为节假日的，顺延至节假日后第一日，不得写 rolls = false",
        f"the last day under {article} rolls off a holiday; rolls = false is not allowed",
        article,
    ),
}


def _figure_problems(where: str, figure: Figure, law: StatutoryFigure) -> Iterator[Problem]:
    if isinstance(figure.value, int):
        yield from _value_problems(where, figure.value, law.value, law.article, law.direction)
    else:
        yield Problem(where, "法定数值应为整数", "a statutory figure must be a whole number", law.article)
    yield from _label_problems(where, figure.klass, figure.basis, law.article)


def _statutory_rank_problems(where: str, figure: Figure, law: StatutoryRank) -> Iterator[Problem]:
    if figure.value in list(Rank) and not reaches(Rank(str(figure.value)), law.rank):
        (least_zh, least_en), (zh, en) = RANK_LABELS[law.rank], RANK_LABELS[Rank(str(figure.value))]
        yield Problem(
            where,
            f"{law.article}要求由{least_zh}批准，不得低于该职级（文件中为{zh}）",
            f"{law.article} asks for the {least_en}, nobody lower (the file says {en})",
            law.article,
        )
    yield from _label_problems(where, figure.klass, figure.basis, law.article)


_LOOSENED: dict[Direction, tuple[str, str]] = {
    MAX: ("不得超过", "it may not exceed"),
    MIN: ("不得少于", "it may not be less than"),
    EXACT: ("不得变更，必须为", "it may not be changed from"),
}


def _value_problems(
    where: str, value: int, lawful: int, article: str, direction: Direction
) -> Iterator[Problem]:
    allowed = {MAX: value <= lawful, MIN: value >= lawful, EXACT: value == lawful}[direction]
    if not allowed:
        zh, en = _LOOSENED[direction]
        yield Problem(
            where,
            f"{article}为法定值，{zh} {lawful}（文件中为 {value}）",
            f"fixed by {article}: {en} {lawful} (the file says {value})",
            article,
        )


def _label_problems(where: str, klass: str, basis: str, article: str) -> Iterator[Problem]:
    if klass != "S":
        yield Problem(
            where,
            f"{article}为法定值，类别须为 S（文件中为 {klass}）",
            f"fixed by {article}: its class must be S (the file says {klass})",
            article,
        )
    if article not in basis:
        yield Problem(where, f"依据须写明{article}", f"the basis must cite {article}", article)


def _dropped(where: str, article: str) -> Problem:
    return Problem(
        where, f"缺少{article}规定的法定值", f"the statutory value of {article} is missing", article
    )
