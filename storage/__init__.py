"""Where evidence (证据) is kept: write-once objects named by their own hash, and what is read out of them.

Imports models only. Nothing here knows cases, people or HTTP.
"""
