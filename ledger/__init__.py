"""What remains: the append-only ledger (台账) and its read model in PostgreSQL."""
