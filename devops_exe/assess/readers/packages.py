"""Dependencies as the project files of each ecosystem declare them, with lines and scope."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devops_exe.assess.readers.lines import json_object, line_of, numbered, table, toml_table
from devops_exe.assess.readers.markup import elements

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DEPENDENCIES = 600


@dataclass(frozen=True, slots=True)
class Package:
    """One dependency.

    Attributes:
        name: as its registry spells it, lower case; an extra or feature is ``name/extra``.
        line: the line it is declared on.
        runtime: False for development, build and test.
    """

    name: str
    line: int
    runtime: bool = True


@dataclass(frozen=True, slots=True)
class Project:
    """What a project file says.

    Attributes:
        name: the project's own name, or "".
        packages: its dependencies.
        scripts: script or task names to what they run.
        workspace: whether it gathers other projects.
        manager: the package manager it names, or "".
        broken: what kept it from being read, or "".
        executable: whether it says that it is a program.
        shared: an Aspire app host, or defaults that its programs share.
        for_others: published for other programs to use.
    """

    name: str = ""
    packages: tuple[Package, ...] = ()
    scripts: tuple[tuple[str, str], ...] = ()
    workspace: bool = False
    manager: str = ""
    broken: str = ""
    executable: bool = False
    shared: bool = False
    for_others: bool = False


_REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]{0,100})\s?(?:\[([^\]]{0,200})\])?")


def requirement(text: str, line: int, *, runtime: bool = True) -> list[Package]:
    """The packages of one PEP 508 requirement: the package, and one an extra."""
    found = _REQUIREMENT.match(text.strip())
    if found is None:
        return []
    name = re.sub(r"[-_.]+", "-", found[1]).lower()
    extras = [extra.strip().lower() for extra in (found[2] or "").split(",") if extra.strip()]
    return [Package(name, line, runtime), *(Package(f"{name}/{e}", line, runtime) for e in extras)]


def requirements_file(text: str) -> tuple[list[Package], list[str]]:
    """The packages of a requirements file, and the files it includes (``-r``, ``-c`` not)."""
    packages: list[Package] = []
    included: list[str] = []
    for number, line in numbered(text):
        line = line.split(" #", 1)[0].strip()
        if not line or line.startswith("#"):
            continue
        include = re.match(r"(?:-r|--requirement)[\s=]+(\S{1,300})", line)
        if include:
            included.append(include[1])
        elif not line.startswith("-"):
            egg = re.search(r"#egg=([\w.-]{1,100})", line)
            packages += requirement(egg[1] if egg else line, number)
        if len(packages) > MAX_DEPENDENCIES:
            break
    return packages, included


_LIBRARY = "Topic :: Software Development :: Libraries"


def pyproject(text: str) -> Project:
    """PEP 621 and Poetry tables; extras named dev, test, docs or lint are not runtime."""
    document = toml_table(text)
    if document is None:
        return Project(broken="is no valid TOML")
    project = table(document, "project")
    poetry = table(document, "tool", "poetry")
    packages: list[Package] = []
    for item in _texts(project.get("dependencies")):
        packages += requirement(item, line_of(text, item))
    for group, entries in table(project, "optional-dependencies").items():
        runtime = not _development(str(group))
        for item in _texts(entries):
            packages += requirement(item, line_of(text, item), runtime=runtime)
    for name, spec in table(poetry, "dependencies").items():
        if str(name).lower() == "python":
            continue
        extras = spec.get("extras") if isinstance(spec, dict) else None
        item = f"{name}[{','.join(_texts(extras))}]" if extras else str(name)
        packages += requirement(item, _key_line(text, str(name)))
    own = project.get("name") or poetry.get("name")
    scripts = {**table(project, "scripts"), **table(poetry, "scripts")}
    manager = "poetry" if poetry else "uv" if table(document, "tool", "uv") else ""
    return Project(
        name=own if isinstance(own, str) else "",
        packages=tuple(packages[:MAX_DEPENDENCIES]),
        scripts=tuple((str(key), str(value)) for key, value in scripts.items()),
        manager=manager,
        workspace=bool(table(document, "tool", "uv", "workspace")),
        for_others=any(item.startswith(_LIBRARY) for item in _texts(project.get("classifiers"))),
    )


def pipfile(text: str) -> Project:
    """Pipfile: ``packages`` is runtime, ``dev-packages`` is not."""
    document = toml_table(text)
    if document is None:
        return Project(broken="is no valid TOML")
    packages: list[Package] = []
    for key, runtime in (("packages", True), ("dev-packages", False)):
        for name in table(document, key):
            packages += requirement(name, _key_line(text, name), runtime=runtime)
    return Project(packages=tuple(packages[:MAX_DEPENDENCIES]), manager="pipenv")


def setup_py(text: str) -> Project:
    """The quoted requirements of ``install_requires``; nothing is run."""
    start = text.find("install_requires")
    packages: list[Package] = []
    if start >= 0:
        end = text.find("]", start)
        for found in re.finditer(r"[\"']([A-Za-z][^\"'\n]{0,200})[\"']", text[start:end]):
            packages += requirement(found[1], text.count("\n", 0, start + found.start()) + 1)
    name = re.search(r"\bname\s?=\s?[\"']([\w.-]{1,100})[\"']", text)
    return Project(name=name[1] if name else "", packages=tuple(packages[:MAX_DEPENDENCIES]))


_EXPORTED = ("exports", "types", "typings", "module")
"""What the manifest of a package that others import has, and an application has not."""


def package_json(text: str) -> Project:
    """The manifest of npm and kin; peer and optional dependencies count as runtime."""
    document = json_object(text)
    if document is None:
        return Project(broken="is no valid JSON")
    packages: list[Package] = []
    for key, runtime in (
        ("dependencies", True),
        ("optionalDependencies", True),
        ("peerDependencies", True),
        ("devDependencies", False),
    ):
        start = max(0, text.find(f'"{key}"'))
        packages += [
            Package(name.lower(), line_of(text, f'"{name}"', start), runtime)
            for name in list(table(document, key))[:MAX_DEPENDENCIES]
        ]
    name = document.get("name")
    manager = str(document.get("packageManager", "")).split("@", 1)[0]
    scripts = table(document, "scripts")
    return Project(
        name=name if isinstance(name, str) else "",
        packages=tuple(packages),
        scripts=tuple((str(key), str(value)) for key, value in scripts.items()),
        workspace="workspaces" in document,
        manager=manager if manager in ("npm", "yarn", "pnpm", "bun") else "",
        executable="start" in scripts or "bin" in document,
        for_others="start" not in scripts and any(key in document for key in _EXPORTED),
    )


def composer_json(text: str) -> Project:
    """Composer's manifest: ``require`` is runtime, ``require-dev`` is not."""
    document = json_object(text)
    if document is None:
        return Project(broken="is no valid JSON")
    packages = [
        Package(name.lower(), line_of(text, f'"{name}"', max(0, text.find(f'"{key}"'))), runtime)
        for key, runtime in (("require", True), ("require-dev", False))
        for name in list(table(document, key))[:MAX_DEPENDENCIES]
    ]
    name = document.get("name")
    return Project(
        name=name.rpartition("/")[2] if isinstance(name, str) else "",
        packages=tuple(packages),
        manager="composer",
        executable=document.get("type") == "project",
    )


