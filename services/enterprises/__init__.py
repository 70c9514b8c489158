"""Enterprises: the register, how one stands, commands to one as a whole."""
