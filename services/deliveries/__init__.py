"""Messages as an operator sees them (外发消息)."""
