"""Why a project is funded or not, and what would change that."""
