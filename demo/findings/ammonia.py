"""Ammonia refrigeration (涉氨制冷): hazards as inspectors write them down."""

from __future__ import annotations

from demo.findings.finding import AMMONIA, ORANGE, RED, YELLOW, Finding

FOUND: tuple[Finding, ...] = (
    Finding(
        "ammonia.cold.airconditioned",
        "包装间采用氨直接蒸发制冷",
        "速冻包装间为人员密集场所，现采用氨直接蒸发制冷空调系统。",
        "速冻包装间",
        ("拆除氨直接蒸发制冷系统，改用间接制冷", "改造完成前停用该系统并撤离包装作业人员"),
        RED,
        AMMONIA,
    ),
    Finding(
        "ammonia.cold.detector",
        "氨机房固定式氨气检测仪故障",
        "氨机房2台检测仪显示故障，报警主机被消音。",
        "氨机房",
        ("更换故障检测仪并标定", "报警主机恢复正常并专人值守"),
        ORANGE,
    ),
    Finding(
        "ammonia.cold.pipe",
        "氨管道保温层破损结霜",
        "低压循环桶出口管道保温层破损约1.5米，有结霜和锈蚀。",
        "氨机房低压循环桶",
        ("检测管道壁厚，修复保温层",),
        YELLOW,
    ),
    Finding(
        "ammonia.slaughter.freezer",
        "快速冻结装置未设置在单独的作业间内",
        "快速冻结装置与分割包装在同一作业间，作业间内当班人员21人。",
        "分割包装间",
        ("将快速冻结装置单独分隔设置", "作业间内人员不得超过9人"),
        RED,
        AMMONIA,
    ),
    Finding(
        "ammonia.slaughter.exit",
        "制冷机房疏散门向内开启",
        "制冷机房两樘疏散门均向内开启，其中一樘上锁。",
        "制冷机房",
        ("疏散门改为向外开启，运行期间不得上锁",),
        YELLOW,
    ),
)
