"""Programs (服务账号): set up by an administrator, given tokens by their owner, ended by either.

None of these takes an Idempotency-Key: a token is shown once, and what ends is ended once.
"""

from __future__ import annotations

from api.parts import part
from models.errors import LimitExceeded, RequirementMissing
from services.accounts import programs

router = part("accounts", "/programs")

router.reads("", programs.list_programs)
router.acts("", programs.make, RequirementMissing, status_code=201, audited="make_program")
router.acts("/{program_id}/tokens", programs.issue, LimitExceeded, status_code=201, audited="renew_program")
router.ends("/{program_id}", programs.revoke)
