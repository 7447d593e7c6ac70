"""One job: a validator and the files it looks at; how its output becomes rows."""

from __future__ import annotations

import posixpath
import re
import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from devops_exe.implement.proof.documents import Map, parse
from devops_exe.implement.proof.limits import Ran, run
from devops_exe.implement.proof.policy import obeyed
from devops_exe.implement.proof.result import Fault, Row
from devops_exe.implement.proof.tools import search_path
from devops_exe.implement.proof.validator import kubernetes_release

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from devops_exe.implement.proof.documents import Tree
    from devops_exe.implement.proof.tools import Found
    from devops_exe.implement.proof.validator import Validator

MOST_FAULTS = 20
"""Faults of one validator and file that are kept."""

_LONGEST = 300
_KUBERNETES_API = re.compile(r"(?:[^./]+/)?v\d\w*\Z|(?!gateway\.)[\w.-]+\.k8s\.io/")
_SCHEMAS_FROM = "scripts/install_tools.sh, or a folder of schemas"


@dataclass(frozen=True)
class Place:
    """Where jobs run, and on what.

    Attributes:
        root: a temporary folder of ours.
        tree: all files.
        schemas: folder of JSON schemas.
        schema_dir: the user's own, asked first.
    """

    root: Path
    tree: Tree
    schemas: Path
    schema_dir: Path | None = None

    def lay(self, name: str, paths: Sequence[str], *, context: bool) -> Path:
        """A fresh copy of some files; with ``context`` the repository's beside them."""
        folder = self.root / name
        texts = {path: self.tree.documents[path].artefact for path in paths}
        for path, artefact in texts.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(artefact.text, encoding="utf-8", newline="")
            if artefact.executable:
                target.chmod(0o755)
        for path, text in self.tree.context.items() if context else ():
            target = folder / path
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8", newline="")
        folder.mkdir(parents=True, exist_ok=True)
        return folder


@dataclass(frozen=True)
class Job:
    """A validator with the files of one process.

    Attributes:
        number: distinguishes its folder.
        validator: the row of the table.
        tool: the executable.
        paths: files that the process looks at.
        also: files beside them that its word holds for (the rules that a test loads).
        second: the executable that reads its output.
        opa: the executable that asks the tree's policies, where it has any.
    """

    number: int
    validator: Validator
    tool: Found
    paths: tuple[str, ...]
    also: tuple[str, ...] = ()
    second: Found | None = None
    opa: Found | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """Rows of a job, and the output of a first command that a second one read."""

    rows: tuple[Row, ...]
    built: str = ""


def carry_out(job: Job, place: Place) -> Done:
    """Runs a job; a batch that fails is run again file by file, to know whose fault it is."""
    validator = job.validator
    whole = validator.scope in {"folder", "tree"}
    folder = place.lay(
        f"tree-{job.number}",
        tuple(place.tree.documents) if whole else job.paths,
        context=validator.scope == "folder",
    )
    home = place.root / f"home-{job.number}"
    home.mkdir(exist_ok=True)
    ran = _start(job, place, folder, home, job.paths)
    if not _failed(validator, ran):
        passed = tuple(
            _unless_it_abstains(validator, _row(job, place, path, ran), ran)
            for path in (*job.paths, *job.also)
        )
        return _second(job, place, folder, home, ran, passed)
    rows = []
    for path in job.paths:
        if validator.scope == "files" and len(job.paths) > 1:
            again = _start(job, place, folder, home, (path,))
            faults = _faults(validator, again, path) if _failed(validator, again) else ()
            rows.append(_row(job, place, path, again, faults))
        else:
            faults = _faults(validator, ran, path, elsewhere=validator.scope != "tree")
            rows.append(_row(job, place, path, ran, faults))
    for path in job.also:
        faults = tuple(Fault(f"{row.artefact}: {f.text}") for row in rows for f in row.faults)
        if validator.takes(place.tree.documents[path].artefact.kind, path):
            # a base is to blame only where it cannot be built by itself
            again = _start(job, place, folder, home, (path,))
            faults = _faults(validator, again, path) if _failed(validator, again) else ()
        rows.append(_row(job, place, path, ran, faults))
    if not any(row.faults for row in rows):
        # it failed and named no file: nobody may pass
        fault = _last_words(ran)
        rows = [replace(row, state="failed", faults=(fault,)) for row in rows]
    texts = {path: place.tree.documents[path].text for path in job.paths}
    rows = [_unless_it_lacks(validator, row) for row in rows]
    return Done(tuple(_unless_unknown(validator, row, texts.get(row.artefact, "")) for row in rows))


