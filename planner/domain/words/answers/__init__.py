"""What answers beside a plan say: why, frontier, changes, faults, the installation."""
