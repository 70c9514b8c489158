"""One case and its measures, as people take them through: the steps of each procedure as literal rows."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from chaos.clients import Answer
from chaos.signed_clients import Doorstep, moment
from demo import places
from demo.enterprises import Enterprise
from demo.people import user_ids
from models.clocks import SHANGHAI

INSPECTOR, SECOND, CHIEF = "inspector", "inspector2", "section_head"
DEPUTY, HEAD, LAWYER, GOVERNMENT = "deputy_head", "head", "legal_reviewer", "government"
FIRM = ""
"""Stands for the enterprise's own account."""

SMALL, LARGE, WEIGHTY = 20_000, 80_000, 150_000
"""Fines below the amount that is heard, above it, and above the one that is discussed."""
HEARD_FROM, DISCUSSED_FROM = 50_000, 100_000
_ORDER_DAYS = 30
_THINKING = (0.02, 0.2)
_NAMES = uuid.UUID("0b7a2f4e-6f2d-5c0a-9a55-0c6c3e2d9f12")

Form = Callable[[int | None], dict[str, Any]]
Row = tuple[str, str, Form]
"""Who, which step, and what it says."""


class Over(Exception):
    """The case took a command no longer: it has ended, or nobody answered."""


# -- forms -----------------------------------------------------------------------------------------
def _officers() -> list[str]:
    return list(user_ids(INSPECTOR, SECOND))


def _service() -> dict[str, Any]:
    return {"served_at": moment(), "method": "in_person"}


def _opinion(_: int | None) -> dict[str, Any]:
    return {"form": "opinion", "opinion": "同意。"}


def _reasoned(_: int | None) -> dict[str, Any]:
    return {"form": "reasoned", "reason": "依法处理。"}


def _statement(_: int | None) -> dict[str, Any]:
    return {"form": "statement", "text": "已整改，申请恢复生产。"}


def _record(_: int | None) -> dict[str, Any]:
    return {"form": "record", "officers": _officers(), "text": "调查报告。"}


def _notice(amount: int | None) -> dict[str, Any]:
    said = {"form": "intended_penalty", "facts": "违法事实。", "basis": "法律依据。"}
    return said | {"service": _service()} | ({"amount": amount} if amount else {})


def _waived(_: int | None) -> dict[str, Any]:
    return {"form": "defence", "waived": True}


def _reviewed(_: int | None) -> dict[str, Any]:
    return {"form": "legal_review", "passed": True, "opinion": "程序合法。"}


def _discussion(_: int | None) -> dict[str, Any]:
    leaders = list(user_ids(CHIEF, DEPUTY, HEAD))
    return {
        "form": "discussion",
        "participants": leaders,
        "held_at": moment(),
        "conclusion": "一致同意。",
    }


def _decision(amount: int | None) -> dict[str, Any]:
    said = {"form": "penalty_decision", "facts": "违法事实。", "basis": "法律依据。"}
    return said | ({"amount": amount} if amount else {})


def _delivery(_: int | None) -> dict[str, Any]:
    return {"form": "delivery", "service": _service()}


def _site(_: int | None) -> dict[str, Any]:
    return {"form": "site_review", "officers": _officers(), "passed": True, "text": "具备条件。"}


def _published(_: int | None) -> dict[str, Any]:
    return {"form": "publication", "channel": "门户网站", "published_at": moment()}


def _payment(amount: int | None) -> dict[str, Any]:
    return {"form": "payment", "amount": amount, "paid_on": _today()}


def _closed(_: int | None) -> dict[str, Any]:
    return {"form": "closure_decision", "decision_no": "示政关〔2026〕1号", "decided_on": _today()}


def _today() -> str:
    """The Shanghai date: between 00:00 and 08:00 there it is still yesterday in UTC, before every act of today."""
    return datetime.fromisoformat(moment()).astimezone(SHANGHAI).date().isoformat()


