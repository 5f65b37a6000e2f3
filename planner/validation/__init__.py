"""Forecasts against what was measured afterwards.

This room stands between ``forecasting``, whose draws it judges, and ``reporting``, which prints the
verdict. It cannot be part of ``regression``: that room fits and may not know how a project is
forecast. To try collecting in rounds it asks ``questions``. Refitting with data sets left out needs
the sampler and stays in ``regression``; ``cli`` hands its refits over.
"""
