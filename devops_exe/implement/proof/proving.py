"""Every file through every validator that knows its kind, side by side."""

from __future__ import annotations

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.implement import pins
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.proof import tools as toolbox
from devops_exe.implement.proof.calls import CALLS
from devops_exe.implement.proof.documents import Document, Tree, at, entries
from devops_exe.implement.proof.jobs import Job, Place, carry_out, shown
from devops_exe.implement.proof.limits import has_no_network
from devops_exe.implement.proof.links import builders, builds, decided, patches, tested
from devops_exe.implement.proof.policy import policies
from devops_exe.implement.proof.result import OWN, Fault, Proof, Row, verdict_of
from devops_exe.implement.proof.rules import Rule, rules_for
from devops_exe.implement.proof.schemas import write_kubernetes
from devops_exe.implement.proof.validator import kubernetes_release, validators
from devops_exe.implement.proof.validator import tools as tool_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from devops_exe.implement.proof.tools import Found
    from devops_exe.implement.proof.validator import Validator

MOVING = frozenset({"github-actions", "gitlab-ci", "dockerfile", "compose"})
"""Kinds in which a reference to an action or image that can move is looked for."""

WHOLE_OBJECTS = frozenset({"kubernetes", "argo-rollouts", "gateway-api", "istio"})
"""Kinds whose files hold whole objects, unless a kustomization names them as patches."""


def prove(
    artefacts: Iterable[Artefact],
    *,
    schema_dir: Path | None = None,
    tools: Mapping[str, Path] | None = None,
    on_done: Callable[[Row], None] | None = None,
    context: Mapping[str, str] | None = None,
    workers: int | None = None,
) -> Proof:
    """Proves files by the field's own tools and by our own rules.

    Args:
        artefacts: the files, all together: tests need the rules beside them, a kustomization its
            folder.
        schema_dir: schemas of custom resources of the user's (``GROUP/KIND_VERSION.json``),
            asked before those of the cache folder.
        tools: executables by name, instead of those of this machine; one that is not named
            counts as missing.
        on_done: called with each row as it is known, from this thread.
        context: text of files of the repository beside them, by path.
        workers: processes side by side; as many as cores where it is not given.

    Returns:
        A row for each file and validator, a verdict for each file. A tool that is missing is a
        skip with the line that installs it, never a pass.

    Raises:
        UserError: the files cannot stand beside one another, or there is no room for a copy.
    """
    began = time.monotonic()
    documents = {a.path: Document(a) for a in sorted(artefacts, key=lambda a: a.path)}
    _refuse_files_that_are_folders(documents)
    side_by_side = workers or _cores()
    try:
        with tempfile.TemporaryDirectory(prefix="devops-exe-proof-") as folder:
            tree = Tree(documents, dict(context or {}))
            place = Place(Path(folder), tree, toolbox.schemas(), schema_dir)
            rows = _Work(place, tools, on_done).rows(side_by_side)
    except OSError as error:
        raise UserError(
            f"the files cannot be laid out to be proved ({error.strerror or error})",
            where=tempfile.gettempdir(),
            fix="free some room, or set TMPDIR to a folder that can be written",
            code="no_room",
        ) from None
    by_path: dict[str, list[Row]] = {path: [] for path in documents}
    for row in rows:
        by_path[row.artefact].append(row)
    return Proof(
        rows=tuple(row for path in by_path for row in by_path[path]),
        verdicts={
            path: verdict_of(tuple(by_path[path]), unproven(document.artefact))
            for path, document in documents.items()
        },
        seconds=time.monotonic() - began,
        network="cut off" if has_no_network() else "not cut off on this machine",
        workers=side_by_side,
        kinds={path: document.artefact.kind for path, document in documents.items()},
    )


def _refuse_files_that_are_folders(documents: Mapping[str, Document]) -> None:
    for path in documents:
        above = path.rpartition("/")[0]
        while above:
            if above in documents:
                raise UserError(
                    f"{above} is a file and the folder of {path}",
                    where="proof",
                    fix="give one of them another name",
                    code="path_twice",
                )
            above = above.rpartition("/")[0]


