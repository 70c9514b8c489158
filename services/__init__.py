"""What any door does for a person: the same commands, reads, limits and audit for JSON, pages and files.

A folder a noun; in each, ``views.py`` has the shapes, ``reads.py`` what is looked up, ``writes.py`` what is changed. Only
:mod:`services.gateway` talks to Temporal, and nobody here knows which door asks.
"""
