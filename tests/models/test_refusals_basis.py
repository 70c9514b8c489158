"""Every refusal of authority or of business names the article it stands on."""

from __future__ import annotations

from typing import Any

import pytest

from models.authority import BY_COMMAND
from models.errors import NotAuthorised, Refused, XiaohaoError
from tests.builders import EVERYONE, FIRM, ZHAO, Story, asked, at, order, refusal, served
from tests.situations import SITUATIONS
from tests.walks import OFFERS


def check(error: XiaohaoError) -> None:
    if error.status == 404:
        return
    assert isinstance(error, Refused | NotAuthorised)
    assert error.article, error.rule


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_refusal_names_an_article(name: str) -> None:
    story = SITUATIONS[name]()
    for command, offer in OFFERS.items():
        _, fields = offer(story.case, story.now)
        for actor in (*EVERYONE, ZHAO):
            sent = asked(story.case.case_id, command, actor, now=story.now, **fields)
            try:
                story.hazard.decide(sent, story.now)
            except XiaohaoError as error:
                check(error)


def test_a_rule_of_ours_without_an_article_shows_that_of_the_command() -> None:
    error = refusal(SITUATIONS["ordered"](), "signal_completion", FIRM, text="完成", evidence=[])
    assert (error.rule, error.article) == ("completion.evidence", BY_COMMAND["signal_completion"].basis)


@pytest.mark.parametrize(
    "fields",
    [{"order": order(officers=("wang",))}, {"service": served(at("2026-09-01 09:00"))}],
    ids=("one officer", "service without an order"),
)
def test_what_may_not_be_opened_names_an_article(fields: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        Story(at("2026-09-01 10:00"), **fields)
    assert refused.value.article
