"""GitHub Actions: inputs of pinned actions, the order of jobs, permissions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from devops_exe.implement import pins
from devops_exe.implement.proof.documents import Map, Seq, at, entries, maps_in, reaches
from devops_exe.implement.proof.result import Fault
from devops_exe.implement.proof.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.proof.documents import Document, Tree

_KIND = ("github-actions",)
_NEEDS_OUTPUT = re.compile(r"needs\.([\w-]+)\.outputs\.([\w-]+)")
_STEP_OUTPUT = re.compile(r"steps\.([\w-]+)\.outputs\.([\w-]+)")
_ID_TOKEN_ACTIONS = (
    "aws-actions/configure-aws-credentials",
    "google-github-actions/auth",
    "azure/login",
    "actions/attest-build-provenance",
    "actions/attest-sbom",
)
_EVENTS_WITH_OUTSIDERS = ("pull_request_target", "workflow_run", "issue_comment")


def job_order(document: Document, tree: Tree) -> Iterator[Fault]:
    """Jobs that need jobs of this workflow, and never themselves in a circle."""
    jobs = entries(document.first, "jobs")
    graph = {name: _needs(job) for name, job in jobs.items() if isinstance(job, Map)}
    for name, needed in graph.items():
        for other in needed:
            if other not in jobs:
                yield Fault(f"the job {name} needs {other}, which is not there", jobs.at(name))
    for name in graph:
        if reaches(graph, name, name):
            yield Fault(f"the job {name} waits for itself", jobs.at(name))


def action_inputs(document: Document, tree: Tree) -> Iterator[Fault]:
    """Inputs and outputs that the pinned release of an action has, by its own metadata."""
    for job in _jobs(document):
        known: dict[str, frozenset[str] | None] = {}
        for step in maps_in(job, "steps"):
            name, _, ref = str(step.get("uses", "")).partition("@")
            pin = pins.actions().get(name.lower())
            here = pin is not None and ref.split()[:1] in ([pin.fixed], [pin.tag])
            if isinstance(step.get("id"), str):
                known[step["id"]] = pin.outputs if pin is not None and here else None
            if pin is None or not here:
                continue
            given = entries(step, "with")
            for key in given:
                if key.lower() not in {name.lower() for name in pin.inputs}:
                    yield Fault(f"{name} {pin.tag} takes no input {key!r}", given.at(key))
            for key in sorted(pin.required - set(given)):
                yield Fault(f"{name} {pin.tag} needs the input {key!r}", step.line)
        for step_id, output in _STEP_OUTPUT.findall(_flat(job)):
            outputs = known.get(step_id)
            if outputs is not None and outputs and output not in outputs:
                yield Fault(f"the step {step_id} has no output {output!r}", job.line)


def permissions(document: Document, tree: Tree) -> Iterator[Fault]:
    """Permissions are said, never all of them, and a token for OIDC where a job asks for one."""
    workflow = document.first
    top = workflow.get("permissions")
    for name, job in entries(workflow, "jobs").items():
        if not isinstance(job, Map):
            continue
        held = job.get("permissions", top)
        line = entries(workflow, "jobs").at(name)
        if held is None:
            yield Fault(f"the job {name} says no permissions", line)
        elif held == "write-all":
            yield Fault(f"the job {name} may write everything", line)
        elif isinstance(held, Map):
            uses = [str(step.get("uses", "")).lower() for step in maps_in(job, "steps")]
            for action in _ID_TOKEN_ACTIONS:
                if (
                    any(u.startswith(f"{action}@") for u in uses)
                    and held.get("id-token") != "write"
                ):
                    yield Fault(f"{action} in the job {name} needs id-token: write", line)


def outsiders(document: Document, tree: Tree) -> Iterator[Fault]:
    """No event that runs strangers' code with our secrets, no job without a limit of time."""
    workflow = document.first
    events = workflow.get("on", workflow.get("True", Map()))
    named = events if isinstance(events, Map | list) else [events]
    for event in _EVENTS_WITH_OUTSIDERS:
        if event in named:
            yield Fault(f"the event {event} gives strangers' code our secrets")
    jobs = entries(workflow, "jobs")
    for name, job in jobs.items():
        if isinstance(job, Map) and "uses" not in job and "timeout-minutes" not in job:
            yield Fault(f"the job {name} has no timeout-minutes", jobs.at(name))


def outputs(document: Document, tree: Tree) -> Iterator[Fault]:
    """Outputs of jobs that are read are written, and the job is waited for."""
    jobs = entries(document.first, "jobs")
    for name, job in jobs.items():
        if not isinstance(job, Map):
            continue
        for other, output in dict.fromkeys(_NEEDS_OUTPUT.findall(_flat(job))):
            if other not in _needs(job):
                yield Fault(f"the job {name} reads {other} without needing it", jobs.at(name))
            elif output not in entries(jobs, other, "outputs") and "uses" not in entries(
                jobs, other
            ):
                yield Fault(f"the job {other} has no output {output!r}", jobs.at(name))


def _jobs(document: Document) -> list[Map]:
    return [job for job in entries(document.first, "jobs").values() if isinstance(job, Map)]


def _needs(job: Any) -> tuple[str, ...]:
    needed = at(job, "needs")
    if isinstance(needed, str):
        return (needed,)
    return tuple(str(item) for item in needed) if isinstance(needed, Seq) else ()


def _flat(node: Any) -> str:
    """All text of a node, for expressions that may stand anywhere."""
    if isinstance(node, Map):
        return "\n".join(_flat(item) for item in node.values())
    if isinstance(node, Seq):
        return "\n".join(_flat(item) for item in node)
    return str(node) if node is not None else ""


RULES = (
    Rule("job-order", _KIND, job_order, "jobs need jobs that are there, in no circle"),
    Rule("action-inputs", _KIND, action_inputs, "inputs and outputs of the pinned release"),
    Rule("job-permissions", _KIND, permissions, "permissions said, not all, OIDC where asked for"),
    Rule("job-limits", _KIND, outsiders, "no event for strangers, a limit of time for each job"),
    Rule("job-outputs", _KIND, outputs, "outputs that are read are written and waited for"),
)
