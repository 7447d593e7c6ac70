"""Health checks that the code itself answers: the route, with every prefix that holds for it.

A wrong path is worse than none (no pod would become ready), so a route whose prefix nobody can
read off the files is left out, and so is one with parameters.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.assess.components import Component
    from devops_exe.assess.overview import Overview
    from devops_exe.assess.service import Sources
    from devops_exe.assess.survey import Hit, Survey
    from devops_exe.assess.walk import Tree

    Marks = dict[str, list[Hit]]

_ORDER = (
    # What says that the process lives comes first: the path of readiness is told by its own name.
    re.compile(r"_{0,2}health(?:z|[-_]?checks?)?\Z", re.IGNORECASE),
    re.compile(r"_{0,2}(?:live(?:z|ness)?|(?:is-?)?alive|heartbeat)\Z", re.IGNORECASE),
    re.compile(r"_{0,2}(?:readyz?|readiness|is-?ready)\Z", re.IGNORECASE),
    re.compile(r"_{0,2}up\Z"),
    re.compile(r"_{0,2}ping\Z"),
    re.compile(r"_{0,2}status\Z"),
)
_WEAK = 3
"""From here a name is a health check at the root or below a version alone, not of an order."""
_VERSION = re.compile(r"(?:api|v\d{1,2}|internal|_internal|public|system|-)\Z")
_FUNCTION = re.compile(r"\s{0,40}(?:pub(?:\(\w{1,10}\))?\s)?(?:async\s)?fn\s")
_ASIDE = re.compile(r"func\b.{0,80}(?:[mM]etric|[aA]dmin|[dD]ebug|[pP]prof)|func\b.{0,120}Group\b")
_RECEIVER = re.compile(r"\s{0,40}(?:\w{1,20}\.)?(\w{1,20})\.(?:HandleFunc|Handle|GET|Get)\(")
_HUNG = frozenset({"routes", "plugins", "modules", "routers", "api"})
_SCOPE = re.compile(
    r"scope\b[\s(]{0,4}(?:path:\s{0,4})?[\"'](/?[\w/-]{0,60})[\"']"
    r"|namespace\s{1,4}:(\w{1,40})|\w{1,20}\.Route\(\"(/[\w/-]{1,60})\""
)
_WITH_PARAMETER = re.compile(
    r"resources?\b|scope\b.{0,60}[:{*]\w+[\"'/]|\w{1,20}\.(?:Group|With)\("
)
_NESTED = (".ex", ".rb", ".go")
_GENERIC = frozenset({"router", "api_router", "api", "bp", "blueprint"})
_UNKNOWN = "?"
_MARKS = ("route_file", "route_global", "route_mount", "route_nest")
_MOST = 200
"""Routes of a kind, and marks of a kind, that are looked at."""


def add_routes(tree: Tree, seen: Survey, parts: list[Component]) -> None:
    """Adds the health checks of the code to the hits, as field ``health_path``, best first.

    Also leaves those schema changes at the start out that run on a developer's machine only.
    """
    found: list[tuple[int, Hit]] = []
    marks = {name: seen.of(name, "declared")[:_MOST] for name in _MARKS}
    for name in ("health_endpoint", "health_route", "route_action"):
        for hit in seen.of(name, "declared")[:_MOST]:
            path = None if _hidden(tree, marks, parts, hit) else _whole(tree, marks, parts, hit)
            if path is None:
                continue
            rank = _rank(path)
            if rank is None and name == "health_endpoint":
                rank = 1
            if rank is not None:
                found.append((rank, replace(hit, field="health_path", value=path)))
    found.sort(key=lambda item: item[0])
    seen.hits += [hit for _, hit in found]
    seen.hits[:] = [
        hit
        for hit in seen.hits
        if hit.field != "migrations_at_start" or not _for_developers(tree, hit)
    ]


def prefix_of(seen: Survey, parts: list[Component], part: str) -> str:
    """What every path of a component begins with: a global prefix, a context path; or ""."""
    return _before(seen.of("route_global", "declared"), parts, part)


def brought(seen: Survey, parts: list[Component], part: str, path: str) -> str:
    """The path of a check that a framework brings, where the settings of a component put it."""
    prefix = prefix_of(seen, parts, part)
    for hit in seen.of("route_moved", "declared"):
        usual, _, moved = hit.value.partition(" ")
        if path.startswith(usual) and _owner(hit.path, parts) == part:
            # What Quarkus gets with a slash stands at the root; Spring's lies below the prefix.
            before = "" if usual.startswith("/q/") else prefix
            return _joined(before, moved, path[len(usual) :])
    return prefix + path


def _before(prefixes: list[Hit], parts: list[Component], part: str) -> str:
    for hit in prefixes:
        if _owner(hit.path, parts) == part:
            return _joined(hit.value)
    return ""


def say_at_start(out: Overview, sources: Sources) -> None:
    """Whether the service itself brings the schema up to date when it starts."""
    for hit in sources.seen.of("migrations_at_start", "declared"):
        out.say("migrations_at_start", True, hit.where)  # noqa: FBT003 - a fact's value
    kept = {hit.value for hit in sources.seen.of("no_migrations_at_start", "declared")}
    for part in sources.production():
        frameworks = {found.rule.value for found in part.facts("framework")}
        if "spring-boot" in frameworks and "spring" not in kept:
            for found in part.facts("migrations"):
                out.say("migrations_at_start", True, found.where)  # noqa: FBT003


def _rank(path: str) -> int | None:
    """How good a path is by its last part; None where it names no health check."""
    *above, last = path.strip("/").split("/")
    rank = next((rank for rank, name in enumerate(_ORDER) if name.match(last)), None)
    if rank is not None and rank >= _WEAK and not all(map(_VERSION.match, above)):
        return None
    return rank


def _whole(tree: Tree, marks: Marks, parts: list[Component], hit: Hit) -> str | None:
    """The path with its prefixes; None where one of them is unknown."""
    around = ""
    if hit.path.endswith(_NESTED):
        scopes = _scopes(tree.text(hit.path) or "", hit.line)
        if scopes is None:
            return None
        around = scopes
    mounted = _mounted(marks, hit)
    if mounted is None:
        return None
    own = "" if hit.field != "route_action" else _of_file(marks, hit)
    everywhere = _before(marks["route_global"], parts, _owner(hit.path, parts))
    if hit.path.endswith(".php"):
        everywhere = ""
    path = _joined(everywhere, mounted, around, own, hit.value)
    # Django and Rails answer the path as it is written, with or without the last slash.
    return path + "/" if path and hit.path.endswith(".py") and hit.value.endswith("/") else path


def _hidden(tree: Tree, marks: Marks, parts: list[Component], hit: Hit) -> bool:
    """Whether the route may hang elsewhere, on another port, or on developers' machines only."""
    text = tree.text(hit.path) or ""
    extension = hit.path.rpartition(".")[2]
    if extension == "cs":
        return _for_developers(tree, hit)
    if extension == "rs":
        own = _owner(hit.path, parts)
        nests = [nest for nest in marks["route_nest"] if _owner(nest.path, parts) == own]
        return _nested_in_rust(nests, text, hit)
    if extension == "go":
        return _grouped_in_go(text, hit.line)
    if hit.path.endswith("urls.py"):
        return not _in_urlpatterns(text, hit.line)
    folder = hit.path.rpartition("/")[0].rpartition("/")[2]
    return hit.field == "health_route" and extension in ("js", "ts", "mjs") and folder in _HUNG


