"""Rules about metrics: what is asked for is recorded or exported, and every alert is tested."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from devops_exe.assess.readers.yamltree import YamlMap, items, text_at
from devops_exe.implement.consistency.findings import finding
from devops_exe.implement.promql import names_in, problem_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.blueprint.finding import Finding
    from devops_exe.implement.consistency.world import World

KNOWN = re.compile(
    r"(?:up|scrape_\w+|ALERTS|ALERTS_FOR_STATE|absent|kube_\w+|container_\w+|node_\w+|kubelet_\w+"
    r"|prometheus_\w+|alertmanager_\w+|process_\w+|python_\w+|go_\w+|jvm_\w+|nodejs_\w+|dotnet_\w+"
    r"|apiserver_\w+|istio_\w+|envoy_\w+|nginx_\w+|haproxy_\w+|traefik_\w+|argocd_\w+|rollout_\w+"
    r"|probe_\w+|pg_\w+|redis_\w+|mysql_\w+|mongodb_\w+|rabbitmq_\w+|kafka_\w+|hikaricp_\w+)\Z"
)
"""Series of the exporters that a cluster usually has: they are somebody else's to prove."""

_PART = re.compile(r"_(?:bucket|count|sum)\Z")


def asked(world: World) -> Iterator[tuple[str, str, str]]:
    """Every expression of rules, analyses and dashboards: (place, what asks, PromQL)."""
    for path, node in world.rule_files.items():
        yield from _of_groups(path, node)
    for unit in world.units:
        for one in unit.of("PrometheusRule"):
            spec = one.node.get("spec")
            if isinstance(spec, YamlMap):
                yield from _of_groups(one.path, spec)
        for one in unit.of("AnalysisTemplate", "ClusterAnalysisTemplate"):
            for number, metric in enumerate(items(one.node, "spec", "metrics")):
                query = text_at(metric, "provider", "prometheus", "query")
                if query:
                    name = text_at(metric, "name") or str(number)
                    yield one.at("spec", "metrics", number), f"analysis {name}", query
    for path, text in world.files.items():
        if path.endswith(".json") and '"targets"' in text:
            yield from _of_dashboard(path, text)


def _of_groups(path: str, node: YamlMap) -> Iterator[tuple[str, str, str]]:
    for group in items(node, "groups"):
        rules = items(group, "rules")
        for number, rule in enumerate(rules):
            expression = text_at(rule, "expr")
            if expression:
                name = text_at(rule, "alert") or text_at(rule, "record") or str(number)
                kind = "alert" if text_at(rule, "alert") else "rule"
                yield f"{path}:{rules.lines[number]}", f"{kind} {name}", expression


def _of_dashboard(path: str, text: str) -> Iterator[tuple[str, str, str]]:
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        return
    todo: list[Any] = [raw]
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo += node
        elif isinstance(node, dict):
            if isinstance(node.get("targets"), list):
                title = str(node.get("title") or "panel")
                for target in node["targets"]:
                    if isinstance(target, dict) and isinstance(target.get("expr"), str):
                        yield path, f"panel {title}", target["expr"]
            todo += [value for key, value in node.items() if key != "targets"]


def recorded(world: World) -> frozenset[str]:
    """Names that recording rules make."""
    found: set[str] = set()
    nodes = list(world.rule_files.values())
    nodes += [
        one.node["spec"]
        for unit in world.units
        for one in unit.of("PrometheusRule")
        if isinstance(one.node.get("spec"), YamlMap)
    ]
    for node in nodes:
        for group in items(node, "groups"):
            found |= {n for rule in items(group, "rules") if (n := text_at(rule, "record"))}
    return frozenset(found)


def series(world: World) -> Iterator[Finding]:
    """Every expression parses, and asks for what is recorded or exported."""
    made = recorded(world)
    there = set(made) | set(world.known_series)
    if world.series is not None:
        there |= {world.series.requests, world.series.bucket}
    # a histogram or summary has all three of its series, whichever is named
    families = {_PART.sub("", name) for name in there if _PART.search(name)}
    seen: set[tuple[str, str]] = set()
    for place, what, expression in asked(world):
        problem = problem_of(expression)
        if problem:
            yield finding("expression_broken", place, what=what, problem=problem)
            continue
        unread = world.series is None and not world.known_series
        for name in sorted(names_in(expression)):
            # a colon is a recording rule's, so that its file says whether it is there
            if unread and (":" not in name or not made):
                continue
            part = _PART.search(name) and _PART.sub("", name) in families
            known = name in there or part or KNOWN.match(name)
            if not known and (place, name) not in seen:
                seen.add((place, name))
                yield finding("series_unknown", place, what=what, series=name)


def tests(world: World) -> Iterator[Finding]:
    """Every alert of a file of rules that has tests beside it is made to fire in one."""
    fired: set[str] = set()
    files = 0
    for path in world.files:
        if path.endswith((".yml", ".yaml")) and "alert_rule_test" in world.files[path]:
            files += 1
            for test in items(world.document(path), "tests"):
                for case in items(test, "alert_rule_test"):
                    if items(case, "exp_alerts"):
                        fired.add(text_at(case, "alertname") or "")
    if not files:
        return
    for path, node in world.rule_files.items():
        for group in items(node, "groups"):
            rules = items(group, "rules")
            for number, rule in enumerate(rules):
                name = text_at(rule, "alert")
                if name and name not in fired:
                    yield finding("alert_untested", f"{path}:{rules.lines[number]}", name=name)
