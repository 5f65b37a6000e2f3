"""What each project needs, costs and reaches on its own."""
