"""OpenSLO v1: keys, enumerations and references (the specification's tables)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from devops_exe.implement.proof.documents import Map, at, elements, entries, maps_in
from devops_exe.implement.proof.result import Fault
from devops_exe.implement.proof.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.proof.documents import Document, Tree

_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\Z")
_WINDOW = re.compile(r"[1-9]\d*[mhdwMQY]\Z")
_SPEC: dict[str, frozenset[str]] = {
    "Service": frozenset({"description"}),
    "SLO": frozenset(
        {"description", "service", "indicator", "indicatorRef", "timeWindow", "budgetingMethod",
         "objectives", "alertPolicies"}
    ),
    "SLI": frozenset({"description", "thresholdMetric", "ratioMetric"}),
    "DataSource": frozenset({"description", "type", "connectionDetails"}),
    "AlertPolicy": frozenset(
        {"description", "alertWhenNoData", "alertWhenResolved", "alertWhenBreaching", "conditions",
         "notificationTargets"}
    ),
    "AlertCondition": frozenset({"description", "severity", "condition"}),
    "AlertNotificationTarget": frozenset({"description", "target"}),
}  # fmt: skip
_REQUIRED: dict[str, tuple[str, ...]] = {
    "SLO": ("service", "timeWindow", "budgetingMethod", "objectives"),
    "DataSource": ("type", "connectionDetails"),
    "AlertPolicy": ("conditions", "notificationTargets"),
    "AlertCondition": ("severity", "condition"),
    "AlertNotificationTarget": ("target",),
}
_METHODS = frozenset({"Occurrences", "Timeslices", "RatioTimeslices"})
_OBJECTIVE = frozenset(
    {"displayName", "op", "value", "target", "targetPercent", "timeSliceTarget",
     "timeSliceWindow", "indicator", "indicatorRef", "compositeWeight"}
)  # fmt: skip
_WINDOW_KEYS = frozenset({"duration", "isRolling", "calendar"})
_RATIO = frozenset({"counter", "good", "bad", "total", "rawType", "raw"})
_METRIC_SOURCE = frozenset({"metricSourceRef", "type", "spec"})
_OPERATORS = frozenset({"lte", "gte", "lt", "gt"})
_CONDITION = frozenset({"kind", "op", "threshold", "lookbackWindow", "alertAfter"})
_METADATA = frozenset({"name", "displayName", "labels", "annotations"})
_TOP = frozenset({"apiVersion", "kind", "metadata", "spec"})


def specification(document: Document, tree: Tree) -> Iterator[Fault]:
    """Known kinds with known keys, those that must be there, names that are labels."""
    for node in document.maps:
        kind = str(node.get("kind"))
        if node.get("apiVersion") != "openslo/v1":
            yield Fault(f"the apiVersion is {node.get('apiVersion')!r}", node.line)
        yield from _unknown(node, _TOP, "the document")
        if kind not in _SPEC:
            yield Fault(f"OpenSLO has no kind {kind!r}", node.line)
            continue
        metadata, spec = entries(node, "metadata"), entries(node, "spec")
        yield from _unknown(metadata, _METADATA, "metadata")
        if not _LABEL.match(str(metadata.get("name", ""))):
            yield Fault(f"{metadata.get('name')!r} is no name", metadata.line or node.line)
        yield from _unknown(spec, _SPEC[kind], f"the spec of a {kind}")
        for key in _REQUIRED.get(kind, ()):
            if key not in spec:
                yield Fault(f"the {kind} has no {key}", spec.line or node.line)


def objectives(document: Document, tree: Tree) -> Iterator[Fault]:
    """Targets between 0 and 1, windows that can be read, one indicator."""
    for node in document.maps:
        if node.get("kind") == "SLO":
            yield from _slo(node, entries(node, "spec"))
        elif node.get("kind") == "SLI":
            yield from _indicator(entries(node, "spec"), node.line)
        elif node.get("kind") == "AlertCondition":
            yield from _condition(entries(node, "spec"), node.line)


def references(document: Document, tree: Tree) -> Iterator[Fault]:
    """Services, indicators, policies and targets that are named are there."""
    there = {
        (str(n.get("kind")), at(n, "metadata", "name")) for d in tree.of("openslo") for n in d.maps
    }
    for node in document.maps:
        spec = entries(node, "spec")
        wanted = [("Service", spec.get("service")), ("SLI", spec.get("indicatorRef"))]
        wanted += [("AlertPolicy", p) for p in _names(spec, "alertPolicies", "alertPolicyRef")]
        wanted += [("AlertCondition", c) for c in _names(spec, "conditions", "conditionRef")]
        wanted += [
            ("AlertNotificationTarget", t) for t in _names(spec, "notificationTargets", "targetRef")
        ]
        for kind, name in wanted:
            if name is not None and (kind, name) not in there:
                yield Fault(f"the {kind} {name} is not there", node.line)


def _slo(node: Map, spec: Map) -> Iterator[Fault]:
    if spec.get("budgetingMethod") not in _METHODS:
        yield Fault(f"{spec.get('budgetingMethod')!r} is no budgetingMethod", spec.line)
    windows = maps_in(spec, "timeWindow")
    if len(windows) != 1:
        yield Fault(f"{len(windows)} time windows, not one", spec.line)
    for window in windows:
        yield from _unknown(window, _WINDOW_KEYS, "a time window")
        if not _WINDOW.match(str(window.get("duration"))):
            yield Fault(f"{window.get('duration')!r} is no duration", window.line)
        if not isinstance(window.get("isRolling", False), bool):
            yield Fault("isRolling is true or false", window.line)
        if window.get("isRolling") and "calendar" in window:
            yield Fault("a rolling window has no calendar", window.line)
    goals = maps_in(spec, "objectives")
    if not goals:
        yield Fault("no objective", spec.line)
    for goal in goals:
        yield from _goal(goal)
    inline, named = "indicator" in spec, "indicatorRef" in spec
    own = all("indicator" in g or "indicatorRef" in g for g in goals)
    if inline and named:
        yield Fault("indicator and indicatorRef exclude one another", spec.line)
    if not inline and not named and not own:
        yield Fault("no indicator", spec.line)
    if inline:
        yield from _indicator(entries(spec, "indicator", "spec"), node.line)


def _goal(goal: Map) -> Iterator[Fault]:
    yield from _unknown(goal, _OBJECTIVE, "an objective")
    target, percent = goal.get("target"), goal.get("targetPercent")
    if (target is None) == (percent is None):
        yield Fault("an objective has either target or targetPercent", goal.line)
    if target is not None and not (_number(target) and 0 < target < 1):
        yield Fault(f"a target of {target}: a share between 0 and 1", goal.at("target"))
    if percent is not None and not (_number(percent) and 0 < percent < 100):
        yield Fault(f"a target of {percent} %", goal.at("targetPercent"))
    if goal.get("op", "lte") not in _OPERATORS:
        yield Fault(f"{goal['op']!r} is no operator", goal.line)


def _indicator(spec: Map, line: int) -> Iterator[Fault]:
    ratio, threshold = entries(spec, "ratioMetric"), entries(spec, "thresholdMetric")
    if bool(ratio) == bool(threshold):
        yield Fault("an indicator has either ratioMetric or thresholdMetric", spec.line or line)
    yield from _unknown(ratio, _RATIO, "a ratio")
    halves = "total" in ratio and len(ratio.keys() & {"good", "bad"}) == 1
    if ratio and "raw" not in ratio and not halves:
        yield Fault("a ratio has total and either good or bad", ratio.line)
    for part in (*(entries(ratio, key) for key in ("good", "bad", "total", "raw")), threshold):
        source = entries(part, "metricSource")
        if part and not source:
            yield Fault("a metric without a source", part.line)
        yield from _unknown(source, _METRIC_SOURCE, "a source")
        if source and not entries(source, "spec"):
            yield Fault("a source that asks nothing", source.line)


def _condition(spec: Map, line: int) -> Iterator[Fault]:
    condition = entries(spec, "condition")
    yield from _unknown(condition, _CONDITION, "a condition")
    if condition.get("kind") != "burnrate":
        yield Fault(f"{condition.get('kind')!r} is no kind of a condition", condition.line or line)
    if condition.get("op") not in _OPERATORS:
        yield Fault(f"{condition.get('op')!r} is no operator", condition.line or line)
    if not _number(condition.get("threshold")) or condition["threshold"] <= 0:
        yield Fault(f"a threshold of {condition.get('threshold')}", condition.line or line)
    for key in ("lookbackWindow", "alertAfter"):
        if key in condition and not re.match(r"\d+[smhdwMQY]\Z", str(condition[key])):
            yield Fault(f"{key} {condition[key]!r} is no duration", condition.at(key))


def _names(spec: Map, key: str, reference: str) -> Iterator[str]:
    for item in elements(spec, key):
        if isinstance(item, str):
            yield item
        elif isinstance(item, Map) and isinstance(item.get(reference), str):
            yield item[reference]


def _unknown(node: Map, known: frozenset[str], what: str) -> Iterator[Fault]:
    for key in node.keys() - known:
        yield Fault(f"{what} has no key {key!r}", node.at(key))


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_KIND = ("openslo",)
RULES = (
    Rule("openslo-specification", _KIND, specification, "known kinds and keys"),
    Rule("openslo-objectives", _KIND, objectives, "targets between 0 and 1, one indicator"),
    Rule("openslo-references", _KIND, references, "what is named is there"),
)
