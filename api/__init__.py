"""What people ask: routes, authentication, refusals as problem+json (RFC 9457).

Imports models, ledger, storage and runtime; only :mod:`api.gateway` talks to Temporal. Nobody imports this
room but the composition roots.
"""
