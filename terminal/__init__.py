"""What people see of ``xiaohao`` on a terminal: sub-commands and how a command is run once."""
