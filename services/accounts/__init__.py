"""Accounts: signing in and out, tokens, who one is."""
