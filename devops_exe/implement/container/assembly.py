"""The container's files, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.container.compose import compose, their_compose
from devops_exe.implement.container.dockerfile import carried, dockerfile, remarks
from devops_exe.implement.container.ignored import dockerignore, ignored_path
from devops_exe.implement.container.image_user import dockerfile_of
from devops_exe.implement.generated import Generated
from devops_exe.implement.observability.instrumentation import instrumentation_of
from devops_exe.implement.stack import Tree, stack_of
from devops_exe.implement.stack_commands import python_wants
from devops_exe.implement.stack_workspace import workspace_of

if TYPE_CHECKING:
    from devops_exe.implement.artefact import Artefact
    from devops_exe.implement.subject import Subject


def assemble(subject: Subject) -> Generated:
    """The files for a subject."""
    files: list[Artefact] = []
    kept: list[tuple[str, str]] = []
    notes: list[str] = []
    own = dockerfile_of(subject)
    if own is not None:
        kept.append((own, "it builds the image already"))
        notes += remarks(own, subject.files[own])
    else:
        made = dockerfile(subject)
        workspace = workspace_of(subject)
        if made is None and workspace is not None and workspace.missing:
            notes.append(
                f"no Dockerfile: {workspace.service.folder} is a member of the root's workspace, "
                f"and {workspace.missing}; write {workspace.service.folder}/{layout.DOCKERFILE}, "
                "which is built with the root as its context, by a numeric user, on port "
                f"{subject.port}"
            )
        elif made is None:
            notes.append(
                f"no Dockerfile: no recipe for {stack_of(subject).language or 'this language'}; "
                "write one that runs by a numeric user and listens on port "
                f"{subject.port}"
            )
        else:
            files.append(made)
            notes += _start_notes(subject)
    ignore = ignored_path(subject)
    if subject.theirs(ignore):
        kept.append((ignore, "it says what stays out of the image already"))
    elif own is not None or files:
        files.append(dockerignore(subject))
    running = their_compose(subject)
    if running is not None:
        kept.append((running, "it starts the service for development already"))
    elif own is not None or files:
        files.append(compose(subject))
    notes += _instrumentation_notes(subject, own)
    return Generated(tuple(files), tuple(kept), tuple(notes))


def _start_notes(subject: Subject) -> list[str]:
    stack = stack_of(subject)
    where, command = stack.source.get("start", ""), " ".join(stack.start)
    notes = []
    if where.startswith("default"):
        notes.append(
            f"the image starts {command}: {where}; change the last line if yours is another"
        )
    program = stack.start[0]
    wanted = python_wants(Tree(subject, stack.folder))
    brought = program in wanted or (program == "uvicorn" and "fastapi[standard]" in wanted)
    if stack.language == "python" and program in {"gunicorn", "uvicorn"} and not brought:
        notes.append(f"{program} is not among the dependencies: add it, the image starts with it")
    return notes


def _instrumentation_notes(subject: Subject, own: str | None) -> list[str]:
    how = instrumentation_of(subject)
    if how.kind in {"own", "snippet"} or carried(subject) == how:
        return []
    place = own or "the Dockerfile"
    steps = "; ".join(how.install)
    prefix = " ".join(how.command_prefix)
    started = f", and start with {prefix} before the command" if prefix else ""
    return [f"{place} does not instrument the process: add to its build {steps}{started}"]
