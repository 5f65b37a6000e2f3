"""Learning curves of a project's options, joint in every draw."""
