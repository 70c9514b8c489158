"""Measures (措施): of one case and over a district; taking their steps."""
