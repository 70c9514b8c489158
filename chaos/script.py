"""What people do to a case: for every state the commands that are right there, drawn with a seed from a literal table."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from demo.people import user_ids

INSPECTOR, SECOND, CHIEF, LEADER = "inspector", "inspector2", "section_head", "deputy_head"
HANDLERS = ("inspector", "inspector2", "inspector3")
OFFICIALS = (INSPECTOR, SECOND, CHIEF, LEADER)
FINAL = frozenset({"ARCHIVED", "UNFOUNDED", "TRANSFERRED", "VOIDED", "CLOSED_WITH_ENTERPRISE"})
MOST_EXTENSIONS = MOST_PAUSES = 2

_DAYS = 30
_STANDARD = {"standard_id": "gongmao.2023", "version": "2023", "clause": "第三条"}


@dataclass(slots=True)
class Known:
    """A case as its people know it from the answers they got."""

    case: str
    firm: str
    state: str
    items: int
    handler: int = 0
    asked: bool = False
    """An extension waits for its answer."""
    extensions: int = 0
    paused: bool = False
    signed: bool = True
    """Whether nothing waits for a leader's signature: a report does."""
    pauses: int = 0
    ordered: bool = False
    last_at: str = ""
    """When the last answered command took effect."""

    def learn(self, command: str, answer: dict[str, Any]) -> None:
        """Take in the answer to ``command``."""
        self.state = str(answer["case"]["state"])
        self.last_at = str(answer["events"][0]["at"])
        change = _CHANGES.get(command)
        if change is not None:
            change(self)


def _ask(known: Known) -> None:
    known.asked = True


def _answered(known: Known) -> None:
    known.asked = False


def _granted(known: Known) -> None:
    known.asked, known.extensions = False, known.extensions + 1


def _paused(known: Known) -> None:
    known.paused, known.pauses = True, known.pauses + 1


def _resumed(known: Known) -> None:
    known.paused = False


def _ordered(known: Known) -> None:
    known.ordered = True


def _signed(known: Known) -> None:
    known.signed = True


def _looked_back(known: Known) -> None:
    if known.state == "RECURRED":
        known.ordered, known.extensions, known.pauses = False, 0, 0


