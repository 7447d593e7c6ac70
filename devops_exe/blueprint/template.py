"""The template as data: headings, labels, marks and measures, letter for letter.

The renderer and the parser both walk these tables, so that neither can know a label the
other does not. What a box holds is a tuple of items in printed order:

* :class:`Title`: a centred line;
* :class:`Blank`: an empty line;
* :class:`Entry`: a label and one value (``Type: Canary``);
* :class:`Group`: a label of its own line, above a list of values or above entries;
* :class:`Step`: a numbered stage of the pipeline, above its actions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

TITLE = "DEVOPS BLUEPRINT"
BOX_TITLE = "DEPLOYMENT ARCHITECTURE"
FOOTER_LABEL = "DevOps Status:"

MIN_WIDTH = 39
MAX_WIDTH = 100
HEAVY_RULE = "═" * 39
LIGHT_RULE = "─" * 36

MARGIN = 2
"""Blanks between a box's border and its text, on either side."""

BAR_CELLS = 10
BAR_FULL = "█"
BAR_EMPTY = "░"

ARROW = "└─→"
BULLET = "•"
ACTION_INDENT = 5

Form: TypeAlias = Literal["text", "count", "bar", "minutes"]
Mark: TypeAlias = Literal["bullet", "number", "none"]


@dataclass(frozen=True, slots=True)
class Title:
    """A centred line of a box."""

    text: str


@dataclass(frozen=True, slots=True)
class Blank:
    """An empty line of a box."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A label and its value on one line.

    Attributes:
        label: as printed, with its colon.
        field: the name in the section's model.
        form: how the value is printed: as it is, as a whole number, as a bar with its
            percentage, or as minutes.
    """

    label: str
    field: str
    form: Form = "text"


@dataclass(frozen=True, slots=True)
class Group:
    """A label alone on its line; ``field`` is the tuple listed below it, "" for none."""

    label: str
    field: str = ""
    mark: Mark = "none"


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the pipeline; ``field`` is the tuple of its actions."""

    label: str
    field: str


Item: TypeAlias = Title | Blank | Entry | Group | Step


@dataclass(frozen=True, slots=True)
class TableForm:
    """A table: the cells of its header, its separator row, the fields of a row."""

    header: tuple[str, ...]
    rule: str
    fields: tuple[str, ...]


HEADER: tuple[Entry, ...] = (
    Entry("System:", "system"),
    Entry("Platform:", "platform"),
    Entry("Time:", "time"),
)

HEADINGS: dict[str, str] = {
    "overview": "DEVOPS OVERVIEW",
    "environments": "ENVIRONMENT STRATEGY",
    "pipeline": "CI/CD PIPELINE",
    "strategy": "DEPLOYMENT STRATEGY",
    "infrastructure": "INFRASTRUCTURE",
    "rollback": "ROLLBACK PLAN",
    "scaling": "SCALING POLICY",
    "monitoring": "MONITORING",
}

BOXES: dict[str, tuple[Item, ...]] = {
    "overview": (
        Title(BOX_TITLE),
        Blank(),
        Entry("System:", "system"),
        Entry("Platform:", "platform"),
        Blank(),
        Entry("Environments:", "environments", "count"),
        Entry("Pipeline Stages:", "pipeline_stages", "count"),
        Blank(),
        Entry("Reliability:", "reliability", "bar"),
        Entry("Status:", "status"),
    ),
    "pipeline": (
        Step("1. Code Push", "code_push"),
        Step("2. Build", "build"),
        Step("3. Test", "test"),
        Step("4. Deploy", "deploy"),
        Step("5. Verify", "verify"),
    ),
    "strategy": (
        Entry("Type:", "type"),
        Entry("Rollout:", "rollout"),
        Entry("Health Checks:", "health_checks"),
        Entry("Rollback Trigger:", "rollback_trigger"),
        Blank(),
        Group("Traffic Split:"),
        Entry("Old:", "traffic_old", "bar"),
        Entry("New:", "traffic_new", "bar"),
    ),
    "rollback": (
        Entry("Trigger:", "trigger"),
        Blank(),
        Group("Steps:", "steps", "number"),
        Blank(),
        Entry("RTO:", "rto", "minutes"),
    ),
    "monitoring": (
        Group("Health Metrics:", "health_metrics", "bullet"),
        Blank(),
        Group("Performance Metrics:", "performance_metrics", "bullet"),
        Blank(),
        Group("Alerts:", "alerts", "bullet"),
    ),
}

TABLES: dict[str, TableForm] = {
    "environments": TableForm(
        ("Environment", "Purpose", "Infra"),
        "|-------------|---------|-------|",
        ("environment", "purpose", "infra"),
    ),
    "strategy": TableForm(
        ("Strategy", "Use Case", "Risk Level"),
        "|----------|----------|------------|",
        ("strategy", "use_case", "risk_level"),
    ),
    "infrastructure": TableForm(
        ("Component", "Solution", "Config"),
        "|-----------|----------|--------|",
        ("component", "solution", "config"),
    ),
    "scaling": TableForm(
        ("Dimension", "Trigger", "Target"),
        "|-----------|---------|--------|",
        ("dimension", "trigger", "target"),
    ),
}
"""Tables by section; that of ``strategy`` stands below its box, and only where filled."""
