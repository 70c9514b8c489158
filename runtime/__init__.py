"""Wiring (运行时) shared by API, worker, command line and tests: settings, embedded parts, health, logs."""
