"""The HTTP series of a subject: the repository's own where it exports any, else the generated."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from devops_exe.implement.observability.exporters import (
    ASIDE,
    EXPORTERS,
    MANIFESTS,
    ROUTE_LABELS,
    SOURCES,
    STATUS_LABELS,
    Exporter,
)
from devops_exe.implement.series import Series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.subject import Subject

MOST_SOURCES = 2000
"""Source files that are read; a repository with more has its metrics in the first ones too."""

LONGEST_DECLARATION = 700
"""Characters of a declaration in which its labels are looked for."""

_HINT = re.compile(r"prom|metric|Counter|Histogram|micrometer|Instrumentator", re.IGNORECASE)
_START = re.compile(
    r"(?P<kind>Counter|Histogram)(?!Config)\w*(?:<[^>()]{0,200}>)?(?:(?:::|\.)\w+)*!?\s*[({]"
)
_NAME = re.compile(
    r"""(?:\bname\s*[:=]\s*|\bName\s*[:=]\s*|\.name\(\s*|\A)["'`:]([a-zA-Z_:][a-zA-Z0-9_:]*)"""
)
_PREFIX = re.compile(
    r"""\b(namespace|subsystem)\s*[:=]\s*["']([a-zA-Z_][a-zA-Z0-9_]*)["']""", re.IGNORECASE
)
_LABELS = re.compile(
    r"""(?:(?:label_?names|labels)\s*(?:[:=]|\(|=\s*new)\s*|\[\]string\s*|,\s*&?)"""
    r"""(?:new\s*(?:string)?\s*\[\]\s*)?[\[({]?\s*"""
    r"""((?:(?:["'`]\w+["'`]|:\w+)\s*,?\s*)+)(?:as\s+const\s*)?[\])}]""",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_HTTP = re.compile(r"http|request|response", re.IGNORECASE)
_PATH = re.compile(r"""["'](/(?:[\w.-]+/)*(?:metrics|prometheus))/?["']""")
_PROBES = re.compile(
    r"""["'](/(?:[\w.-]+/)*(?:healthz?|readyz?|livez?|liveness|readiness|ping|up))/?["']"""
)


@dataclass(frozen=True, slots=True)
class _Metric:
    kind: str
    name: str
    labels: tuple[str, ...]
    where: str


def series_of(subject: Subject) -> Series:
    """The series of a subject.

    Read from its source (Counter and Histogram of the Prometheus client libraries), else from
    its dependencies (exporters with names of their own), else those of the instrumentation
    that is generated for its language. Pure; a run over a large repository is kept on the
    subject.
    """
    return subject.series


def read_series(subject: Subject) -> Series:
    """As :func:`series_of`, read anew."""
    texts = dict(_sources(subject))
    found = _own(texts) or _exported(subject, texts)
    if found is None:
        from devops_exe.implement.observability.generated_series import generated_series

        found = generated_series(subject)
    elif (path := next(_metrics_paths(texts), None)) is not None:
        found = replace(found, metrics_path=path)
    found = replace(found, job=subject.name)
    return replace(found, counted=_counted(subject, found, texts))


def exporter_of(subject: Subject) -> Exporter | None:
    """The library that exports the repository's HTTP metrics, None where it is its own code."""
    texts = dict(_sources(subject))
    if _own(texts) is not None:
        return None
    hit = _library(subject, texts)
    return hit[0] if hit else None


def _sources(subject: Subject) -> Iterator[tuple[str, str]]:
    paths = [
        path
        for path in subject.files
        if path.endswith(SOURCES) and not ASIDE.search(path) and path not in subject.ours
    ]
    for path in sorted(paths)[:MOST_SOURCES]:
        text = subject.files[path]
        if _HINT.search(text) or _PROBES.search(text):
            yield path, text


def _own(texts: dict[str, str]) -> Series | None:
    """What the source declares itself."""
    metrics = [metric for path, text in texts.items() for metric in _declared(path, text)]
    counters = [m for m in metrics if m.kind == "Counter" and _label(m, STATUS_LABELS)]
    histograms = [m for m in metrics if m.kind == "Histogram"]
    asked = counters or [h for h in histograms if _label(h, STATUS_LABELS)]
    if not asked:
        return None
    best = min(
        asked,
        key=lambda m: (
            "client" in m.name or "outgoing" in m.name or "upstream" in m.name,
            "request" not in m.name,
            "http" not in m.name,
            m.where,
        ),
    )
    seconds = [h for h in histograms if h.name.endswith("_seconds")]
    timed = min(seconds, key=lambda m: (m.name != best.name, "http" not in m.name), default=None)
    code = _label(best, STATUS_LABELS)
    route = _label(best, ROUTE_LABELS)
    return Series(
        requests=best.name if best.kind == "Counter" else f"{best.name}_count",
        code_label=code,
        bad=f'{code}=~"5.."',
        bucket=f"{timed.name}_bucket" if timed else "",
        route_label=route,
        bucket_counted=timed is not None and route in timed.labels,
        source=f"the repository, {best.where}",
    )


def _declared(path: str, text: str) -> Iterator[_Metric]:
    """Counters and histograms of HTTP requests that a file declares."""
    starts = list(_START.finditer(text))
    for number, start in enumerate(starts):
        after = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        chunk = text[start.end() : min(after, start.end() + LONGEST_DECLARATION)].lstrip()
        name = _NAME.search(chunk)
        if name is None or not _HTTP.search(name.group(1)):
            continue
        labels = _LABELS.search(chunk, name.end())
        named = tuple(_WORD.findall(labels.group(1))) if labels else ()
        kind = start["kind"]
        full = _full_name(path, kind, name.group(1), chunk)
        yield _Metric(kind, full, named, f"{path}:{text.count(chr(10), 0, start.start()) + 1}")


def _full_name(path: str, kind: str, name: str, chunk: str) -> str:
    parts = {part.lower(): value for part, value in _PREFIX.findall(chunk)}
    full = "_".join(p for p in (parts.get("namespace"), parts.get("subsystem"), name) if p)
    # the Python client appends the suffix that the others expect in the name
    if kind == "Counter" and path.endswith(".py") and not full.endswith("_total"):
        full += "_total"
    return full


def _label(metric: _Metric, wanted: tuple[str, ...]) -> str:
    return next((label for label in wanted if label in metric.labels), "")


def _exported(subject: Subject, texts: dict[str, str]) -> Series | None:
    hit = _library(subject, texts)
    if hit is None:
        return None
    exporter, where = hit
    return Series(
        requests=exporter.requests,
        code_label=exporter.code_label,
        bad=f'{exporter.code_label}=~"5.."',
        bucket=exporter.bucket,
        metrics_path=exporter.path,
        route_label=exporter.route_label,
        bucket_counted=exporter.bucket_route,
        source=f"the repository, {where}",
    )


def _library(subject: Subject, texts: dict[str, str]) -> tuple[Exporter, str] | None:
    for path in subject.files:
        if not MANIFESTS.fullmatch(path) or ASIDE.search(path):
            continue
        text = subject.files[path]
        for exporter in EXPORTERS:
            named = re.search(rf"(?<![\w-]){exporter.dependency}(?![\w-])", text)
            if named is None:
                continue
            if exporter.used and not any(re.search(exporter.used, t) for t in texts.values()):
                continue
            return exporter, f"{path}:{text.count(chr(10), 0, named.start()) + 1}"
    return None


def _metrics_paths(texts: dict[str, str]) -> Iterator[str]:
    for text in texts.values():
        for match in _PATH.finditer(text):
            yield match.group(1)


def _counted(subject: Subject, series: Series, texts: dict[str, str]) -> str:
    """Probes and scrapes are no users: at low traffic they would hide a fault."""
    if not series.route_label:
        return ""
    paths = {subject.health_path, series.metrics_path}
    for text in texts.values():
        paths.update(match.group(1) for match in _PROBES.finditer(text))
    alternatives = "|".join(_literal(path) for path in sorted(paths))
    return f'{series.route_label}!~"{alternatives}"'


def _literal(path: str) -> str:
    """A path inside a regular expression (RE2) inside a PromQL string."""
    escaped = re.sub(r"([.+*?()|\[\]{}^\\])", r"\\\1", path)
    # as a class: a dashboard would take what follows a dollar for a variable of its own
    escaped = escaped.replace("$", "[$]")
    return escaped.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
