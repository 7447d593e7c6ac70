"""Labels, headings and verbs around a name: ``Service: orders-api``, ``Load profile:``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.words.lexicon import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.assess.words.items import Item

LABELS = words("system name app service svc application project component workload dienst servicio")
HEADINGS = words(
    "env environment environments region load traffic nfr nfrs requirements requirement"
    " acceptance criteria priority summary title description context goal goals ticket story task"
    " background note notes todo profile spec specs platform details constraints sizing"
    " performance reliability scope owner team due date status estimate sprint reporter assignee"
    " cc re fwd fw subject labels type epic postmortem target targets current stack infra tech"
    " anforderungen exigences requisitos ziel kontext"
)
SUFFIXES = words(
    "api svc service srv app web worker gateway backend frontend server job site portal bot engine"
    " processor consumer producer scheduler proxy ui bff ms microservice platform store shop"
)
"""How the names of services end."""

BEHIND = words("behind through via from by against before after upstream consuming calling")
"""What stands before the name of another system."""

VERBS = words(
    "took served handled carried carries"
    " keeps owns promises processes goes writes stores sells sends calls has had does did reads"
    " lives sits belongs consumes produces publishes exposes accepts returns renders hosts"
    " pulls pushes polls fetches listens subscribes handles serves does crashed fails crashes"
    " dies slows experienced experiences currently now"
    " must might may needs"
    " scales restarts went goes jumped rose fell spiked dropped usually typically already also"
)
"""What a name does: the words behind which a name has ended."""

_MARKS = frozenset("*_`\"'[]|#>-•")


def labels(items: Sequence[Item], i: int) -> bool:
    """Whether item ``i`` is the colon behind a label that a system's name follows."""
    if items[i].key not in (":", "=") or i == 0:
        return False
    k = i - 1
    while k > 0 and items[k].key in _MARKS:
        k -= 1
    if items[k].key not in LABELS:
        return False
    k -= 1
    while k >= 0 and items[k].key in _MARKS:
        k -= 1
    return k < 0 or items[k].has("sep")


def headed(items: Sequence[Item], i: int) -> int:
    """Where the text behind a heading (``Acceptance criteria:``) begins, or ``i``."""
    j = i
    while j < len(items) and j - i < 4 and items[j].kind in ("word", "name", "opaque") and (
        items[j].key not in (":", "=")
    ):  # fmt: skip
        j += 1
    if j == i or j >= len(items) or items[j].key not in (":", "="):
        return i
    known = items[i].kind == "opaque" or any(item.key in HEADINGS for item in items[i:j])
    return j + 1 if known else i
