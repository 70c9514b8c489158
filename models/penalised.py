"""The penalty articles (罚则条款) of the Work Safety Law in words: the policy lists them as ``99.overdue``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from models.hints import Pair

PARTS: Mapping[str, Pair] = {
    "overdue": ("逾期未改正", "not corrected in time"),
    "refused": ("拒不执行", "refused"),
    "agreement": ("未签订安全生产管理协议", "no safety agreement"),
    "construction": ("施工单位未按规定进行安全管理", "a builder's safety management"),
    "qualification": ("非法转让施工资质", "a qualification passed on unlawfully"),
    "gains": ("有违法所得", "with unlawful income"),
    "false": ("租借资质、挂靠、出具虚假报告", "a false report"),
    "accident": ("发生事故", "with an accident"),
    "general": ("一般事故", "an ordinary accident"),
    "larger": ("较大事故", "a larger accident"),
    "major": ("重大事故", "a major accident"),
    "extreme": ("特别重大事故", "an extreme accident"),
    "grave": ("情节特别严重", "especially grave"),
}


def _numeral(number: int) -> str:
    """A number from 1 to 999 as a statute writes it: 第一百一十四条."""
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        said += "十" if tens == 1 and not hundreds else f"{digits[tens]}十"
    elif hundreds and ones:
        said += "零"
    return said + (digits[ones] if ones else "")


def article_words(key: str) -> Pair:
    """What a penalty article is called, cited as every basis is in both languages; a part nobody named is said as it is."""
    number, *parts = key.split(".")
    named = [PARTS.get(one, (one, one)) for one in parts]
    zh = "、".join(one for one, _ in named)
    en = ", ".join(one for _, one in named)
    cited = f"《安全生产法》第{_numeral(int(number))}条"
    return f"{cited}{f'（{zh}）' if zh else ''}", f"{cited}{f' ({en})' if en else ''}"


def articles_in(figures: Iterable[str], *targets: str) -> list[str]:
    """The penalty articles among the figures of a policy that fine one of the targets (``unit``, ``person``; all of
    them, if none is named), in the order of the law."""
    ends = tuple(f".{one}" for one in targets or ("unit", "person"))
    rows = {
        row.rpartition(".")[0].removeprefix("penalty.")
        for row in (key.removesuffix(".percent") for key in figures if key.startswith("penalty."))
        if row.endswith(ends)
    }
    return sorted((one for one in rows if one[:1].isdecimal()), key=lambda one: (int(one.split(".")[0]), one))
