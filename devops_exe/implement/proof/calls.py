"""Validators that are libraries of Python, called in this process."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING

from devops_exe.implement.proof.documents import Map, at, entries, maps_in, objects
from devops_exe.implement.proof.result import Fault
from devops_exe.implement.proof.rules.dashboards import expressions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from devops_exe.implement.proof.documents import Document, Tree

_DURATION_VARIABLE = re.compile(
    r"\$\{?__(?:rate_interval|interval|range)(?:_s|_ms)?(?::\w+)?\}?|(?<=\[)\$\{?\w+(?::\w+)?\}?(?=[\]:])"
)
_VARIABLE = re.compile(r"\$(?:\{\w+(?::\w+)?\}|\w+)|\[\[\w+\]\]")
_ARGUMENT = re.compile(r"\{\{\s*[\w.-]+\s*\}\}")


def promql(document: Document, tree: Tree) -> tuple[Fault, ...] | None:
    """Every PromQL expression of a file through the parser; None where it holds none.

    Variables of Grafana and arguments of an analysis are replaced by values of their sort: a
    duration in brackets, a word or number elsewhere.
    """
    parse = import_module("promql_parser").parse
    found = list(_expressions(document))
    if not found:
        return None
    faults = []
    for where, line, expression in found:
        try:
            parse(filled_in(expression))
        except ValueError as error:
            faults.append(Fault(f"{where}: {' '.join(str(error).split())[:200]}", line))
    return tuple(faults)


def filled_in(expression: str) -> str:
    """An expression with its variables replaced.

    >>> filled_in('rate(x{job="$job"}[$__rate_interval]) > {{args.limit}}')
    'rate(x{job="x"}[5m]) > 1'
    """
    text = _DURATION_VARIABLE.sub("5m", expression)
    text = re.sub(r"\[\s*\{\{\s*[\w.-]+\s*\}\}\s*(?=[\]:])", "[5m", text)
    return _ARGUMENT.sub("1", _VARIABLE.sub("x", text))


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


CALLS: dict[str, Callable[[Document, Tree], tuple[Fault, ...] | None]] = {"promql": promql}
"""Functions by the name that the table calls them."""
