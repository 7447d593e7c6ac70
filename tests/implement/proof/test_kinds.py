"""Kinds of files of somebody else's tree."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from devops_exe.implement.proof.kinds import artefacts_of, kind_of

PLANTED = [
    runpy.run_path(str(file))
    for file in sorted((Path(__file__).parent / "planted").glob("planted_*.py"))
]


@pytest.mark.parametrize("sample", PLANTED, ids=lambda sample: sample["KIND"])
def test_good_files_are_known(sample):
    assert kind_of(sample["PATH"], sample["GOOD"]) == sample["KIND"]


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("deploy/.gitlab-ci.yml", "", "gitlab-ci"),
        ("ci/build.gitlab-ci.yml", "", "gitlab-ci"),
        ("web/Dockerfile.dev", "", "dockerfile"),
        ("docker-compose.override.yml", "", "compose"),
        ("bin/run", "#!/usr/bin/env bash\n", "shell"),
        ("bin/run", "#!/usr/bin/env python\n", "text"),
        ("a.yaml", "a: [\n", "yaml"),
        ("a.json", "{", "json"),
        ("a.yaml", "- a\n", "yaml"),
        (".codecov.yml", "flags: {unit: {paths: [a]}}\n", "yaml"),
        ("a.yaml", "---\n---\napiVersion: v1\nkind: Service\n", "kubernetes"),
    ],
)
def test_by_name_and_by_content(path, text, kind):
    assert kind_of(path, text) == kind


def test_scripts_run_unless_somebody_knows_better():
    files = {"b.sh": "#!/bin/sh\n", "a.md": "# A\n"}
    assert [(a.path, a.executable) for a in artefacts_of(files)] == [
        ("a.md", False),
        ("b.sh", True),
    ]
    assert not any(a.executable for a in artefacts_of(files, executable=()))
