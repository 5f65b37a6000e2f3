"""Does fitting find what was put in? Calibration by simulation."""
