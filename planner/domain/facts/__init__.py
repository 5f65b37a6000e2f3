"""What sentences are made from: codes, numbers and names, by what they are about.

No English stands here; :mod:`planner.domain.words` says each of these in the words of ``--json``,
and a renderer that wants others takes them from the same facts.
"""
