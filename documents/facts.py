"""What a paper may say: every field a text can name, and where it comes from (the descriptions are the source table)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


def _from(source: str) -> Any:
    return Field(description=source)


class Known(BaseModel):
    """Base of what is known; nothing is changed once it is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(Known):
    """Somebody a paper names."""

    name: Annotated[
        str, _from("用户登记表的姓名；办理时的姓名优先 / the register; the name of that day first")
    ]
    certificate: Annotated[str, _from("用户登记表的执法证号 / the register")] = ""
    post: Annotated[str, _from("办理时的职务 / role or rank in which the act was done")] = ""


class Office(Known):
    """The authority (执法机关)."""

    name: Annotated[str, _from("机构登记表：本区应急管理部门 / the register of organisations")]
    district: Annotated[str, _from("辖区登记表 / the register of districts")]


class Firm(Known):
    """The party (当事人)."""

    name: Annotated[str, _from("案件立案时的企业名称 / the name at the opening")]
    uscc: Annotated[str, _from("企业登记表：统一社会信用代码 / the register")] = ""
    address: Annotated[str, _from("企业登记表：地址 / the register")] = ""
    representative: Annotated[str, _from("企业登记表：法定代表人 / the register")] = ""


class Matter(Known):
    """The case (案件), in the words its parties read; empty in the papers of an enterprise's file."""

    number: Annotated[str, _from("案件编号 / the case")] = ""
    title: Annotated[str, _from("书面告知的隐患事实 / the facts as stated to the parties")] = ""
    description: Annotated[str, _from("书面告知的隐患事实 / the facts as stated")] = ""
    location: Annotated[str, _from("书面告知的隐患部位 / the place as stated")] = ""
    requirements: Annotated[tuple[str, ...], _from("指令书所列整改要求 / the requirements as stated")] = ()
    grade: Annotated[str, _from("判定的隐患等级 / the grade as determined")] = ""
    standard: Annotated[str, _from("判定标准条款及版本 / the clause of the standard")] = ""
    opened: Annotated[str, _from("立案日期 / the day of the opening")] = ""
    order_number: Annotated[str, _from("责令限期整改指令书文号 / the order")] = ""
    order_date: Annotated[str, _from("责令限期整改指令书落款日期 / the order")] = ""
    served: Annotated[str, _from("指令书送达日期 / the service of the order")] = ""
    deadline: Annotated[str, _from("整改期限时钟的末日 / last day of the rectification clock")] = ""
    deadline_days: Annotated[str, _from("指令书的整改天数 / days given by the order")] = ""


class Measure(Known):
    """The measure (措施) the act belongs to."""

    label: Annotated[str, _from("措施种类 / its kind")] = ""
    cause: Annotated[str, _from("提请时的事由 / the words it was proposed with")] = ""
    object: Annotated[str, _from("提请时的对象 / the words it was proposed with")] = ""
    inventory: Annotated[str, _from("查封扣押清单 / the words it was proposed or carried out with")] = ""
    scope: Annotated[str, _from("停产停业的范围 / its proposal")] = ""
    ground: Annotated[str, _from("法定情形 / its proposal")] = ""
    amount: Annotated[str, _from("罚款金额（元） / amount in yuan")] = ""
    amount_words: Annotated[str, _from("罚款金额大写 / the amount in capital figures")] = ""
    owed: Annotated[str, _from("应缴而未缴的数额（元） / what is owed and not paid, in yuan")] = ""
    owed_words: Annotated[str, _from("应缴而未缴的数额大写 / the same in capital figures")] = ""
    paid: Annotated[str, _from("已缴数额（元） / what was paid, in yuan")] = ""
    proposed: Annotated[str, _from("提请日期 / day of the proposal")] = ""
    proposers: Annotated[str, _from("提请人 / who proposed it")] = ""
    officers: Annotated[str, _from("承办的执法人员及证号 / its officers with certificates")] = ""
    article: Annotated[str, _from("罚则条款，按政策 / the penalty article as the policy names it")] = ""
    closed: Annotated[
        str, _from("结束行政处罚案件的步骤；未结案为空 / the step a penalty case ended with")
    ] = ""
    hearing: Annotated[str, _from("听证权利：是否达到听证标准 / whether a hearing may be asked for")] = ""


