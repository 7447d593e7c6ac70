"""Argo Rollouts: weights, steps, analyses and their conditions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from devops_exe.implement.proof.documents import Map, at, entries, maps_in, objects
from devops_exe.implement.proof.result import Fault
from devops_exe.implement.proof.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.proof.documents import Document, Tree

_KIND = ("argo-rollouts",)
_STEPS = frozenset(
    {"setWeight", "pause", "setCanaryScale", "analysis", "experiment", "setHeaderRoute",
     "setMirrorRoute", "plugin", "replicaProgressThreshold"}
)  # fmt: skip
_DURATION = re.compile(r"\d+(?:\.\d+)?(?:ns|us|ms|s|m|h)(?:\d+(?:ns|us|ms|s|m|h))*\Z")
_ARGUMENT = re.compile(r"\{\{\s*args\.([\w.-]+)\s*\}\}")
_CONDITION = re.compile(
    r"\s*(?:(?P<name>result|isNaN|isInf|default|asInt|asFloat|len|all|any|none|one|filter|map|nil"
    r"|and|or|not|in|true|false|abs|isNil)\b|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')|(?P<member>\.\w+)|(?P<hash>#)"
    r"|(?P<operator><=|>=|==|!=|&&|\|\||[-+*/%<>!?:,])|(?P<bracket>[()\[\]{}])"
    r"|(?P<argument>\{\{\s*args\.[\w.-]+\s*\}\}))"
)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_OPERANDS = frozenset({"number", "text", "argument"})
_WORD_OPERATORS = frozenset({"and", "or", "in"})


def steps(document: Document, tree: Tree) -> Iterator[Fault]:
    """Weights from 0 to 100 that never fall, one act a step, pauses that can be read."""
    for node in _of(document, "Rollout"):
        strategy = entries(node, "spec", "strategy")
        if len(strategy.keys() & {"canary", "blueGreen"}) != 1:
            yield Fault("a Rollout has either canary or blueGreen", node.line)
        before = 0
        canary = entries(strategy, "canary")
        for step in maps_in(canary, "steps"):
            acts = step.keys() & _STEPS
            if len(step) != 1 or len(acts) != 1:
                yield Fault(f"a step does one thing, not {sorted(step)}", step.line)
            weight = step.get("setWeight")
            if weight is not None:
                if not isinstance(weight, int) or not 0 <= weight <= 100:
                    yield Fault(f"a weight of {weight}", step.line)
                elif weight < before:
                    yield Fault(f"the weight falls from {before} to {weight}", step.line)
                else:
                    before = weight
            pause = at(step, "pause", "duration")
            if pause is not None and not _duration(pause):
                yield Fault(f"{pause!r} is no duration", step.line)


def references(document: Document, tree: Tree) -> Iterator[Fault]:
    """Services, templates and workloads that a Rollout names are there."""
    everywhere = {(n.get("kind"), at(n, "metadata", "name")) for _, n in tree.objects}
    templates = {name for kind, name in everywhere if "AnalysisTemplate" in str(kind)}
    services = {name for kind, name in everywhere if kind == "Service"}
    for node in _of(document, "Rollout"):
        canary = entries(node, "spec", "strategy", "canary")
        green = entries(node, "spec", "strategy", "blueGreen")
        named = [at(canary, "canaryService"), at(canary, "stableService")]
        named += [green.get("activeService"), green.get("previewService")]
        for service in named:
            if service is not None and services and service not in services:
                yield Fault(f"the Service {service} is not there", node.line)
        pair = [name for name in named if name is not None]
        if len(set(pair)) != len(pair):
            yield Fault(f"both versions are behind the Service {pair[0]}", node.line)
        analyses = [canary.get("analysis"), *(s.get("analysis") for s in maps_in(canary, "steps"))]
        analyses += [green.get("prePromotionAnalysis"), green.get("postPromotionAnalysis")]
        for analysis in analyses:
            for template in maps_in(analysis, "templates"):
                if template.get("templateName") not in templates:
                    yield Fault(
                        f"no AnalysisTemplate {template.get('templateName')}", template.line
                    )
            yield from _arguments(analysis, tree)


def _arguments(analysis: Any, tree: Tree) -> Iterator[Fault]:
    """Arguments that a template wants without a value are given."""
    given = {a.get("name") for a in maps_in(analysis, "args")}
    wanted = {t.get("templateName") for t in maps_in(analysis, "templates")}
    for _, node in tree.objects:
        if "AnalysisTemplate" not in str(node.get("kind")):
            continue
        if at(node, "metadata", "name") not in wanted:
            continue
        for argument in maps_in(node, "spec", "args"):
            name = argument.get("name")
            if not argument.keys() & {"value", "valueFrom"} and name not in given:
                yield Fault(f"the template's argument {name} is not given", analysis.line)


def analyses(document: Document, tree: Tree) -> Iterator[Fault]:
    """Metrics that end, with conditions that can be read and arguments that are declared."""
    for node in _of(document, "AnalysisTemplate", "ClusterAnalysisTemplate"):
        declared = {a.get("name") for a in maps_in(node, "spec", "args")}
        metrics = maps_in(node, "spec", "metrics")
        if not metrics:
            yield Fault("it measures nothing", node.line)
        for metric in metrics:
            yield from _metric(metric)
            for argument in _ARGUMENT.findall(_flat(metric)):
                if argument not in declared:
                    yield Fault(f"the argument {argument} is not declared", metric.line)


def _metric(metric: Map) -> Iterator[Fault]:
    name, line = metric.get("name"), metric.line
    asks = "prometheus" in entries(metric, "provider")
    if asks and not metric.keys() & {"successCondition", "failureCondition"}:
        yield Fault(f"the metric {name} says neither success nor failure", line)
    for key in ("successCondition", "failureCondition"):
        if key in metric:
            problem = condition_problem(str(metric[key]))
            if problem:
                yield Fault(f"{key} of {name}: {problem}", metric.at(key))
    for key in ("interval", "initialDelay"):
        if key in metric and not _duration(metric[key]):
            yield Fault(f"{key} {metric[key]!r} is no duration", metric.at(key))
    count, limit = _whole(metric.get("count")), _whole(metric.get("failureLimit", 0))
    if count is not None and count > 1 and "interval" not in metric:
        yield Fault(f"the metric {name} is measured {count} times without an interval", line)
    if count is not None and limit is not None and 0 < count <= limit:
        yield Fault(f"{limit} failures of {count} measurements are allowed: it never fails", line)
    providers = entries(metric, "provider")
    if len(providers) != 1:
        yield Fault(f"the metric {name} has {len(providers)} providers", line)
    if "prometheus" in providers and not at(providers, "prometheus", "query"):
        yield Fault(f"the metric {name} asks nothing", line)


def condition_problem(text: str) -> str:
    """What is wrong with a condition of an analysis; empty where it can be read.

    >>> condition_problem("result[0] >= 0.95")
    ''
    >>> condition_problem("result[0] => 0.95"), condition_problem("len(result) == 0 || result[0]")
    ("'=> 0.95' cannot be read", '')
    """
    opened: list[str] = []
    position, operand = 0, False
    while text[position:].strip():
        match = _CONDITION.match(text, position)
        if match is None:
            return f"{text[position:].strip()[:40]!r} cannot be read"
        position = match.end()
        group, word = match.lastgroup or "", match[0].strip()
        if group == "bracket" and word in "([{":
            opened.append(word)
            operand = False
        elif group == "bracket":
            if not opened or opened.pop() != _PAIRS[word]:
                return f"{word} closes nothing"
            operand = True
        elif group in _OPERANDS or (group == "name" and word not in _WORD_OPERATORS):
            if operand and word != "not":
                return f"an operator is missing before {word}"
            operand = word != "not"
        elif group in {"operator", "name"}:
            if not operand and word not in {"!", "-"}:
                return f"a value is missing before {word}"
            operand = False
    if opened:
        return f"{opened[-1]} is never closed"
    return "" if operand else "a value is missing at the end"


def _of(document: Document, *kinds: str) -> Iterator[Map]:
    return (node for node in objects(document) if node.get("kind") in kinds)


def _duration(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (
        isinstance(value, str)
        and bool(_DURATION.match(value) or value.isdigit() or _ARGUMENT.match(value))
    )


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    return int(value) if isinstance(value, int) or str(value).isdigit() else None


def _flat(node: Any) -> str:
    if isinstance(node, dict):
        return "\n".join(_flat(item) for item in node.values())
    return "\n".join(_flat(i) for i in node) if isinstance(node, list) else str(node)


RULES = (
    Rule("rollout-steps", _KIND, steps, "weights of 0 to 100 that never fall"),
    Rule("rollout-references", _KIND, references, "Services, templates and arguments are there"),
    Rule("analysis-conditions", _KIND, analyses, "metrics that end, conditions that can be read"),
)
