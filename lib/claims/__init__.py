"""Claims: the rules that decide them, written before the runs, and what the results say."""
