"""The import of an old ledger as the workflow knows it: an id, and the service's word that it is to be worked off."""

from __future__ import annotations

from models.envelope import Signed


class ImportOrder(Signed):
    """Work off this import; what is in it, and who vouches for it, stands in SQL."""

    import_id: str

    @property
    def subject(self) -> str:
        return self.import_id
