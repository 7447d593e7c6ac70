"""What the files of a repository say: facts with their places, never a guess without one.

The reading never runs what it reads, never follows a link out of the root, opens no file
that is secret by its name, and is the same for the same tree.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devops_exe.assess.components import Component, components
from devops_exe.assess.dependencies import DependencyMap
from devops_exe.assess.deployables import find_services
from devops_exe.assess.generated import leave_generated_out
from devops_exe.assess.overview import Overview, build_overview
from devops_exe.assess.plain import is_plain, plain_facts
from devops_exe.assess.profile import Fact, SystemProfile
from devops_exe.assess.readers import kestrel
from devops_exe.assess.readers.aspire import Resource, read_app_host
from devops_exe.assess.readers.charts import Chart, chart_name, read_kustomization, read_values
from devops_exe.assess.readers.compose import ComposeFile, read_compose
from devops_exe.assess.readers.dockerfile import Image, read_dockerfile
from devops_exe.assess.readers.kubernetes import Manifests, looks_like_manifest, read_manifests
from devops_exe.assess.readers.paas import (
    PaasFile,
    read_app_platform,
    read_fly,
    read_procfile,
    read_render,
)
from devops_exe.assess.readers.spring import NAMES as SPRING
from devops_exe.assess.readers.spring import settings_of
from devops_exe.assess.readers.templates import Release, render
from devops_exe.assess.readers.yamltree import documents, text_at
from devops_exe.assess.routes import add_routes
from devops_exe.assess.rules import rules
from devops_exe.assess.service import Sources
from devops_exe.assess.stores import Mention, add_built, add_hosted, gather_stores
from devops_exe.assess.survey import PAAS_NAMES, Hit, Survey, is_development, survey
from devops_exe.assess.walk import Limits, Tree, shown, walk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from devops_exe.assess.risk import Risk

SCHEMA = "devops-exe/1"


@dataclass(frozen=True, slots=True)
class RepositoryReading:
    """The answer of :func:`assess_repository`.

    Attributes:
        profile: the fields of which the repository is sure, of the focus where one is named.
        repository: the published summary, lists sorted, identifiers lower case.
        facts: (field, fact) behind each entry, those that lost or are only possible included.
        contradictions: ``{field, kept: {value, where}, lost: {value, where}}``.
        risks: what endangers a release.
        questions: what the files leave open.
        dependencies: who calls whom.
        notes: what was passed over, and bounds that were reached.
    """

    profile: SystemProfile
    repository: dict[str, object]
    facts: tuple[tuple[str, Fact], ...] = ()
    contradictions: tuple[dict[str, object], ...] = ()
    risks: tuple[Risk, ...] = ()
    questions: tuple[str, ...] = ()
    dependencies: DependencyMap = field(default_factory=DependencyMap)
    notes: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, object]:
        """The object of ``assess DIR --json``; ``notes`` stands there only where there are any."""
        found: dict[str, object] = {
            "schema": SCHEMA,
            "repository": self.repository,
            "facts": [
                {"field": name, **fact.as_json(), "role": fact.role} for name, fact in self.facts
            ],
            "contradictions": list(self.contradictions),
            "risks": [risk.as_json() for risk in self.risks],
            "questions": list(self.questions),
            "dependencies": self.dependencies.as_json(),
        }
        return {**found, "notes": list(self.notes)} if self.notes else found


def assess_repository(
    root: Path,
    *,
    limits: Limits | None = None,
    focus: str | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> RepositoryReading:
    """Reads the repository under ``root``.

    Args:
        root: an existing folder.
        limits: bounds of the walk and of what is read (:class:`Limits` by default).
        focus: a service's name or a folder below the root; the profile is then of that one.
        clock: seconds that only grow, for the time bound.

    Raises:
        UserError: ``root`` is missing or no folder, or ``focus`` names nothing below it.
    """
    table = rules()
    tree = walk(
        root, limits or Limits(), is_secret=table.is_secret, clock=clock, unusual=table.unusual
    )
    leave_generated_out(tree)
    seen = survey(tree)
    parts = components(tree, seen)
    sources = _read(tree, seen, parts)
    services = find_services(sources)
    stores = gather_stores(seen, parts, sources.compose, sources.manifests)
    add_built(stores, sources)
    add_hosted(stores, sources)
    for path, file in sources.paas:
        stores.declared += [
            Mention(name, path, line, "declared", resource=True) for name, line in file.datastores
        ]
    overview: Overview = build_overview(tree, sources, services, stores, focus=focus)
    facts, odd = plain_facts(overview.profile)
    for note in odd:
        tree.note(note)
    folder = tidy(tree.root.name)
    if "system" not in facts and "system" in overview.profile and is_plain("system", folder):
        facts["system"] = Fact(folder, "repository", "the folder's name")
    return RepositoryReading(
        profile=SystemProfile(
            facts=facts, conflicts=tuple(overview.conflicts), notes=tuple(tree.notes)
        ),
        repository=overview.repository,
        facts=tuple(overview.facts),
        contradictions=tuple(overview.contradictions),
        risks=tuple(overview.risks),
        questions=tuple(overview.questions),
        dependencies=overview.dependencies,
        notes=tuple(tree.notes),
    )


def _read(tree: Tree, seen: Survey, parts: list[Component]) -> Sources:
    compose = _compose(tree, seen)
    if any(part.ecosystem == "jvm" for part in parts):
        _spring(tree, seen)
    if any(part.ecosystem == "dotnet" for part in parts):
        _kestrel(tree, seen)
    add_routes(tree, seen, parts)
    return Sources(
        seen=seen,
        parts=parts,
        compose=compose,
        manifests=_manifests(tree, seen),
        images=_images(tree, seen),
        paas=_paas(tree, seen),
        processes=_processes(tree, seen),
        project=project_name(tree, parts, compose, seen),
        hosts=_hosts(tree, seen),
        charts=_charts(tree, seen),
        settings=_settings(tree, seen),
    )


def _charts(tree: Tree, seen: Survey) -> list[Chart]:
    found: list[Chart] = []
    for path in sorted({hit.path for hit in seen.of("helm", "declared")})[:50]:
        name = chart_name(tree.text(path) or "")
        values = f"{path.rpartition('/')[0]}/values.yaml".lstrip("/")
        if name and tree.has(values):
            found.append(Chart(values, name, read_values(tree.text(values) or "")))
    return found


def _spring(tree: Tree, seen: Survey) -> None:
    """Adds what Spring's settings state, which no single line does."""
    for path in tree.telling:
        name = path.rpartition("/")[2]
        if name in SPRING and not is_development(path, seen.rules):
            for field_, value, line in settings_of(tree.text(path) or ""):
                seen.hits.append(Hit(70, field_, value, path, line, "declared"))


