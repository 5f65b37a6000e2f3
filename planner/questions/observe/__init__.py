"""What a team's measured runs change."""
