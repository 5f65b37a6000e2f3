"""Statistics at arm's length: design matrix, fits, exact draws, and the store of fitted models.

Only this folder imports statsmodels, PyMC or ArviZ, and only inside the functions that need them;
reading a stored model needs NumPy alone (:mod:`planner.reference.store`).
"""
