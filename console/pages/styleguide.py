"""Every component of the console on one page, to be looked at; only where the demo district runs."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from console.life import Stage
from console.page import PageDep
from console.parts import part
from console.refusals import Wrong
from models.actors import Role
from models.clocks import SHANGHAI
from models.errors import RequirementMissing
from models.explain import Label
from models.lifecycle import STATE_LABELS
from services.labels import label, role_label
from services.missing import missing
from services.named import Named

router = part()

_LONG = "呼伦贝尔市鄂温克族自治旗巴彦托海镇草原明珠乳制品深加工及冷链物流有限责任公司第二分公司"
_STAGES = (
    ("记录定级", "Recorded"),
    ("责令整改", "Ordered"),
    ("企业整改", "Rectifying"),
    ("待销号", "Sign-off"),
)


@router.get("/styleguide")
async def styleguide(page: PageDep) -> Response:
    """The components, each in every state it has. Raises NotFound outside the demo."""
    if not page.services.settings.demo:
        raise missing("page")
    now = page.services.clock()
    clocks = []
    for days in (-40, -1, 0.2, 1, 4, 90):
        due = now + timedelta(days=days)
        clocks.append((due, (due - timedelta(microseconds=1)).astimezone(SHANGHAI).date()))
    marks = ("past", "past", "here", "ahead")
    stages = [
        Stage(pair, mark, now if mark == "past" else None) for pair, mark in zip(_STAGES, marks, strict=True)
    ]
    refusal = RequirementMissing(
        "执法人员不足两名",
        "Two officers are needed",
        rule="officers.two",
        article="《行政处罚法》第四十二条",
        remedy_zh="再选一名持证执法人员",
        remedy_en="Choose another certified officer",
    )
    return await page.show(
        "styleguide.html",
        states=[(state.value, label(pair)) for state, pair in STATE_LABELS.items()],
        clocks=clocks,
        stages=stages,
        refusal=refusal,
        wrongs=[Wrong(page.words.t(refusal.zh, refusal.en), "officers")],
        reasons=[_line(refusal)],
        person=Named(id="wang", name="欧阳上官艾力江·买买提"),
        firm=_LONG,
        roles=[role_label(role.value) for role in Role],
        said=Label(zh="整改期限", en="rectification deadline"),
    )


def _line(error: RequirementMissing) -> dict[str, str | None]:
    """A reason as ``explain`` gives it."""
    return {
        "zh": error.zh,
        "en": error.en,
        "article": error.article,
        "remedy_zh": error.remedy_zh,
        "remedy_en": error.remedy_en,
    }
