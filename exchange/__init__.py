"""Files in and out (文件进出): lists and ledgers taken out as workbooks, text and event logs, by the reads of ``services/``."""
