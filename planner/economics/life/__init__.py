"""What a system costs and earns over its whole life, in present values."""
