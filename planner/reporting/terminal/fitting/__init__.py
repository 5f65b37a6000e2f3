"""What fitting answers beside a model: refit, selection, calibration."""
