"""A rollback carried out: planned from a dossier, shown, agreed to, run step by step, judged.

``planning`` makes the plan, ``telling`` shows it, ``carrying`` runs it with what ``running``
and ``journal`` do at the edges; ``judging`` says whether a step worked.
"""
