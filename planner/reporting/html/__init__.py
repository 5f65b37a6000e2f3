"""One self-contained HTML file that people read, print and sign without running a command.

The words stand in :mod:`~planner.reporting.html.words`, numbers are typed cards
(:mod:`~planner.reporting.html.cards`), the look is in ``templates/``. Each section of the report
has a module of its own; :mod:`~planner.reporting.html.build` puts them in order.
"""
