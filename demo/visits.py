"""The inspections of the demo district that end without an accident: a case at every stage, a measure of nearly every kind."""

from __future__ import annotations

from demo import measures as m
from demo import places
from demo import steps as do
from demo.findings import FINDINGS
from demo.script import Chapter, Step, Visit
from models.inspection import InspectionKind
from models.lifecycle import CaseState
from models.measures.kinds import MeasureKind

S = CaseState
K = InspectionKind
A, B, C = "inspector", "inspector2", "inspector3"


def _ordered(key: str, days: int, ends: CaseState = S.ORDERED, *steps: Step) -> Chapter:
    """A finding that went on the order."""
    return Chapter(FINDINGS[key], ends, steps, days=days)


def _suspected(key: str, days: int, ends: CaseState, *steps: Step) -> Chapter:
    """A finding on the order that was submitted for determination as major at once."""
    return Chapter(FINDINGS[key], ends, steps, days=days, suspected=True)


def _treated() -> tuple[Step, ...]:
    """A major hazard from its determination to the accepted plan."""
    return (do.determine(), *do.double_report(), do.plan(), do.accept_plan())


def _assessed() -> tuple[Step, ...]:
    """… and on to an assessment that found the treatment effective."""
    return (*_treated(), do.complete(), do.commission(), do.assess())


_CLEARED = (do.complete(), do.passed(), do.sign_off())

