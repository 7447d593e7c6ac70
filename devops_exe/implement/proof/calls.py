"""Validators that are libraries of Python, called in this process."""

from __future__ import annotations

import json
import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

from devops_exe.implement.promql import problem_of
from devops_exe.implement.proof.documents import Map, at, entries, maps_in, objects
from devops_exe.implement.proof.result import Fault
from devops_exe.implement.proof.rules.dashboards import expressions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from devops_exe.implement.proof.documents import Document, Tree

_YAMLLINT = "{extends: relaxed, rules: {line-length: disable}}"


def promql(document: Document, tree: Tree) -> tuple[Fault, ...] | None:
    """Every PromQL expression of a file through the parser; None where it holds none.

    It is called only where the parser is installed.
    """
    found = list(_expressions(document))
    if not found:
        return None
    problems = ((where, line, problem_of(expression)) for where, line, expression in found)
    return tuple(Fault(f"{where}: {problem}", line) for where, line, problem in problems if problem)


def _expressions(document: Document) -> Iterator[tuple[str, int, str]]:
    kind = document.artefact.kind
    if kind == "prometheus-rules":
        yield from _rules(document.first)
    elif kind == "prometheus-rule-tests":
        for test in maps_in(document.first, "tests"):
            for case in maps_in(test, "promql_expr_test"):
                yield "a test", case.line, str(case.get("expr"))
    elif kind == "grafana":
        for where, expression in expressions(document):
            yield where, 0, expression
    elif kind == "openslo":
        for node in document.maps:
            yield from _queries(node)
    else:
        for node in objects(document):
            yield from _object(node)


def _rules(node: Map) -> Iterator[tuple[str, int, str]]:
    for group in maps_in(node, "groups"):
        for rule in maps_in(group, "rules"):
            name = rule.get("record") or rule.get("alert")
            yield str(name), rule.at("expr"), str(rule.get("expr"))


def _object(node: Map) -> Iterator[tuple[str, int, str]]:
    kind = node.get("kind")
    if kind == "PrometheusRule":
        yield from _rules(entries(node, "spec"))
    elif kind in {"AnalysisTemplate", "ClusterAnalysisTemplate"}:
        for metric in maps_in(node, "spec", "metrics"):
            query = at(metric, "provider", "prometheus", "query")
            if query is not None:
                yield f"metric {metric.get('name')}", metric.line, str(query)
    elif kind == "ScaledObject":
        for trigger in maps_in(node, "spec", "triggers"):
            if trigger.get("type") == "prometheus":
                yield "a trigger", trigger.line, str(at(trigger, "metadata", "query"))


def _queries(node: object) -> Iterator[tuple[str, int, str]]:
    """Queries of OpenSLO's metric sources of the type Prometheus, wherever they stand."""
    if isinstance(node, Map):
        source = entries(node, "metricSource")
        if str(source.get("type", "")).lower() == "prometheus":
            query = at(source, "spec", "query")
            if isinstance(query, str):
                yield "a source", entries(source, "spec").at("query"), query
        for item in node.values():
            yield from _queries(item)
    elif isinstance(node, list):
        for item in node:
            yield from _queries(item)


def flagd(document: Document, tree: Tree) -> tuple[Fault, ...]:
    """Every flag evaluated by flagd's own evaluator, for strangers and for those it targets."""
    core = import_module("openfeature.contrib.tools.flagd.core").FlagdCore()
    error = import_module("openfeature.exception").OpenFeatureError
    context = import_module("openfeature.evaluation_context").EvaluationContext
    # it also logs what it refuses; without a handler that would reach the screen
    logging.getLogger("openfeature").addHandler(logging.NullHandler())
    try:
        core.set_flags(json.dumps(document.first, default=str))
    except (error, ValueError, AttributeError, TypeError) as problem:
        return (Fault(f"flagd refuses it: {_said(problem)}"),)
    faults: dict[Fault, None] = {}
    for name, flag in entries(document.first, "flags").items():
        values = list(entries(flag, "variants").values())
        ask = getattr(core, f"resolve_{_sort(values[0] if values else '')}_value")
        line = entries(document.first, "flags").at(name)
        for attributes in _audiences(flag):
            for key in ("a", "b", "c"):
                try:
                    ask(name, None, context(key, attributes))
                except Exception as problem:
                    faults[Fault(f"{name}: {_said(problem)}", line)] = None
    return tuple(faults)


def _audiences(flag: object) -> list[dict[str, Any]]:
    """Attributes of strangers, and of those that the flag's rule compares with."""
    known: dict[str, Any] = {}
    waiting: list[Any] = [at(flag, "targeting")]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
            names = [at(item, "var") for item in node if isinstance(at(item, "var"), str)]
            others = [item for item in node if not isinstance(item, dict | list)]
            known.update((name, others[0]) for name in names if others and not name.startswith("$"))
    return [{}, known] if known else [{}]


def _sort(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "float"
    return "string" if isinstance(value, str) else "object"


def _said(problem: BaseException) -> str:
    text = getattr(problem, "error_message", None) or str(problem) or type(problem).__name__
    return " ".join(str(text).split())[:200]


def yaml_lint(document: Document, tree: Tree) -> tuple[Fault, ...]:
    """Yamllint's relaxed rules, without those of the length of lines."""
    config = import_module("yamllint.config").YamlLintConfig(_YAMLLINT)
    problems = import_module("yamllint.linter").run(document.text, config, document.artefact.path)
    return tuple(Fault(str(p.desc), int(p.line)) for p in problems if p.level == "error")


CALLS: dict[str, Callable[[Document, Tree], tuple[Fault, ...] | None]] = {
    "promql": promql,
    "flagd": flagd,
    "yaml_lint": yaml_lint,
}
"""Functions by the name that the table calls them."""
