"""The enterprise over all its cases: what bears on it, its status, time and rules; its ledger folds to it."""

from __future__ import annotations

import itertools
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.batch import LedgerEntry
from models.calendar import CalendarYear, WorkingCalendar
from models.caseclocks import Rules
from models.commands import COMMANDS
from models.enterprise.batch import EnterpriseBatch
from models.enterprise.bearing import BEARINGS, bearing_of
from models.enterprise.commands import ENTERPRISE_COMMANDS
from models.enterprise.consume import MEANINGS
from models.enterprise.entity import EnterpriseEntity
from models.enterprise.event_labels import ENTERPRISE_EVENT_LABELS
from models.enterprise.events import EVENTS
from models.enterprise.fold import fold
from models.enterprise.grants import ENTERPRISE_GRANTS
from models.enterprise.rules import PackedRules, digest_of
from models.enterprise.snapshot import Status
from models.envelope import check_signature
from models.errors import SignatureInvalid, XiaohaoError
from tests.builders import (
    ENTERPRISE,
    FIRM,
    HEAD,
    KEY,
    MAYOR,
    at,
    rules,
)
from tests.models.enterprises import (
    THREE,
    Firm,
    accident,
    bearing,
    clocks,
    envelope,
    flagged,
    listed,
    penalty,
    stop,
)


# -- bearings --------------------------------------------------------------------------------------
def entry(event: str, **data: Any) -> LedgerEntry:
    return LedgerEntry(case_id="c", seq=3, event=event, at=at("2026-09-01 10:00"), data=data)


def test_what_an_entry_of_a_case_means_to_its_enterprise() -> None:
    assert bearing_of(entry("measure_step", bearing="penalty_decided")) == "penalty_decided"
    assert bearing_of(entry("measure_lapsed", bearing="stop_ended")) == "stop_ended"
    assert bearing_of(entry("measure_step")) is None
    assert bearing_of(entry("measure_step", bearing="nonsense")) is None
    assert bearing_of(entry("opened")) is None
    assert bearing_of(entry("graded_under_order")) == "graded"
    assert bearing_of(entry("recurred")) == "recurred"
    for final in ("voided", "transferred", "found_unfounded", "look_back_completed", "enterprise_closed"):
        assert bearing_of(entry(final)) == "case_ended"
    by_the_government = entry("enterprise_closed").model_copy(update={"command_id": "k"})
    assert bearing_of(by_the_government) == "closed"
    assert set(MEANINGS) == BEARINGS


@given(
    kind=st.sampled_from([*sorted(BEARINGS), "of a later version"]),
    major=st.booleans(),
    data=st.dictionaries(
        st.sampled_from(["measure_id", "facts", "kind"]),
        st.none()
        | st.text(max_size=5)
        | st.dictionaries(
            st.sampled_from(["decided_on", "kind", "scope", "decision_no"]), st.none() | st.text(max_size=8)
        ),
    ),
)
@settings(deadline=None)
def test_every_bearing_is_consumed_whatever_it_says(kind: str, major: bool, data: dict[str, Any]) -> None:
    firm = flagged()
    before = len(firm.entries)
    firm.read(bearing(kind, firm.now, case="c-odd", seq=77, major=major).model_copy(update={"data": data}))
    fresh = firm.entries[before:]
    assert (fresh[0].source_case_id, fresh[0].source_seq) == ("c-odd", 77)
    assert all(one.source_case_id is None for one in fresh[1:])
    assert fold(firm.entries) == firm.entity


