"""One hazard as an inspector writes it down, and the clauses it may fall under."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.commands import RiskColour, StandardRef

RED, ORANGE, YELLOW, BLUE = RiskColour.RED, RiskColour.ORANGE, RiskColour.YELLOW, RiskColour.BLUE


@dataclass(frozen=True, slots=True)
class Finding:
    """One hazard: what was seen, where, and each thing to be put right."""

    key: str
    title: str
    description: str
    location: str
    requirements: tuple[str, ...]
    colour: RiskColour
    standard: StandardRef | None = None
    """The clause of the standard it seems to fall under (判定标准), for a suspected major hazard."""

    @property
    def told(self) -> dict[str, Any]:
        """The words and the colour as the API takes them."""
        return {
            "title": self.title,
            "description": self.description,
            "location": self.location,
            "requirements": list(self.requirements),
            "risk_colour": self.colour.value,
        }


def trade(clause: str) -> StandardRef:
    return StandardRef(standard_id="gongmao.2023", version="2023", clause=clause)


def chemicals(clause: str) -> StandardRef:
    return StandardRef(standard_id="chem.2017", version="2017", clause=clause)


DUST = trade("第十一条")
AMMONIA = trade("第十二条")
CONFINED = trade("第十三条")
GENERAL_DUTIES = trade("第三条")
