"""One self-contained HTML file that people read, print and sign without running a command.

The words stand in :mod:`~planner.reporting.words.report`, numbers are typed cards
(:mod:`~planner.reporting.document`), the look is in ``templates/``. Each section of the report
has a module of its own; :mod:`~planner.reporting.sections.report` puts them in order.
"""
