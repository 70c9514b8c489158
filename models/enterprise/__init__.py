"""The enterprise (企业) as one durable entity: what all its cases together mean to it."""
