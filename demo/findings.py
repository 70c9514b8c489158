"""Hazards as inspectors of the five fields write them down (隐患描述): plain Chinese, with what must be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.commands import RiskColour, StandardRef

RED, ORANGE, YELLOW, BLUE = RiskColour.RED, RiskColour.ORANGE, RiskColour.YELLOW, RiskColour.BLUE


@dataclass(frozen=True, slots=True)
class Finding:
    """One hazard: what was seen, where, and each thing to be put right."""

    key: str
    title: str
    description: str
    location: str
    requirements: tuple[str, ...]
    colour: RiskColour
    standard: StandardRef | None = None
    """The clause of the standard it seems to fall under (判定标准), for a suspected major hazard."""

    @property
    def told(self) -> dict[str, Any]:
        """The words and the colour as the API takes them."""
        return {
            "title": self.title,
            "description": self.description,
            "location": self.location,
            "requirements": list(self.requirements),
            "risk_colour": self.colour.value,
        }


def _trade(clause: str) -> StandardRef:
    return StandardRef(standard_id="gongmao.2023", version="2023", clause=clause)


def _chemicals(clause: str) -> StandardRef:
    return StandardRef(standard_id="chem.2017", version="2017", clause=clause)


_DUST = _trade("第十一条")
_AMMONIA = _trade("第十二条")
_CONFINED = _trade("第十三条")
_GENERAL_DUTIES = _trade("第三条")

_ALL: tuple[Finding, ...] = (
    # -- 粉尘涉爆
    Finding(
        "dust.duct",
        "除尘风管内积尘超过3毫米",
        "砂光工段主风管弯头处打开检查口，积尘约5毫米，未按制度每周清扫。",
        "一车间砂光工段除尘主风管",
        ("立即清理砂光工段除尘风管积尘", "建立风管清扫记录，明确周期和责任人"),
        YELLOW,
    ),
    Finding(
        "dust.spark",
        "除尘风管未安装火花探测熄灭装置",
        "砂光机至除尘器之间的风管未见火花探测及自动熄灭装置，木粉尘可被火花引燃。",
        "一车间砂光机3号吸风口后方",
        ("在砂光机出口风管加装火花探测熄灭装置并联动停机", "安装完成前砂光机降负荷运行并专人看护"),
        ORANGE,
    ),
    Finding(
        "dust.cleaning",
        "打磨车间地面及横梁积尘未及时清扫",
        "地面、设备顶部和横梁均有明显积尘，清扫记录停留在三周前。",
        "二车间打磨区",
        ("当班清扫打磨区地面、设备及横梁积尘", "采用负压吸尘方式清扫，不得使用压缩空气吹扫"),
        BLUE,
    ),
    Finding(
        "dust.collector",
        "干式除尘系统未设泄爆等控爆措施",
        "木粉尘袋式除尘器布置在车间外墙边，箱体无泄爆口，也无惰化、抑爆措施。",
        "一车间北侧除尘器",
        (
            "按设计规范为除尘器设置泄爆装置，泄爆口朝向安全区域",
            "重新核算除尘系统风量并出具设计文件",
            "整改完成前停用该除尘系统所带砂光设备",
        ),
        RED,
        _DUST,
    ),
    Finding(
        "dust.polish.grounding",
        "抛光除尘管道法兰未作防静电跨接",
        "铝镁合金轮毂抛光线除尘管道12处法兰无跨接线，接地电阻无检测记录。",
        "抛光车间A线除尘管道",
        ("对全部法兰作防静电跨接并检测接地电阻",),
        YELLOW,
    ),
    Finding(
        "dust.polish.wet",
        "湿式除尘器水槽液位报警失效",
        "现场模拟低液位，声光报警不动作，设备未联锁停机。",
        "抛光车间2号湿式除尘器",
        ("修复液位报警并与抛光机联锁", "每班测试并记录"),
        ORANGE,
    ),
    Finding(
        "dust.polish.storage",
        "收集的铝粉未及时清出车间",
        "湿式除尘器旁堆放三桶未干燥的铝粉渣，现场有氢气积聚危险。",
        "抛光车间东侧通道",
        ("铝粉渣当班清出并存放在专用干燥通风库房",),
        ORANGE,
    ),
    Finding(
        "dust.board.collective",
        "多个产尘点合用一套除尘系统未分区",
        "锯切与砂光工段合用除尘系统，相互连通，未设隔爆装置。",
        "综合车间除尘系统",
        ("按防火分区分设除尘系统或加装隔爆阀",),
        ORANGE,
    ),
    Finding(
        "dust.board.training",
        "粉尘清扫人员未经专项培训",
        "抽问两名清扫工，均不清楚粉尘爆炸的危险和清扫要求，无培训记录。",
        "综合车间",
        ("对全部涉粉岗位人员开展专项培训并考核",),
        BLUE,
    ),
    Finding(
        "dust.board.exit",
        "车间疏散通道被板材堵塞，消防栓被遮挡",
        "北侧疏散门前码放板材，室内消火栓被遮挡，无法开启。",
        "综合车间北门",
        ("清除通道堆物，保持疏散门和消火栓完好可用",),
        YELLOW,
    ),
    Finding(
        "dust.aluminium.fan",
        "除尘风机叶轮与机壳间隙过小有擦碰痕迹",
        "风机壳体内侧有明显擦痕，叶片为铁质，处理铝粉尘易产生火花。",
        "CNC去毛刺区除尘风机",
        ("更换为不产生火花材质的叶轮并调整间隙",),
        ORANGE,
    ),
    Finding(
        "dust.aluminium.plan",
        "粉尘爆炸专项应急预案未演练",
        "有预案，近两年无演练记录，员工不知紧急停机位置。",
        "全厂",
        ("三十日内组织一次粉尘爆炸应急演练并评估",),
        BLUE,
    ),
    Finding(
        "dust.metal.old",
        "打磨作业场所设在居民楼底层",
        "五金打磨作业设在商住楼一层，相邻单元住人，粉尘直排室外。",
        "沿街打磨间",
        ("立即停止在该场所从事粉尘作业并搬离",),
        RED,
    ),
    Finding(
        "dust.metal.wiring",
        "打磨间使用非防爆电气且私拉电线",
        "照明灯具、开关均为普通型，临时线缆从粉尘堆中穿过。",
        "打磨间",
        ("拆除私拉线路，更换符合要求的电气设备",),
        ORANGE,
    ),
    Finding(
        "dust.powder.relief",
        "铝粉干燥除尘采用正压除尘且未设泄爆",
        "铝粉气流干燥后的除尘系统为正压，除尘器无泄爆、隔爆装置，紧邻办公区。",
        "铝粉干燥车间",
        ("停用正压除尘系统，改为负压并设置泄爆、隔爆装置", "干燥车间人员不得超过两人"),
        RED,
        _DUST,
    ),
    Finding(
        "dust.powder.cleaning",
        "包装间铝粉积尘超标仍在生产",
        "包装间地面和电缆桥架铝粉积尘厚处约8毫米，仍在开机包装。",
        "成品包装间",
        ("停机彻底清扫包装间积尘", "落实每班清扫并由车间主任签字"),
        ORANGE,
    ),
    Finding(
        "dust.powder.electric",
        "粉体包装间使用非防爆电气设备",
        "包装间配电箱、照明灯具和两台风扇均为普通型，不符合粉尘爆炸危险场所要求。",
        "成品包装间",
        ("更换为符合粉尘防爆要求的电气设备",),
        ORANGE,
    ),
    # -- 危险化学品
    Finding(
        "chem.detector",
        "可燃气体泄漏场所未设检测报警装置",
        "甲类溶剂中间罐区东侧泵房未设可燃气体检测报警器，控制室无信号。",
        "甲类中间罐区泵房",
        (
            "按标准在泵房及罐区增设可燃气体检测报警器并接入控制室",
            "安装完成前每两小时人工检测并记录",
        ),
        RED,
        _chemicals("第十二项"),
    ),
    Finding(
        "chem.label",
        "分装桶无危险化学品安全标签",
        "三车间门口8只分装桶无安全标签和危险说明，操作工说不清桶内物料。",
        "三车间门口",
        ("为分装桶张贴安全标签", "现场配备化学品安全技术说明书"),
        YELLOW,
    ),
    Finding(
        "chem.ppe",
        "投料岗位人员未佩戴防护面罩",
        "现场两名投料工未戴防护面罩和耐酸碱手套，防护用品柜上锁无人保管钥匙。",
        "二车间投料平台",
        ("立即配发并监督佩戴防护用品", "投料岗位实行班前检查"),
        YELLOW,
    ),
    Finding(
        "chem.extinguisher",
        "罐区两具灭火器压力不足",
        "罐区入口两具干粉灭火器压力指针在红区。",
        "罐区入口消防器材箱",
        ("更换压力不足的灭火器",),
        BLUE,
    ),
    Finding(
        "chem.paint.mixing",
        "调漆间与仓库未作防火分隔",
        "调漆间与成品仓库之间隔墙开有1.5米洞口，未封堵。",
        "调漆间与二号库之间",
        ("按防火要求封堵洞口", "封堵完成前调漆间不得存放当班用量以外的溶剂"),
        ORANGE,
    ),
    Finding(
        "chem.paint.mixed",
        "禁配物质混存于同一仓间",
        "氧化剂与有机溶剂同库存放，间距不足1米，无分区标识。",
        "危化品二号库",
        (
            "立即将氧化剂移出，按禁配要求分区分类储存",
            "重新核定仓库储存品种和数量",
        ),
        RED,
        _chemicals("第二十项"),
    ),
    Finding(
        "chem.paint.valve",
        "反应釜安全阀校验过期",
        "3号反应釜安全阀校验有效期已过四个月。",
        "树脂车间3号反应釜",
        ("停用并校验3号反应釜安全阀，合格后方可投用",),
        ORANGE,
    ),
    Finding(
        "chem.ruike.interlock",
        "重点监管工艺紧急停车系统被旁路",
        "硝化工序温度联锁处于旁路状态，无审批单，已持续六天。",
        "硝化车间控制室",
        (
            "立即恢复温度联锁和紧急停车系统",
            "建立联锁旁路审批和时限管理制度",
            "由设计单位对自动化控制系统进行诊断",
        ),
        RED,
        _chemicals("第四项"),
    ),
    Finding(
        "chem.ruike.hotwork",
        "动火作业票气体分析时间超过30分钟",
        "抽查近一周作业票，4张动火作业票气体分析与动火间隔超过30分钟。",
        "维修班作业票档案",
        ("对4张作业票逐一分析原因并追责", "重新培训作业票签发人和监护人"),
        YELLOW,
    ),
    Finding(
        "chem.ruike.eyewash",
        "洗眼器冻堵无水",
        "酸碱卸料处洗眼器无水，阀门锈死。",
        "酸碱卸料区",
        ("修复洗眼器并每日点检",),
        BLUE,
    ),
    Finding(
        "chem.store.tank",
        "重大危险源罐区未实现紧急切断",
        "构成二级重大危险源的甲苯罐区进出料管道未设紧急切断阀。",
        "甲苯储罐区",
        ("在储罐进出料管道加装紧急切断阀并远传", "整改前罐区液位控制在50%以下"),
        RED,
        _chemicals("第五项"),
    ),
    Finding(
        "chem.store.ground",
        "装卸区静电接地报警仪损坏",
        "汽车槽车卸料区静电接地夹断裂，接地报警仪无显示，仍在卸车。",
        "2号卸车位",
        ("停止2号卸车位作业，更换静电接地报警仪",),
        ORANGE,
    ),
    Finding(
        "chem.store.register",
        "剧毒化学品出入库登记不全",
        "抽查近一月台账，有三笔出库未登记去向和领用人签名。",
        "剧毒品库",
        ("补齐登记并核对账物", "落实双人收发、双人保管"),
        YELLOW,
    ),
    # -- 金属冶炼
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
        _GENERAL_DUTIES,
    ),
    Finding(
        "metal.cast.rest",
        "休息室设在高温熔融金属影响范围内",
        "操作休息室距熔炼炉不足6米，正对出铝口。",
        "熔炼区休息室",
        ("将休息室迁出高温熔融金属吊运和喷溅影响范围",),
        RED,
        _trade("第五条"),
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
        _trade("第四条"),
    ),
    Finding(
        "metal.alloy.alarm",
        "人为关闭煤气报警装置",
        "炉顶四台一氧化碳报警器被断电，中控室趋势曲线在断电时段被人工填写。",
        "矿热炉车间炉顶平台",
        ("恢复全部煤气报警装置", "保存原始监测数据，不得修改"),
        ORANGE,
    ),
    # -- 有限空间
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
        _CONFINED,
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
    # -- 涉氨制冷
    Finding(
        "ammonia.cold.airconditioned",
        "包装间采用氨直接蒸发制冷",
        "速冻包装间为人员密集场所，现采用氨直接蒸发制冷空调系统。",
        "速冻包装间",
        ("拆除氨直接蒸发制冷系统，改用间接制冷", "改造完成前停用该系统并撤离包装作业人员"),
        RED,
        _AMMONIA,
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
        _AMMONIA,
    ),
    Finding(
        "ammonia.slaughter.exit",
        "制冷机房疏散门向内开启",
        "制冷机房两樘疏散门均向内开启，其中一樘上锁。",
        "制冷机房",
        ("疏散门改为向外开启，运行期间不得上锁",),
        YELLOW,
    ),
    # -- 线索
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
        _chemicals("第十项"),
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

FINDINGS: dict[str, Finding] = {finding.key: finding for finding in _ALL}