def go_mod(text: str) -> Project:
    """go.mod: direct requirements only."""
    packages: list[Package] = []
    name = ""
    inside = False
    for number, line in numbered(text):
        bare, _, comment = line.partition("//")
        words = bare.split()
        if words[:1] == ["module"] and len(words) > 1:
            name = words[1].strip('"')
            words = []
        elif words[:1] == ["require"]:
            inside = words[1:2] == ["("]
            words = [] if inside else words[1:]
        elif words == [")"]:
            inside = False
        elif not inside:
            words = []
        if len(words) >= 2 and "." in words[0] and "indirect" not in comment:
            packages.append(Package(words[0].lower(), number))
        if len(packages) > MAX_DEPENDENCIES:
            break
    parts = [part for part in name.split("/") if not re.fullmatch(r"v\d+", part)]
    return Project(name=parts[-1] if parts else "", packages=tuple(packages), manager="go")


def cargo_toml(text: str) -> Project:
    """Cargo's manifest; a feature of a dependency is ``crate/feature``."""
    document = toml_table(text)
    if document is None:
        return Project(broken="is no valid TOML")
    packages: list[Package] = []
    shared = table(document, "workspace", "dependencies")
    for source, runtime in (
        (table(document, "dependencies"), True),
        (shared if "package" not in document else {}, True),
        (table(document, "dev-dependencies"), False),
        (table(document, "build-dependencies"), False),
    ):
        for name, spec in source.items():
            line = _key_line(text, name)
            packages.append(Package(name.lower(), line, runtime))
            for feature in _texts(spec.get("features") if isinstance(spec, dict) else None):
                packages.append(Package(f"{name}/{feature}".lower(), line, runtime))
    own = table(document, "package").get("name")
    return Project(
        name=own if isinstance(own, str) else "",
        packages=tuple(packages[:MAX_DEPENDENCIES]),
        workspace="workspace" in document,
        manager="cargo",
        executable="bin" in document,
    )


def gemfile(text: str) -> Project:
    """Gems by their lines; what stands in a development or test group is not runtime."""
    packages: list[Package] = []
    group = False
    for number, line in numbered(text):
        stripped = line.strip()
        if stripped.startswith("group"):
            group = "production" not in stripped and _development(stripped)
        elif stripped == "end":
            group = False
        found = re.match(r"gem\s+[\"']([\w.-]{1,100})[\"'](.{0,300})", stripped)
        if found:
            inline = "group" in found[2] and _development(found[2])
            packages.append(Package(found[1].lower(), number, not (group or inline)))
    return Project(packages=tuple(packages[:MAX_DEPENDENCIES]), manager="bundler")