def shown(validator: Validator, path: str, place: Place) -> str:
    """The command for one file, as a person would type it in the folder of the files."""
    words = _words(validator.command, place, (path,), validator.tool)
    text = shlex.join(words).replace(str(place.schemas), "$SCHEMAS")
    folder = posixpath.dirname(path)
    return f"cd {shlex.quote(folder)} && {text}" if validator.scope == "folder" and folder else text


def _start(job: Job, place: Place, folder: Path, home: Path, paths: tuple[str, ...]) -> Ran:
    validator = job.validator
    words = _words(validator.command, place, paths, job.tool.path)
    working = folder / posixpath.dirname(paths[0]) if validator.scope == "folder" else folder
    return run(
        words,
        folder=working,
        home=home,
        seconds=validator.seconds,
        memory=validator.memory,
        path=search_path(),
    )


def _second(
    job: Job, place: Place, folder: Path, home: Path, first: Ran, rows: tuple[Row, ...]
) -> Done:
    """What the second command says of the first one's output."""
    validator = job.validator
    if validator.pipe and job.opa is not None:
        tree = place.tree
        rows = (*rows, obeyed(first.out, job.paths[0], tree, job.opa, folder, home))
    if job.second is None or not validator.pipe:
        return Done(rows, first.out if validator.pipe else "")
    ran = run(
        _words(validator.pipe, place, (), job.second.path),
        folder=folder,
        home=home,
        seconds=validator.seconds,
        memory=validator.memory,
        stdin=first.out.encode(),
        path=search_path(),
    )
    faults = _faults(validator, ran, "") if _failed(validator, ran) else ()
    second = tuple(
        replace(
            row,
            tool=validator.pipe_tool,
            version=job.second.version,
            command=f"{row.command} | "
            + shlex.join(_words(validator.pipe, place, (), validator.pipe_tool)).replace(
                str(place.schemas), "$SCHEMAS"
            ),
            seconds=ran.seconds,
            state="failed" if faults else "passed",
            faults=faults,
        )
        for row in rows
        if row.tool == validator.tool
    )
    second = tuple(
        _unless_unknown(validator, _unless_it_abstains(validator, row, ran), first.out)
        for row in second
    )
    return Done((*rows, *second), first.out)


def _unless_unknown(validator: Validator, row: Row, text: str) -> Row:
    """A row without the faults that are none: kinds of operators that no schema is here for."""
    if validator.unknown is None or row.state != "failed":
        return row
    foreign = {
        str(node.get("kind"))
        for node in parse(text)[0]
        if isinstance(node, Map) and not _KUBERNETES_API.match(str(node.get("apiVersion")))
    }
    found = [(fault, validator.unknown.search(fault.message)) for fault in row.faults]
    unknown = sorted({match["kind"] for _, match in found if match and match["kind"] in foreign})
    kept = tuple(f for f, match in found if not (match and match["kind"] in foreign))
    if kept or not unknown:
        return replace(row, faults=kept or row.faults)
    why = f"{row.tool} has no schema of {', '.join(unknown)}: {_SCHEMAS_FROM}"
    return replace(row, state="skipped", faults=(), why=why)


