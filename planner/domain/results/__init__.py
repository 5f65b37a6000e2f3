"""What is answered: options, plans, frontiers, explanations, validations."""
