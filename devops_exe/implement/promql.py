"""PromQL as files hold it: variables filled in, the metrics it asks for, whether it parses."""

from __future__ import annotations

import re

_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`')
_COMMENT = re.compile(r"#[^\n]*")
_DURATION_VARIABLE = re.compile(
    r"\$\{?__(?:rate_interval|interval|range)(?:_s|_ms)?(?::\w+)?\}?"
    r"|(?<=\[)\$\{?\w+(?::\w+)?\}?(?=[\]:])"
)
_DURATION_ARGUMENT = re.compile(r"\[\s*\{\{\s*[\w.-]+\s*\}\}\s*(?=[\]:])")
_VARIABLE = re.compile(r"\$(?:\{\w+(?::\w+)?\}|\w+)|\[\[\w+\]\]")
_ARGUMENT = re.compile(r"\{\{\s*[\w.-]+\s*\}\}")
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


LONGEST_PROBLEM = 200


def filled_in(expression: str) -> str:
    """An expression with what Grafana and Argo Rollouts put in replaced by values of their sort.

    A duration in brackets, a word or a number elsewhere.

    >>> filled_in('rate(x{job="$job"}[$__rate_interval]) > {{args.limit}}')
    'rate(x{job="x"}[5m]) > 1'
    """
    text = _DURATION_ARGUMENT.sub("[5m", _DURATION_VARIABLE.sub("5m", expression))
    return _ARGUMENT.sub("1", _VARIABLE.sub("x", text))


def problem_of(expression: str) -> str:
    """Why an expression does not parse; empty where it does, or where no parser is installed."""
    try:
        import promql_parser
    except ImportError:
        return ""
    try:
        promql_parser.parse(filled_in(expression))
    except ValueError as problem:
        return " ".join(str(problem).split())[:LONGEST_PROBLEM]
    return ""


def names_in(expression: str) -> frozenset[str]:
    """Names of the metrics that an expression asks for; of strings and comments none.

    >>> sorted(names_in('sum by (job) (rate(a_total{code=~"5.."}[5m])) / job:b:rate5m > 0.1'))
    ['a_total', 'job:b:rate5m']
    """
    text = _COMMENT.sub("", _STRING.sub('""', filled_in(expression)))
    text = _RANGE.sub("", _MATCHERS.sub("", text))
    text = _GROUPING.sub(" ", text)
    return frozenset(
        name
        for name in _NAME.findall(text)
        if name.lower() not in _WORDS and not re.fullmatch(r"\d.*", name)
    )
