"""The tools of an operator on an engine that runs as long as these do."""
