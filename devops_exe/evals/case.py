"""A case: lines typed, a repository beside it, what must hold, and whose numbers these are.

A case is one YAML file; its schema is closed, so a misspelt key is an error and never an
expectation that silently does not hold.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from devops_exe.agent.request import request_of
from devops_exe.evals.scorers import SCORERS
from devops_exe.evals.scripts import SCRIPTS
from devops_exe.ground.errors import UserError
from devops_exe.ground.near import nearest

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.evals.expectation import Expectation

LARGEST_CASE = 1024 * 1024
"""Bytes of a case's file."""

ENGINES: tuple[str, ...] = ("offline", "scripted", "recorded", "claude")
"""Who may answer a case."""


class Calculation(BaseModel):
    """A call of a calculator, as ``calc NAME`` takes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    calculator: str
    input: dict[str, Any]


class CaseFile(BaseModel):
    """The keys of a case's file.

    Attributes:
        id: lower-case words and hyphens; no two cases share one.
        about: what the case is for, in a line.
        tags: for choosing cases.
        lines: what is typed, in order: a command of the five, or plain words.
        calc: calls of calculators instead of lines; each counts as a turn.
        repository: folder beside the file.
        script: how the scripted engine's model behaves; the case is played there too.
        recording: name of stored exchanges; the case is played from them too.
        offline: false where a case is about a model alone.
        timeout_seconds: for the whole case.
        source: where the expected values come from.
        expect: what must hold; a case without is an error.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,79}$")
    about: str = Field(min_length=1)
    tags: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    calc: tuple[Calculation, ...] = ()
    repository: str | None = None
    script: str | None = None
    recording: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9.-]{0,79}$")
    offline: bool = True
    timeout_seconds: float = Field(default=30.0, gt=0, le=3600)
    source: str = Field(min_length=1)
    expect: tuple[dict[str, Any], ...]

    @property
    def turns(self) -> int:
        """How many answers it has."""
        return len(self.lines) or len(self.calc)


@dataclass(frozen=True, slots=True)
class Case:
    """A case read, and what makes it this case.

    Attributes:
        file: its keys.
        path: where it was read.
        expect: what must hold, by scorer.
        digest: changes with the file and with every byte of its repository.
    """

    file: CaseFile
    path: Path
    expect: tuple[Expectation, ...]
    digest: str

    @property
    def id(self) -> str:
        """Its name."""
        return self.file.id

    @property
    def repository(self) -> Path | None:
        """Its tree, None without one."""
        return self.path.parent / self.file.repository if self.file.repository else None

    def engines(self) -> tuple[str, ...]:
        """The engines that answer it without a service: one trial each."""
        return tuple(
            engine
            for engine, wanted in (
                ("offline", self.file.offline),
                ("scripted", self.file.script is not None),
                ("recorded", self.file.recording is not None),
            )
            if wanted
        )


