"""The table of pins: what stands in it, and how files refer to it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from devops_exe.ground.errors import UserError
from devops_exe.implement import pins

TABLE = tomllib.loads(
    (Path(pins.__file__).parent / "data" / "pins.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("row", TABLE["action"], ids=lambda row: row["name"])
def test_a_commit_is_whole_and_says_where_it_was_seen(row):
    assert re.fullmatch(r"[0-9a-f]{40}", row["sha"])
    assert row["seen"].startswith(f"refs/tags/{row['tag']}, peeled; ")
    assert re.search(r"committed \d{4}-\d\d-\d\d$", row["seen"])
    assert set(row.get("required", ())) <= set(row["inputs"])
    assert pins.action(row["name"]) == f"{row['name']}@{row['sha']} # {row['tag']}"


def test_actions_of_one_repository_share_a_commit():
    commits: dict[str, set[str]] = {}
    for row in TABLE["action"]:
        commits.setdefault("/".join(row["name"].split("/")[:2]), set()).add(row["sha"])
    assert {name: found for name, found in commits.items() if len(found) > 1} == {}


def test_names_stand_once():
    names = [row["name"] for row in TABLE["action"]]
    assert len(set(names)) == len(names)


def test_an_action_that_nobody_read_is_refused():
    with pytest.raises(UserError, match="no pin is known"):
        pins.action("someone/unknown")


def test_case_does_not_matter():
    assert pins.action("Azure/login") == pins.action("azure/login")


def test_an_image_keeps_its_tag_and_says_that_it_moves():
    pin = pins.image_pin("python", "3.12-slim")
    assert pin.text == "python:3.12-slim"
    assert pin.unproven == ("unpinned: python:3.12-slim",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("      - uses: actions/checkout@v4\n", ("unpinned: actions/checkout@v4",)),
        ("      - uses: 'a/b/c@main' # x\n", ("unpinned: a/b/c@main",)),
        (f"      - uses: a/b@{'0' * 40} # v1\n", ()),
        ("      - uses: ./local\n", ()),
        ("FROM python:3.12 AS build\nFROM build\n", ("unpinned: python:3.12",)),
        ("FROM --platform=linux/amd64 node:22\n", ("unpinned: node:22",)),
        (f"FROM python:3.12@sha256:{'a' * 64}\n", ()),
        ("image: docker:27\n", ("unpinned: docker:27",)),
        ("services:\n  - name: docker:dind\n", ("unpinned: docker:dind",)),
        ("    image: localhost:5000/a/b:1.0\n", ("unpinned: localhost:5000/a/b:1.0",)),
        ("    image: $IMAGE\n", ()),
        ('    image: "postgres:16"\n', ("unpinned: postgres:16",)),
        ("name: a sentence: with a colon\n", ()),
        ("# FROM python:3.12\n", ()),
    ],
)  # fmt: skip
def test_what_moves_is_found(text, expected):
    assert pins.unpinned(text) == expected


def test_images_stand_once_and_their_digests_are_whole():
    names = [(row["name"], row["tag"]) for row in TABLE["image"]]
    assert len(set(names)) == len(names)
    for row in TABLE["image"]:
        assert row["seen"]
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", row.get("digest", f"sha256:{'0' * 64}"))
        assert pins.image_pin(row["name"], row["tag"]).date == str(row["date"])