def _kestrel(tree: Tree, seen: Survey) -> None:
    """Adds the ports that ASP.NET binds by its settings; production's file overrules the other."""
    bound: set[str] = set()
    for name in kestrel.NAMES:
        for path in tree.telling:
            folder, _, last = path.rpartition("/")
            if last != name or folder in bound or is_development(path, seen.rules):
                continue
            found = kestrel.kestrel_port(tree.text(path) or "")
            if found is not None:
                bound.add(folder)
                seen.hits.append(
                    Hit(kestrel.RULE, "port", str(found[0]), path, found[1], "declared")
                )


def _settings(tree: Tree, seen: Survey) -> list[tuple[str, str, str]]:
    return [
        (field_, shown(value), f"{shown(path)}:{line}")
        for path in sorted({hit.path for hit in seen.of("kustomize", "declared")})[:100]
        for field_, value, line in read_kustomization(tree.text(path) or "")
    ]


def _hosts(tree: Tree, seen: Survey) -> list[tuple[str, tuple[Resource, ...]]]:
    paths = sorted({hit.path for hit in seen.of("app_host", "declared")})
    found = [(path, read_app_host(tree.text(path) or "")) for path in paths]
    return [(path, resources) for path, resources in found if resources]


def _compose(tree: Tree, seen: Survey) -> list[ComposeFile]:
    found: list[ComposeFile] = []
    # The plain names first: they are the declaration, the others vary it.
    for path in sorted(seen.compose, key=lambda p: (p.count("/"), p.count("."), p)):
        text = tree.text(path)
        if text is None:
            continue
        file = read_compose(text, path)
        if file.problem:
            tree.note(f"{shown(path)}: {file.problem}")
        found.append(file)
    return found


