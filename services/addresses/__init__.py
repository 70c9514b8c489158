"""Where and how people are told outside the house (通知方式)."""
