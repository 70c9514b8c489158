"""Workflows on an engine that runs as long as these do."""
