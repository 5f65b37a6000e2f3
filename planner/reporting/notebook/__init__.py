"""Records as small tables and tidy frames for a notebook."""
