"""Saved filters (常用筛选)."""
