"""Approvals (审批): what waits for my decision, and what each answer would lead to."""
