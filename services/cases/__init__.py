"""Hazard cases: opened, listed, shown, explained, told as their ledger."""
