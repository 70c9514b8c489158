"""What a message says, in its reader's language: made from what their console shows them, when it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from models.clocks import SHANGHAI
from models.deliveries import Line
from models.labels import Label

CODE, NOTICES = "cn.xiaohao.address.code", "cn.xiaohao.notices"
"""Types of events as receivers of webhooks know them."""
_LONGEST_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class Message:
    """One message, written for every channel: ``short`` says how much there is and nothing of what."""

    delivery_id: str
    made_at: datetime
    type: str
    subject: str
    plain: str
    html: str = field(repr=False)
    short: str
    data: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Voice:
    """A language, and where links lead; without a public address there are none."""

    language: str
    home: str | None

    def t(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def say(self, label: Label) -> str:
        return self.t(label.zh, label.en[:1].upper() + label.en[1:])

    def until(self, at: datetime) -> str:
        """The last day before an exclusive end; an end that is no midnight, by the minute."""
        local = at.astimezone(SHANGHAI)
        if (local.hour, local.minute, local.second) == (0, 0, 0):
            last = (local - timedelta(seconds=1)).date()
            return self.t(f"{last.year}年{last.month}月{last.day}日", last.isoformat())
        return self.t(f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}", f"{local:%Y-%m-%d %H:%M}")

    def link(self, path: str) -> str:
        return f"{self.home}{path}" if self.home else ""


def of_notices(
    delivery_id: str, made_at: datetime, lines: Sequence[Line], voice: Voice, now: datetime, most: int
) -> Message:
    """What waits for somebody, the gravest first; of more than ``most`` it says how many."""
    ranked = sorted(lines, key=lambda one: (one.due_at or datetime.max.replace(tzinfo=UTC), one.at))
    shown, more = ranked[:most], max(len(ranked) - most, 0)
    late = sum(1 for one in ranked if one.due_at is not None and one.due_at <= now)
    subject = " ".join(_subject(ranked, late, voice).split())[:_LONGEST_SUBJECT]
    tail = _tail(more, voice)
    plain = "\n\n".join([subject, *(_plain(one, voice, now) for one in shown), *tail])
    rows = "".join(_row(one, voice, now) for one in shown)
    ends = "".join(f"<p>{escape(one)}</p>" for one in tail)
    html = (
        f'<!doctype html><html lang="{voice.t("zh-CN", "en")}"><meta charset="utf-8">'
        f"<title>{escape(subject)}</title><body><h1>{escape(subject)}</h1><ul>{rows}</ul>{ends}</body></html>"
    )
    return Message(
        delivery_id=delivery_id,
        made_at=made_at,
        type=NOTICES,
        subject=subject,
        plain=plain + "\n",
        html=html,
        short=_short(len(ranked), late, voice),
        data={"count": len(ranked), "notices": [_data(one, voice) for one in shown], "more": more},
    )


def of_code(delivery_id: str, made_at: datetime, code: str, minutes: int, voice: Voice) -> Message:
    """The code that confirms an address."""
    subject = voice.t(f"【销号】验证码 {code}", f"[Xiaohao] code {code}")
    said = voice.t(
        f"{code} 是确认通知地址的验证码，{minutes} 分钟内有效。如非本人操作，请忽略。",
        f"{code} confirms this address for notices; it holds for {minutes} minutes. If you did not ask, ignore it.",
    )
    html = f'<!doctype html><meta charset="utf-8"><title>{escape(subject)}</title><p>{escape(said)}</p>'
    return Message(delivery_id, made_at, CODE, subject, said + "\n", html, f"【销号】{said}", {"code": code})


def _subject(lines: Sequence[Line], late: int, voice: Voice) -> str:
    if len(lines) == 1:
        one = lines[0]
        about = one.title or one.number
        return voice.t("【销号】", "[Xiaohao] ") + voice.t("：", ": ").join(
            filter(None, (voice.say(one.label), about))
        )
    return _short(len(lines), late, voice)


def _short(count: int, late: int, voice: Voice) -> str:
    overdue = voice.t(f"，其中 {late} 条已逾期", f", {late} of them overdue") if late else ""
    return voice.t(f"【销号】{count} 条通知待查看", f"[Xiaohao] {count} notices") + overdue


def _tail(more: int, voice: Voice) -> list[str]:
    rest = voice.t(f"另有 {more} 条，请登录查看。", f"{more} more are in the console.") if more else ""
    where = voice.t("登录查看", "Open the console") + f" {voice.link('/notices')}" if voice.home else ""
    service = voice.t(
        "本消息仅为提醒，不代替法律文书的送达，期限以文书和系统记载为准。",
        "This is a reminder only: it is no service of a document, and moves no deadline.",
    )
    return [one for one in (rest, where, service) if one]


def _facts(one: Line, voice: Voice, now: datetime) -> str:
    clock = ""
    if one.clock is not None and one.due_at is not None:
        late = voice.t("（已逾期）", " (overdue)") if one.due_at <= now else ""
        clock = (
            f"{voice.say(one.clock)}{voice.t('：', ': ')}{voice.until(one.due_at)}{voice.t(' 止', '')}{late}"
        )
    return "  ".join(filter(None, (one.number, clock)))


def _plain(one: Line, voice: Voice, now: datetime) -> str:
    head = voice.t("：", ": ").join(filter(None, (voice.say(one.label), one.title)))
    return "\n".join(filter(None, (f"· {head}", _facts(one, voice, now), voice.link(one.path))))


def _row(one: Line, voice: Voice, now: datetime) -> str:
    title = escape(one.title or one.number)
    linked = f'<a href="{escape(voice.link(one.path))}">{title}</a>' if voice.home else title
    return (
        f"<li><b>{escape(voice.say(one.label))}</b>{voice.t('：', ': ')}{linked}"
        f"<br>{escape(_facts(one, voice, now))}</li>"
    )


def _data(one: Line, voice: Voice) -> dict[str, Any]:
    return {
        "notice_id": one.notice_id,
        "kind": one.kind,
        "label": {"zh": one.label.zh, "en": one.label.en},
        "number": one.number,
        "title": one.title,
        "due_at": one.due_at.isoformat() if one.due_at else None,
        "at": one.at.isoformat(),
        "path": one.path,
        "url": voice.link(one.path) or None,
    }
