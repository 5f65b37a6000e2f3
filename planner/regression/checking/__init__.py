"""Is a fitted model sound, and how does it do on what it never saw?"""