VISITS: tuple[Visit, ...] = (
    Visit(
        "yonggu",
        1,
        (A, B),
        6,
        K.SPECIAL,
        "粉尘涉爆专项检查，检查砂光、打磨和除尘系统，发现隐患4项。",
        (
            _ordered("dust.duct", 15),
            _ordered(
                "dust.spark",
                30,
                S.RECTIFYING,
                do.progress(40, "火花探测装置已订货，基座已焊接。"),
                *m.letter(),
            ),
            _ordered("dust.cleaning", 10, S.SUBMITTED, do.complete()),
            _suspected("dust.collector", 30, S.PLANNING, do.determine(), *do.double_report(), do.plan()),
        ),
    ),
    Visit(
        "hengrun",
        2,
        (B, C),
        9,
        K.DOUBLE_RANDOM,
        "双随机抽查，检查罐区、投料和现场标识，发现隐患4项，当场整改1项。",
        (
            _suspected("chem.detector", 30, S.ASSESSING, *_treated(), do.complete(), do.commission()),
            _ordered(
                "chem.label",
                15,
                S.RECTIFYING,
                do.complete(),
                do.failed((2,), 10),
                *m.notified(MeasureKind.FINE, "《安全生产法》第九十九条", 50_000, (B, C)),
            ),
            _ordered("chem.ppe", 15, S.SIGNING_OFF, do.complete(), do.passed()),
            Chapter(
                FINDINGS["chem.extinguisher"], S.SIGNED_OFF, (do.passed((C, B)), do.sign_off()), fixed=True
            ),
        ),
    ),
    Visit(
        "xinfeng",
        3,
        (A, C),
        27,
        K.SURPRISE,
        "“四不两直”检查熔炼、浇注，发现隐患3项，企业至今未整改完毕，拒不停产，已提请关闭。",
        (
            _ordered(
                "metal.foundry.pit", 10, S.OVERDUE, m.talk("浇注坑积水逾期未整改，约谈企业主要负责人。")
            ),
            _ordered(
                "metal.foundry.crane",
                15,
                S.OVERDUE,
                *m.exposure(),
                *m.suspension_refused((A, C)),
                *m.closure_asked((A, C)),
            ),
            _ordered("metal.foundry.water", 15, S.SUBMITTED, do.complete()),
        ),
    ),
    Visit(
        "liangjing",
        4,
        (A, B),
        20,
        K.SPECIAL,
        "铝镁粉尘专项检查，发现隐患3项，均已复查销号，进入回头看。",
        (
            _ordered("dust.polish.grounding", 30, S.SIGNED_OFF, *_CLEARED),
            _ordered("dust.polish.wet", 30, S.SIGNED_OFF, *_CLEARED),
            _ordered("dust.polish.storage", 30, S.RECURRED, *_CLEARED, do.recurred((1,))),
        ),
    ),
    Visit(
        "weiyuan",
        5,
        (C, B),
        7,
        K.SPECIAL,
        "有限空间专项检查腌制池作业，发现隐患3项。",
        (
            _ordered("space.pickle.sign", 30, S.ORDERED, do.ask_extension(15)),
            _ordered("space.pickle.gas", 30, S.ORDERED, do.ask_extension(10), do.grant_extension(10)),
            _ordered("space.pickle.rescue", 30, S.ORDERED, do.ask_extension(20), do.refuse_extension()),
        ),
    ),
    Visit(
        "xianda",
        6,
        (A, B),
        12,
        K.SPECIAL,
        "涉氨制冷专项检查，发现隐患3项，其中重大1项已治理销号。",
        (
            _suspected(
                "ammonia.cold.airconditioned",
                30,
                S.SIGNED_OFF,
                *_assessed(),
                do.passed(do.FRESH),
                do.sign_off(do.HEAD),
            ),
            _ordered(
                "ammonia.cold.detector", 30, S.ORDERED, do.pause("检测仪送省计量院检定，等待检定结论。")
            ),
            _ordered(
                "ammonia.cold.pipe", 30, S.ORDERED, do.pause("管道壁厚委托检测，等待报告。"), do.resume()
            ),
        ),
    ),
    Visit(
        "shunxing",
        8,
        (C, B),
        5,
        K.DOUBLE_RANDOM,
        "双随机抽查有色金属熔铸，发现隐患2项。",
        (
            _ordered("metal.cast.certificate", 30, S.ORDERED, do.propose_major()),
            _ordered(
                "metal.cast.rest",
                30,
                S.PLANNING,
                do.propose_major(),
                do.approve_regrade(),
                *do.double_report(),
                do.plan(),
                *m.urgent_seal((C, B)),
            ),
        ),
    ),
    Visit(
        "qingyuan",
        9,
        (A, C),
        3,
        K.SURPRISE,
        "突击检查污水处理有限空间作业，发现隐患3项，其中1项提请判定重大隐患。",
        (
            _suspected(
                "space.sewage.approval",
                20,
                S.DETERMINING,
                m.stop("格栅井清淤作业", "井下有人，未检测气体、无监护，当场责令停止。", "part", (A, C)),
            ),
            _ordered("space.sewage.rail", 15, S.ORDERED, do.assign(C)),
            _ordered("space.sewage.duplicate", 15, S.VOIDED, do.void("与上月已立案的同一隐患重复立案。")),
        ),
    ),
    Visit(
        "yaju",
        10,
        (B, A),
        4,
        K.GUIDANCE,
        "挂钩小组服务督导，现场指导粉尘防爆，记录隐患3项，未下达指令。",
        (
            Chapter(FINDINGS["dust.board.collective"], S.RECORDED),
            Chapter(FINDINGS["dust.board.training"], S.RECORDED),
            Chapter(
                FINDINGS["dust.board.exit"],
                S.TRANSFERRED,
                (do.transfer("示范区消防救援大队", "疏散通道和室内消火栓属消防监督管理职责。"),),
            ),
        ),
        served=False,
    ),
    Visit(
        "damo",
        37,
        (A, C),
        26,
        K.COMPLAINT,
        "投诉核查，作业场所设在商住楼内，经责令拒不搬离，区政府决定予以关闭。",
        (
            _ordered("dust.metal.old", 10, S.CLOSED_WITH_ENTERPRISE, do.close_enterprise()),
            _ordered(
                "dust.metal.wiring", 10, S.CLOSED_WITH_ENTERPRISE
            ),  # by the service, with the enterprise
        ),
    ),
    Visit(
        "hongyuan",
        14,
        (C, A),
        1,
        K.SPECIAL,
        "冶金煤气专项检查，发现隐患2项，指令书已开具待送达。",
        (
            _ordered("metal.steel.gas", 15, S.RECORDED),
            _ordered("metal.steel.alarm", 20, S.RECORDED),
        ),
        served=False,
    ),
    Visit(
        "lantian",
        16,
        (B, A),
        10,
        K.SPECIAL,
        "涂料企业专项检查，发现隐患3项，其中重大1项治理方案被退回。",
        (
            _ordered(
                "chem.paint.mixing",
                20,
                S.RECTIFYING,
                do.complete(),
                do.passed(),
                do.refuse_sign_off((1,), 10),
            ),
            _suspected(
                "chem.paint.mixed",
                30,
                S.ORDERED,
                do.determine(),
                *do.double_report(),
                do.plan(),
                do.return_plan(),
            ),
            _ordered("chem.paint.valve", 15, S.SIGNING_OFF, do.complete(), do.passed()),
        ),
    ),
    Visit(
        "tuzai",
        17,
        (C, B),
        21,
        K.SPECIAL,
        "涉氨制冷专项检查，发现隐患2项，其中重大1项正在治理，1项已逾期。",
        (
            _suspected(
                "ammonia.slaughter.freezer",
                30,
                S.RECTIFYING,
                *_treated(),
                do.progress(60, "冻结装置隔间主体已砌筑，作业人员已减至8人。"),
                *m.listed(),
            ),
            _ordered(
                "ammonia.slaughter.exit",
                10,
                S.OVERDUE,
                m.talk("疏散门上锁，逾期未改，约谈企业主要负责人。", C),
                *m.talk_notified(C),
            ),
        ),
    ),
    Visit(
        "jinxiu",
        18,
        (A, B),
        15,
        K.FOLLOW_UP,
        "跟踪检查印染企业有限空间，发现隐患2项，其中1项销号后复发，已再次责令。",
        (
            _ordered(
                "space.dye.pit",
                20,
                S.ORDERED,
                *_CLEARED,
                do.recurred((1, 2)),
                do.order(10),
                do.serve(),
            ),
            _ordered("space.dye.contract", 20, S.SIGNED_OFF, *_CLEARED),
        ),
    ),
    Visit(
        "ruike",
        38,
        (B, A),
        8,
        K.SPECIAL,
        "重点监管危险化工工艺专项检查，发现隐患3项，当场整改1项。",
        (
            _suspected(
                "chem.ruike.interlock",
                30,
                S.ASSESSING,
                *_treated(),
                do.complete(),
                do.commission(places.ASSESSOR_TWO),
            ),
            _ordered("chem.ruike.hotwork", 15, S.SUBMITTED, do.complete()),
            Chapter(FINDINGS["chem.ruike.eyewash"], S.SUBMITTED, fixed=True),
        ),
    ),
    Visit(
        "anchu",
        41,
        (C, B),
        22,
        K.SPECIAL,
        "危化品仓储专项检查，发现隐患3项，其中重大1项待局长销号。",
        (
            _suspected("chem.store.tank", 30, S.SIGNING_OFF, *_assessed(), do.passed((A, B))),
            _ordered(
                "chem.store.ground",
                10,
                S.RECTIFYING,
                do.failed((1,), 7, (C, A)),
                *m.under_review("《安全生产法》第九十九条", 50_000, (C, A)),
            ),
            _ordered("chem.store.register", 10, S.SUBMITTED, do.complete()),
        ),
    ),
    Visit(
        "lvye",
        21,
        (A, C),
        13,
        K.DOUBLE_RANDOM,
        "双随机抽查铝粉尘企业，发现隐患2项，整改期限将至。",
        (
            _ordered("dust.aluminium.fan", 15),
            _ordered("dust.aluminium.plan", 20, S.RECTIFYING, do.progress(20, "已编制演练方案。")),
        ),
    ),
    Visit("jiayou", 36, (B, C), 2, K.DOUBLE_RANDOM, "双随机抽查加油加气站，未发现隐患。", served=False),
)
