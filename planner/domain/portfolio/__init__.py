"""What is asked: projects, rules, shared assets, and how their fields are checked."""
