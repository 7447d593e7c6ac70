"""From a dossier and a folder to the files that carry the dossier out. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.implement.existing import existing_files
from devops_exe.implement.generated import generators
from devops_exe.implement.subject import Subject

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.implement.artefact import Artefact
    from devops_exe.implement.consistency.world import World

BUILT = ("kubernetes",)
"""Orchestrators whose files are generated."""

BUILT_CI = ("github-actions", "gitlab-ci")
"""CI products whose files are generated."""


@dataclass(frozen=True, slots=True)
class Implementation:
    """The files of a dossier.

    Attributes:
        subject: what they were made for.
        artefacts: by path.
        kept: (path, reason): files of the folder that do the job already.
        notes: what a person must know or still do.
    """

    subject: Subject
    artefacts: tuple[Artefact, ...]
    kept: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def implement(dossier: Dossier, folder: Path | None = None) -> Implementation:
    """The files that carry a dossier out, consistent with what ``folder`` has already.

    Raises:
        UserError: the platform's files are not built (``not_built``), the system's name gives
            no DNS label, or two generators want one path.
    """
    subject = Subject(dossier)
    if folder is not None and folder.is_dir():
        from devops_exe.assess.repository import assess_repository

        subject = Subject(dossier, assess_repository(folder), existing_files(folder))
    refuse_what_is_not_built(subject)
    made = [generate(subject) for generate in generators()]
    artefacts: dict[str, Artefact] = {}
    for part in made:
        for artefact in part.artefacts:
            if artefact.path in artefacts:
                raise UserError(
                    f"two generators want {artefact.path}",
                    where="implement",
                    fix="report it: this is a bug of ours",
                    code="path_twice",
                )
            artefacts[artefact.path] = artefact
    return Implementation(
        subject,
        tuple(artefacts[path] for path in sorted(artefacts)),
        tuple(kept for part in made for kept in part.kept),
        tuple(dict.fromkeys(note for part in made for note in part.notes)),
    )


def refuse_what_is_not_built(subject: Subject) -> None:
    """Refuse platforms whose files no release writes yet.

    Raises:
        UserError: with the nearest platform that is built (``not_built``).
    """
    if subject.orchestrator not in BUILT:
        raise UserError(
            f"files for {subject.orchestrator} are not built yet",
            where="implement",
            fix="the nearest that is: Kubernetes (say on Kubernetes, EKS, GKE or AKS)",
            code="not_built",
        )
    if subject.ci not in BUILT_CI:
        raise UserError(
            f"a pipeline for {subject.ci} is not built yet",
            where="implement",
            fix="the nearest that are: GitHub Actions and GitLab CI (say with GitHub Actions)",
            code="not_built",
        )


def tree_of(made: Implementation, *, theirs_only: bool = False) -> dict[str, str]:
    """Text by path of the folder as it will be: what is there, and the files over it.

    Args:
        made: the files.
        theirs_only: without the files themselves.
    """
    subject = made.subject
    wanted = (".yaml", ".yml", ".json", ".toml", ".sh", "Dockerfile", ".md", ".example")
    found = {
        path: subject.files[path]
        for path in subject.files
        if path not in subject.ours and path.endswith(wanted)
    }
    if theirs_only:
        return found
    # what is somebody's own stays as it is
    return found | {a.path: a.text for a in made.artefacts if a.path not in found}


def world_of(made: Implementation) -> World:
    """What the consistency check holds against one another."""
    from devops_exe.implement.consistency.world import World
    from devops_exe.implement.observability.series_of import series_of

    subject = made.subject
    required = tuple((v.name, v.where) for v in subject.variables if v.required)
    return World(
        tree_of(made),
        required=required,
        series=series_of(subject),
        ledger=subject.dossier.ledger,
        startup_seconds=subject.profile.number("startup_seconds"),
        health_paths=frozenset(path for path, _ in subject.facts("health_path")),
    )
