"""Oversight: people, organisations, the audit log (审计日志), whether the ledger proves itself."""
