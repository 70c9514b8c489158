"""Rehearsals beside an engine that runs as long as these do."""
