"""Rehearsals (预演)."""
