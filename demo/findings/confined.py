"""Confined spaces (有限空间): hazards as inspectors write them down."""

from __future__ import annotations

from demo.findings.finding import BLUE, CONFINED, ORANGE, RED, YELLOW, Finding

FOUND: tuple[Finding, ...] = (
    Finding(
        "space.pickle.sign",
        "腌制池未设有限空间警示标志",
        "12口腌制池口无安全警示标志，池口盖板未上锁。",
        "腌制车间",
        ("为全部腌制池设置警示标志和锁闭措施",),
        YELLOW,
    ),
    Finding(
        "space.pickle.gas",
        "作业前未检测气体即下池清理",
        "查阅作业票，清池作业未记录氧含量、硫化氢检测数据，现场无检测仪。",
        "腌制车间7号池",
        ("配备四合一气体检测仪", "严格执行先通风、再检测、后作业"),
        ORANGE,
    ),
    Finding(
        "space.pickle.rescue",
        "未配备有限空间应急救援器材",
        "现场无三脚架、正压式呼吸器和救援绳，员工称出事就下去救人。",
        "腌制车间应急柜",
        ("配齐三脚架、正压式空气呼吸器、安全绳", "开展一次不盲目施救的演练"),
        ORANGE,
    ),
    Finding(
        "space.sewage.approval",
        "污水池有限空间作业未履行审批",
        "格栅井清淤由外来人员进行，无作业审批，无监护人，未辨识硫化氢中毒风险。",
        "格栅井",
        (
            "立即停止格栅井清淤作业，建立并执行作业审批制度",
            "对全部有限空间辨识、编号、建档",
        ),
        RED,
        CONFINED,
    ),
    Finding(
        "space.sewage.rail",
        "沉淀池爬梯锈蚀松动",
        "二沉池直爬梯下段锈穿两级，无防坠落护笼。",
        "二沉池",
        ("更换爬梯并加装护笼",),
        YELLOW,
    ),
    Finding(
        "space.sewage.duplicate",
        "曝气池护栏高度不足",
        "曝气池北侧护栏高度仅0.8米。",
        "曝气池北侧",
        ("护栏加高至1.2米",),
        BLUE,
    ),
    Finding(
        "space.dye.pit",
        "浆料池通风设施长期停用",
        "浆料池机械通风机电源断开，池内有刺激性气味。",
        "前处理车间浆料池",
        ("恢复机械通风并每班点检", "作业时持续通风、持续检测"),
        ORANGE,
    ),
    Finding(
        "space.dye.contract",
        "未与外包清淤单位签订安全管理协议",
        "污水站清淤外包给个人，无资质证明，未签订安全管理协议。",
        "厂区污水站",
        ("终止与无资质人员的外包", "与合格单位签订安全管理协议并统一协调管理"),
        YELLOW,
    ),
)
