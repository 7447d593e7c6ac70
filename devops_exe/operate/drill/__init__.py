"""Drill: run a dossier's rollout and rollback on this machine, predicted beside measured.

====================  =================================================================
`plan.drill_plan`     from a dossier to exactly what would run; pure
`predict.predict`     from that plan to intervals of 99 %; pure
`run.run`             carries the plan out with HAProxy, Prometheus and processes
`report.report_text`  what was measured, beside what was predicted
====================  =================================================================

Nothing is imported here: the parts of a drill are processes of this package (`server`, `load`,
`edge`, `supervisor`) and start the quicker for it.
"""
