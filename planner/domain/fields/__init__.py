"""A field is declared once, on its record: how it is read, checked, explained and shown."""
