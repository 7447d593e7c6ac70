"""The stack of a subject: how it is built, tested, started and instrumented."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject


@dataclass(frozen=True, slots=True)
class Stack:
    """Commands and images of a language and its package manager.

    Attributes:
        language: identifier, empty where it is not known.
        version: of the language, as its images and set-up actions name it (``3.12``).
        manager: package manager (``pip``, ``uv``, ``poetry``, ``npm``, ``pnpm``, ``yarn``,
            ``go``, ``maven``, ``gradle``, ``bundler``, ``composer``, ``cargo``, ``dotnet`` …).
        build_image, run_image: (image, tag) of the two stages, as :mod:`pins` knows them.
        install: commands that bring the dependencies, in order.
        build: commands that build; empty where nothing is built.
        test: commands that run the tests found; empty where the repository has none.
        lint: commands that check the source without running it, of tools found in the
            repository; empty where there are none.
        start: the process, as an argument vector.
        manifests: files that install needs, in the repository (copied first, for the cache).
        setup_action: the CI action that brings the language (``actions/setup-python``), and
            its inputs (``python-version`` …).
        image: image of a CI job that runs the commands (GitLab): (image, tag).
        source: where each of the above was read, or that it is a default of the stack.
    """

    language: str = ""
    version: str = ""
    manager: str = ""
    build_image: tuple[str, str] = ("", "")
    run_image: tuple[str, str] = ("", "")
    install: tuple[str, ...] = ()
    build: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    lint: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    setup_action: str = ""
    setup_inputs: tuple[tuple[str, str], ...] = ()
    image: tuple[str, str] = ("", "")
    source: dict[str, str] = field(default_factory=dict)


def stack_of(subject: Subject) -> Stack:
    """The stack of a subject; one without commands where its language is not known."""
    return Stack(language=subject.language or "")
