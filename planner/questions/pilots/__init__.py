"""Which runs should be made first, what are they worth, and what does each outcome change?"""
