"""From a kind and what is known to the paper: fields filled in, optional lines left out, an empty one named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from documents.errors import FieldMissing
from documents.facts import Facts, Person
from documents.paper import Block, Paper
from documents.registry import PLACE, Kind, Piece, Sheet
from models.actors import ROLE_LABELS, Role

_LINE = "＿＿＿＿＿＿"
_DAY = "　　　年　　月　　日"
BY_HAND = "本表由系统按案件记载预先填写，供打印后手写；未编号、未存档，不是已签发的文书。写好、签字后请拍照，作为证据上传到本案。"
"""What every form says of itself."""


def compose(
    kind: Kind, facts: Facts, *, on: date, number: str = "", check: str = "", draft: bool = False
) -> Paper:
    """The paper of ``kind`` dated ``on``. Raises :class:`FieldMissing`; a draft shows what is missing as a blank line."""
    return _sheet(kind, facts, on=on, blanks=draft).model_copy(
        update={"number": number, "check": check, "draft": draft}
    )


def compose_form(form: Sheet, facts: Facts, *, on: date) -> Paper:
    """A form to be written on by hand: what is not known is a line to write on. Raises :class:`FieldMissing` without an
    authority."""
    sheet = _sheet(form, facts, on=on, blanks=True)
    return sheet.model_copy(update={"blank": True, "copies": BY_HAND})


def _sheet(kind: Sheet, facts: Facts, *, on: date, blanks: bool) -> Paper:
    if not facts.office.name:
        raise FieldMissing(kind.key, "office.name")
    fill = _Filling(kind, facts, blanks=blanks)
    blocks = [block for piece in kind.body if (block := fill.block(piece)) is not None]
    return Paper(
        kind=kind.key,
        title=kind.title,
        authority=facts.firm.name if kind.from_party else facts.office.name,
        to=fill.text(kind.to) or "",
        blocks=tuple(blocks),
        signatures=tuple(line for signer in kind.signers for line in _SIGNERS[signer](facts)),
        seal=kind.seal,
        on=on,
        copies=fill.text(kind.copies) or "",
    )


def value_of(facts: Facts, place: str) -> str:
    """What a place is filled with; empty when the case does not know. KeyError for a place no field has."""
    found: object = facts
    for name in place.split("."):
        if isinstance(found, dict):
            found = found.get(name, "")
        elif name in type(found).model_fields:  # type: ignore[attr-defined]
            found = getattr(found, name)
        else:
            raise KeyError(place)
    if isinstance(found, Person):
        return _named(found)
    if isinstance(found, tuple):
        return "、".join(_with_certificate(one) if isinstance(one, Person) else str(one) for one in found)
    return str(found)


class _Filling:
    def __init__(self, kind: Sheet, facts: Facts, *, blanks: bool) -> None:
        self._kind, self._facts, self._blanks = kind, facts, blanks

    def block(self, piece: Piece) -> Block | None:
        if piece.items:
            return (
                Block(kind="items", head=piece.items, rows=self._facts.items) if self._facts.items else None
            )
        if piece.opinions:
            return self._opinions()
        if piece.ruled:
            return Block(kind="ruled", lines=("",) * piece.ruled)
        if piece.pairs:
            return self._pairs(piece)
        text = self.text(piece.heading or piece.text or "")
        if text is None:
            return None
        lines = tuple(line.strip() for line in text.splitlines() if line.strip())
        return Block(kind="heading" if piece.heading else "text", lines=lines)

    def _pairs(self, piece: Piece) -> Block | None:
        filled = [(label, self.text(("?" if label[0] == "?" else "") + text)) for label, text in piece.pairs]
        rows = tuple((label.lstrip("?"), text) for label, text in filled if text is not None)
        return Block(kind="pairs", rows=rows) if rows else None

    def _opinions(self) -> Block | None:
        rows = tuple(
            (one.step, f"{one.opinion or '同意'}\n{one.by}　{one.on}") for one in self._facts.opinions
        )
        return Block(kind="pairs", rows=rows) if rows else None

    def text(self, text: str) -> str | None:
        """The text with its fields filled in; None where it may be left out and one is empty."""
        places = {place: value_of(self._facts, place) for place in PLACE.findall(text)}
        empty = [place for place, value in places.items() if not value.strip()]
        if empty and text.startswith("?"):
            return None
        if empty and not self._blanks:
            raise FieldMissing(self._kind.key, empty[0])
        filled = PLACE.sub(lambda found: places[found[1]] or _LINE, text.removeprefix("?"))
        return filled.replace("。。", "。")  # words that end with the stop the sentence around them has


def _named(person: Person) -> str:
    post = f"（{person.post}）" if person.post else ""
    return f"{person.name}{post}"


def _with_certificate(person: Person) -> str:
    return f"{person.name}（执法证号：{person.certificate}）" if person.certificate else person.name


def _leader(facts: Facts) -> list[str]:
    """The line a leader signs on paper where whoever did the act approves nothing."""
    return [] if _office_of(facts) == "审批人" else [f"审批人（签名）：{_LINE}{_DAY}"]


def _office_of(facts: Facts, office: str = "审批人") -> str:
    """What whoever did the act signs as: an officer who acts first approves and issues nothing."""
    return "经办人" if facts.act.by.post == ROLE_LABELS[Role.INSPECTOR][0] else office


def _recorder(facts: Facts) -> list[str]:
    """Whoever wrote it down; a party that states something itself hands it in."""
    own = facts.act.by.post == ROLE_LABELS[Role.ENTERPRISE][0]
    return _done_by("提交人" if own else "记录人", facts)


def _done_by(office: str, facts: Facts) -> list[str]:
    """The line of whoever did the act."""
    return [f"{office}：{_named(facts.act.by)}　{facts.act.date}"]


def _officers(facts: Facts) -> list[str]:
    return _signing(facts.act.officers or (facts.act.by,))


def _signing(people: Iterable[Person]) -> list[str]:
    return [f"执法人员：{_with_certificate(one)}　签名：＿＿＿＿" for one in people]


def _party(facts: Facts) -> list[str]:
    """Where the party signs: on the paper, unless it signed on the screen or refused before witnesses."""
    if facts.party.signed:
        return [f"当事人现场屏幕签名如下（签名图片存于本案证据，SHA-256：{facts.party.signed[:16]}…）："]
    if facts.party.witnesses:
        return [f"当事人拒绝签字。见证人：{facts.party.witnesses}　签名：{_LINE}"]
    return [
        f"当事人（签名或者盖章）：{_LINE}{_DAY}",
        f"拒绝签字的，见证人（两名）：{_LINE}　{_LINE}",
    ]


def _witnesses(facts: Facts) -> list[str]:
    found = facts.service.witnesses
    return [f"见证人：{found}　签名：{_LINE}"] if found else []


_SIGNERS = {
    "visitors": lambda facts: _signing(facts.visit.officers),
    "officers": _officers,
    "party": _party,
    "applicant": lambda _: [f"申请人（签名或者盖章）：{_LINE}{_DAY}"],
    "approver": lambda facts: _done_by(_office_of(facts), facts),
    "issuer": lambda facts: _done_by(_office_of(facts, "签发人"), facts),
    "reviewer": lambda facts: _done_by("审核人", facts),
    "presiding": lambda facts: _done_by("听证主持人", facts),
    "minuted": lambda _: [f"记录人（签名）：{_LINE}{_DAY}"],
    "discussing": lambda _: [f"参加讨论人员（签名）：{_LINE}　{_LINE}　{_LINE}"],
    "interviewed": lambda _: [
        f"以上笔录我已看过（已向我宣读过），与我所说的相符。被询问人（签名）：{_LINE}{_DAY}"
    ],
    "witnessed": lambda _: [f"见证人（签名）：{_LINE}{_DAY}"],
    "leader": _leader,
    "recorder": _recorder,
    "receiver": lambda _: [f"受送达人（签名或者盖章）：{_LINE}{_DAY}"],
    "witnesses": _witnesses,
}
