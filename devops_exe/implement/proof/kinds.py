"""What kind of file a file is, by its name and what stands in it: for trees of somebody else's."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from devops_exe.implement.artefact import Artefact, Kind
from devops_exe.implement.proof.documents import Map, entries, parse, parse_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_BY_PATH: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"(?:^|/)\.github/workflows/[^/]+\.ya?ml\Z"), "github-actions"),
    (re.compile(r"(?:^|[/.])gitlab-ci\.ya?ml\Z"), "gitlab-ci"),
    (
        re.compile(r"(?:^|/)(?:Dockerfile|Containerfile)(?:\.[\w-]+)?\Z|\.dockerfile\Z"),
        "dockerfile",
    ),
    (re.compile(r"(?:^|/)(?:[\w-]+\.)?\.?dockerignore\Z"), "dockerignore"),
    (re.compile(r"(?:^|/)(?:docker-)?compose(?:\.[\w-]+)*\.ya?ml\Z"), "compose"),
    (re.compile(r"(?:^|/)(?:kustomization\.ya?ml|Kustomization)\Z"), "kustomization"),
    (re.compile(r"\.rego\Z"), "rego"),
    (re.compile(r"\.(?:sh|bash)\Z"), "shell"),
    (re.compile(r"\.(?:md|markdown)\Z"), "markdown"),
    (re.compile(r"\.py\Z"), "python"),
)
_BY_GROUP: tuple[tuple[str, Kind], ...] = (
    ("openslo/", "openslo"),
    ("argoproj.io/", "argo-rollouts"),
    ("gateway.networking.k8s.io/", "gateway-api"),
    ("networking.istio.io/", "istio"),
)
_SHELL = re.compile(r"#!\s*/(?:usr/bin/env\s+|bin/)(?:ba)?sh\b")


def kind_of(path: str, text: str) -> Kind:
    """The kind of a file; ``text`` where nothing tells.

    >>> kind_of(".github/workflows/ci.yml", ""), kind_of("a.yaml", "groups: [{rules: []}]")
    ('github-actions', 'prometheus-rules')
    """
    for pattern, kind in _BY_PATH:
        if pattern.search(path):
            return kind
    if path.endswith(".json"):
        found = parse_json(text)[0]
        return _of_mapping(found[0] if found else None, "json")
    if path.endswith((".yaml", ".yml")):
        nodes = [node for node in parse(text)[0] if isinstance(node, Map)]
        return _of_mapping(nodes[0] if nodes else None, "yaml")
    return "shell" if _SHELL.match(text) else "text"


def artefacts_of(
    files: Mapping[str, str], executable: Collection[str] | None = None
) -> tuple[Artefact, ...]:
    """Files of a tree as artefacts, to be proved.

    Args:
        files: text by path.
        executable: paths of those that are run as programs; every script where it is not given.

    Raises:
        UserError: a path leaves the folder.
    """
    made = []
    for path, text in sorted(files.items()):
        kind = kind_of(path, text)
        runs = kind == "shell" if executable is None else path in executable
        made.append(Artefact(posixpath.normpath(path), text, kind, executable=runs))
    return tuple(made)


def _of_mapping(node: Any, otherwise: Kind) -> Kind:
    """The kind by the keys of a mapping."""
    if not isinstance(node, Map):
        return otherwise
    if isinstance(node.get("apiVersion"), str) and "kind" in node:
        version = node["apiVersion"]
        return next((kind for group, kind in _BY_GROUP if version.startswith(group)), "kubernetes")
    for keys, kind in _BY_KEYS:
        if keys <= node.keys():
            return kind
    if any("variants" in entries(flag) for flag in entries(node, "flags").values()):
        return "flagd"
    if "pipelines" in entries(node, "service"):
        return "otel-collector"
    return otherwise


_BY_KEYS: tuple[tuple[frozenset[str], Kind], ...] = (
    (frozenset({"rule_files", "tests"}), "prometheus-rule-tests"),
    (frozenset({"scrape_configs"}), "prometheus-config"),
    (frozenset({"route", "receivers"}), "alertmanager"),
    (frozenset({"panels", "schemaVersion"}), "grafana"),
    (frozenset({"groups"}), "prometheus-rules"),
)
