"""Reading the ledger: each function takes a session and the scope of the asker, and applies both locks.

``select_*`` build the statement (for paging elsewhere), the others run it. Rows come back with their columns
as attributes. What is not the asker's is simply not there.
"""
