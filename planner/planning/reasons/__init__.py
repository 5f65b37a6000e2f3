"""Why each project is funded or not, and what the next money would buy."""
