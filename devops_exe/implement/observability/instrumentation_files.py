"""Files of the instrumentation: requirements, hooks and snippets, by language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from devops_exe.implement.artefact import Artefact, Kind
from devops_exe.implement.existing import MARK
from devops_exe.implement.observability.instrumentation import (
    FOLDER,
    JAVA_AGENT,
    OUTSIDE,
    Instrumentation,
    served_by_gunicorn,
)
from devops_exe.implement.observability.instrumentation_texts import (
    GO,
    GRADLE,
    GUNICORN,
    REGISTER,
    RUBY,
    STEPS,
)
from devops_exe.implement.stack import stack_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.subject import Subject

CHANGE = "Change the requirement and generate again."


def instrumentation_files(subject: Subject, how: Instrumentation) -> Iterator[Artefact]:
    """The files of an instrumentation; none where the repository exports its own series."""
    if how.kind == "own":
        return
    stack = stack_of(subject)
    if stack.language == "python":
        yield _artefact("requirements.txt", "text", _lines(how.dependencies), "its dependencies")
        if served_by_gunicorn(stack):
            yield _artefact(
                "gunicorn_metrics.py", "python", _text(GUNICORN, subject), "metrics of all workers"
            )
    elif stack.language == "node":
        yield _artefact("register.cjs", "text", _text(REGISTER, subject), "loads OpenTelemetry")
    elif stack.language in {"java", "kotlin"} and stack.manager != "maven":
        yield _artefact("agent.gradle", "text", _text(GRADLE, subject), "fetches the agent")
    elif stack.language == "go":
        yield _artefact("httpmetrics.go", "text", _text(GO, subject), "counts and times requests")
    elif stack.language == "ruby":
        yield _artefact("metrics.ru", "text", _text(RUBY, subject), "counts and times requests")
    if how.kind == "snippet":
        text = _readme(subject, how, stack.language)
        yield Artefact(
            f"{FOLDER}/README.md",
            text,
            "markdown",
            why="what a person adds so that the series exist",
            unproven=("the code does not export the series until this is added",),
        )


def _artefact(name: str, kind: Kind, text: str, why: str) -> Artefact:
    return Artefact(f"{FOLDER}/{name}", text, kind, why=f"instrumentation: {why}")


def _lines(dependencies: tuple[str, ...]) -> str:
    return "\n".join((f"# {MARK}. {CHANGE}", *dependencies, ""))


def _text(template: str, subject: Subject) -> str:
    series = subject.series
    for name, value in {
        "@MARK@": f"{MARK}. {CHANGE}",
        "@PATH@": series.metrics_path,
        "@OUTSIDE@": OUTSIDE,
        "@AGENT@": JAVA_AGENT,
        "@IGNORED@": json.dumps(sorted({subject.health_path, series.metrics_path})),
    }.items():
        template = template.replace(name, value)
    return template.lstrip("\n")


def _readme(subject: Subject, how: Instrumentation, language: str) -> str:
    series = subject.series
    fence, steps = STEPS.get(language, ("text", how.note))
    histogram = series.bucket.removesuffix("_bucket") or "none"
    return (
        f"<!-- {MARK}. {CHANGE} -->\n"
        f"# Instrumentation of {subject.name}\n\n"
        "No zero-code instrumentation exports HTTP metrics for this stack, so a person adds this "
        "once. Until then the rules have nothing to read and the alert "
        "for an absent target is the only one that can fire.\n\n"
        f"```{fence}\n{steps}\n```\n\n"
        "Rules, panels and gates ask for these names:\n\n"
        "| what | name |\n|---|---|\n"
        f"| requests | `{series.requests}`, status in the label `{series.code_label}` |\n"
        f"| seconds | histogram `{histogram}` |\n"
        f"| scraped at | port `{series.port_name}`, path `{series.metrics_path}` |\n"
    )
