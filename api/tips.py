"""Tips of the public (群众举报) for officers: those that wait, taken up as cases or closed with a reason; who reported."""

from __future__ import annotations

from api.parts import part
from models.errors import Conflict, LimitExceeded, Pending, RequirementMissing
from services.tips import reads, registering, writes

router = part("tips")
_TIP = "/tips/{tip_id}"

router.reads("/tips", reads.list_tips)
router.reads("/tips/{tip_id}/alike", reads.alike, name="list_alike")
router.reads("/cases/{case_id}/alike", reads.alike_of_case, name="list_alike_of_case")
router.reads(_TIP, reads.show_tip)
router.reads("/cases/{case_id}/reporter", reads.show_reporter, Conflict)
router.writes(
    "/tips",
    registering.register,
    "tips.register",
    LimitExceeded,
    created="/tips/{answer.tip.tip_id}",
    audited="register_tip",
    name="register_tip",
)
router.writes(
    "/tips/{tip_id}/take",
    writes.take_up,
    "tips.take",
    Conflict,
    RequirementMissing,
    LimitExceeded,
    Pending,
    at="/cases/{tip_id}",
    created="/cases/{tip_id}",
    audited="open",
)
router.writes(
    "/tips/{tip_id}/sort",
    writes.sort,
    "tips.sort",
    Conflict,
    RequirementMissing,
    at=_TIP,
    audited="sort_tip",
    name="sort_tip",
)
router.writes(
    "/tips/{tip_id}/transfer",
    writes.transfer,
    "tips.transfer",
    Conflict,
    LimitExceeded,
    at=_TIP,
    audited="transfer_to_department",
    name="transfer_tip",
)
router.writes(
    "/tips/{tip_id}/reward", writes.propose_reward, "tips.reward", Conflict, at=_TIP, audited="propose_reward"
)
router.writes("/tips/{tip_id}/close", writes.close, "tips.close", Conflict, at=_TIP, name="close_tip")
router.writes("/tips/{tip_id}/answer", writes.answer, "tips.answer", Conflict, at=_TIP, name="answer_tip")
