"""What a command prints: words and tables for a terminal."""
