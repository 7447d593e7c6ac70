"""The metric names in a PromQL expression, and whether it parses where a parser is installed."""

from __future__ import annotations

import re

_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`')
_COMMENT = re.compile(r"#[^\n]*")
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\$\{?[A-Za-z_]\w*\}?")
_MATCHERS = re.compile(r"\{[^{}]*\}")
_GROUPING = re.compile(
    r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)", re.IGNORECASE
)
_RANGE = re.compile(r"\[[^\[\]]*\]")
_NAME = re.compile(r"(?<![\w:.])([A-Za-z_:][\w:]*)(?!\s*\(|[\w:])")
_WORDS = frozenset(
    {
        "and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right",
        "bool", "offset", "atan2", "inf", "nan", "start", "end",
    }
)  # fmt: skip


def problem_of(expression: str) -> str:
    """Why an expression does not parse; empty where it does, or where no parser is installed.

    What Argo Rollouts and Grafana put in (``{{args.hash}}``, ``$__rate_interval``) is filled
    in with a value first.
    """
    try:
        import promql_parser
    except ImportError:
        return ""
    try:
        promql_parser.parse(_filled(expression))
    except ValueError as problem:
        return " ".join(str(problem).split())[:160]
    return ""


def names_in(expression: str) -> frozenset[str]:
    """Names of the metrics that an expression asks for.

    >>> sorted(names_in('sum by (job) (rate(a_total{code=~"5.."}[5m])) / job:b:rate5m > 0.1'))
    ['a_total', 'job:b:rate5m']
    """
    text = _COMMENT.sub("", _STRING.sub('""', _filled(expression)))
    text = _RANGE.sub("", _MATCHERS.sub("", text))
    text = _GROUPING.sub(" ", text)
    return frozenset(
        name
        for name in _NAME.findall(text)
        if name.lower() not in _WORDS and not re.fullmatch(r"\d.*", name)
    )


def _filled(expression: str) -> str:
    text = re.sub(r"\[\s*(?:\$\{?\w+\}?|\{\{.*?\}\})(:?)", r"[5m\1", expression)
    return _TEMPLATE.sub("x", text)
