"""Prometheus and Alertmanager: names, series, tests in both directions, routes."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from devops_exe.implement.promql import names_in
from devops_exe.implement.proof.documents import Map, at, elements, entries, maps_in
from devops_exe.implement.proof.result import Fault
from devops_exe.implement.proof.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.proof.documents import Document, Tree

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*\Z")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")
_DURATION = re.compile(r"(?:0|(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?)\Z")
_SECRET_FIELDS = ("api_url", "url", "routing_key", "service_key", "api_key", "auth_password")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
SEVERITIES = frozenset({"page", "ticket", "critical", "warning", "info", "none"})


def rules(document: Document, tree: Tree) -> Iterator[Fault]:
    """Groups named once; each rule records or alerts, under a name that Prometheus takes."""
    groups = maps_in(document.first, "groups")
    if not groups:
        yield Fault("no group")
    seen: set[Any] = set()
    for group in groups:
        if group.get("name") in seen:
            yield Fault(f"the group {group.get('name')} is there twice", group.line)
        seen.add(group.get("name"))
        if not maps_in(group, "rules"):
            yield Fault(f"the group {group.get('name')} has no rule", group.line)
        for rule in maps_in(group, "rules"):
            yield from _rule(rule)


def _rule(rule: Map) -> Iterator[Fault]:
    name = str(rule.get("record", rule.get("alert", "")))
    if len(rule.keys() & {"record", "alert"}) != 1 or "expr" not in rule:
        yield Fault("a rule records or alerts, by an expression", rule.line)
    if "record" in rule:
        if not _NAME.match(name):
            yield Fault(f"{name!r} is no name of a series", rule.at("record"))
        elif ":" not in name:
            yield Fault(
                f"a recorded series is called level:metric:operation, not {name}", rule.line
            )
    for key in entries(rule, "labels"):
        if not _LABEL.match(key):
            yield Fault(f"{key!r} is no label", rule.line)
    if "alert" in rule:
        yield from _alert(rule, name)


def _alert(rule: Map, name: str) -> Iterator[Fault]:
    if seconds(rule.get("for", "0s")) is None:
        yield Fault(f"for: {rule.get('for')!r} is no duration", rule.at("for"))
    if at(rule, "labels", "severity") not in SEVERITIES:
        yield Fault(f"the alert {name} has no known severity", rule.line)
    annotations = entries(rule, "annotations")
    if not annotations.keys() & {"summary", "description"}:
        yield Fault(f"the alert {name} says nothing to the person it wakes", rule.line)
    for key, text in annotations.items():
        if str(text).count("{{") != str(text).count("}}"):
            yield Fault(f"the template in {key} of {name} is never closed", annotations.at(key))


def series(document: Document, tree: Tree) -> Iterator[Fault]:
    """Recorded series that an expression asks for are recorded here, each once for its labels."""
    recorded = _recorded(tree)
    seen: dict[tuple[str, str], int] = {}
    for group in maps_in(document.first, "groups"):
        for rule in maps_in(group, "rules"):
            for name in asked(str(rule.get("expr", ""))):
                if name not in recorded:
                    yield Fault(f"nobody records {name}", rule.at("expr"))
            kind = "record" if "record" in rule else "alert"
            key = (str(rule.get(kind)), str(sorted(entries(rule, "labels").items())))
            if key in seen and kind == "record":
                yield Fault(f"{key[0]} is recorded in line {seen[key]} already", rule.line)
            seen.setdefault(key, rule.line)


def both_ways(document: Document, tree: Tree) -> Iterator[Fault]:
    """Every alert has a test in which it fires and one in which it stays silent."""
    folder = posixpath.dirname(document.artefact.path)
    alerts: set[str] = set()
    for name in elements(document.first, "rule_files"):
        path = posixpath.normpath(posixpath.join(folder, str(name)))
        if path not in tree.documents:
            yield Fault(f"the rules {name} are not there")
            continue
        for group in maps_in(tree.documents[path].first, "groups"):
            alerts |= {str(r["alert"]) for r in maps_in(group, "rules") if "alert" in r}
    fires: set[str] = set()
    silent: set[str] = set()
    tests = maps_in(document.first, "tests")
    if not tests:
        yield Fault("no test")
    for test in tests:
        if not maps_in(test, "alert_rule_test") and not maps_in(test, "promql_expr_test"):
            yield Fault("a test that asks nothing", test.line)
        if not maps_in(test, "input_series"):
            yield Fault("a test without a series", test.line)
        for case in maps_in(test, "alert_rule_test"):
            name = str(case.get("alertname"))
            if name not in alerts:
                yield Fault(f"no rule has the alert {name}", case.line)
            (fires if maps_in(case, "exp_alerts") else silent).add(name)
    for name in sorted(alerts - fires):
        yield Fault(f"no test in which {name} fires")
    for name in sorted(alerts - silent):
        yield Fault(f"no test in which {name} stays silent")


def scraping(document: Document, tree: Tree) -> Iterator[Fault]:
    """Jobs named once, a time-out within the interval, rule files that are there."""
    top = document.first
    folder = posixpath.dirname(document.artefact.path)
    for name in elements(top, "rule_files"):
        path = posixpath.normpath(posixpath.join(folder, str(name)))
        if not str(name).startswith("/") and "*" not in str(name) and not tree.has(path):
            yield Fault(f"the rules {name} are not there")
    base = at(top, "global", "scrape_interval") or "1m"
    seen: set[Any] = set()
    for job in maps_in(top, "scrape_configs"):
        if job.get("job_name") in seen:
            yield Fault(f"the job {job.get('job_name')} is there twice", job.line)
        seen.add(job.get("job_name"))
        interval = seconds(job.get("scrape_interval", base))
        wait = seconds(job.get("scrape_timeout", at(top, "global", "scrape_timeout") or "10s"))
        if interval is None or wait is None:
            yield Fault(f"an interval of {job.get('job_name')} is no duration", job.line)
        elif wait > interval and "scrape_timeout" in job:
            yield Fault(f"{job.get('job_name')} waits longer than its interval", job.line)
        discovery = [key for key in job if key.endswith("_sd_configs") or key == "static_configs"]
        if not discovery:
            yield Fault(f"the job {job.get('job_name')} has no target", job.line)


def routes(document: Document, tree: Tree) -> Iterator[Fault]:
    """Receivers that are used, routes that are reached, no credential in the file."""
    top = document.first
    receivers = [r.get("name") for r in maps_in(top, "receivers")]
    used: set[Any] = set()
    route = entries(top, "route")
    if not route:
        yield Fault("no route")
        return
    if "receiver" not in route:
        yield Fault("the first route has no receiver", route.line)
    if "matchers" in route or "match" in route:
        yield Fault("the first route takes everything: it has no matchers", route.line)
    for node in _routes(route):
        if "receiver" in node:
            used.add(node["receiver"])
            if node["receiver"] not in receivers:
                yield Fault(f"the receiver {node['receiver']} is not there", node.line)
        wait, repeat = (
            seconds(node.get("group_interval", "5m")),
            seconds(node.get("repeat_interval", "4h")),
        )
        if wait is not None and repeat is not None and repeat < wait:
            yield Fault("it repeats more often than it groups", node.line)
        yield from _unreached(node)
    for name in receivers:
        if name not in used:
            yield Fault(f"no route leads to the receiver {name}")
    for receiver in maps_in(top, "receivers"):
        yield from _credentials(receiver)


def _credentials(receiver: Map) -> Iterator[Fault]:
    """Addresses and keys of the world outside: they belong into files of their own."""
    for key, configs in receiver.items():
        for config in maps_in(configs) if key.endswith("_configs") else ():
            for field in _SECRET_FIELDS:
                value = config.get(field)
                if isinstance(value, str) and not _inside(value):
                    yield Fault(f"{field} is in the file; use {field}_file", config.line)


def _unreached(node: Map) -> Iterator[Fault]:
    """Routes behind one that takes everything and does not go on."""
    stops = False
    for child in maps_in(node, "routes"):
        if stops:
            yield Fault("no alert reaches this route", child.line)
        matchers = child.keys() & {"matchers", "match", "match_re"}
        stops = stops or (not matchers and not child.get("continue", False))


def _routes(route: Map) -> Iterator[Map]:
    yield route
    for child in maps_in(route, "routes"):
        yield from _routes(child)


def _inside(url: str) -> bool:
    """Whether an address is one of the cluster's own: no secret stands in it."""
    return (
        re.match(r"https?://(?:localhost|127\.|[\w-]+(?:\.[\w-]+)*(?:\.svc\b[\w.]*)?:\d+)", url)
        is not None
    )


