"""A command's journey from a request to its answer."""
