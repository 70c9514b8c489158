"""People a form may name (人员)."""
