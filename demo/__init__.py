"""The demo district (演示区): fictional people, enterprises and hazards, made through the real service."""
