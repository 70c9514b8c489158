"""Dated delegations (委托代理): given, ended, listed."""
