"""Which variables a regression of log10 error keeps, step by step."""