# -- procedures ------------------------------------------------------------------------------------
_FILED: tuple[Row, ...] = ((HEAD, "approve", _opinion), (INSPECTOR, "conclude_investigation", _record))
_NOTIFIED: tuple[Row, ...] = ((SECOND, "serve_notice", _notice), (FIRM, "record_defence", _waived))
_HEARD: tuple[Row, ...] = (
    (FIRM, "waive_hearing", _opinion),
    (INSPECTOR, "submit_review", _opinion),
    (LAWYER, "legal_review", _reviewed),
)
_DISCUSSED: tuple[Row, ...] = ((DEPUTY, "discuss", _discussion),)
_DECIDED: tuple[Row, ...] = ((INSPECTOR, "submit_decision", _opinion), (HEAD, "decide", _decision))
_SERVED: tuple[Row, ...] = ((SECOND, "serve_decision", _delivery),)

ANNULLED: tuple[Row, ...] = ((HEAD, "annul", _reasoned),)
REVOKED: tuple[Row, ...] = ((HEAD, "revoke", _reasoned),)
CONFIRMED: tuple[Row, ...] = ((HEAD, "confirm", _opinion),)
RELEASED: tuple[Row, ...] = ((HEAD, "release", _reasoned),)
RESUMED: tuple[Row, ...] = (
    (FIRM, "apply_resumption", _statement),
    (SECOND, "review_resumption", _site),
    (HEAD, "approve_resumption", _opinion),
)
PAID: tuple[Row, ...] = (
    (INSPECTOR, "publish", _published),
    (INSPECTOR, "record_payment", _payment),
    (INSPECTOR, "settle", _opinion),
)
_CLOSED: tuple[Row, ...] = (
    (HEAD, "approve", _opinion),
    *_NOTIFIED,
    *_HEARD,
    *_DISCUSSED,
    (HEAD, "request_government", _opinion),
    (GOVERNMENT, "decide_closure", _closed),
)
_LISTED: tuple[Row, ...] = ((HEAD, "approve", _opinion), *_NOTIFIED, *_DECIDED, *_SERVED)


def _penalty(amount: int) -> tuple[Row, ...]:
    heard = _HEARD if amount >= HEARD_FROM else ()
    discussed = _DISCUSSED if amount >= DISCUSSED_FROM else ()
    return (*_FILED, *_NOTIFIED, *heard, *discussed, *_DECIDED)


class Taken:
    """A measure under way."""

    def __init__(self, measure_id: str, kind: str, scope: str | None, amount: int | None) -> None:
        self.measure_id = measure_id
        self.kind = kind
        self.scope = scope
        self.amount = amount


