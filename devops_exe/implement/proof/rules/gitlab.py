"""GitLab CI: names that refer to one another, which its schema cannot follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devops_exe.implement.proof.documents import Map, Seq, at, elements, entries, reaches
from devops_exe.implement.proof.result import Fault
from devops_exe.implement.proof.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.proof.documents import Document, Tree

_KIND = ("gitlab-ci",)
_NO_JOB = frozenset(
    {
        "default", "include", "stages", "variables", "workflow", "image", "services", "cache",
        "before_script", "after_script", "spec", "pages:deploy", "types",
    }
)  # fmt: skip
_STAGES = (".pre", "build", "test", "deploy", ".post")
_WORK = ("script", "trigger", "run", "extends")


def stages(document: Document, tree: Tree) -> Iterator[Fault]:
    """Every job in a stage that the pipeline has, each stage once."""
    known = _stages(document)
    seen: set[str] = set()
    for stage in known:
        if stage in seen:
            yield Fault(f"the stage {stage} is named twice")
        seen.add(stage)
    for name, job, line in _jobs(document):
        stage = _field(document, job, "stage")
        if isinstance(stage, str) and stage not in {*known, ".pre", ".post"}:
            yield Fault(f"the job {name} is in the stage {stage}, which is not there", line)


def needs(document: Document, tree: Tree) -> Iterator[Fault]:
    """Jobs that need, extend and depend on jobs that are there, earlier, in no circle."""
    names = {name for name, _, _ in _jobs(document, hidden=True)}
    order = {stage: number for number, stage in enumerate(_stages(document))}
    graph: dict[str, list[str]] = {}
    for name, job, line in _jobs(document, hidden=True):
        graph[name] = list(_needed(job))
        for other in (*graph[name], *_texts(job, "dependencies"), *_texts(job, "extends")):
            if other not in names:
                yield Fault(f"the job {name} refers to {other}, which is not there", line)
        mine = order.get(str(_field(document, job, "stage") or "test"), 0)
        for other in graph[name]:
            theirs = order.get(
                str(_field(document, entries(document.first, other), "stage") or "test"), 0
            )
            if other in names and theirs > mine:
                yield Fault(f"the job {name} needs {other} of a later stage", line)
    for name in graph:
        if reaches(graph, name, name):
            yield Fault(f"the job {name} waits for itself")


def work(document: Document, tree: Tree) -> Iterator[Fault]:
    """Every job does something; rules say when, with known words; secrets come from outside."""
    found = False
    for name, job, line in _jobs(document):
        found = True
        if not any(_field(document, job, key) for key in _WORK):
            yield Fault(f"the job {name} has no script", line)
        if "rules" in job and ("only" in job or "except" in job):
            yield Fault(f"the job {name} has both rules and only", line)
        stop = at(job, "environment", "on_stop")
        if isinstance(stop, str) and stop not in document.first:
            yield Fault(f"the job {name} is stopped by {stop}, which is not there", line)
        for artefact_path in elements(job, "artifacts", "paths"):
            if str(artefact_path).startswith("/"):
                yield Fault(f"the artefact {artefact_path} of {name} is outside the project", line)
    if not found:
        yield Fault("the pipeline has no job")


def _stages(document: Document) -> list[str]:
    given = elements(document.first, "stages")
    return [str(stage) for stage in given] if given else list(_STAGES)


def _jobs(document: Document, *, hidden: bool = False) -> Iterator[tuple[str, Map, int]]:
    top = document.first
    for name, job in top.items():
        if name in _NO_JOB or not isinstance(job, Map):
            continue
        if hidden or not name.startswith("."):
            yield name, job, top.at(name)


def _field(document: Document, job: Map, key: str, depth: int = 0) -> Any:
    """A field of a job, its own or of what it extends."""
    if key in job or depth > 10:
        return job.get(key)
    for parent in _texts(job, "extends"):
        found = _field(document, entries(document.first, parent), key, depth + 1)
        if found is not None:
            return found
    return None


def _needed(job: Map) -> Iterator[str]:
    for item in elements(job, "needs"):
        if isinstance(item, str):
            yield item
        elif isinstance(item, Map) and not item.keys() & {"pipeline", "project"}:
            name = item.get("job")
            if isinstance(name, str) and not item.get("optional"):
                yield name


def _texts(job: Map, key: str) -> list[str]:
    value = job.get(key)
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, Seq) else []


RULES = (
    Rule("gitlab-stages", _KIND, stages, "jobs stand in stages that are there"),
    Rule("gitlab-needs", _KIND, needs, "needs, extends and dependencies are there, and earlier"),
    Rule("gitlab-work", _KIND, work, "every job has a script; environments are stopped by a job"),
)