# -- status ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "scope", "status"),
    [
        ("interim_stop", "whole", "stopped"),
        ("interim_stop", None, "stopped"),
        ("interim_stop", "part", "part_stopped"),
        ("interim_stop", "equipment", "part_stopped"),
        ("seal", "equipment", "part_stopped"),
        ("seal", "whole", "part_stopped"),
        ("suspension", None, "stopped"),
        ("suspension", "part", "stopped"),
        ("power_cut", None, "power_cut"),
    ],
)
def test_a_measure_in_force_sets_the_status_until_it_ends(kind: str, scope: str | None, status: str) -> None:
    firm = Firm().read(stop(kind, scope, measure_id="m1"))
    assert firm.status == status
    firm.read(bearing("stop_ended", firm.now, seq=12, measure_id="another"))
    assert firm.status == status
    assert firm.events[-1] == "bearing_noted"
    firm.read(bearing("stop_ended", firm.now, seq=13, measure_id="m1"))
    assert firm.status == "running"


def test_the_gravest_of_all_its_cases_counts() -> None:
    made = {
        Status.CLOSED: bearing(
            "closed", at("2026-09-01 10:00"), case="c-close", facts={"decided_on": "2026-09-01"}
        ),
        Status.POWER_CUT: stop("power_cut", case="c-power"),
        Status.STOPPED: stop("suspension", case="c-stop"),
        Status.PART_STOPPED: stop("seal", case="c-part"),
    }
    for order in itertools.permutations(made):
        firm, seen = Firm(), []
        for status in order:
            firm.read(made[status])
            seen.append(status)
            gravest = next(one for one in made if one in seen)
            assert firm.status == gravest.value


def test_an_annulled_suspension_stops_nobody() -> None:
    firm = Firm().read(stop("suspension", case="c-s", measure_id="m1"))
    firm.read(bearing("penalty_annulled", firm.now, case="c-s", seq=14, measure_id="m1"))
    assert firm.status == "running"


def test_status_since_is_when_the_status_changed() -> None:
    firm = Firm().read(stop("suspension"))
    since = firm.entity.status_since
    firm.later(days=3).read(stop("interim_stop", "whole", case="c-2", when=firm.now))
    assert firm.entity.status_since == since


def test_recurrences_are_counted() -> None:
    firm = Firm()
    firm.read(*(bearing("recurred", firm.now, seq=seq) for seq in (20, 40)))
    assert firm.entity.recurrences == 2


# -- time and rules --------------------------------------------------------------------------------
def test_after_an_outage_a_clock_speaks_once() -> None:
    firm = flagged()
    firm.now = at("2026-11-20 10:00")
    firm._keep(firm.held.apply_due(firm.now))
    assert firm.events.count("closure_flag_escalated") == 1
    assert "reminded" not in firm.events
    assert firm.held.due(firm.now) == []


def test_a_newer_policy_is_adopted_and_told_to_the_ledger() -> None:
    firm = flagged()
    due = clocks(firm)["closure.flag.answer"].due_at
    newer = rules().policy.model_copy(update={"version": "2099.1"})
    firm._keep(firm.held.adopt_rules(Rules(policy=newer, calendar=rules().calendar), firm.now))
    assert firm.entries[-1].event == "rules_adopted"
    assert firm.entity.policy_version == "2099.1"
    assert clocks(firm)["closure.flag.answer"].due_at == due
    assert firm.held.adopt_rules(firm.held.rules, firm.now).entries == ()
    unknown = EnterpriseEntity.new(rules(), ENTERPRISE, "d-1")
    assert unknown.adopt_rules(Rules(policy=newer, calendar=rules().calendar), firm.now).entries == ()
    assert unknown.rules.policy.version == "2099.1"


def test_a_calendar_published_later_moves_what_was_guessed() -> None:
    unknown = Rules(policy=rules().policy, calendar=WorkingCalendar())
    firm = Firm("2026-09-28 10:00", unknown)
    firm.read(*(penalty(day) for day in ("2026-09-26", "2026-09-27", "2026-09-28")))
    assert clocks(firm)["closure.flag.answer"].provisional
    notice = CalendarYear(
        year=2026,
        days_off=tuple(date(2026, 10, day) for day in range(1, 8)),
        workdays=(date(2026, 10, 10),),
        confirmed=True,
        source="国办发明电",
    )
    known = Rules(policy=rules().policy, calendar=WorkingCalendar(years=(notice,)))
    firm._keep(firm.held.adopt_rules(known, firm.now))
    moved = clocks(firm)["closure.flag.answer"]
    assert (moved.last_day, moved.provisional) == (date(2026, 10, 10), False)
    assert fold(firm.entries) == firm.entity