def asked(expression: str) -> tuple[str, ...]:
    """Recorded series (with a colon in the name) that an expression asks for.

    >>> asked('job:errors:rate5m{job="a:b"} / job:requests:rate5m > 0')
    ('job:errors:rate5m', 'job:requests:rate5m')
    """
    return tuple(sorted(name for name in names_in(expression) if ":" in name))


def seconds(value: Any) -> float | None:
    """A duration of Prometheus in seconds; None where it is none.

    >>> seconds("1h30m"), seconds("five"), seconds("0s")
    (5400.0, None, 0.0)
    """
    text = str(value)
    if not text or not _DURATION.match(text):
        return None
    return float(sum(int(n) * _SECONDS[u] for n, u in re.findall(r"(\d+)(ms|[smhdwy])", text)))


def _recorded(tree: Tree) -> frozenset[str]:
    names: set[str] = set()
    for document in tree.of("prometheus-rules"):
        for group in maps_in(document.first, "groups"):
            names |= {str(r["record"]) for r in maps_in(group, "rules") if "record" in r}
    return frozenset(names)


_RULES = ("prometheus-rules",)
RULES = (
    Rule("rule-names", _RULES, rules, "each records or alerts, with severity and summary"),
    Rule("recorded-series", _RULES, series, "recorded series that are asked for are recorded"),
    Rule(
        "tests-both-ways", ("prometheus-rule-tests",), both_ways, "every alert fires and is silent"
    ),
    Rule("scrape-jobs", ("prometheus-config",), scraping, "jobs once, with targets; rules there"),
    Rule(
        "alert-routes", ("alertmanager",), routes, "receivers used, routes reached, no credential"
    ),
)
