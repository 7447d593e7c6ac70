"""version.sh on real repositories of git."""

from __future__ import annotations

import subprocess

import pytest
from recording_fakes import fakes, project, subject

WORDS = "shop Express on EKS, rolling, 300 rps, 99.9 %"


@pytest.fixture
def run(tmp_path):
    place = fakes(tmp_path / "fakes")
    folder = project(tmp_path / "p", subject(WORDS))
    repository = place.home
    git(repository, "init", "-q", "-b", "main")

    def call(*arguments: str):
        return place.run(folder / "version.sh", *arguments)

    call.repository = repository
    return call


def git(folder, *arguments: str) -> None:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    for who in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{who}_NAME": "a", f"GIT_{who}_EMAIL": "a@example.com"}
    subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True)


def commit(folder, *messages: str) -> None:
    for message in messages:
        git(folder, "commit", "-q", "--allow-empty", "-m", message)


@pytest.mark.parametrize(
    ("tag", "messages", "expected"),
    [
        ("", ["start"], "v0.1.0"),
        ("v1.2.3", ["fix: a"], "v1.2.4"),
        ("v1.2.3", ["docs"], "v1.2.4"),
        ("v1.2.3", ["fix: a", "feat: b"], "v1.3.0"),
        ("v1.2.3", ["feat(api): b"], "v1.3.0"),
        ("v1.2.3", ["feat: b", "refactor!: c"], "v2.0.0"),
        ("v1.2.3", ["fix: a\n\nBREAKING CHANGE: gone"], "v2.0.0"),
        ("v0.4.9", ["feat!: b"], "v0.5.0"),
        ("v1.9.9", ["feat: b"], "v1.10.0"),
        ("v1.2.3", [], "v1.2.3"),
        ("vnext", ["fix: a"], "v0.1.0"),
        ("v1.2.3-rc.1", ["fix: a"], "v0.1.0"),
        ("v1.2.3", ["a feat: in the middle"], "v1.2.4"),
    ],
)
def test_the_next_version(run, tag, messages, expected) -> None:
    commit(run.repository, "before")
    if tag:
        git(run.repository, "tag", tag)
    commit(run.repository, *messages)
    done = run("next")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{expected}\n"


def test_the_highest_tag_counts_as_a_number(run) -> None:
    commit(run.repository, "before")
    git(run.repository, "tag", "v1.9.0")
    git(run.repository, "tag", "v1.10.0")
    commit(run.repository, "fix: a")
    assert run("next").stdout == "v1.10.1\n"


def test_the_notes_have_what_is_new_by_kind(run) -> None:
    commit(run.repository, "feat: old")
    git(run.repository, "tag", "v1.0.0")
    commit(run.repository, "feat: basket", "fix(api): sum", "refactor!: gone", "chore: tidy")
    text = run("notes").stdout
    assert [line for line in text.splitlines() if line.startswith("##")] == [
        "## Breaking", "## Features", "## Fixes", "## Other",
    ]  # fmt: skip
    assert "- feat: basket (" in text
    assert "old" not in text


def test_a_commit_may_be_named(run) -> None:
    commit(run.repository, "one")
    git(run.repository, "tag", "v1.0.0")
    commit(run.repository, "fix: a", "feat: b")
    assert run("next", "HEAD~1").stdout == "v1.0.1\n"


@pytest.mark.parametrize("arguments", [("next", "nowhere"), ("next", "--all"), ("notes", "$(id)")])
def test_a_commit_that_is_none(run, arguments) -> None:
    commit(run.repository, "one")
    assert run(*arguments).returncode not in {0, 64}


@pytest.mark.parametrize("arguments", [(), ("later",), ("next", "HEAD", "more")])
def test_a_wrong_call(run, arguments) -> None:
    assert run(*arguments).returncode == 64
