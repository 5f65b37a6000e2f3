"""Outside files to domain records: portfolio files and the reference tables."""