def _in_urlpatterns(text: str, line: int) -> bool:
    """Whether a line stands in the list that Django reads, and in no other and no deeper one."""
    around = list(_around(text, line)) or text.split("\n")[line - 1 : line]
    return len(around) == 1 and around[0].startswith("urlpatterns") and "i18n" not in around[0]


def _grouped_in_go(text: str, line: int) -> bool:
    """Whether a route's router is a group, of a prefix, or of a port for metrics."""
    if any(_ASIDE.match(outer) for outer in _around(text, line)):
        return True
    receiver = _RECEIVER.match(text.split("\n")[line - 1][:400])
    if receiver is None:
        return False
    grouped = rf"\b{receiver[1]}\s?:?=\s?[^\n]{{0,120}}\.(?:Group|PathPrefix|Route|Subrouter)\("
    return re.search(grouped, text) is not None


def _nested_in_rust(nests: list[Hit], text: str, hit: Hit) -> bool:
    """Whether a route's router is nested: below a scope, or built in another function than it."""
    lines = text.split("\n")
    start = _function(lines, hit.line)
    if any("scope(" in line for line in lines[start : hit.line]):
        return True
    return bool(nests) and not any(
        nest.path == hit.path and _function(lines, nest.line) == start for nest in nests
    )


def _function(lines: list[str], line: int) -> int:
    """The line (from 0) on which the function around a line begins; 0 without one."""
    return next((n for n in range(line - 1, -1, -1) if _FUNCTION.match(lines[n])), 0)


