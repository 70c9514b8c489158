"""Every date and amount of every form lies between its bounds, whichever door it comes through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, ValidationError
from pydantic.fields import FieldInfo

from models.bounds import ACT_NAMES, Act, AtMost, Between, Frame, Limits, Until, bounded
from models.commands import COMMANDS, OpenCase
from models.commands.measures import Form
from models.enterprise.commands import ENTERPRISE_COMMANDS
from models.errors import LimitExceeded
from models.fields import FIELD_NAMES
from models.instants import FIRST_DAY, LAST_DAY, day_of
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.snapshot import Measure
from models.visits import Visit
from services.inspections.visits import Visit as ToldVisit
from tests.builders import FIRM, MAYOR, OFFICE, WANG, Story, at, major, opening, refusal, served
from tests.builders import rules as rules_of
from tests.measure_forms import FORMS
from tests.measures import decided, filed, imposed, not_taken, silent, take
from tests.models.enterprises import Firm

NOW = at("2026-09-21 10:00")
LIMITS = rules_of().policy.limits
SHAPES: tuple[type[BaseModel], ...] = (
    *COMMANDS.values(),
    *Form.__subclasses__(),
    *ENTERPRISE_COMMANDS.values(),
    Visit,
    ToldVisit,
)


def kinds_in(annotation: Any) -> set[Any]:
    """Every plain type an annotation is made of."""
    inner = [kind for one in get_args(annotation) for kind in kinds_in(one)]
    return {annotation, *inner} if inner else {annotation}


def dated(shape: type[BaseModel], path: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """The dates and instants of a shape and of its parts."""
    for name, field in shape.model_fields.items():
        kinds = kinds_in(field.annotation)
        if kinds & {date, datetime, AwareDatetime}:
            yield f"{path}{name}", field
        for part in kinds:
            if isinstance(part, type) and issubclass(part, BaseModel) and not issubclass(part, Form):
                yield from dated(part, f"{path}{name}.")


DATED = [(shape, path, field) for shape in SHAPES for path, field in dated(shape)]
MEASURE = Measure(
    measure_id="m",
    no=1,
    kind=MeasureKind.FINE,
    state=MeasureState.IN_FORCE,
    proposed_by=("wang",),
    proposed_at=NOW,
    amount=30_000,
)


def sample(shape: type[BaseModel]) -> dict[str, Any]:
    """A well-formed way to fill in a shape, as JSON."""
    if issubclass(shape, Form):
        name = str(shape.model_fields["form"].default)
        instalments = [{"due_on": "2026-12-01", "amount": 1}] if "instalments" in shape.model_fields else []
        more = {"instalments": instalments} if instalments else {}
        return {"form": name, **FORMS[name](MEASURE, WANG, NOW), **more}
    if shape is OpenCase:
        order = {"order_id": "r-1", "officers": ["wang", "li"], "deadline_days": 5, "issued_on": "2026-09-21"}
        days = dict.fromkeys(("ordered_on", "deadline", "completed_on"), "2026-09-21")
        row = {"job_id": "job", "row": 1, **days}
        moments = {"found_at": NOW.isoformat(), "service": served(NOW), "order": order, "taken_over": row}
        return {**opening(now=NOW).payload, **moments}
    return OTHERS[shape]


MOMENT = NOW.isoformat()
SEEN = {"kind": "special", "officers": ["wang", "li"], "started_at": MOMENT, "ended_at": MOMENT}
OTHERS: dict[type[BaseModel], dict[str, Any]] = {
    COMMANDS["issue_order"]: {
        "order": {"order_id": "r", "officers": ["wang"], "deadline_days": 5, "issued_on": "2026-09-21"}
    },
    COMMANDS["serve_order"]: {"service": served(NOW)},
    COMMANDS["report_to_congress"]: {"held_on": "2026-09-21", "evidence": ["minutes"]},
    COMMANDS["correct"]: {"what": "service", "reason": "日期录错", "service": served(NOW)},
    COMMANDS["close_with_enterprise"]: {"decision_no": "1", "decided_on": "2026-09-21"},
    COMMANDS["propose_measure"]: {"measure_id": "m", "kind": "seal", "cause": "一", "service": served(NOW)},
    ENTERPRISE_COMMANDS["record_accident"]: {"happened_at": MOMENT, "text": "事故"},
    Visit: {**SEEN, "district_id": "d"},
    ToldVisit: {**SEEN, "enterprise_id": "e", "place": "车间", "service": served(NOW)},
}


def with_value(data: dict[str, Any], path: str, value: str) -> dict[str, Any]:
    name, _, rest = path.partition(".")
    inner = data.get(name)
    if rest and isinstance(inner, list):
        return {**data, name: [with_value(inner[0], rest, value), *inner[1:]]}
    return {**data, name: with_value(data[name], rest, value) if rest else value}


def plain(place: str) -> str:
    """A place without its numbers."""
    return ".".join(part for part in place.split(".") if not part.isdecimal())


def framed(act_at: datetime, now: datetime = NOW) -> Frame:
    """As if every act had been at ``act_at``."""
    return Frame(acts=lambda _: act_at, sums=lambda _: None, at=now, limits=LIMITS)


def is_day(field: FieldInfo) -> bool:
    return date in kinds_in(field.annotation)


def mark_of(field: FieldInfo) -> Between:
    return next(one for one in field.metadata if isinstance(one, Between))


# -- the tables ----------------------------------------------------------------------------------------
def test_every_date_of_every_form_says_between_what_it_lies() -> None:
    assert len(DATED) > 20
    told_by_their_cases = {(ToldVisit, "service.served_at"), (Visit, "served_at")}
    told_by_the_visit = {(ToldVisit, "started_at"), (ToldVisit, "ended_at")}
    for shape, path, field in DATED:
        if (shape, path) not in told_by_their_cases | told_by_the_visit:
            assert any(isinstance(one, Between) for one in field.metadata), f"{shape.__name__}.{path}"


def test_every_amount_that_is_paid_or_changed_says_against_what_it_is_held() -> None:
    marked = {
        shape.__name__
        for shape in SHAPES
        for field in shape.model_fields.values()
        if any(isinstance(one, AtMost) for one in field.metadata)
    }
    assert marked == {"Payment", "Remedy"}


def test_every_act_and_every_field_has_a_name() -> None:
    assert set(ACT_NAMES) == set(Act)
    assert {path.rpartition(".")[2] for _, path, _ in DATED} <= set(FIELD_NAMES)


# -- the type ------------------------------------------------------------------------------------------
IMPOSSIBLE = (
    "0026-11-26T10:00:00+08:00",
    "1000-01-01T00:00:00Z",
    "1999-12-31T23:59:59+08:00",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-16:00",
    "0001-01-01T00:00:00+23:59",
    "0001-01-01T00:00:00+16:00",
)


@pytest.mark.parametrize("moment", IMPOSSIBLE)
@given(one=st.sampled_from(DATED))
def test_no_form_takes_a_year_nobody_can_mean(
    moment: str, one: tuple[type[BaseModel], str, FieldInfo]
) -> None:
    shape, path, field = one
    said = moment[:10] if is_day(field) else moment
    value = [said] if (shape, path) == (Visit, "served_at") else said
    with pytest.raises(ValidationError) as refused:
        shape.model_validate(with_value(sample(shape), path, value))  # type: ignore[arg-type]
    (error,) = refused.value.errors()
    assert plain(".".join(map(str, error["loc"]))) == path
    assert error["type"] in ("date_out_of_range", "datetime_parsing", "ended_before_started")


@given(
    st.datetimes(datetime.fromisoformat("2000-01-02"), datetime.fromisoformat("2199-12-30")),
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
)
def test_any_offset_is_the_same_moment_in_utc(wall: datetime, minutes: int) -> None:
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    form = {
        "form": "publication",
        "channel": "门户",
        "published_at": f"{wall.isoformat()}{sign}{hours:02}:{rest:02}",
    }
    taken = Form.__subclasses__()[[one.__name__ for one in Form.__subclasses__()].index("Publication")]
    moment = taken.model_validate(form).published_at  # type: ignore[attr-defined]
    assert moment.utcoffset() == timedelta(0)
    assert moment == wall.replace(tzinfo=UTC) - timedelta(minutes=minutes)


# -- the bounds ----------------------------------------------------------------------------------------
HELD = [
    one
    for one in DATED
    if one[0] is not ToldVisit and any(isinstance(mark, Between) for mark in one[2].metadata)
]


@given(st.sampled_from(HELD), st.integers(min_value=1, max_value=9000))
def test_nothing_lies_a_day_before_its_act(one: tuple[type[BaseModel], str, FieldInfo], days: int) -> None:
    shape, path, field = one
    mark = mark_of(field)
    act_at = max(NOW, at(f"{LIMITS.beginning} 10:00")) if mark.since is not Act.ITSELF else None
    if mark.after:
        return
    floor = act_at or at(f"{LIMITS.beginning} 10:00")
    before = floor - timedelta(days=days)
    if day_of(before) < FIRST_DAY:
        return  # the type has refused it
    said = str(day_of(before)) if is_day(field) else before.isoformat()
    told = shape.model_validate(with_value(sample(shape), path, said))
    with pytest.raises(LimitExceeded) as refused:
        bounded(told, framed(floor))
    assert plain(refused.value.details["field"]) == path
    assert refused.value.rule == ACT_NAMES[mark.since].rule


@given(st.sampled_from(HELD), st.timedeltas(min_value=timedelta(minutes=3), max_value=timedelta(days=36500)))
def test_nothing_lies_ahead_beyond_its_horizon(
    one: tuple[type[BaseModel], str, FieldInfo], ahead: timedelta
) -> None:
    shape, path, field = one
    plan = mark_of(field).until is Until.HORIZON
    moment = NOW + ahead + (LIMITS.horizon if plan else timedelta())
    if day_of(moment) > LAST_DAY or (is_day(field) and day_of(moment) == day_of(NOW)):
        return
    if is_day(field):
        moment += timedelta(days=1)
    said = str(day_of(moment)) if is_day(field) else moment.isoformat()
    told = shape.model_validate(with_value(sample(shape), path, said))
    with pytest.raises(LimitExceeded) as refused:
        bounded(told, framed(at(f"{LIMITS.beginning} 10:00")))
    assert refused.value.rule == ("time.horizon" if plan else "time.not_in_future")
    assert plain(refused.value.details["field"]) == path


@given(st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(minutes=2)))
def test_a_device_a_little_ahead_is_taken_as_now_and_noted(ahead: timedelta) -> None:
    told = COMMANDS["serve_order"].model_validate({"service": served(NOW + ahead)})
    taken, noted = bounded(told, framed(NOW - timedelta(days=1)))
    assert taken.service.served_at == NOW  # type: ignore[attr-defined]
    assert noted == {"service.served_at": (NOW + ahead).isoformat()}


def test_the_skew_is_the_policys_and_the_ledger_notes_it() -> None:
    story = Story(at("2026-09-01 10:00")).give("issue_order", WANG, order=OTHERS_ORDER)
    story.give("serve_order", WANG, service=served(story.now + timedelta(seconds=1)))
    entry = next(one for one in story.entries if one.event == "order_served")
    assert entry.data["taken_as_now"] == {"service.served_at": (story.now + timedelta(seconds=1)).isoformat()}
    assert story.case.order.served.at == story.now


OTHERS_ORDER = {"order_id": "r-1", "officers": ["wang", "li"], "deadline_days": 15}


# -- in a case -----------------------------------------------------------------------------------------
def test_a_payment_lies_after_its_decision_and_within_what_is_owed() -> None:
    story = imposed()
    early = not_taken(story, "record_payment", WANG, paid_on="2026-08-01")
    assert (early.rule, early.details["field"]) == ("time.before_act", "form.paid_on")
    much = not_taken(story, "record_payment", WANG, amount=90_000)
    assert (much.rule, much.details["most"]) == ("fine.beyond_owed", 30_000)
    take(story, "record_payment", WANG, amount=20_000)
    assert not_taken(story, "record_payment", WANG, amount=10_001).details["most"] == 10_000
    take(story, "record_payment", WANG, amount=10_000)


def test_a_publication_is_no_older_than_the_decision() -> None:
    story = take(decided(silent(filed())), "serve_decision", WANG)
    early = (story.now - timedelta(days=400)).isoformat()
    assert not_taken(story, "publish", WANG, published_at=early).rule == "time.before_act"


def test_a_remedy_follows_the_decision_and_makes_nothing_heavier() -> None:
    story = imposed()
    assert not_taken(story, "record_remedy", WANG, on="2026-08-01").rule == "time.before_act"
    heavier = not_taken(story, "record_remedy", WANG, event="changed", amount=30_001)
    assert heavier.rule == "remedy.not_heavier"


@pytest.mark.parametrize(
    ("command", "who", "fields"),
    [
        ("report_to_congress", FIRM, {"held_on": "2026-08-31", "evidence": ["minutes"]}),
        ("close_with_enterprise", MAYOR, {"decision_no": "示政关〔2026〕1号", "decided_on": "2026-08-31"}),
    ],
)
def test_a_fact_is_no_older_than_the_case_it_belongs_to(
    command: str, who: Any, fields: dict[str, Any]
) -> None:
    assert refusal(major(), command, who, **fields).rule == "time.before_act"


def test_what_came_with_the_visit_is_no_older_than_the_visit() -> None:
    began = at("2026-09-01 09:00")
    told = {"found_at": began.isoformat(), "order": OTHERS_ORDER, "service": served(began)}
    story = Story(at("2026-09-02 10:00"), **told)
    assert str(story.case.order.issued_on) == "2026-09-01"
    for wrong, rule in (
        ({"service": served(began - timedelta(seconds=1))}, "service.after_issue"),
        ({"order": {**OTHERS_ORDER, "issued_on": "2026-08-31"}}, "time.before_act"),
    ):
        with pytest.raises(LimitExceeded) as refused:
            Story(at("2026-09-02 10:00"), **{**told, **wrong})
        assert refused.value.rule == rule


def test_an_accident_lies_between_the_beginning_and_now() -> None:
    firm = Firm()
    ahead = (firm.now + timedelta(minutes=3)).isoformat()
    told = {"text": "事故", "stop": False}
    assert firm.refused("record_accident", OFFICE, happened_at=ahead, **told).rule == "time.not_in_future"
    firm.give("record_accident", OFFICE, happened_at=(firm.now + timedelta(seconds=90)).isoformat(), **told)
    assert firm.entity.accidents[0].happened_at == firm.now
    assert "happened_at" in firm.entries[-1].data["taken_as_now"]


def test_a_policy_may_begin_later() -> None:
    later = Limits(beginning=date(2020, 1, 1), horizon=timedelta(days=1), skew=timedelta())
    told = Visit.model_validate({**sample(Visit), "started_at": "2019-12-31T10:00:00+08:00"})
    with pytest.raises(LimitExceeded) as refused:
        bounded(told, Frame(acts=lambda _: None, sums=lambda _: None, at=NOW, limits=later))
    assert (refused.value.rule, refused.value.details["field"]) == ("time.beginning", "started_at")
    assert "检查开始时间" in refused.value.zh
