"""Reports (报表): periods counted by the lists behind them, and the list of major hazards; one folder a noun."""
