"""Where persuasion did not help: three enterprises with grave stories, and an accident."""

from __future__ import annotations

from demo import measures as m
from demo import steps as do
from demo.findings import FINDINGS
from demo.script import Accident, Chapter, Story, Visit
from models.inspection import InspectionKind
from models.lifecycle import CaseState
from models.measures.kinds import MeasureKind

S = CaseState
K = InspectionKind
A, B, C = "inspector", "inspector2", "inspector3"
_ELECTRIC = "《安全生产法》第九十九条"
_HAZARD = "《安全生产法》第一百零二条"
_FINED = 40_000

ESCALATIONS: tuple[Story, ...] = (
    Visit(
        "fenti",
        48,
        (A, B),
        30,
        K.SPECIAL,
        "铝粉涉爆专项检查，发现隐患3项，其中重大1项；三件案先后受到行政处罚。",
        (
            Chapter(
                FINDINGS["dust.powder.relief"],
                S.ORDERED,
                (do.determine(), *m.settled(30_000, _ELECTRIC, (A, B))),
                days=60,
                suspected=True,
            ),
            Chapter(
                FINDINGS["dust.powder.cleaning"],
                S.OVERDUE,
                (
                    *m.served(MeasureKind.FINE, _HAZARD, _FINED, (B, A)),
                    m.daily_fine(_FINED, (B, A)),
                ),
                days=10,
            ),
            Chapter(
                FINDINGS["dust.powder.electric"],
                S.OVERDUE,
                m.decided(MeasureKind.FINE, _ELECTRIC, 20_000, (A, B)),
                days=15,
            ),
        ),
    ),
    Visit(
        "tongcai",
        29,
        (C, B),
        24,
        K.SURPRISE,
        "检查熔铜车间，发现隐患1项，逾期未改，已责令停产停业整顿。",
        (Chapter(FINDINGS["metal.copper.water"], S.OVERDUE, m.suspended((C, B)), days=10),),
    ),
    Visit(
        "guitie",
        51,
        (A, C),
        2,
        K.COMPLAINT,
        "举报核查，2号矿热炉带病运行，当场责令暂时停产，企业继续生产。",
        (
            Chapter(
                FINDINGS["metal.alloy.shell"],
                S.ORDERED,
                (
                    do.determine(),
                    m.stop(
                        "2号矿热炉", "炉壳烧红，随时可能烧穿，责令2号矿热炉暂时停产。", "equipment", (A, C)
                    ),
                    m.confirmed(),
                    *m.power_cut((A, C)),
                ),
                days=30,
                suspected=True,
            ),
            Chapter(FINDINGS["metal.alloy.alarm"], S.ORDERED, m.referred((C, A)), days=15),
        ),
    ),
    Accident(
        "duanzhu",
        34,
        B,
        20,
        "锻造车间操作机液压管爆裂，一名操作工烫伤，送医后无生命危险。全厂停产，待查明原因、验收合格。",
    ),
)
"""Told by themselves, as all stories."""
