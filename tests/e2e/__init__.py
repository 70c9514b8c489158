"""Proofs from outside, over one service that runs as long as these do."""
