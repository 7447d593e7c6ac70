"""The pipeline's file beside a pipeline document: for the CI that was found or asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.assess.repository import RepositoryReading
    from devops_exe.blueprint.dossier import Dossier


@dataclass(frozen=True, slots=True)
class PipelineFiles:
    """What ``/devops pipeline`` adds.

    Attributes:
        files: (path, text) of what was generated.
        said: why nothing was, or what is there already; a sentence each.
    """

    files: tuple[tuple[str, str], ...] = ()
    said: tuple[str, ...] = ()


def pipeline_files(
    dossier: Dossier, repository: Path | None = None, reading: RepositoryReading | None = None
) -> PipelineFiles:
    """The file of a pipeline document; nothing for other documents.

    Args:
        dossier: of which document.
        repository: folder whose files are kept, None without one.
        reading: of that folder.
    """
    if dossier.kind != "pipeline" or dossier.plan is None:
        return PipelineFiles()
    from devops_exe.implement.existing import existing_files
    from devops_exe.implement.implementation import refuse_what_is_not_built
    from devops_exe.implement.pipeline import generate
    from devops_exe.implement.subject import Subject

    subject = Subject(dossier)
    if repository is not None and repository.is_dir():
        subject = Subject(dossier, reading, existing_files(repository))
    try:
        refuse_what_is_not_built(subject)
        made = generate(subject)
    except UserError as problem:
        return PipelineFiles(said=(f"no pipeline file: {problem.message}; {problem.fix}",))
    kept = tuple(f"{path} is kept: {reason}" for path, reason in made.kept)
    return PipelineFiles(tuple((a.path, a.text) for a in made.artefacts), kept)
