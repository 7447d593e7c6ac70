"""The pieces of a repository that have dependencies of their own: one a folder and ecosystem."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devops_exe.assess.readers.packages import (
    READERS,
    Package,
    Project,
    dotnet_project,
    requirements_file,
)
from devops_exe.assess.survey import Survey, folder_of, is_development
from devops_exe.assess.walk import shown

if TYPE_CHECKING:
    from devops_exe.assess.rules import DependencyRule
    from devops_exe.assess.walk import Tree

_LANGUAGES = {
    "python": "python",
    "node": "javascript",
    "jvm": "java",
    "go": "go",
    "php": "php",
    "ruby": "ruby",
    "rust": "rust",
    "elixir": "elixir",
    "dotnet": "csharp",
}
_SIBLINGS = {"javascript": "typescript", "java": "kotlin"}
_MANAGERS = {"python": "pip", "node": "npm", "go": "go-modules"}
_ENTRY_POINTS = {
    "go": ("main.go",),
    "rust": ("src/main.rs",),
    "python": ("manage.py", "main.py", "app.py", "__main__.py", "wsgi.py"),
    "node": (),
}
_MAX_INCLUDED = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A dependency rule that a package meets, with where the package stands."""

    rule: DependencyRule
    path: str
    line: int

    @property
    def where(self) -> str:
        """``path:line`` as it may be printed."""
        return f"{shown(self.path)}:{self.line}"


@dataclass(slots=True)
class Component:
    """A folder with dependencies of one ecosystem.

    Attributes:
        path: the folder; "" for the root.
        ecosystem: whose packages these are (python, node, jvm …).
        language: as published.
        name: the project's own name, or "".
        manifest: the project file the facts rest on.
        found: rules met by its runtime packages (a front end's framework in any scope).
        managers: package managers, each with where it shows.
        development: lies among tests or samples, drives load, or only lints.
        executable: says or shows that it is a program.
        shared: an Aspire app host, or the defaults that its programs share.
        for_others: is published for other programs to use, and starts nothing itself.
    """

    path: str
    ecosystem: str
    language: str
    manifest: str
    name: str = ""
    packages: list[tuple[Package, str]] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    managers: list[tuple[str, str]] = field(default_factory=list)
    development: bool = False
    executable: bool = False
    workspace: bool = False
    load: bool = False
    shared: bool = False
    for_others: bool = False

    def facts(self, name: str) -> list[Found]:
        """The met rules of a field; a framework that another includes is left out."""
        values = {item.rule.value for item in self.found if item.rule.field == name}
        return [
            item
            for item in self.found
            if item.rule.field == name and not values & set(item.rule.below)
        ]


def components(tree: Tree, seen: Survey) -> list[Component]:
    """Every component, in order of path; broken project files are noted."""
    groups: dict[tuple[str, str], Component] = {}
    for path in seen.manifests:
        _manifest(tree, groups, path)
    _requirements(tree, groups, seen.requirements)
    for component in groups.values():
        _judge(component, seen, tree)
    return [groups[key] for key in sorted(groups)]


def _group(
    groups: dict[tuple[str, str], Component], folder: str, kind: str, path: str
) -> Component:
    language = "fsharp" if path.endswith(".fsproj") else _LANGUAGES[kind]
    return groups.setdefault((folder, kind), Component(folder, kind, language, path))


def _manifest(tree: Tree, groups: dict[tuple[str, str], Component], path: str) -> None:
    text = tree.text(path)
    if text is None:
        return
    name = path.rpartition("/")[2]
    ecosystem, reader = READERS.get(name, ("dotnet", dotnet_project))
    project: Project = reader(text)
    if project.broken:
        tree.note(f"{shown(path)}: {project.broken}, its dependencies were not read")
    component = _group(groups, folder_of(path), ecosystem, path)
    own = project.name or ("" if ecosystem != "dotnet" else name.rpartition(".")[0])
    component.name = component.name or own
    component.packages += [(package, path) for package in project.packages]
    component.workspace = component.workspace or project.workspace
    component.executable = component.executable or project.executable
    component.shared = component.shared or project.shared
    component.for_others = component.for_others or project.for_others
    if project.manager:
        component.managers.append((project.manager, f"{shown(path)}:1"))
    if ecosystem == "dotnet" and "test" in name.lower():
        component.development = True


def _requirements(tree: Tree, groups: dict[tuple[str, str], Component], paths: list[str]) -> None:
    compiled = {path[: -len(".in")] + ".txt" for path in paths if path.endswith(".in")}
    done: set[str] = set()
    # The plain requirements.txt first: what it includes is runtime, whatever its name.
    for path in sorted(paths, key=lambda p: (p.rpartition("/")[2] != "requirements.txt", p)):
        if path in compiled or path in done:
            continue
        folder = folder_of(path)
        if folder.rpartition("/")[2] == "requirements":
            folder = folder_of(folder)
        component = _group(groups, folder, "python", path)
        low = path.rpartition("/")[2].lower()
        runtime = not any(word in low for word in ("dev", "test", "lint", "doc", "ci."))
        _included(tree, component, path, done, runtime=runtime)
        component.managers.append(("pip", f"{shown(path)}:1"))


