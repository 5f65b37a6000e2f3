"""How a project's own measurements change its forecast."""
