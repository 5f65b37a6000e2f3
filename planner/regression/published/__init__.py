"""The published regression and the study recomputed."""
