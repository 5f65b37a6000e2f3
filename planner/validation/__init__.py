"""Forecasts against what was measured afterwards.

This room stands between ``forecast``, whose draws it judges, and ``report``, which prints the
verdict. It cannot be part of ``regression``: that room fits and may not know how a project is
forecast. It imports ``domain``, ``catalogue``, ``forecast`` and, to
try collecting in rounds, ``allocation``. Refitting with data sets left out needs the sampler and
stays in ``regression``; ``cli`` hands its refits over.
"""
