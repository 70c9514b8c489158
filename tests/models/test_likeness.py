"""What may be the same thing is suggested, and what is not is left alone."""

from __future__ import annotations

import pytest

from models.likeness import Report, likes, shared

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
