"""Whether what a kustomization builds obeys the policies of the tree, as OPA decides it."""

from __future__ import annotations

import json
import posixpath
import re
from typing import TYPE_CHECKING

from devops_exe.implement.proof.limits import run
from devops_exe.implement.proof.result import Fault, Row
from devops_exe.implement.proof.tools import search_path

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.implement.proof.documents import Tree
    from devops_exe.implement.proof.tools import Found

NAME = "opa eval"
_PACKAGE = re.compile(r"^package\s+main\s*$", re.M)
_DENIES = re.compile(r"^deny\b", re.M)
_QUERY = "{message | some object in input; some message in data.main.deny with input as object}"
_SECONDS = 20.0


def policies(tree: Tree) -> tuple[str, ...]:
    """Paths of the tree's policies that deny something in the package that conftest reads."""
    return tuple(
        document.artefact.path
        for document in tree.of("rego")
        if _PACKAGE.search(document.text) and _DENIES.search(document.text)
    )


def obeyed(built: str, path: str, tree: Tree, opa: Found, folder: Path, home: Path) -> Row:
    """The row of a kustomization: no policy of the tree denies an object that it builds.

    Args:
        built: the objects, as YAML.
        path: of the kustomization.
        tree: all files.
        opa: the executable.
        folder: a copy of the tree.
        home: an empty folder for the process.
    """
    given = home / "objects.json"
    given.write_text(json.dumps(_objects(built), default=str), encoding="utf-8")
    data = [word for policy in policies(tree) for word in ("--data", policy)]
    command = ["eval", "--format", "raw", *data, "--input"]
    ran = run(
        [opa.path, *command, str(given), _QUERY],
        folder=folder,
        home=home,
        seconds=_SECONDS,
        path=search_path(),
    )
    faults: tuple[Fault, ...]
    try:
        denied = json.loads(ran.out) if ran.status == 0 else None
        faults = tuple(Fault(str(message)) for message in sorted(denied or ()))
    except (ValueError, TypeError):
        denied, faults = None, ()
    if denied is None:
        last = (ran.err or ran.out).strip().splitlines() or [ran.ended or "it says nothing"]
        faults = (Fault(f"the policies cannot be asked: {last[-1][:200]}"),)
    at = posixpath.dirname(path) or "."
    return Row(
        artefact=path,
        validator=NAME,
        tool="opa",
        version=opa.version,
        command=f"kustomize build {at} | conftest test --policy {posixpath.dirname(data[1])} -",
        state="failed" if faults else "passed",
        seconds=ran.seconds,
        faults=faults,
    )


def _objects(built: str) -> list[object]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [node for node in yaml.load_all(built, Loader=loader) if isinstance(node, dict)]