def unproven(artefact: Artefact) -> tuple[str, ...]:
    """Why a file can be proved by nobody here: what its generator says, and what can move."""
    moving = pins.unpinned(artefact.text) if artefact.kind in MOVING else ()
    built = _built_here(artefact) if artefact.kind == "compose" else frozenset()
    reasons = (*artefact.unproven, *(reason for reason in moving if reason not in built))
    return tuple(dict.fromkeys(reasons))


def _built_here(artefact: Artefact) -> frozenset[str]:
    """Reasons that name an image which the file itself builds: nobody else can move it."""
    services = entries(Document(artefact).first, "services").values()
    images = [at(service, "image") for service in services if at(service, "build") is not None]
    return frozenset(f"unpinned: {image}" for image in images)


class _Work:
    """The jobs of one tree, and the rows that come of them."""

    def __init__(
        self,
        place: Place,
        tools: Mapping[str, Path] | None,
        on_done: Callable[[Row], None] | None,
    ) -> None:
        self.place = place
        self.tree = place.tree
        self.on_done = on_done
        self.patches = patches(self.tree)
        self.found: list[tuple[int, Row]] = []
        self.calls: list[tuple[int, Validator, Found, list[str]]] = []
        kinds = {d.artefact.kind for d in self.tree.documents.values()}
        self.wanted = [
            (order, row)
            for order, row in enumerate(validators())
            if "*" in row.kinds or row.kinds & kinds
        ]
        names = {name for _, row in self.wanted for name in (row.tool, row.pipe_tool) if name}
        names |= {row.instead_of for _, row in self.wanted if row.instead_of}
        self.tools = toolbox.find(sorted(names), tools)
        if not self._schemas():
            # without schemas it would refuse everything: another tool has its own
            self.tools.pop("kubeconform", None)

    def rows(self, workers: int) -> list[Row]:
        """Every row: processes in a pool, own rules meanwhile here."""
        jobs = sorted(self._jobs(), key=lambda job: -job[1].validator.cost)
        built: dict[str, str] = {}
        with ThreadPoolExecutor(max_workers=workers) as pool:
            waiting = {pool.submit(carry_out, job, self.place): (o, job) for o, job in jobs}
            for call in self.calls:
                self._call(*call)
            self._own_rules(list(self.tree.documents.values()), self.tree)
            for future in as_completed(waiting):
                order, job = waiting[future]
                done = future.result()
                for row in done.rows:
                    self._note(order, row)
                if done.built:
                    built[job.paths[0]] = done.built
        self._what_is_built(built)
        return [row for _, row in sorted(self.found, key=lambda pair: pair[0])]

    def _note(self, order: int, row: Row) -> None:
        self.found.append((order, row))
        if self.on_done is not None:
            self.on_done(row)

    def _jobs(self) -> Iterator[tuple[int, Job]]:
        """The jobs; rows of what is missing and of what needs no process are noted at once."""
        number = 0
        for order, validator in self.wanted:
            paths = [
                path
                for path, document in self.tree.documents.items()
                if validator.takes(document.artefact.kind, path)
                and not (path in self.patches and document.artefact.kind in WHOLE_OBJECTS)
            ]
            if not paths or (validator.instead_of and validator.instead_of in self.tools):
                continue
            missing = self._missing(validator)
            if missing:
                for path in paths:
                    self._note(order, _skip(validator, path, missing, self.place))
                continue
            tool = self.tools[validator.tool]
            if validator.call:
                self.calls.append((order, validator, tool, paths))
                continue
            for group, also in self._groups(validator, paths):
                number += 1
                second = self.tools.get(validator.pipe_tool)
                asks = bool(validator.pipe) and bool(policies(self.tree))
                opa = self.tools.get("opa") if asks else None
                yield order, Job(number, validator, tool, group, also, second, opa)

    def _schemas(self) -> bool:
        """Whether Kubernetes' schemas are there; they are made where their distribution is."""
        folder, release = self.place.schemas, kubernetes_release()
        if (folder / "kubernetes" / f"v{release}.0").is_dir() or "kubeconform" not in self.tools:
            return True
        try:
            return write_kubernetes(folder, release) > 0
        except OSError:
            return False

    def _missing(self, validator: Validator) -> str:
        """Why a validator cannot run; empty where it can."""
        if validator.tool in self.tools:
            return ""
        return f"{validator.tool} is not there: {tool_table()[validator.tool].install}"

    def _groups(
        self, validator: Validator, paths: list[str]
    ) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        """Files of each process, and the files beside them that its word holds for."""
        if validator.scope in {"files", "tree"}:
            yield tuple(paths), ()
            return
        built = builders(self.tree) if "kustomization" in validator.kinds else None
        for path in paths:
            document = self.tree.documents[path]
            also: tuple[str, ...] = ()
            if built is not None:
                if path not in built:
                    continue
                together = (path, *built[path])
                parts = (builds(self.tree, self.tree.documents[each]) for each in together)
                also = (*built[path], *dict.fromkeys(p for part in parts for p in part))
            elif document.artefact.kind == "prometheus-rule-tests":
                also = tested(self.tree, document)
            elif document.artefact.kind == "rego":
                also = decided(self.tree, document)
            yield (path,), also

    def _call(self, order: int, validator: Validator, tool: Found, paths: list[str]) -> None:
        for path in paths:
            began = time.monotonic()
            faults = CALLS[validator.call](self.tree.documents[path], self.tree)
            if faults is not None:
                row = _own_row(validator.name, path, faults, time.monotonic() - began)
                self._note(order, _by(row, validator, tool, shown(validator, path, self.place)))

    def _own_rules(self, documents: list[Document], tree: Tree) -> None:
        for document in documents:
            path, kind = document.artefact.path, document.artefact.kind
            part = path in self.patches and kind in WHOLE_OBJECTS
            for rule in rules_for(kind):
                if part and not rule.general:
                    continue
                began = time.monotonic()
                faults = _checked(rule, document, tree)
                row = _own_row(rule.name, path, faults, time.monotonic() - began)
                self._note(_AFTER, row)

    def _what_is_built(self, built: Mapping[str, str]) -> None:
        """Own rules for objects, on what a kustomization makes of them."""
        for path, text in sorted(built.items()):
            document = Document(Artefact(path, text, "kubernetes"))
            for rule in rules_for("kubernetes"):
                if not rule.objects:
                    continue
                began = time.monotonic()
                alone = Tree({path: document})
                # lines are those of a text that nobody keeps
                faults = tuple(Fault(f.message) for f in _checked(rule, document, alone))
                name = f"{rule.name} (built)"
                self._note(_AFTER, _own_row(name, path, faults, time.monotonic() - began))


_AFTER = 10_000
"""Own rules stand behind the rows of the table."""


def _checked(rule: Rule, document: Document, tree: Tree) -> tuple[Fault, ...]:
    """What a rule finds; a file that it cannot read at all is a fault of the file."""
    try:
        return tuple(rule.check(document, tree))
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
        return (Fault(f"{rule.name} cannot read it: {type(error).__name__}"),)


def _own_row(name: str, path: str, faults: tuple[Fault, ...], seconds: float) -> Row:
    return Row(
        artefact=path,
        validator=name,
        tool=OWN,
        version="",
        command="",
        state="failed" if faults else "passed",
        seconds=seconds,
        faults=faults,
    )


def _by(row: Row, validator: Validator, tool: Found, command: str) -> Row:
    from dataclasses import replace

    return replace(
        row, tool=validator.tool, version=tool.version, command=command, proves=validator.proves
    )


def _skip(validator: Validator, path: str, why: str, place: Place) -> Row:
    return Row(
        artefact=path,
        validator=validator.name,
        tool=validator.tool,
        version="",
        command=shown(validator, path, place),
        state="skipped",
        seconds=0.0,
        why=why,
        proves=validator.proves,
    )


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


__all__ = ["Rule", "prove", "unproven"]
