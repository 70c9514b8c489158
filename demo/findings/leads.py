"""What comes in as a lead (线索): hazards as inspectors write them down."""

from __future__ import annotations

from demo.findings.finding import BLUE, ORANGE, RED, YELLOW, Finding, chemicals

FOUND: tuple[Finding, ...] = (
    Finding(
        "lead.diecast",
        "群众反映压铸车间夜间浓烟、无人值守",
        "举报人称近一周夜间压铸车间冒浓烟，现场无人值守。",
        "压铸车间",
        ("核实夜间生产及值守情况",),
        YELLOW,
    ),
    Finding(
        "lead.cotton",
        "反映纺织车间堵塞安全出口",
        "电话反映梳棉车间安全出口长期锁闭。",
        "梳棉车间东门",
        ("核实安全出口是否锁闭",),
        BLUE,
    ),
    Finding(
        "lead.wood",
        "自查发现砂光机急停按钮失灵",
        "企业班组自查发现2号砂光机急停按钮按下后不停机，已停用待修。",
        "一车间2号砂光机",
        ("更换急停按钮并测试全部急停装置",),
        YELLOW,
    ),
    Finding(
        "lead.paper",
        "白水池清理作业无人监护",
        "镇安监办巡查发现白水池清理时池口无监护人员。",
        "造纸车间白水池",
        ("有限空间作业必须设专人监护", "补办作业审批并培训监护人"),
        ORANGE,
    ),
    Finding(
        "lead.leather",
        "反映转鼓车间厂内叉车无牌、无证驾驶",
        "举报人称厂内叉车未登记，司机无证。",
        "转鼓车间",
        ("核实叉车登记和司机持证情况",),
        YELLOW,
    ),
    Finding(
        "lead.pesticide",
        "反映农药合成装置未经正规设计",
        "举报人称中试装置直接转为生产，没有设计图纸，也没有做过安全设计诊断。",
        "合成二车间",
        (
            "委托有资质的设计单位对在役装置进行安全设计诊断",
            "按诊断意见完成装置改造",
            "改造完成前停止合成二车间生产",
        ),
        RED,
        chemicals("第十项"),
    ),
    Finding(
        "lead.gas",
        "自查发现液化气装卸软管老化",
        "企业自查发现3号装卸位软管表面龟裂，已停用。",
        "3号装卸位",
        ("更换为万向管道充装系统或检验合格的软管",),
        ORANGE,
    ),
)
