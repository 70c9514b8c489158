"""JSON for programs: routes, the guard, refusals as problem+json (RFC 9457), the OpenAPI description; nothing else.

Every answer comes from ``services/``, which any other door asks too. Nobody imports this room but the composition roots.
"""