def _unless_it_lacks(validator: Validator, row: Row) -> Row:
    """A row without the faults that are none: the tool was built without what the file needs."""
    if validator.lacks is None or row.state != "failed":
        return row
    kept = tuple(f for f in row.faults if not validator.lacks.search(f.message))
    if kept or not row.faults:
        return replace(row, faults=kept)
    why = f"this {row.tool} was built without a part of itself: {row.faults[0].message}"
    return replace(row, state="skipped", faults=(), why=why)


def _unless_it_abstains(validator: Validator, row: Row, ran: Ran) -> Row:
    """A row, as a skip where the tool says that it cannot judge the file."""
    if validator.abstains_on is None or row.state != "passed":
        return row
    for match in validator.abstains_on.finditer(f"{ran.out}\n{ran.err}"):
        file = match.groupdict().get("file") or row.artefact
        if file in {"-", ""} or _same(posixpath.normpath(file), row.artefact):
            why = f"{row.tool} knows no schema of an object of {row.artefact}"
            return replace(row, state="skipped", why=why)
    return row


def _words(command: tuple[str, ...], place: Place, paths: tuple[str, ...], tool: str) -> list[str]:
    words: list[str] = []
    for word in command:
        if word == "{files}":
            words += [f"./{path}" if path.startswith("-") else path for path in paths]
        elif word == "{user_schemas}":
            if place.schema_dir is not None:
                words += ["-schema-location", f"{place.schema_dir.resolve()}/{_CATALOGUE}"]
        else:
            words.append(
                word.replace("{tool}", tool)
                .replace("{file}", paths[0] if paths else "")
                .replace("{name}", posixpath.basename(paths[0]) if paths else "")
                .replace("{schemas}", str(place.schemas))
                .replace("{kubernetes}", kubernetes_release())
            )
    return words


_CATALOGUE = "{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json"
"""How schemas of custom resources are usually laid out in a folder."""


def _failed(validator: Validator, ran: Ran) -> bool:
    if ran.status != 0:
        return True
    pattern = validator.fails_on
    return pattern is not None and bool(pattern.search(ran.out) or pattern.search(ran.err))


def _row(job: Job, place: Place, path: str, ran: Ran, faults: tuple[Fault, ...] = ()) -> Row:
    validator = job.validator
    return Row(
        artefact=path,
        validator=validator.name,
        tool=validator.tool,
        version=job.tool.version,
        command=shown(validator, path if path in job.paths else job.paths[0], place),
        state="failed" if faults else "passed",
        seconds=ran.seconds,
        faults=faults,
        proves=validator.proves,
    )


def _faults(
    validator: Validator, ran: Ran, path: str, *, elsewhere: bool = True
) -> tuple[Fault, ...]:
    """What a failed process found in a file; its last words where it named no place."""
    if ran.ended:
        return (Fault(ran.ended),)
    found: dict[Fault, None] = {}
    if validator.message is not None:
        for match in validator.message.finditer(f"{ran.out}\n{ran.err}"):
            groups = match.groupdict()
            file = posixpath.normpath(groups["file"]) if groups.get("file") else ""
            if file and path and not _same(file, path):
                continue
            line = groups.get("line")
            text = " ".join((groups.get("text") or match[0]).split())[:_LONGEST]
            found[Fault(text, int(line) if line else 0)] = None
    if not found and elsewhere:
        return (_last_words(ran),)
    return tuple(found)[:MOST_FAULTS]


def _same(file: str, path: str) -> bool:
    """Whether a tool's name of a file is that file: by its path, or by its name alone."""
    return file == path or file.endswith(f"/{path}") or file == posixpath.basename(path)


def _last_words(ran: Ran) -> Fault:
    if ran.ended:
        return Fault(ran.ended)
    lines = [line.strip() for line in (ran.err or ran.out).splitlines() if line.strip()]
    return Fault(" / ".join(lines[-3:])[:_LONGEST] or f"exit status {ran.status}")
