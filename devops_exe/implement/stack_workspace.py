"""Workspaces of npm, pnpm and Yarn: a service whose lock file and libraries stand above it.

An image of its folder alone has neither the versions of the lock file nor the libraries of the
repository, so the whole repository is sent to the builder.
"""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devops_exe.implement.stack import service_folder

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

LOCKS = ("pnpm-lock.yaml", "yarn.lock", "package-lock.json", "npm-shrinkwrap.json")
_OTHER_LOCKS = ("bun.lock", "bun.lockb")
_PACKAGE = re.compile(r"(?:@[\w.-]{1,80}/)?[\w.-]{1,80}")
_FOLDER = re.compile(r"[\w@.-]+(?:/[\w@.-]+)*")
_BUILT = re.compile(r"(?:\./)?(?:dist|build|lib|out)/")
_MOST = 200
_KEPT = "workspace_of"


@dataclass(frozen=True, slots=True)
class Member:
    """A package of the workspace.

    Attributes:
        folder: in the repository.
        name: of the package; empty where it has none.
        builds: whether it has a script ``build``.
    """

    folder: str
    name: str
    builds: bool


@dataclass(frozen=True, slots=True)
class Workspace:
    """The workspace that a service is a member of.

    Attributes:
        lock: the lock file of the root.
        service: the service's own package.
        members: folders of all packages, the service's among them.
        order: the service's libraries in the repository, each after what it needs, and last
            the service.
        root_wants: whether the root has dependencies of its own, which builds may need.
        prisma: whether a client of Prisma has to be generated before the build.
        missing: why no right image can be made; empty where one can.
    """

    lock: str
    service: Member
    members: tuple[str, ...]
    order: tuple[Member, ...]
    root_wants: bool
    prisma: bool
    missing: str


def workspace_of(subject: Subject) -> Workspace | None:
    """The workspace of the subject's service; None where it stands alone."""
    if _KEPT not in subject.__dict__:
        # where cached_property keeps its values too: many manifests may be read for it
        subject.__dict__[_KEPT] = _read(subject)
    found = subject.__dict__[_KEPT]
    return found if isinstance(found, Workspace) else None


def _read(subject: Subject) -> Workspace | None:
    folder = service_folder(subject)
    own = f"{folder}/package.json"
    if folder == "." or not subject.theirs(own):
        return None
    if subject.theirs(*(f"{folder}/{lock}" for lock in (*LOCKS, *_OTHER_LOCKS))):
        return None
    members = _members(subject)
    if folder not in members:
        return None
    manifests = {one: _json(subject, f"{one}/package.json") for one in members}
    named = {str(raw.get("name", "")): one for one, raw in manifests.items()}
    order: dict[str, None] = {}
    _visit(folder, manifests, named, order, set())
    root, raw = _json(subject, "package.json"), manifests[folder]
    lock = subject.theirs(*LOCKS) or ""
    made = tuple(_member(one, manifests[one]) for one in order)
    wanted = {**_wanted(raw), **_wanted(root)}
    schema = subject.theirs(f"{folder}/prisma/schema.prisma") is not None
    generated = "prisma generate" in str(_scripts(raw).get("build", ""))
    return Workspace(
        lock=lock,
        service=made[-1],
        members=members,
        order=made,
        root_wants=bool(_wanted(root)),
        prisma=schema and "prisma" in wanted and not generated,
        missing=_missing(subject, lock, made, raw),
    )


def _missing(subject: Subject, lock: str, order: tuple[Member, ...], raw: dict[str, Any]) -> str:
    if not lock:
        other = subject.theirs(*_OTHER_LOCKS)
        return f"{other} of the root has no recipe" if other else "the root has no lock file"
    for one in order:
        if not _PACKAGE.fullmatch(one.name):
            return f"{one.folder}/package.json has no name by which it could be built"
    if lock == "yarn.lock" and "__metadata:" in subject.files[lock][:400]:
        settings = subject.files.get(".yarnrc.yml", "")
        if not re.search(r"(?m)^nodeLinker:\s*[\"']?node-modules", settings):
            return "Yarn's Plug'n'Play (no nodeLinker: node-modules in .yarnrc.yml) has no recipe"
    scripts = _scripts(raw)
    start = str(scripts.get("start:prod") or scripts.get("start") or f"node {raw.get('main', '')}")
    file = start.rpartition("node ")[2]
    if _BUILT.match(file) and not order[-1].builds:
        return f"{order[-1].folder}/package.json has no script build that makes {file[:60]}"
    return ""


def _members(subject: Subject) -> tuple[str, ...]:
    """Folders of the packages that the root's globs name."""
    globs = _globs(subject)
    if not globs:
        return ()
    wanted = [_pattern(one) for one in globs if not one.startswith("!")]
    unwanted = [_pattern(one[1:]) for one in globs if one.startswith("!")]
    found = []
    for path in subject.matching(r"(?:[^/]+/)+package\.json"):
        folder = posixpath.dirname(path)
        if "node_modules" in path or not _FOLDER.fullmatch(folder):
            continue
        if any(p.fullmatch(folder) for p in wanted) and not any(
            p.fullmatch(folder) for p in unwanted
        ):
            found.append(folder)
    return tuple(sorted(found)[:_MOST])


def _globs(subject: Subject) -> list[str]:
    if subject.theirs("pnpm-workspace.yaml"):
        import yaml

        try:
            node = yaml.safe_load(subject.files["pnpm-workspace.yaml"])
        except (yaml.YAMLError, ValueError, RecursionError):
            return []
        rows = node.get("packages") if isinstance(node, dict) else None
    else:
        rows = _json(subject, "package.json").get("workspaces")
        rows = rows.get("packages") if isinstance(rows, dict) else rows
    return [str(row) for row in rows[:_MOST]] if isinstance(rows, list) else []


def _pattern(glob: str) -> re.Pattern[str]:
    """A glob over folders as a regular expression.

    >>> bool(_pattern("./apps/*").fullmatch("apps/a")), bool(_pattern("a/**").fullmatch("a/b/c"))
    (True, True)
    """
    parts = re.split(r"(\*\*|\*)", glob.removeprefix("./").rstrip("/"))
    made = {"**": ".+", "*": "[^/]+"}
    return re.compile("".join(made.get(part) or re.escape(part) for part in parts))


def _visit(
    folder: str,
    manifests: dict[str, dict[str, Any]],
    named: dict[str, str],
    order: dict[str, None],
    seen: set[str],
) -> None:
    """Add a package to ``order``, behind the packages of the repository that it needs."""
    seen.add(folder)
    for name in sorted(_wanted(manifests[folder])):
        other = named.get(name)
        if other is not None and other not in seen:
            _visit(other, manifests, named, order, seen)
    order[folder] = None


def _member(folder: str, raw: dict[str, Any]) -> Member:
    return Member(folder, str(raw.get("name", "")), "build" in _scripts(raw))


def _wanted(raw: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("dependencies", "devDependencies"):
        rows = raw.get(name)
        found |= rows if isinstance(rows, dict) else {}
    return found


def _scripts(raw: dict[str, Any]) -> dict[str, Any]:
    rows = raw.get("scripts")
    return rows if isinstance(rows, dict) else {}


def _json(subject: Subject, path: str) -> dict[str, Any]:
    if not subject.theirs(path):
        return {}
    try:
        raw = json.loads(subject.files[path])
    except (ValueError, RecursionError):
        return {}
    return raw if isinstance(raw, dict) else {}
