"""Enterprises: the register as far as the asker sees it, how one stands, and commands to one as a whole."""

from __future__ import annotations

from api.commands import MAY_REFUSE
from api.parts import part
from models.enterprise.commands import ENTERPRISE_COMMANDS
from models.enterprise.grants import GRANT_OF
from services.enterprises import reads, writes
from services.evidence.reads import list_of_enterprise

router = part("enterprises")

router.reads("/enterprises", reads.list_enterprises)
router.reads("/enterprises/{enterprise_id}", reads.show_enterprise)
router.reads("/enterprises/{enterprise_id}/standing", reads.show_standing)
router.reads("/enterprises/{enterprise_id}/events", reads.list_events, name="list_enterprise_events")
router.reads("/enterprises/{enterprise_id}/evidence", list_of_enterprise, name="list_enterprise_evidence")

for _name, _kind in ENTERPRISE_COMMANDS.items():
    _grant = GRANT_OF[_name]
    router.writes(
        f"/enterprises/{{enterprise_id}}/commands/{_name}",
        writes.give_command,
        f"enterprise.{_name}",
        *MAY_REFUSE,
        at="/enterprises/{enterprise_id}/standing",
        audited=_name,
        shape=_kind,
        name=f"enterprise_{_name}",
        operation_id=f"enterprise_{_name}",
        summary=f"{_grant.zh} / {_grant.en}",
        description=f"{(_kind.__doc__ or '').strip()}\n\n依据 / basis: {_grant.basis}",
    )
