"""HTML for people (管理台): pages, templates, and forms made from the commands; nothing else.

Every answer comes from ``services/``, which the API asks too. Nobody imports this room but the composition roots.
"""
