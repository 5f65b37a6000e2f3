"""The words of ``--json``: sentences made from facts, one module for each kind of them.

What decides holds facts and codes (:mod:`planner.domain.facts.decisions`); what shows a result may
take these sentences, or make others from the same facts.
"""
