"""The signed envelope of a command to an enterprise, and its answer; see :mod:`models.envelope`."""

from __future__ import annotations

from functools import cached_property

from models.enterprise.commands import ENTERPRISE_COMMANDS, EnterpriseCommand
from models.envelope import CommandEnvelope, CommandReply


class EnterpriseEnvelope(CommandEnvelope):
    """A command to an enterprise."""

    enterprise_id: str
    district_id: str
    """The district the enterprise belongs to, as the API looked it up."""

    @property
    def subject(self) -> str:
        return self.enterprise_id

    def message(self) -> EnterpriseCommand:
        return self._message

    @cached_property
    def _message(self) -> EnterpriseCommand:
        return self.among(ENTERPRISE_COMMANDS)


class EnterpriseReply(CommandReply):
    """The answer to a command to an enterprise, and where the enterprise stands."""

    enterprise_id: str
    status: str
