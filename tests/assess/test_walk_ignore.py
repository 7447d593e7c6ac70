from __future__ import annotations

import time

import pytest

from devops_exe.assess.ignore import parse_ignore


@pytest.mark.parametrize(
    ("pattern", "path", "folder", "ignored"),
    [
        ("*.log", "a/b.log", False, True),
        ("*.tar.gz", "b.tar.gz", False, True),
        ("/root.txt", "root.txt", False, True),
        ("/root.txt", "a/root.txt", False, None),
        ("build/", "build", True, True),
        ("build/", "build", False, None),
        ("a/*/c", "a/b/c", False, True),
        ("a/*/c", "a/b/b/c", False, None),
        ("**/tmp", "x/y/tmp", True, True),
        ("logs/**", "logs/x/y", False, True),
        ("a/**/b", "a/b", False, True),
        ("a/**/b", "a/x/y/b", False, True),
        ("file?.txt", "file1.txt", False, True),
        ("file[0-9].txt", "file7.txt", False, True),
        ("file[!0-9].txt", "file7.txt", False, None),
        ("\\!bang", "!bang", False, True),
        ("# comment", "# comment", False, None),
        ("*a*b", "xaybzb", False, True),
    ],
)
def test_patterns_of_gitignore(pattern: str, path: str, folder: bool, ignored: bool | None) -> None:
    file = parse_ignore(pattern, "")
    assert file.verdict(path, path.rpartition("/")[2], folder=folder) is ignored


def test_the_last_pattern_that_matches_decides() -> None:
    file = parse_ignore("*.log\n!keep.log\nk*.log\n", "")
    assert file.verdict("keep.log", "keep.log", folder=False) is True
    file = parse_ignore("k*.log\n!keep.log\n", "")
    assert file.verdict("keep.log", "keep.log", folder=False) is False


def test_patterns_are_relative_to_their_folder() -> None:
    file = parse_ignore("/x\n", "sub")
    assert file.verdict("sub/x", "x", folder=False) is True
    assert file.verdict("sub/a/x", "x", folder=False) is None


@pytest.mark.parametrize("pattern", ["*a*a*a*a*a*a*a*b", "**/a/**/a/**/a/**/b", "[[[[", "a" * 999])
def test_hostile_patterns_cost_nothing(pattern: str) -> None:
    file = parse_ignore(pattern, "")
    name = "a" * 250
    start = time.process_time()
    file.verdict("/".join(["a"] * 60) + "/" + name, name, folder=False)
    assert time.process_time() - start < 0.5
