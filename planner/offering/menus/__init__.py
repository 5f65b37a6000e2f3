"""What is kept of a menu, and menus of portfolios too large to hold at once."""
