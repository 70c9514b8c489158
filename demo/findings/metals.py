"""Metal works (金属冶炼): hazards as inspectors write them down."""

from __future__ import annotations

from demo.findings.finding import GENERAL_DUTIES, ORANGE, RED, YELLOW, Finding, trade

FOUND: tuple[Finding, ...] = (
    Finding(
        "metal.foundry.pit",
        "浇注坑底部有积水",
        "1号浇注坑底部积水约3厘米，铁水遇水有爆炸危险。",
        "铸造车间1号浇注坑",
        ("立即停止浇注，排除积水并查明水源", "设置防水和排水设施，浇注前点检"),
        RED,
    ),
    Finding(
        "metal.foundry.crane",
        "铁水包吊具检查记录缺失",
        "吊运铁水包的龙门钩近三个月无检查和探伤记录。",
        "熔炼车间",
        ("委托检测吊具，合格前停用", "建立吊具月检和年检档案"),
        ORANGE,
    ),
    Finding(
        "metal.foundry.water",
        "中频炉冷却水温度报警未投用",
        "2号中频炉冷却水进出水温度报警未接线，无流量监测。",
        "熔炼车间2号中频炉",
        ("恢复冷却水温度、流量报警并联锁断电",),
        ORANGE,
    ),
    Finding(
        "metal.cast.certificate",
        "主要负责人和安全管理人员未经考核合格",
        "金属冶炼企业主要负责人及一名安全管理人员不能提供安全考核合格证明。",
        "公司办公楼",
        ("主要负责人、安全管理人员参加考核并取得合格证明",),
        ORANGE,
        GENERAL_DUTIES,
    ),
    Finding(
        "metal.cast.rest",
        "休息室设在高温熔融金属影响范围内",
        "操作休息室距熔炼炉不足6米，正对出铝口。",
        "熔炼区休息室",
        ("将休息室迁出高温熔融金属吊运和喷溅影响范围",),
        RED,
        trade("第五条"),
    ),
    Finding(
        "metal.steel.gas",
        "煤气管道盲板阀操作平台栏杆缺失",
        "煤气总管盲板阀平台西侧护栏缺失约2米，无警示标识。",
        "煤气总管平台",
        ("补齐护栏，设置警示标识和防护器具柜",),
        YELLOW,
    ),
    Finding(
        "metal.steel.alarm",
        "煤气区域固定式一氧化碳报警器超期未检定",
        "轧钢加热炉区6台报警器检定有效期已过。",
        "加热炉区",
        ("六台报警器送检，送检期间使用便携式仪器替代",),
        ORANGE,
    ),
    Finding(
        "metal.copper.water",
        "熔铜炉冷却水报警联锁失效",
        "1号熔铜炉冷却水出水温度和流量报警被短接，炉体停水不停炉。",
        "熔铜车间1号炉",
        ("恢复冷却水温度、流量报警和停炉联锁", "对全部熔炼炉冷却系统排查并检测"),
        ORANGE,
    ),
    Finding(
        "metal.alloy.shell",
        "矿热炉炉壳烧红仍带病运行",
        "2号矿热炉炉壳南侧约0.6平方米发红变形，未停炉检修。",
        "矿热炉车间2号炉",
        ("立即停炉，检测并更换烧损炉衬炉壳", "经检测合格后方可送电生产"),
        RED,
        trade("第四条"),
    ),
    Finding(
        "metal.alloy.alarm",
        "人为关闭煤气报警装置",
        "炉顶四台一氧化碳报警器被断电，中控室趋势曲线在断电时段被人工填写。",
        "矿热炉车间炉顶平台",
        ("恢复全部煤气报警装置", "保存原始监测数据，不得修改"),
        ORANGE,
    ),
)
