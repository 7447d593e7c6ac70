"""An incident led: what happened when, the likely change, how bad, who is called, what to say.

``alerts`` and ``words`` read what a person has, ``prometheus`` asks a server that the user named,
``assembling`` makes one incident of it, ``telling`` and ``review`` print it. Only ``prometheus``
and ``keeping`` touch anything outside.
"""
