"""What happens over time: one file per workflow, thin. They wait, apply, and project; the rules are in ``models``."""