def _joined(*pieces: str) -> str:
    """The pieces as one path: ``/api/health``.

    >>> _joined("api", "/", "/health/")
    '/api/health'
    """
    return "".join(f"/{part}" for piece in pieces for part in piece.split("/") if part)


def _of_file(marks: Marks, hit: Hit) -> str:
    """The prefix of the controller, router or blueprint that stands in the same file."""
    near = [h for h in marks["route_file"] if h.path == hit.path]
    before = [h for h in near if h.line <= hit.line]
    return before[-1].value if before else ""


def _mounted(marks: Marks, hit: Hit) -> str | None:
    """Where another file hangs these routes; None where that is not written out."""
    if not hit.path.endswith(".py") or (hit.field == "health_route" and "urls" not in hit.path):
        return ""
    module = hit.path[:-3].replace("/", ".")
    stem = module.rpartition(".")[2]
    found = ""
    for mount in marks["route_mount"]:
        prefix, _, target = mount.value.rpartition(" ")
        if stem == "urls":
            fits = f".{module}".endswith(f".{target}") and mount.path != hit.path
        elif mount.path == hit.path or target in _GENERIC:
            # The router of this file, or one that may hold it.
            fits = True
        else:
            fits = stem in re.split(r"[._]", target)
        if not fits:
            continue
        if prefix == _UNKNOWN or found or (stem != "urls" and target in _GENERIC):
            return None
        found = prefix
    return found


def _scopes(text: str, line: int) -> str | None:
    """The prefixes of the blocks around a line; None where one has a parameter."""
    found: list[str] = []
    for outer in _around(text, line):
        scope = _SCOPE.match(outer)
        if scope is not None:
            found.insert(0, scope[1] or scope[2] or scope[3] or "")
        elif _WITH_PARAMETER.match(outer):
            return None
    return "/".join(found)


def _around(text: str, line: int) -> Iterator[str]:
    """The first lines of the blocks around a line, from the innermost, by their indentation."""
    lines = text.split("\n")[:line]
    if len(lines) < line:
        return
    indent = len(lines[-1]) - len(lines[-1].lstrip())
    for outer in reversed(lines[:-1]):
        bare = outer.strip()
        margin = len(outer) - len(outer.lstrip())
        if not bare or margin >= indent:
            continue
        # A brace on a line of its own belongs to the line above it.
        indent = margin + 1 if bare == "{" else margin
        if bare != "{":
            yield bare[:400]


def _for_developers(tree: Tree, hit: Hit) -> bool:
    return hit.path.endswith(".cs") and any(
        "IsDevelopment" in outer for outer in _around(tree.text(hit.path) or "", hit.line)
    )


def _owner(path: str, parts: list[Component]) -> str:
    """The folder of the nearest component that covers a path."""
    covering = [p.path for p in parts if not p.path or path.startswith(p.path + "/")]
    return max(covering, key=len, default="")
