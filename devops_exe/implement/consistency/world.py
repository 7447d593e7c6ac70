"""The world of a tree: everything that the rules hold against one another, read once."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from devops_exe.assess.readers.compose import COMPOSE_NAME
from devops_exe.assess.readers.dockerfile import Image, read_dockerfile
from devops_exe.assess.readers.yamltree import YamlMap, documents
from devops_exe.implement.consistency.kustomize import units
from devops_exe.implement.consistency.objects import WORKLOADS, Object, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from devops_exe.design.ledger import Ledger
    from devops_exe.implement.series import Series

_TEMPLATED = re.compile(r"^\s*(?:-\s+)?\{\{|:\s+\{\{", re.MULTILINE)
_DOCKERFILE = re.compile(r"(?:Dockerfile|Containerfile|[\w.-]+\.[Dd]ockerfile)\Z")


@dataclass(frozen=True)
class World:
    """The files of a tree, in the forms that rules read.

    Attributes:
        files: text by path.
        required: environment variables without which the process does not start (name, place).
        series: names of the HTTP metrics; None where nobody says.
        ledger: figures that comments of the files refer to; None where there is none.
        known_series: names of metrics that the repository's source exports.
        health_paths: that the repository's source answers; empty where nobody says.
        startup_seconds: until the process is ready; None where nobody says.
    """

    files: Mapping[str, str]
    required: tuple[tuple[str, str], ...] = ()
    series: Series | None = None
    ledger: Ledger | None = None
    known_series: frozenset[str] = field(default_factory=frozenset)
    startup_seconds: float | None = None
    health_paths: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def templated(self) -> tuple[str, ...]:
        """YAML that only a template engine makes whole (Helm): not judged."""
        return tuple(
            path
            for path, text in self.files.items()
            if path.endswith((".yaml", ".yml", ".tpl"))
            and _TEMPLATED.search(text)
            and not _is_pipeline(path)
        )

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """What is applied together."""
        unread = set(self.templated)
        return units(
            {
                path: text
                for path, text in self.files.items()
                if path not in unread and not _is_pipeline(path)
            }
        )

    @cached_property
    def dockerfiles(self) -> dict[str, Image]:
        """Production Dockerfiles by path."""
        return {
            path: read_dockerfile(text)
            for path, text in self.files.items()
            if _DOCKERFILE.match(posixpath.basename(path))
        }

    @cached_property
    def workflows(self) -> dict[str, YamlMap]:
        """GitHub's workflows by path."""
        return {
            path: node
            for path in self.files
            if path.startswith(".github/workflows/")
            and path.endswith((".yml", ".yaml"))
            and isinstance(node := self.document(path), YamlMap)
        }

    @cached_property
    def gitlab(self) -> YamlMap | None:
        """GitLab's pipeline."""
        node = self.document(".gitlab-ci.yml")
        return node if isinstance(node, YamlMap) else None

    @cached_property
    def rule_files(self) -> dict[str, YamlMap]:
        """Files of Prometheus' rules (a ``groups`` at the top) by path."""
        found = {}
        for path, text in self.files.items():
            if path.endswith((".yml", ".yaml")) and re.search(r"^groups:", text, re.MULTILINE):
                node = self.document(path)
                if isinstance(node, YamlMap) and isinstance(node.get("groups"), list):
                    found[path] = node
        return found

    @cached_property
    def composes(self) -> dict[str, YamlMap]:
        """Compose files by path."""
        return {
            path: node
            for path in self.files
            if COMPOSE_NAME.match(posixpath.basename(path))
            and isinstance(node := self.document(path), YamlMap)
        }

    def document(self, path: str) -> Any:
        """The first document of a YAML file; None where there is none."""
        if path not in self.files:
            return None
        nodes, _ = documents(self.files[path])
        return nodes[0] if nodes else None

    def workloads(self) -> Iterator[tuple[Unit, Object]]:
        """Every workload that serves or works, once a unit."""
        for unit in self.units:
            for found in unit.of(*WORKLOADS):
                yield unit, found


def _is_pipeline(path: str) -> bool:
    return path.startswith((".github/", ".gitlab")) or path.endswith(".gitlab-ci.yml")
