"""The stories of the demo district: inspections, leads, an accident."""

from __future__ import annotations

from demo.escalations import ESCALATIONS
from demo.leads import LEADS
from demo.script import Accident, Chapter, Story, Visit
from demo.visits import VISITS

STORIES: tuple[Story, ...] = (*VISITS, *LEADS, *ESCALATIONS)
"""Every story; each is told by itself, in any order."""


def chapters(story: Story) -> tuple[Chapter, ...]:
    """The cases of a story."""
    if isinstance(story, Accident):
        return ()
    return story.chapters if isinstance(story, Visit) else (story.chapter,)


CLOSED_FIRM = 37
"""The enterprise that government closed."""