def _releases(tree: Tree, seen: Survey) -> dict[str, Release]:
    """Folder of each chart that deploys something → what its templates are filled with."""
    found: dict[str, Release] = {}
    for path in sorted({hit.path for hit in seen.of("helm", "declared")})[:50]:
        text = tree.text(path) or ""
        name = chart_name(text)
        folder = path.rpartition("/")[0]
        values = tree.text(f"{folder}/values.yaml".lstrip("/")) if name else None
        parsed, _ = documents(values or "")
        stated, _ = documents(text)
        version = text_at(stated[0] if stated else None, "appVersion") or ""
        if name:
            found[folder] = Release(parsed[0] if parsed else None, name, version)
    return found


def _release_of(path: str, releases: dict[str, Release]) -> Release | None:
    return releases.get(f"/{path}".partition("/templates/")[0].lstrip("/"))


def _manifests(tree: Tree, seen: Survey) -> list[Manifests]:
    found: list[Manifests] = []
    releases = _releases(tree, seen)
    for path in seen.yamls:
        text = tree.text(path)
        if not text or not looks_like_manifest(text):
            continue
        rendered = "{{" in text and "/templates/" in f"/{path}"
        if rendered:
            release = _release_of(path, releases)
            if release is None:
                continue
            text = render(text, release)
        manifests = read_manifests(text, path, rendered=rendered)
        if manifests.problem and not rendered:
            tree.note(f"{shown(path)}: {manifests.problem}")
        if manifests.kinds:
            found.append(manifests)
    return found


def _images(tree: Tree, seen: Survey) -> dict[str, Image]:
    texts = ((path, tree.text(path)) for path in seen.dockerfiles)
    return {path: read_dockerfile(text) for path, text in texts if text}


def _paas(tree: Tree, seen: Survey) -> list[tuple[str, PaasFile]]:
    found: list[tuple[str, PaasFile]] = []
    candidates = [p for p in seen.yamls if p in PAAS_NAMES]
    candidates += [p for p in tree.telling if p in (".do/app.yaml", ".do/deploy.template.yaml")]
    for path in candidates:
        found.append((path, read_app_platform(tree.text(path) or "")))
    if tree.has("render.yaml"):
        found.append(("render.yaml", read_render(tree.text("render.yaml") or "")))
    if tree.has("fly.toml"):
        found.append(("fly.toml", read_fly(tree.text("fly.toml") or "")))
    return [(path, file) for path, file in found if file.product]


def _processes(tree: Tree, seen: Survey) -> list[tuple[str, str, str]]:
    root = [path for path in seen.procfiles if path == "Procfile"]
    return [
        (name, command, f"Procfile:{line}")
        for path in root
        for name, command, line in read_procfile(tree.text(path) or "")
    ]


def project_name(
    tree: Tree, parts: list[Component], compose: list[ComposeFile], seen: Survey
) -> str:
    """The repository's own name: Nx project, compose, project files at the root, its folder."""
    from devops_exe.assess.readers.lines import json_object

    generic = seen.rules.names("generic_names")
    candidates: list[str] = []
    if tree.has("project.json"):
        nx = json_object(tree.text("project.json") or "") or {}
        if nx.get("projectType") == "application" and isinstance(nx.get("name"), str):
            return tidy(str(nx["name"]))
    candidates += [file.name for file in compose if file.name]
    roots = [part for part in parts if not part.path]
    candidates += [part.name for part in sorted(roots, key=lambda p: p.development)]
    if len(parts) == 1:
        candidates.append(parts[0].name)
    for candidate in candidates:
        name = tidy(candidate)
        if name and name not in generic:
            return name
    return tidy(tree.root.name) or "system"


def tidy(name: str) -> str:
    """A name as an identifier: lower case, no scope, no odd characters."""
    last = shown(name).strip().lower().rpartition("/")[2]
    return re.sub(r"[^a-z0-9._-]+", "-", last).strip("-._")[:63]
