"""What may be the same thing is suggested, and what is not is left alone."""

from __future__ import annotations

import pytest

from models.likeness import Report, likes, named_alike, shared

TIP = Report("t", "e-a", "东街8号三楼", "消防通道被堵 三楼通道堆满纸箱，夜里上锁")
SAME = Report("a", "e-a", "三楼", "三楼消防通道堆满纸箱")
NEXT_DOOR = Report("b", "e-b", "东街 8 号 三楼", "通道堆满纸箱被堵")
COPIED = Report("c", "", "", "消防通道被堵，三楼通道堆满纸箱")
ELSE = Report("d", "e-a", "配电房", "配电箱没有接地线")
FAR = Report("e", "e-c", "西街", "粉尘没有清扫")


def test_the_likeliest_come_first_and_what_is_not_alike_not_at_all() -> None:
    found = likes(TIP, [FAR, ELSE, COPIED, NEXT_DOOR, SAME, TIP])
    assert [one.report.subject for one in found] == ["a", "b", "c"]
    assert [one.same_firm for one in found] == [True, False, False]
    assert [one.report.subject for one in likes(TIP, [SAME, COPIED], most=1)] == ["a"]


def test_an_enterprise_nobody_named_is_not_the_same_enterprise() -> None:
    assert likes(Report("x", "", "", "配电箱没有接地"), [Report("y", "", "", "粉尘没有清扫过")]) == []


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("东街8号", "东街 ８ 号", 1.0),
        ("", "", 0.0),
        ("甲", "甲", 0.0),
        ("三楼", "三楼", 1.0),
        ("三楼", "三楼通道", 0.0),
        ("消防通道", "通道消防", 2 / 3),
    ],
)
def test_texts_share_pairs_of_characters(one: str, other: str, share: float) -> None:
    assert shared(one, other) == pytest.approx(share) == shared(other, one)


@pytest.mark.parametrize(
    ("said", "name", "alike"),
    [
        ("恒润化工", "青岚恒润化工有限公司", True),
        ("恒润化工厂", "青岚恒润化工有限公司", True),
        ("东街的青岚恒润化工公司", "青岚恒润化工有限公司", True),
        ("恒润", "青岚恒润化工有限公司", True),
        ("ＡＢＣ 电子", "青岚abc电子有限责任公司", True),
        ("永安木业", "青岚永固木业有限公司", False),
        ("余杭区恒润化工有限公司", "余杭区永固木业有限公司", False),
        ("东区家具厂", "示范区东风家具厂", False),
        ("有限公司", "青岚恒润化工有限公司", False),
        ("", "青岚恒润化工有限公司", False),
    ],
)
def test_enterprises_are_alike_by_their_names_and_not_by_what_all_names_have(
    said: str, name: str, alike: bool
) -> None:
    assert bool(named_alike(said, name)) is alike