def parse_case(text: str, path: Path) -> Case:
    """The case of a file's text.

    Raises:
        UserError: it is no YAML, has an unknown key or scorer, or expects nothing.
    """
    raw = _yaml(text, path)
    if not isinstance(raw, dict):
        raise _wrong(path, "it is no case", "write id, about, lines, source and expect")
    if not raw.get("expect"):
        raise _wrong(path, "it expects nothing", "add expect: with a scorer at least")
    for keys in (raw, *(one for one in _listed(raw["expect"]) if isinstance(one, dict))):
        odd = next((key for key in keys if not isinstance(key, str)), "")
        if odd != "":
            raise _wrong(
                path,
                f"the key {odd!r} is no word",
                "quote it: YAML reads on, off, yes, no as true and false",
            )
    try:
        file = CaseFile.model_validate(raw)
    except ValidationError as problem:
        raise _invalid(path, "", problem, tuple(CaseFile.model_fields)) from None
    if file.script is not None and file.script not in SCRIPTS:
        raise _unknown(path, "script", file.script, tuple(SCRIPTS))
    expect = tuple(_expectation(path, n, one) for n, one in enumerate(file.expect))
    case = Case(file, path, expect, "")
    _check(case)
    digest = hashlib.sha256(text.encode())
    for inner, data in _tree(case.repository):
        digest.update(f"\0{inner}\0".encode() + data)
    return Case(file, path, expect, digest.hexdigest()[:16])


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _yaml(text: str, path: Path) -> object:
    import yaml

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # a safe loader, in C where there is one
    except (yaml.YAMLError, RecursionError, ValueError) as problem:
        mark = getattr(problem, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark is not None else ""
        what = getattr(problem, "problem", None) or "it cannot be read"
        raise _wrong(path, f"it is no YAML{line}: {what}", "quote texts with : or #") from None


def _expectation(path: Path, number: int, raw: dict[str, Any]) -> Expectation:
    where = f"expect[{number}]"
    name = raw.get("scorer")
    if not isinstance(name, str):
        raise _wrong(path, f"{where} names no scorer", "write - scorer: NAME")
    if name not in SCORERS:
        raise _unknown(path, "scorer", name, tuple(SCORERS))
    model = SCORERS[name].model
    try:
        return model.model_validate(raw)
    except ValidationError as problem:
        keys = tuple(field.alias or key for key, field in model.model_fields.items())
        raise _invalid(path, f"{where} ({name}) ", problem, keys) from None


def _check(case: Case) -> None:
    """What the models cannot see: a tree that is not there, an engine that never is."""
    if not case.engines():
        raise _wrong(case.path, "no engine answers it", "drop offline: false, or give a script")
    if bool(case.file.lines) == bool(case.file.calc):
        raise _wrong(
            case.path, "it needs lines, or calc", "give what is typed, or what is computed"
        )
    if case.file.calc and (case.file.script or case.file.recording or case.file.repository):
        raise _wrong(case.path, "a calculation has no model", "drop script, recording, repository")
    for line in case.file.lines:
        _check_line(case.path, line)
    tree = case.repository
    if tree is not None and (not tree.is_dir() or _escapes(tree, case.path.parent)):
        raise _wrong(case.path, f"there is no folder {case.file.repository}", "name one beside it")
    for number, wanted in enumerate(case.expect):
        unknown = sorted(set(wanted.engines) - set(ENGINES))
        if unknown:
            raise _unknown(case.path, f"expect[{number}] engine", unknown[0], ENGINES)
        turns = case.file.turns
        if not -turns <= wanted.turn < turns:
            text = f"expect[{number}] is about turn {wanted.turn}, there are {turns}"
            raise _wrong(case.path, text, "count turns from 0")
    for engine in case.engines():
        if not any(not wanted.engines or engine in wanted.engines for wanted in case.expect):
            raise _wrong(case.path, f"it expects nothing of {engine}", "name that engine in one")


def _check_line(path: Path, line: str) -> None:
    """A session's own commands (``/why``) need a terminal and are not played."""
    try:
        session = request_of(line) is None
    except UserError:
        return  # what the product refuses may be what the case is about
    if session:
        word = line.split(maxsplit=1)[0]
        raise _wrong(path, f"{word} is none of the five commands", "type one, or plain words")


def _escapes(tree: Path, folder: Path) -> bool:
    return not tree.resolve().is_relative_to(folder.resolve())


def _tree(folder: Path | None) -> list[tuple[str, bytes]]:
    if folder is None:
        return []
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in files]


def _invalid(path: Path, where: str, problem: ValidationError, keys: tuple[str, ...]) -> UserError:
    errors = problem.errors()
    # a misspelt key is told before the one that is then missing
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        key = str(first["loc"][-1])
        near = nearest(key, keys)
        fix = f"did you mean {near}?" if near else f"use one of {', '.join(keys)}"
        return _wrong(path, f"{where}has an unknown key {place!r}", fix)
    message = first["msg"].removeprefix("Value error, ")
    what = f"{place}: {message}" if place else message
    return _wrong(path, f"{where}{what}", "see evals/README.md")


def _unknown(path: Path, kind: str, name: str, known: tuple[str, ...]) -> UserError:
    near = nearest(name, known)
    fix = f"did you mean {near}?" if near else f"use one of {', '.join(known)}"
    return _wrong(path, f"there is no {kind} {name!r}", fix)


def _wrong(path: Path, what: str, fix: str) -> UserError:
    return UserError(what, where=str(path), fix=fix, code="bad_case")
