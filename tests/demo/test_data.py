"""The demo's data by itself: people, enterprises, findings."""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PIL import Image
from stdnum.cn import uscc

import policies
from demo.cases import STORIES, chapters
from demo.enterprises import ENTERPRISES, FIELDS, TEAMS
from demo.findings import FINDINGS, Finding
from demo.people import BY_NAME, NAMED, PEOPLE, TEAM_MEMBERS, certificates_expire
from demo.photos import photo
from demo.places import ORGANISATIONS, TERRITORIES
from demo.script import Visit
from models.actors import Rank, Role
from models.commands import OpenCase

ACCOUNTS = (
    *("inspector", "inspector2", "inspector3", "section_head", "deputy_head", "head", "government"),
    *(
        "legal_reviewer",
        "enterprise",
        "enterprise2",
        "assessor",
        "territory",
        "committee",
        "auditor",
        "admin",
    ),
)


def test_fifty_one_enterprises_of_five_fields() -> None:
    assert len(ENTERPRISES) == 51
    assert {one.industry for one in ENTERPRISES} == set(FIELDS)
    assert len(FIELDS) == 5
    for names in ([one.name for one in ENTERPRISES], [one.enterprise_id for one in ENTERPRISES]):
        assert len(set(names)) == 51


def test_credit_codes_are_valid_and_of_no_real_place() -> None:
    codes = [one.uscc for one in ENTERPRISES]
    assert all(uscc.is_valid(code) for code in codes)
    assert len(set(codes)) == 51
    assert {code[2:8] for code in codes} == {"329901"}


def test_groups_of_two_with_three_enterprises() -> None:
    assert set(Counter(one.team_no for one in ENTERPRISES).values()) == {3}
    assert set(TEAM_MEMBERS) == set(TEAMS) == {one.team_no for one in ENTERPRISES}
    members = [person.username for pair in TEAM_MEMBERS.values() for person in pair]
    assert len(members) == len(set(members)) == 34
    assert all(BY_NAME[name].certificate for name in members)


def test_every_territory_has_an_office_and_enterprises() -> None:
    assert len(TERRITORIES) >= 5
    known = {one.org_id for one in ORGANISATIONS}
    assert {place.org_id for place in TERRITORIES} <= known
    assert {person.org_id for person in PEOPLE if person.org_id} <= known
    assert {one.territory for one in ENTERPRISES} == set(TERRITORIES)


def test_accounts_are_named_by_role() -> None:
    assert set(ACCOUNTS) <= {person.username for person in NAMED}
    for name in ACCOUNTS:
        assert BY_NAME[name].role.value == name.rstrip("123")
    assert len(BY_NAME) == len(PEOPLE) == len({person.user_id for person in PEOPLE})
    assert BY_NAME["government"].rank is Rank.DISTRICT_HEAD
    assert {person.role for person in NAMED} == set(Role) - {Role.REPORTER, Role.SYSTEM}


def test_certificates_outlive_the_demo() -> None:
    assert certificates_expire(date(2026, 11, 22)) == date(2029, 12, 31)


@pytest.mark.parametrize("finding", FINDINGS.values(), ids=lambda one: one.key)
def test_findings_stand_on_standards_the_policy_knows(finding: Finding) -> None:
    assert finding.requirements
    assert finding.description
    assert finding.location
    if finding.standard is None:
        return
    standard = policies.load_default().standard(finding.standard.standard_id)
    assert standard.version == finding.standard.version
    clauses = {clause.no for clause in standard.clauses}
    assert not clauses or finding.standard.clause in clauses


def test_every_finding_has_its_story() -> None:
    told = [chapter.finding.key for story in STORIES for chapter in chapters(story)]
    assert sorted(told) == sorted(FINDINGS)
    visits = [story for story in STORIES if isinstance(story, Visit)]
    assert len(visits) >= 14
    assert sum(len(visit.chapters) for visit in visits) >= 40
    assert len({story.key for story in STORIES}) == len(STORIES)
    for visit in visits:  # cases are told apart by their titles
        assert len({chapter.finding.title for chapter in visit.chapters}) == len(visit.chapters)


def test_words_fit_the_command() -> None:
    for finding in FINDINGS.values():
        for name, given in (("title", finding.title), ("description", finding.description)):
            limits = [part for part in OpenCase.model_fields[name].metadata if hasattr(part, "max_length")]
            assert all(len(given) <= part.max_length for part in limits)


def test_photographs_are_real_and_repeatable() -> None:
    at = datetime(2026, 11, 20, 2, 15, 30, tzinfo=UTC)
    first = photo("one", at)
    assert first == photo("one", at) != photo("two", at)
    with Image.open(io.BytesIO(first)) as picture:
        picture.load()
        taken = picture.getexif().get_ifd(0x8769)
    assert picture.format == "JPEG"
    assert (taken[0x9003], taken[0x9011]) == ("2026:11:20 10:15:30", "+08:00")


def test_the_readme_counts_cases_and_measures() -> None:
    told = [chapter for story in STORIES for chapter in chapters(story)]
    measures = sum(1 for chapter in told for step in chapter.steps if step.proposes)
    root = Path(__file__).resolve().parents[2]
    english, chinese = ((root / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    assert f"making the demo district: {len(told)} cases" in english
    assert f"{len(told)} 件案件" in chinese
    assert f"{measures} 项措施" in chinese
