"""Words, tables and figures for people; numbers arrive as frozen records."""
