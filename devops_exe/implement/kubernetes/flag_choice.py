"""Whether flagd is part of the design, and what its objects are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

FLAGS_PORT = 8013
"""Port of flagd's evaluation service (flagd's documentation)."""


def flags_service(subject: Subject) -> str:
    """Name of the flag service."""
    return f"{subject.name}-flagd"


def wants_flags(subject: Subject) -> bool:
    """Whether flagd is part of the design: an experiment, or flags that the user asked for.

    A repository with another flag service keeps that one.
    """
    stated = subject.profile.get("feature_flags")
    asked = stated is not None and stated.origin == "user" and stated.value is True
    return flag_product(subject) in {None, "openfeature"} and (
        subject.strategy == "A/B Testing" or asked
    )


def flag_product(subject: Subject) -> str | None:
    """The flag library that the repository has; another than OpenFeature wins."""
    found = [value for value, _ in subject.facts("feature_flags")]
    return next((value for value in found if value != "openfeature"), found[0] if found else None)


def flag_name(subject: Subject) -> str:
    """The flag of the release or experiment."""
    return f"{subject.name}-experiment" if subject.strategy == "A/B Testing" else subject.name
