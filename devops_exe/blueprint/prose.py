"""Prose of an engine: which texts it may write, and how they enter a draft."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence

from devops_exe.blueprint.quote import mark, plain
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import sanitise

_PATH = re.compile(r"[a-z_]+|\[\d+\]")

WRITABLE: tuple[str, ...] = (
    "environments[N].purpose",
    "environments[N].infra",
    "pipeline.code_push[N]",
    "pipeline.build[N]",
    "pipeline.test[N]",
    "pipeline.deploy[N]",
    "pipeline.verify[N]",
    "strategy.health_checks",
    "infrastructure[N].solution",
    "infrastructure[N].config",
    "rollback.steps[N]",
    "scaling[N].trigger",
    "scaling[N].target",
    "monitoring.health_metrics[N]",
    "monitoring.performance_metrics[N]",
    "monitoring.alerts[N]",
)
"""Fields whose words an engine may choose; strategy, rollout, split, RTO and counts are not."""

STYLES_BY_SUFFIX: tuple[tuple[str, str], ...] = (
    ("_seconds", "duration"),
    ("_minutes", "minutes"),
    ("_percent_of_budget", "risk"),
    ("_percent", "percent"),
    ("_fraction", "ratio"),
    ("_ratio_threshold", "ratio"),
    ("_ratio", "ratio"),
    ("_utilization", "ratio"),
    ("_cost", "money"),
    ("_per_month", "money"),
    ("_per_deploy", "money"),
)

LONGEST_FIELD = 1_000
"""Characters of a field's text; what is longer is no line of a document."""


def put(document: Mapping[str, object], prose: Mapping[str, str]) -> dict[str, object]:
    """A draft with texts of an engine in the place of its own.

    Raises:
        UserError: a path is not writable, or does not exist in this document.
    """
    changed: dict[str, object] = copy.deepcopy(dict(document))
    for path, text in prose.items():
        if re.sub(r"\d+", "N", path) not in WRITABLE:
            raise UserError(
                f"{path!r} cannot be written",
                where="fields",
                fix=f"write one of {', '.join(WRITABLE)}, N a row's number from 0",
                code="unknown_path",
            )
        _set(changed, path, text)
    return changed


def _set(document: dict[str, object], path: str, text: str) -> None:
    steps = [int(s[1:-1]) if s.startswith("[") else s for s in _PATH.findall(path)]
    target: object = document
    for step in steps[:-1]:
        target = _step(target, step, path)
    last = steps[-1]
    if isinstance(target, dict) and isinstance(last, str) and last in target:
        target[last] = text
    elif isinstance(target, list) and isinstance(last, int) and last <= len(target) < 20:
        target[last : last + 1] = [text]
    else:
        raise _nowhere(path)


def _step(target: object, step: str | int, path: str) -> object:
    if isinstance(target, dict) and isinstance(step, str) and step in target:
        return target[step]
    if isinstance(target, list) and isinstance(step, int) and step < len(target):
        return target[step]
    raise _nowhere(path)


def _nowhere(path: str) -> UserError:
    return UserError(
        f"this document has no {path!r}",
        where="fields",
        fix="write a path that the plan's document has",
        code="unknown_path",
    )


def written(parts: object, where: str) -> str:
    """A text with marks from what an engine hands over: text, or a list of texts and figures.

    Args:
        parts: a string, or a list of strings and ``{"figure": "L3.rto_minutes"}``.
        where: the path, for the error.

    Raises:
        UserError: it is neither, or longer than a field can be.
    """
    if isinstance(parts, str):
        parts = [parts]
    if not isinstance(parts, Sequence):
        raise _shape(where)
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += plain(sanitise(part))
        elif isinstance(part, Mapping) and isinstance(part.get("figure"), str):
            reference = str(part["figure"])
            text += mark(reference, str(part.get("style") or style_of(reference)))
        else:
            raise _shape(where)
    if len(text) > LONGEST_FIELD:
        raise UserError(
            f"the text has {len(text):,} characters",
            where=where,
            fix=f"a field is one line: use at most {LONGEST_FIELD:,}",
            code="too_long",
        )
    return text


def _shape(where: str) -> UserError:
    return UserError(
        "a field is neither text nor a list of texts and figures",
        where=where,
        fix='write for example ["RTO ", {"figure": "L3.rto_minutes"}, " minutes"]',
        code="invalid_input",
    )


def style_of(reference: str) -> str:
    """The style in which an output is printed when the engine names none."""
    bare = re.sub(r"\[\d+\]$", "", reference)
    for suffix, style in STYLES_BY_SUFFIX:
        if bare.endswith(suffix):
            return style
    return "number"