def mix_exs(text: str) -> Project:
    """Elixir's dependencies by their tuples."""
    packages = [
        Package(found[1], number, ":dev" not in line and ":test" not in line)
        for number, line in numbered(text)
        for found in re.finditer(r"\{:(\w{1,60}),\s?[\"'~>\w]", line)
    ]
    name = re.search(r"app:\s?:(\w{1,60})", text)
    return Project(name=name[1] if name else "", packages=tuple(packages), manager="mix")


def pom_xml(text: str) -> Project:
    """Maven's model: dependencies (test and provided are not runtime), parent, plugins."""
    packages: list[Package] = []
    name = ""
    current: dict[str, str] = {}
    modules = False
    for element in elements(text):
        tail = element.path[-1]
        kind = next(
            (p for p in reversed(element.path) if p in ("dependency", "parent", "plugin")), ""
        )
        if not element.closes:
            if tail == kind:
                current = {"line": str(element.line)}
            continue
        if element.path == ("project", "artifactId"):
            name = element.text
        modules = modules or tail == "modules"
        if tail in ("groupId", "artifactId", "scope") and element.path[-2] == kind:
            current[tail] = element.text
        elif tail == kind and "artifactId" in current:
            managed = "dependencyManagement" in element.path or kind == "plugin"
            runtime = current.get("scope", "") not in ("test", "provided") and not managed
            full = f"{current.get('groupId', '')}:{current['artifactId']}"
            packages.append(Package(full.lower(), int(current["line"]), runtime))
            current = {"line": current["line"]}
    return Project(
        name=name, packages=tuple(packages[:MAX_DEPENDENCIES]), workspace=modules, manager="maven"
    )


_GRADLE = re.compile(
    r"(\w{1,60})\s{0,4}\(?\s{0,4}(?:platform\()?[\"']([\w.-]{1,100}:[\w.-]{1,100})(?=[:\"'])"
)
_GRADLE_PLUGIN = re.compile(r"\bid\s{0,4}\(?\s{0,4}[\"']([\w.-]{1,100})[\"']")


def gradle(text: str) -> Project:
    """Gradle's quoted coordinates and plugin ids, line by line; nothing is run."""
    packages: list[Package] = []
    for number, line in numbered(text):
        line = line.split("//", 1)[0] if "://" not in line else line
        for found in _GRADLE.finditer(line):
            scope = found[1].lower()
            runtime = not any(
                w in scope for w in ("test", "development", "annotation", "checkstyle")
            )
            packages.append(Package(found[2].lower(), number, runtime))
        packages += [Package(f[1].lower(), number) for f in _GRADLE_PLUGIN.finditer(line)]
        if len(packages) > MAX_DEPENDENCIES:
            break
    return Project(packages=tuple(packages), manager="gradle")


_ASPIRE = ("IsAspireHost", "IsAspireSharedProject")
"""Properties of projects that .NET Aspire starts others with, and that are deployed nowhere."""


def dotnet_project(text: str) -> Project:
    """MSBuild project: its SDK is ``sdk:name``, its packages by their references."""
    packages: list[Package] = []
    executable = shared = False
    for element in elements(text):
        tail = element.path[-1]
        if element.closes:
            shared = shared or (tail in _ASPIRE and element.text.lower() == "true")
            executable = executable or (tail == "OutputType" and element.text.lower() == "exe")
            continue
        if tail == "Project" and "sdk" in element.attributes:
            packages.append(Package("sdk:" + element.attributes["sdk"].lower(), element.line))
        elif tail in ("PackageReference", "FrameworkReference") and "include" in element.attributes:
            packages.append(Package(element.attributes["include"].lower(), element.line))
    shared = shared or any(p.name.startswith("sdk:aspire.apphost.sdk") for p in packages)
    web = any(p.name.startswith(("sdk:microsoft.net.sdk.w",)) for p in packages)
    return Project(
        packages=tuple(packages[:MAX_DEPENDENCIES]),
        manager="nuget",
        executable=executable or web,
        shared=shared,
    )


READERS: dict[str, tuple[str, Callable[[str], Project]]] = {
    "pyproject.toml": ("python", pyproject),
    "Pipfile": ("python", pipfile),
    "setup.py": ("python", setup_py),
    "package.json": ("node", package_json),
    "composer.json": ("php", composer_json),
    "go.mod": ("go", go_mod),
    "Cargo.toml": ("rust", cargo_toml),
    "Gemfile": ("ruby", gemfile),
    "mix.exs": ("elixir", mix_exs),
    "pom.xml": ("jvm", pom_xml),
    "build.gradle": ("jvm", gradle),
    "build.gradle.kts": ("jvm", gradle),
}
"""File name to (ecosystem, reader); requirements files and ``*.csproj`` are met by pattern."""


def _development(name: str) -> bool:
    low = name.lower()
    return any(word in low for word in ("dev", "test", "doc", "lint", "typing", "bench", "check"))


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _key_line(text: str, key: str) -> int:
    found = re.search(rf"^\s{{0,8}}[\"']?{re.escape(key)}[\"']?\s?[=.]", text, re.MULTILINE)
    return 1 if found is None else text.count("\n", 0, found.start()) + 1
