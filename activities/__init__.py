"""What touches the world: appending to the ledger, opening cases."""
