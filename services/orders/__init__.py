"""Orders to rectify (责令限期整改指令书) and their service (送达)."""
