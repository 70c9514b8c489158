"""Wiring (运行时) shared by the API, the worker, the command line and the tests: settings, embedded parts, health, logs."""
