"""Decisions about measures (措施): proposing one, taking a step of its procedure, what a clock that has run out means."""