def test_rules_survive_packing() -> None:
    packed = PackedRules.model_validate_json(PackedRules.of(rules()).model_dump_json())
    assert packed.rules() == rules()
    assert packed.digest == digest_of(packed.rules())
    assert len(packed.model_dump_json()) < 40_000


# -- the ledger ------------------------------------------------------------------------------------
def long_story() -> Firm:
    firm = listed("2026-08-01")
    firm.read(stop("interim_stop", "whole", case="c-i"), *(penalty(day) for day in THREE))
    accident(firm).give("accept_after_accident", HEAD, accident=1, officers=["li", "zhao"], text="合格")
    firm.until("2026-10-20 10:00").give("answer_closure_flag", MAYOR, answer="declined", reason="理由")
    firm.until("2027-09-06 10:00").give("request_removal", FIRM, text="申请").give(
        "decide_removal", HEAD, granted=True
    )
    return firm.read(bearing("recurred", firm.now, seq=50), bearing("closed", firm.now, seq=60))


def test_folding_the_ledger_gives_the_same_enterprise() -> None:
    firm = long_story()
    assert [one.seq for one in firm.entries] == list(range(1, len(firm.entries) + 1))
    assert fold(firm.entries) == firm.entity
    assert fold(firm.entries).model_dump(mode="json") == firm.held.batch(firm.outcome).doc
    stored = [type(one).model_validate_json(one.model_dump_json()) for one in firm.entries]
    assert fold(stored) == firm.entity
    with pytest.raises(ValueError, match="enrolled"):
        fold(firm.entries[1:])


def test_no_words_of_people_reach_history_or_ledger() -> None:
    firm = accident()
    sent = envelope("answer_closure_flag", HEAD, now=firm.now, answer="declined", reason="张三说的理由")
    assert "张三" not in sent.model_dump_json()
    told = json.dumps([one.model_dump(mode="json") for one in firm.entries], ensure_ascii=False)
    assert "粉尘爆燃" not in told
    assert firm.entries[-1].data["texts"]


def test_a_command_is_signed_for_one_enterprise() -> None:
    now = at("2026-09-01 10:00")
    sent = envelope("request_removal", FIRM, now=now, text="申请")
    check_signature(sent, [KEY], ENTERPRISE, now)
    with pytest.raises(SignatureInvalid):
        check_signature(sent, [KEY], "e-2", now)
    with pytest.raises(SignatureInvalid):
        check_signature(sent.model_copy(update={"district_id": "d-2"}), [KEY], ENTERPRISE, now)


def test_unknown_and_malformed_commands_are_refused() -> None:
    firm = Firm()
    good = envelope("request_removal", FIRM, now=firm.now, text="申请")
    for wrong in ({"command": "sign_off"}, {"payload": {"text": 5, "more": 1}}):
        with pytest.raises(XiaohaoError) as refused:
            firm.held.apply(good.model_copy(update=wrong), firm.now)
        assert refused.value.code == "malformed"
    assert not set(ENTERPRISE_COMMANDS) & set(COMMANDS)


def test_tables_are_complete() -> None:
    assert {grant.command for grant in ENTERPRISE_GRANTS} == set(ENTERPRISE_COMMANDS)
    assert set(ENTERPRISE_EVENT_LABELS) == set(EVENTS)


def test_batches_merge_like_a_case_s() -> None:
    firm = Firm().read(stop("seal"))
    first = firm.held.batch(firm.outcome)
    firm.read(penalty("2026-09-02"))
    merged = EnterpriseBatch.merge([first, firm.held.batch(firm.outcome)])
    assert [one.seq for one in merged.entries] == [1, 2, 3]
    assert merged.doc["seq"] == 3
    assert EnterpriseBatch.merge([first]) is first
