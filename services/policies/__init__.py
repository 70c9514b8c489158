"""Policies (规则)."""
