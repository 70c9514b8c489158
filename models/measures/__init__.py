"""The measures (措施) of the escalation ladder: each kind's procedure as literal data, one small machine from each."""
