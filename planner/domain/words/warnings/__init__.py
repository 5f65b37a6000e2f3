"""What to be warned of, in sentences: files, runs and forecasts."""
