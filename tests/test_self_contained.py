"""The project speaks of itself alone: no address of a package registry, no foreign folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# in pieces, so that this file holds none of them
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"),
        ("yarnpkg", "com"), ("proxy.golang", "org"), ("crates", "io"), ("rubygems", "org"),
        ("packagist", "org"), ("nuget", "org"), ("maven", "org"), ("conda", "anaconda"),
    )
)  # fmt: skip
FOLDERS = tuple(
    "".join(parts)
    for parts in (("/wo", "rk/"), (".lib", "rary"), ("shared", "/design"), ("shared", "/seed"))
)
FORBIDDEN = REGISTRIES + FOLDERS

SKIPPED = frozenset({
    ".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache",
    ".import_linter_cache", ".hypothesis", "node_modules", "build", "dist",
})  # fmt: skip


def files(root: Path) -> list[Path]:
    """The files under version control; of a tree without, all but what tools left there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        return [root / os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]
    found: list[Path] = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in SKIPPED]
        found += [Path(folder) / name for name in names]
    return found


def offences(paths: list[Path], forbidden: tuple[str, ...] = FORBIDDEN) -> list[str]:
    """``path:line: word`` for each forbidden word."""
    found = []
    for path in paths:
        if path.is_symlink() or not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8", errors="replace")
        for word in forbidden:
            if word in text:
                line = text[: text.index(word)].count("\n") + 1
                found.append(f"{path}:{line}: {word}")
    return found


def test_no_file_names_a_registry_or_a_foreign_folder() -> None:
    paths = files(ROOT)
    assert len(paths) > 300
    assert offences(paths) == []


@pytest.mark.parametrize("word", FORBIDDEN)
def test_each_word_is_noticed(word: str, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(f"one\nsee https:{word}/simple\n")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "page.md").write_text(word)
    assert offences(files(tmp_path), (word,)) == [f"{tmp_path}/page.md:2: {word}"]
