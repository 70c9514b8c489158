"""Evidence (证据)."""
