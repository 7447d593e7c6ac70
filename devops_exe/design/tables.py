"""The tables of `design/data`: published constants, assumptions, platforms, stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devops_exe.design.published import table

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "concurrency",
    "has_row",
    "named",
    "pipeline",
    "platform",
    "provider",
    "published",
    "store",
    "table",
]


def platform(orchestrator: str) -> Mapping[str, Any]:
    """An orchestrator's own words; the generic row for one without a row."""
    rows = table("platforms")
    row: Mapping[str, Any] = rows.get(orchestrator, rows["generic"])
    return row


def has_row(orchestrator: str) -> bool:
    """Whether the orchestrator has words of its own."""
    return orchestrator in table("platforms") and orchestrator not in {"generic", "provider", "ci"}


def provider(name: str | None) -> Mapping[str, str]:
    """A provider's products; the neutral row for one without a row."""
    rows = table("platforms")["provider"]
    row: Mapping[str, str] = rows.get(name or "other", rows["other"])
    return row


def pipeline(ci: str | None) -> Mapping[str, str]:
    """The words of a CI product; neutral ones when none was named or it has no row."""
    rows = table("platforms")["ci"]
    row: Mapping[str, str] = rows[ci] if ci in rows else rows["none" if ci is None else "other"]
    return row


def named(kind: str, identifier: str) -> str:
    """A framework, language or compliance scheme by its proper name.

    >>> named("framework", "fastapi"), named("framework", "django"), named("language", "go")
    ('FastAPI', 'Django', 'Go')
    """
    proper: str | None = table("names")[kind].get(identifier)
    if proper is not None:
        return proper
    return identifier.upper() if kind == "compliance" else identifier[:1].upper() + identifier[1:]


def store(name: str) -> Mapping[str, Any]:
    """What a datastore is for; an unknown one counts as a document store on the path."""
    row: Mapping[str, Any] = table("stores").get(
        name, {"kind": "document", "engine": name, "on_path": True}
    )
    return row


def published(kind: str, provider_name: str | None) -> Mapping[str, Any]:
    """The availability row of a kind of part at a provider (``other`` where it has none)."""
    rows = table("availability")[kind]
    row: Mapping[str, Any] = (
        rows.get(provider_name or "other") or rows.get("other") or next(iter(rows.values()))
    )
    return row


def concurrency(framework: str | None, language: str | None) -> Mapping[str, Any] | None:
    """How the framework (else the language) works off requests, or None when unknown."""
    rows = table("frameworks")
    found: Mapping[str, Any] | None = rows.get(framework or "") or rows.get(language or "")
    return found
