"""Proof under fire: commands over HTTP while a nemesis kills the parts of the service, then a check that trusts nothing.

``python -m chaos --commands 200 --seed 1`` starts a service of its own, runs and reports; the exit code is the verdict.
"""
