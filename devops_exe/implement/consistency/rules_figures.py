"""Rules about figures: a value whose comment names a ledger entry is that entry's figure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe.ground.errors import DevopsExeError
from devops_exe.implement.consistency.findings import finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.blueprint.finding import Finding
    from devops_exe.implement.consistency.world import World

_LINE = re.compile(
    r"^\s*(?:- )?(?P<name>[\w./\"'-]+)[:=]\s*[\"']?(?P<value>-?[0-9]+(?:\.[0-9]+)?)"
    r"(?P<unit>[a-zA-Z%]*)[\"']?,?\s+#\s*(?P<reference>L[1-9][0-9]*\.[\w.\[\]]+)\s*$"
)
_LIMIT = re.compile(
    r"^(?P<before>.*?)(?P<name>[<>]=?) *(?P<value>-?[0-9]+(?:\.[0-9]+)?)(?P<unit>)"
    r"[\"']?\s+#\s*(?P<reference>L[1-9][0-9]*\.[\w.\[\]]+)\s*$"
)
"""A condition that ends in a figure: of an alert, or of an analysis."""
_SAME = 1e-6


def figures(world: World) -> Iterator[Finding]:
    """Lines of the form ``name: value  # L6.total_replicas``, held against the ledger."""
    if world.ledger is None:
        return
    for path, text in world.files.items():
        if "# L" not in text:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            match = _LINE.match(line) or _LIMIT.match(line)
            if match is None:
                continue
            reference = match["reference"]
            where = f"{path}:{number}"
            try:
                figure = world.ledger.value(reference)
            except DevopsExeError:
                yield finding("figure_unknown", where, reference=reference)
                continue
            if isinstance(figure, bool) or not isinstance(figure, int | float) or match["unit"]:
                continue
            value = float(match["value"])
            if abs(value - figure) > _SAME * max(1.0, abs(figure)):
                yield finding(
                    "figure_disagrees",
                    where,
                    name="the limit" if match["name"][0] in "<>" else match["name"].strip("\"'"),
                    value=match["value"],
                    reference=reference,
                    figure=f"{figure:.10g}",
                )
