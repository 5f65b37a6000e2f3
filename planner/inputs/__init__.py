"""Outside files to domain records, and written back: portfolios, runs, saved plans."""