class Service(Known):
    """Service (送达) as it is recorded with the act."""

    to: Annotated[str, _from("受送达人：企业；协助、移送文书为供应单位、公安机关 / whoever received it")] = ""
    at: Annotated[str, _from("送达时间 / when it was served")] = ""
    method: Annotated[str, _from("送达方式 / the way of service")] = ""
    witnesses: Annotated[str, _from("见证人 / the witnesses")] = ""
    papers: Annotated[str, _from("送达的文书及文号 / what was served, with numbers")] = ""


class Act(Known):
    """The entry of the ledger the paper stands on."""

    label: Annotated[str, _from("步骤或者事项的名称 / name of the step or event")]
    basis: Annotated[str, _from("权限表、措施程序表的依据条款 / article of the authority or procedure table")]
    date: Annotated[str, _from("行为之日 / the day it was done")]
    time: Annotated[str, _from("行为的时刻（北京时间） / the minute it was done, Shanghai")]
    by: Annotated[Person, _from("台账记载的办理人 / who the ledger says did it")]
    officers: Annotated[tuple[Person, ...], _from("办理所列的执法人员 / the officers it names")] = ()


class Remedy(Known):
    """The time limits a party is told: of remedies (救济期限), of payment, of a demand."""

    reconsider: Annotated[str, _from("政策时钟 reconsider / the policy's clock")]
    litigate: Annotated[str, _from("政策时钟 litigate / the policy's clock")]
    pay: Annotated[str, _from("政策时钟 fine.pay：缴纳罚款的期限 / the policy's clock")]
    demand: Annotated[str, _from("政策时钟 demand.before_court：催告的期限 / the policy's clock")]


class Signed(Known):
    """An opinion given earlier in the same procedure (审批意见)."""

    step: str
    by: str
    on: str
    opinion: str = ""


class Visit(Known):
    """The inspection (检查) that found the hazard."""

    number: Annotated[str, _from("现场检查记录文号 / the visit")] = ""
    kind: Annotated[str, _from("检查方式 / its kind")] = ""
    place: Annotated[str, _from("检查场所 / its words")] = ""
    began: Annotated[str, _from("检查开始时间 / its beginning")] = ""
    ended: Annotated[str, _from("检查结束时间 / its end")] = ""
    officers: Annotated[tuple[Person, ...], _from("检查人员 / its officers, as they were called then")] = ()
    findings: Annotated[
        str, _from("检查发现的各项问题：同次检查各案的隐患 / the hazards of all its cases")
    ] = ""
    summary: Annotated[str, _from("检查情况小结 / its words")] = ""
    ready: Annotated[
        str, _from("现场检查记录文号，签名已到时 / its number, once no signature is awaited")
    ] = ""


class Party(Known):
    """How the party signed at the visit the paper is of (当事人签名)."""

    signed: Annotated[str, _from("现场屏幕签名图片的SHA-256 / of the signature drawn on the screen")] = ""
    witnesses: Annotated[str, _from("拒绝签字的见证人 / who saw that it refused")] = ""
    ready: Annotated[str, _from("签名已到或者无须等候 / whether no signature is awaited any more")] = "是"


class Facts(Known):
    """All a paper is written from."""

    office: Office
    firm: Firm
    case: Matter = Matter()
    act: Act
    measure: Measure = Measure()
    service: Service = Service()
    visit: Visit = Visit()
    party: Party = Party()
    remedy: Remedy
    said: Annotated[
        Mapping[str, str], _from("办理时填写的内容，按表单字段 / what was filled in, by field of the form")
    ] = Field(default_factory=dict)
    earlier: Annotated[
        Mapping[str, str], _from("本案已编号文书：种类 → 文号 / numbers of earlier documents")
    ] = Field(default_factory=dict)
    opinions: Annotated[
        tuple[Signed, ...], _from("同一措施此前的审批、审查意见 / opinions of the same measure")
    ] = ()
    items: Annotated[tuple[tuple[str, ...], ...], _from("逐项：序号、内容、期限或者结论 / item by item")] = ()
