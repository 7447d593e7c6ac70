"""The draft: a blueprint's texts by rule, with marks where figures go.

Both engines start from it. It says what the plan decided in the platform's own words; it
holds no number of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.blueprint.draft import delivery, recovery, topology, watching
from devops_exe.blueprint.draft.context import PREVIOUS, Context
from devops_exe.blueprint.draft.recovery import Command, commands
from devops_exe.blueprint.model import PARTS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PREVIOUS", "Command", "Context", "commands", "draft"]

_WRITERS: dict[str, Callable[[Context], object]] = {
    "environments": topology.environments,
    "pipeline": delivery.pipeline,
    "strategy": delivery.strategy,
    "infrastructure": topology.infrastructure,
    "rollback": recovery.rollback,
    "scaling": watching.scaling,
    "monitoring": watching.monitoring,
}


def draft(c: Context, time: str) -> dict[str, object]:
    """The fields of the document's kind as nested texts with marks.

    Args:
        c: the plan and the kind.
        time: the ``Time:`` line.
    """
    document: dict[str, object] = {"header": topology.header(c, time), "footer": ""}
    for name in PARTS[c.kind]:
        if name in _WRITERS:
            document[name] = _WRITERS[name](c)
    if "overview" in PARTS[c.kind]:
        environments = document["environments"]
        stages = document["pipeline"]
        assert isinstance(environments, list)
        assert isinstance(stages, dict)
        document["overview"] = topology.overview(c, len(environments), len(stages))
    return document