_CHANGES: dict[str, Callable[[Known], None]] = {
    "request_extension": _ask,
    "grant_extension": _granted,
    "refuse_extension": _answered,
    "signal_completion": _answered,
    "pause": _paused,
    "resume": _resumed,
    "sign_lead": _signed,
    "issue_order": _ordered,
    "record_look_back": _looked_back,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: by whom, with what, whether a photograph comes first, and whether it must succeed."""

    command: str
    who: str
    body: dict[str, Any]
    photo: bool = False
    expected: bool = True


Maker = Callable[[Known], Step]


def _by(who: str, command: str, *, photo: bool = False, **body: Any) -> Maker:
    return lambda known: Step(command, who or known.firm, dict(body), photo)


def _issue(known: Known) -> Step:
    """An order that states as many requirements as the case was opened with."""
    stated = {"title": "通道堆物", "requirements": [{"text": one} for one in REQUIREMENTS[: known.items]]}
    return Step("issue_order", INSPECTOR, {"officers": _officers(), "deadline_days": _DAYS, "stated": stated})


def _verdicts(known: Known, passed: bool) -> list[dict[str, Any]]:
    return [{"no": no, "passed": passed or no > 1, "note": "现场核对"} for no in range(1, known.items + 1)]


def _reinspect(known: Known, passed: bool) -> Step:
    again = {} if passed else {"new_deadline_days": _DAYS - 10}
    body = {"officers": _officers(), "findings": _verdicts(known, passed), "opinion": "逐项复查。", **again}
    return Step("reinspect", INSPECTOR, body, photo=True)


def _recurred(_: Known) -> Step:
    body = {"officers": _officers(), "recurred": True, "items": [1], "text": "回头看记录。"}
    return Step("record_look_back", INSPECTOR, body)


def assign(known: Known) -> Step:
    """Harmless in every open state: the next person handles the case."""
    known.handler = (known.handler + 1) % len(HANDLERS)
    handler = user_ids(HANDLERS[known.handler])[0]
    return Step("assign_handler", CHIEF, {"handler_id": handler, "reason": "轮换承办人。"})


def wrong(known: Known) -> Step:
    """A command this state refuses."""
    if known.state == "SIGNING_OFF":
        return Step("signal_completion", known.firm, {"text": "重复报告。"}, expected=False)
    return Step("sign_off", CHIEF, {"opinion": "误操作。"}, expected=False)


def _officers() -> list[str]:
    return list(user_ids(INSPECTOR, SECOND))


Choice = tuple[int, Callable[[Known], bool], Maker]


def _always(_: Known) -> bool:
    return True


_PROGRESS = _by("", "report_progress", text="按方案推进。", percent=40)
_CORRECTING: tuple[Choice, ...] = (
    (3, _always, _PROGRESS),
    (
        3,
        lambda k: not k.asked and not k.paused and k.extensions < MOST_EXTENSIONS,
        _by("", "request_extension", days=5, reason="设备定制。", interim_measures="停用挂牌。"),
    ),
    (4, lambda k: k.asked and not k.paused, _by(CHIEF, "grant_extension", days=5, opinion="同意。")),
    (2, lambda k: k.asked, _by(CHIEF, "refuse_extension", reason="理由不足。")),
    (
        2,
        lambda k: not k.paused and k.pauses < MOST_PAUSES,
        _by(CHIEF, "pause", ground="appraisal", reason="等待检测。"),
    ),
    (6, lambda k: k.paused, _by(CHIEF, "resume", reason="检测完成。")),
    (5, lambda k: not k.paused, _by("", "signal_completion", photo=True, text="整改完成。")),
)

MENU: dict[str, tuple[Choice, ...]] = {
    "REPORTED": (
        (
            1,
            _always,
            lambda _: Step("verify", INSPECTOR, {"officers": _officers(), "findings": "属实。"}, True),
        ),
    ),
    "RECORDED": (
        (3, lambda k: not k.signed, _by(LEADER, "sign_lead", opinion="同意。")),
        (
            3,
            lambda k: k.signed and not k.ordered,
            _issue,
        ),
        (
            3,
            lambda k: k.ordered,
            lambda k: Step(
                "serve_order", SECOND, {"service": {"served_at": k.last_at, "method": "in_person"}}
            ),
        ),
        (1, _always, _by(SECOND, "suspect_major", standard=_STANDARD, reason="提请判定。")),
    ),
    "DETERMINING": ((1, _always, _by(CHIEF, "determine_grade", grade="general", reason="按一般隐患处理。")),),
    "ORDERED": (
        *_CORRECTING,
        (
            1,
            lambda k: not k.paused and not k.asked,
            _by(SECOND, "suspect_major", standard=_STANDARD, reason="提请判定。"),
        ),
    ),
    "RECTIFYING": _CORRECTING,
    "SUBMITTED": (
        (3, _always, lambda k: _reinspect(k, True)),
        (2, _always, lambda k: _reinspect(k, False)),
    ),
    "SIGNING_OFF": (
        (3, _always, _by(CHIEF, "sign_off", opinion="同意销号。")),
        (1, _always, _by(CHIEF, "refuse_sign_off", items=[1], new_deadline_days=_DAYS - 10, reason="退回。")),
    ),
    "SIGNED_OFF": ((1, _always, _recurred),),
    "RECURRED": (
        (
            1,
            lambda k: not k.ordered,
            _issue,
        ),
        (
            1,
            lambda k: k.ordered,
            lambda k: Step(
                "serve_order", SECOND, {"service": {"served_at": k.last_at, "method": "in_person"}}
            ),
        ),
    ),
}
"""State → weighted choices."""


def choose(known: Known, rng: random.Random) -> Step:
    """What its people do next; now and then something the state refuses."""
    if rng.random() < 0.06:
        return wrong(known)
    choices = [(weight, maker) for weight, may, maker in MENU[known.state] if may(known)]
    weights = [weight for weight, _ in choices]
    return rng.choices([maker for _, maker in choices], weights)[0](known)


# -- how cases begin ---------------------------------------------------------------------------------
REQUIREMENTS = ("清理积尘并建立清扫制度", "补装防护罩", "完善警示标志")


def visit(enterprise_id: str, address: str, findings: int) -> dict[str, Any]:
    """An inspection with a served order, as ``POST /inspections`` takes it."""
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    found = [
        {"title": f"隐患{no + 1}", "requirements": list(REQUIREMENTS[: no % 3 + 1]), "deadline_days": _DAYS}
        for no in range(findings)
    ]
    return {
        "enterprise_id": enterprise_id,
        "kind": "special",
        "officers": _officers(),
        "started_at": now,
        "ended_at": now,
        "place": address,
        "findings": found,
        "service": {"served_at": now},
    }


def lead(enterprise_id: str, source: str) -> dict[str, Any]:
    """A lead, as ``POST /cases`` takes it."""
    return {
        "source": source,
        "enterprise_id": enterprise_id,
        "title": "通道堆物",
        "requirements": list(REQUIREMENTS[:2]),
    }
