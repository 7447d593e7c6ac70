"""The Job that brings the schema up to date before a release."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.emit import Noted
from devops_exe.implement.kubernetes.pods import (
    NAME,
    container_security,
    mounts,
    pod_security,
    resources,
    volumes,
)
from devops_exe.implement.kubernetes.settings import environment
from devops_exe.implement.stack import Tree, stack_of
from devops_exe.implement.stack_commands import package_json
from devops_exe.implement.stack_start import vector

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.subject import Subject

_ELSEWHERE = ("SQL files in ", "flyway ", "liquibase ", "sqlx ")
"""Commands that the service's own image does not hold."""


def migration_command(subject: Subject) -> tuple[str, ...] | None:
    """The command as the image can run it; None where the image does not hold it."""
    command = subject.migrations
    if command is None or command.startswith(_ELSEWHERE) or not command.isprintable():
        return None
    stack = stack_of(subject)
    if command.startswith("mix ") and stack.language == "elixir":
        # a release holds no mix; Ecto's documentation has the module Release for it
        return None
    if command.startswith("npx ") and not _is_kept(subject, command.split()[1]):
        # the image holds production's dependencies alone
        return None
    if command.startswith("npx "):
        return ("node_modules/.bin/" + command.split()[1], *shlex.split(command)[2:])
    return vector(command)


def _is_kept(subject: Subject, package: str) -> bool:
    found = package_json(Tree(subject, stack_of(subject).folder)).get("dependencies")
    return isinstance(found, dict) and package in found


def job(subject: Subject) -> dict[str, Node] | None:
    """The migration Job; None where there is nothing that it could run."""
    command = migration_command(subject)
    if command is None:
        return None
    name = layout.migration_job(subject)
    where = subject.facts("migrations")[0][1]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "labels": {NAME: name, layout.COMPONENT: "migration"}},
        "spec": {
            "backoffLimit": Noted(0, "a migration that failed is looked at, not tried again"),
            "activeDeadlineSeconds": subject.given("progress_deadline_seconds"),
            "template": {
                "metadata": {"labels": {NAME: name}},
                "spec": {
                    "restartPolicy": "Never",
                    "serviceAccountName": subject.name,
                    "automountServiceAccountToken": False,
                    "securityContext": pod_security(subject),
                    "containers": [
                        {
                            "name": "migrate",
                            "image": subject.name,
                            "command": Noted(list(command), where),
                            **environment(subject),
                            "resources": resources(subject),
                            "securityContext": container_security(),
                            "volumeMounts": mounts(subject),
                        }
                    ],
                    "volumes": volumes(subject),
                },
            },
        },
    }


def notes(subject: Subject) -> tuple[str, ...]:
    """What a person must do where the image cannot run the migrations."""
    started = subject.facts("migrations_at_start")
    if started:
        before = " (the Job has run them by then)" if migration_command(subject) else ""
        note = (
            f"{started[0][1]} brings the schema up to date when the service starts{before}: every "
            "new replica does, while the old version serves; let each change expand first and "
            "contract a release later, and see that startup_seconds covers it"
        )
        return (note,)
    command = subject.migrations
    if command is None or migration_command(subject) is not None:
        return ()
    shown = " ".join(command.split())[:100]
    note = (
        f"migrations ({shown}) are not run by the service's image: run them in the pipeline or "
        "in a Job with an image that holds the tool, before the release"
    )
    return (note,)
