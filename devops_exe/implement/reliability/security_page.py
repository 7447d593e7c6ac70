"""The page of the security controls: what is protected by what, and how to try it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.reliability.runbooks_text import (
    commands,
    is_rollout,
    page,
    production,
    table,
    workload,
)

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject


def controls(subject: Subject) -> str:
    """Every control with its place."""
    return page(
        f"Security controls: {subject.name}",
        table(("what is protected", "by", "where"), _rows(subject)),
        "## Secrets",
        _secrets(subject),
        "## Try it",
        commands(
            f"kubectl kustomize {layout.overlay('production')} | conftest test --policy "
            f"{layout.POLICY} -",
            f"opa test {layout.POLICY}",
            "gitleaks dir . && gitleaks git .",
        ),
    )


def _rows(subject: Subject) -> list[tuple[str, str, str]]:
    pipeline = layout.GITHUB_WORKFLOW if subject.ci == "github-actions" else layout.GITLAB_PIPELINE
    base = layout.BASE
    return [
        ("images", "built once, scanned, signed, deployed by digest", f"`{pipeline}`"),
        (
            "the pipeline's rights",
            "short-lived tokens (OIDC), no stored cloud key",
            f"`{pipeline}`",
        ),
        ("the process", "no root, no new rights, read-only file system", f"`{base}`"),
        ("the network", "only what is named may connect", f"`{base}`"),
        (
            "the manifests",
            "policy before anything is applied",
            f"`{layout.POLICY}/kubernetes.rego`",
        ),
        ("the history", "secret scanning", "`.gitleaks.toml`"),
    ]


def _secrets(subject: Subject) -> str:
    names = [variable for variable in subject.variables if variable.secret]
    if not names:
        return (
            "No variable of the process was found that is a secret. The first one belongs into the "
            f"Secret `{layout.secret(subject)}`."
        )
    spaces = ", ".join(f"`{e.namespace}`" for e in subject.environments)
    rows = [(f"`{v.name}`", "yes" if v.required else "no", f"`{v.where}`") for v in names]
    source = (
        f"The process reads them from the Secret `{layout.secret(subject)}` of its namespace "
        f"({spaces}). It is created from the secret store; no value of it is in this "
        "repository, in a log or in an image."
    )
    rotation = (
        "To rotate one: add the new value at its issuer, change it in the store, restart "
        f"(`{_restart(subject)}`), verify, then revoke the old value. One that was ever "
        "committed is revoked first."
    )
    return "\n\n".join((source, table(("variable", "required", "read at"), rows), rotation))


def _restart(subject: Subject) -> str:
    space = production(subject).namespace
    if is_rollout(subject):
        return f"kubectl argo rollouts restart {subject.name} -n {space}"
    return f"kubectl rollout restart {workload(subject)} -n {space}"
