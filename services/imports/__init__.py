"""Old ledgers of hazards taken over (历史台账导入): staged, followed, cancelled."""