class Matter:
    """A case of an enterprise, one command after the other; :class:`Over` when it takes no more."""

    def __init__(self, at: Doorstep, firm: Enterprise, name: str, rng: random.Random) -> None:
        self._at = at
        self._firm = firm
        self._rng = rng
        self._no = 0
        self._major = False
        self.name = name
        self.case = str(uuid.uuid5(_NAMES, f"{at.log.path}/{name}"))

    async def open(self, *, major: bool = False) -> None:
        """An inspection found it and served its order; a major hazard is determined at once."""
        clause = self._clause()
        fields: dict[str, Any] = {
            "case_id": self.case,
            "district_id": places.DISTRICT_ID,
            "territory_id": self._firm.territory.territory_id,
            "enterprise_id": self._firm.enterprise_id,
            "industry": self._firm.industry,
            "source": "inspection",
            "title": "除尘风管积尘超过规定厚度",
            "requirements": [{"text": "清理除尘风管积尘"}],
            "inspection_id": f"i-{self.case}",
            "order": {"order_id": f"o-{self.case}", "officers": _officers(), "deadline_days": _ORDER_DAYS},
            "service": _service(),
        }
        fields |= {"suspected_major": clause} if major else {}
        await self._given(self._at.open(INSPECTOR, self._key(), self.case, fields, **self._told()))
        self._major = major
        if major:
            graded: dict[str, Any] = {"grade": "major", "standard": clause, "reason": "符合判定标准。"}
            await self.command(CHIEF, "determine_grade", **graded)

    async def command(
        self, who: str, command: str, *, told: dict[str, Any] | None = None, **fields: Any
    ) -> None:
        """Give a command to the case."""
        await asyncio.sleep(self._rng.uniform(*_THINKING))
        person = who or self._firm.account
        named = self._told() | (told or {})
        await self._given(self._at.command(person, self._key(), self.case, command, fields, **named))

    async def take(self, measure: Taken, rows: tuple[Row, ...]) -> None:
        """Take the steps of a measure, in order."""
        for who, step, form in rows:
            fields = {"measure_id": measure.measure_id, "step": step, "form": form(measure.amount)}
            await self.command(who, "take_step", told=_named(measure, step), **fields)

    async def propose(self, kind: str, *, scope: str | None = None, **fields: Any) -> Taken:
        """Propose a measure; an urgent one is in force with it."""
        amount = fields.get("amount")
        measure = Taken(f"{self.case}-{self._no + 1}", kind, scope, amount)
        said = {
            "measure_id": measure.measure_id,
            "kind": kind,
            "cause": "拒不整改。",
            "officers": _officers(),
        }
        said |= {"scope": scope} if scope else {}
        told = _named(measure, "propose")
        await self.command(INSPECTOR, "propose_measure", told=told, **said, **fields)
        return measure

    # -- whole procedures ------------------------------------------------------------------------
    async def fine(self, amount: int) -> Taken:
        """A fine (罚款), decided and served."""
        article = {"article": "98"} if amount > HEARD_FROM else {}
        fine = await self.propose("fine", amount=amount, **article)
        await self.take(fine, (*_penalty(amount), *_SERVED))
        return fine

    async def suspend(self) -> Taken:
        """A suspension (责令停产停业整顿) after a recorded refusal: in force when served."""
        refused: dict[str, Any] = {"subject": "order", "officers": _officers(), "text": "拒不执行。"}
        await self.command(INSPECTOR, "record_refusal", **refused)
        suspension = await self.propose("suspension")
        await self.take(suspension, (*_FILED, *_NOTIFIED, *_HEARD, *_DISCUSSED, *_DECIDED, *_SERVED))
        return suspension

    async def stop(self, scope: str) -> Taken:
        """An interim stop (暂时停产停业) over what is or may be a major hazard, in force at once."""
        if not self._major:
            await self.command(INSPECTOR, "suspect_major", standard=self._clause(), reason="提请判定。")
        return await self.propose("interim_stop", scope=scope, object="除尘系统", service=_service())

    async def seal(self) -> Taken:
        """An urgent seal (紧急查封), in force at once."""
        listed: dict[str, Any] = {"object": "除尘系统", "inventory": "除尘风机一台。", "service": _service()}
        return await self.propose("seal", urgent=True, **listed)

    async def list_for_bad_faith(self) -> Taken:
        """A listing for serious bad faith (列入严重失信名单), served."""
        await self.fine(SMALL)
        listing = await self.propose("bad_faith", ground="evades_penalty", industry="machinery")
        await self.take(listing, _LISTED)
        return listing

    async def close(self) -> Taken:
        """A request for closure (提请关闭) on the count, decided by the government."""
        closure = await self.propose("closure", ground="counter")
        await self.take(closure, _CLOSED)
        return closure

    async def report(self) -> None:
        """The enterprise reports progress: harmless, and refused once the case has ended."""
        await self.command(FIRM, "report_progress", text="按方案推进。", percent=40)

    async def void(self) -> None:
        """Opened by mistake."""
        await self.command(HEAD, "void", reason="重复立案。")

    # -- parts -----------------------------------------------------------------------------------
    def _clause(self) -> dict[str, str]:
        return {"standard_id": self._at.policy.standards[0].id, "version": "2023", "clause": "第四条"}

    def _key(self) -> str:
        self._no += 1
        return f"{self.name}-{self._no}"

    def _told(self) -> dict[str, Any]:
        return {"firm": self._firm.enterprise_id}

    async def _given(self, asked: Any) -> None:
        answer: Answer = await asked
        if not answer.acked:
            raise Over(f"{self.name}: {answer.body.get('rule')}")


def _named(measure: Taken, step: str) -> dict[str, Any]:
    """What the client log keeps of a step."""
    return {
        "measure": measure.measure_id,
        "kind_of": measure.kind,
        "step": step,
        "scope": measure.scope,
    }