def _included(
    tree: Tree, component: Component, start: str, done: set[str], *, runtime: bool
) -> None:
    pending = [start]
    while pending and len(done) < _MAX_INCLUDED * 20:
        path = pending.pop(0)
        if path in done:
            continue
        done.add(path)
        text = tree.text(path)
        if text is None:
            continue
        packages, included = requirements_file(text)
        component.packages += [
            (Package(p.name, p.line, p.runtime and runtime), path) for p in packages
        ]
        for item in included[:_MAX_INCLUDED]:
            target = posixpath.normpath(posixpath.join(folder_of(path), item))
            if target.startswith(("..", "/")):
                tree.note(f"{shown(path)}: includes a file outside the folder, not read")
            else:
                pending.append(target)


def _judge(component: Component, seen: Survey, tree: Tree) -> None:
    """Meets the rules, chooses the language, and says whether this is production code."""
    ecosystem, table = component.ecosystem, seen.rules
    for package, path in component.packages:
        for rule in table.dependency(ecosystem, package.name):
            if package.runtime or (rule.frontend and ecosystem == "node"):
                component.found.append(Found(rule, path, package.line))
    component.found = _first_of_each(component.found)
    counts = source_counts(seen, component.path)
    sibling = _SIBLINGS.get(component.language, "")
    if sibling and counts.get(sibling, 0) > counts.get(component.language, 0):
        component.language = sibling
    if any(tree.has(_join(component.path, e)) for e in _ENTRY_POINTS.get(ecosystem, ())):
        component.executable = True
        component.for_others = False
    commands = _join(component.path, "cmd")
    if ecosystem == "go" and any(
        f.startswith(commands) for f, lang in seen.sources if lang == "go"
    ):
        component.executable = True
    if ecosystem == "rust" and not component.executable:
        component.for_others = tree.has(_join(component.path, "src/lib.rs")) and not any(
            f.startswith(_join(component.path, "src/bin")) for f, _ in seen.sources
        )
    component.executable = component.executable or bool(component.facts("framework"))
    component.load = bool(component.facts("load")) or _named_load(
        component, table.names("load_generators")
    )
    apart = is_development(component.manifest, table)
    component.development = component.development or apart or _only_tools(component, counts)
    _managers(component, seen)


def _only_tools(component: Component, counts: dict[str, int]) -> bool:
    """A package.json of lint tools, a pyproject of settings only: no component."""
    runtime = any(package.runtime for package, _ in component.packages)
    if component.ecosystem == "node":
        return not runtime and not component.found and not component.executable
    if component.ecosystem == "python":
        return not runtime and not component.name and not counts.get("python")
    return False


def _named_load(component: Component, names: frozenset[str]) -> bool:
    return component.path.rpartition("/")[2].lower() in names


def _managers(component: Component, seen: Survey) -> None:
    stated = component.managers
    locks = [
        (rule.value, f"{shown(path)}:1")
        for rule, path in seen.locks
        if rule.ecosystem == component.ecosystem and _covers(folder_of(path), component.path)
    ]
    chosen = locks
    if component.ecosystem == "jvm":
        plain = {"maven": "maven-wrapper", "gradle": "gradle-wrapper"}
        wrapped = {value for value, _ in locks}
        used = {plain[name] for name, _ in stated}
        chosen = [item for item in locks if item[0] in used]
        chosen += [(n, w) for n, w in stated if plain[n] not in wrapped]
    elif not locks:
        better = [item for item in stated if item[0] != "pip"] or stated
        chosen = better[:1]
    if not chosen:
        chosen = [(_MANAGERS.get(component.ecosystem, ""), f"{shown(component.manifest)}:1")]
    if component.ecosystem == "go":
        chosen = [("go-modules", f"{shown(component.manifest)}:1")]
    first = dict(reversed(chosen))
    component.managers = [(name, first[name]) for name in dict(chosen) if name]


def _first_of_each(found: list[Found]) -> list[Found]:
    kept: dict[tuple[str, str], Found] = {}
    for item in found:
        kept.setdefault((item.rule.field, item.rule.value), item)
    return list(kept.values())


def source_counts(seen: Survey, folder: str) -> dict[str, int]:
    """Source files by language at and below a folder."""
    counts: dict[str, int] = {}
    for (where, language), number in seen.sources.items():
        if _covers(folder, where):
            counts[language] = counts.get(language, 0) + number
    return counts


def _covers(folder: str, path: str) -> bool:
    return not folder or path == folder or path.startswith(folder + "/")


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
