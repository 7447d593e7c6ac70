"""Finding cases: files, folders, or names and tags among the project's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.evals.case import LARGEST_CASE, Case, parse_case
from devops_exe.ground.errors import UserError
from devops_exe.ground.near import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SUFFIXES = (".yaml", ".yml")


def evals_folder() -> Path | None:
    """The project's ``evals``: in the working folder, else beside the package; None without."""
    for place in (Path.cwd(), Path(__file__).parent.parent.parent):
        if (place / "evals" / "cases").is_dir():
            return place / "evals"
    return None


def cases_of(words: Sequence[str]) -> list[Case]:
    """The cases that the words name, all of the project's for none, in order of their ids.

    A word is a file, a folder, an id, or a tag.

    Raises:
        UserError: a word names nothing, a folder has no case, a file is none, two share an id.
    """
    paths = [word for word in words if Path(word).exists()]
    others = [word for word in words if word not in paths]
    cases = [case for path in paths for case in read_cases(Path(path))]
    if others or not words:
        cases += _named(others)
    unique = {case.path.resolve(): case for case in cases}
    return _distinct(unique.values())


def _named(words: Sequence[str]) -> list[Case]:
    folder = evals_folder()
    if folder is None:
        raise UserError(
            f"{words[0]!r} is no file or folder"
            if words
            else "there is no folder evals/cases here",
            where="eval",
            fix="name a folder of cases: devops-exe eval DIR",
            code="no_cases",
        )
    known = read_cases(folder / "cases")
    if not words:
        return known
    found: list[Case] = []
    for word in words:
        meant = [case for case in known if word in (case.id, *case.file.tags)]
        if not meant:
            names = sorted({name for case in known for name in (case.id, *case.file.tags)})
            near = nearest(word, names)
            raise UserError(
                f"no case, tag, file or folder is called {word!r}",
                where="eval",
                fix=f"did you mean {near}?" if near else f"see {folder / 'cases'}",
                code="no_cases",
            )
        found += meant
    return found


def read_cases(path: Path) -> list[Case]:
    """The case of a file, or every case under a folder.

    A folder that a case names as its repository holds no cases: its YAML is the tree's own.

    Raises:
        UserError: there is none, or one cannot be read.
    """
    if path.is_file():
        return [_read(path)]
    cases = list(_walk(path))
    if not cases:
        raise UserError(
            "there is no case in this folder",
            where=str(path),
            fix="put cases there as *.yaml; evals/README.md shows one",
            code="no_cases",
        )
    return _distinct(cases)


def _walk(folder: Path) -> Iterable[Case]:
    entries = sorted(folder.iterdir())
    cases = [_read(path) for path in entries if path.suffix in _SUFFIXES and path.is_file()]
    yield from cases
    trees = {case.repository.resolve() for case in cases if case.repository is not None}
    for entry in entries:
        if not entry.is_dir() or entry.is_symlink() or entry.name.startswith("."):
            continue
        if not any(tree.is_relative_to(entry.resolve()) for tree in trees):
            yield from _walk(entry)


def _read(path: Path) -> Case:
    try:
        if path.stat().st_size > LARGEST_CASE:
            raise UserError("it is too large for a case", where=str(path), fix="split it")
        return parse_case(path.read_bytes().decode("utf-8"), path)
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError(
            f"it cannot be read: {problem}", where=str(path), fix="write it as UTF-8 text"
        ) from None


def _distinct(cases: Iterable[Case]) -> list[Case]:
    known: dict[str, Case] = {}
    for case in sorted(cases, key=lambda one: (one.id, str(one.path))):
        other = known.setdefault(case.id, case)
        if other is not case:
            raise UserError(
                f"the id {case.id!r} is that of {other.path} too",
                where=str(case.path),
                fix="give each case its own id",
                code="same_id",
            )
    return list(known.values())
