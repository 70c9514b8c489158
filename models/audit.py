"""The words of the audit log (审计日志): what was done or tried, and how it ended."""

from __future__ import annotations

from enum import StrEnum

from models.commands import COMMANDS
from models.enterprise.commands import ENTERPRISE_COMMANDS
from models.measures.procedures import PROCEDURES


class AuditAction(StrEnum):
    """What the service itself records; a refused command or step is recorded under its own name."""

    LOGIN = "login"
    LOGOUT = "logout"
    END_SESSION = "end_session"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - an action, not a secret
    END_SESSIONS = "end_sessions"
    """An administrator ended every sign-in of somebody."""
    RESET_PASSWORD = "reset_password"  # noqa: S105 - an action, not a secret
    ENROL_FACTOR = "enrol_factor"
    RESET_FACTOR = "reset_factor"
    BIND_IDENTITY = "bind_identity"
    UNBIND_IDENTITY = "unbind_identity"
    MAKE_PROGRAM = "make_program"
    RENEW_PROGRAM = "renew_program"
    REVOKE_PROGRAM = "revoke_program"
    PROGRAM = "program"
    """A program (服务账号) wrote something."""
    REVOKE_TOKEN = "revoke_token"  # noqa: S105 - an action, not a secret
    READ_EVIDENCE_ORIGINAL = "read_evidence_original"
    RELEASE_EVIDENCE = "release_evidence"
    DEACTIVATE_ACCOUNT = "deactivate_account"
    DELEGATE = "delegate"
    END_DELEGATION = "end_delegation"
    REGISTER = "register"
    """An entry of the district's register was added or changed."""
    IMPORT = "import"
    """An old ledger was taken over, or its import ended."""
    PUBLISH_CALENDAR = "publish_calendar"
    """A year's holiday notice was published, corrected, or carried to the open cases once more."""
    STORE_POLICY = "store_policy"
    """A policy version was stored; it is in force from no day yet."""
    ACTIVATE_POLICY = "activate_policy"
    """A stored version was put in force from a day."""
    ADOPT_POLICY = "adopt_policy_for_cases"
    """A version is to be adopted for open cases somebody chose."""
    REHEARSE = "rehearse"
    REPAIR = "repair"
    """An operator had a workflow begun anew from its ledger."""
    INSPECT = "inspect"
    BULK = "bulk"
    RECEIVE_TIP = "receive_tip"
    """Somebody of the public tipped; nothing of whence."""
    TAKE_TIP = "take_tip"
    CLOSE_TIP = "close_tip"
    ANSWER_TIP = "answer_tip"
    REGISTER_TIP = "register_tip"
    """An officer wrote down a tip somebody called in, or brought."""
    SORT_TIP = "sort_tip"
    PROPOSE_REWARD = "propose_reward"
    SELF_CHECK = "self_check"
    """An enterprise wrote down a check of its own, or what became of something it found itself."""
    DOUBLE_REPORT = "double_report"
    TRANSFER = "transfer_to_department"
    """Something was handed to another department, or its answer was recorded."""
    EXPORT = "export"
    """A list or a report was taken out as a file."""
    READ_REPORTER = "read_reporter"
    """The handler of a case looked at who reported it, or somebody tried."""
    MAKE_LINK = "make_link"
    REVOKE_LINK = "revoke_link"
    USE_LINK = "use_link"
    """Something was read or done by the link of an order."""
    CHANGE_ADDRESS = "change_address"
    """Somebody changed where or how they are told outside the house."""
    RESEND_DELIVERY = "resend_delivery"
    REQUEST = "request"
    """A request that is none of these and no command."""
    ENGINE_MESSAGE = "engine_message"
    """A message that reached a workflow without the service's signature."""


class Outcome(StrEnum):
    """How it ended."""

    SUCCESS = "success"
    REFUSED = "refused"


ACTIONS: frozenset[str] = frozenset(
    {
        *AuditAction,
        *COMMANDS,
        *ENTERPRISE_COMMANDS,
        *(row.key for procedure in PROCEDURES.values() for row in procedure.rows),
    }
)
"""Every action the audit log knows: the service's own, and the commands and steps by name."""


def action_of(name: str) -> str:
    """``name`` as an action of the audit log; what is no action is a plain request."""
    return name if name in ACTIONS else AuditAction.REQUEST
