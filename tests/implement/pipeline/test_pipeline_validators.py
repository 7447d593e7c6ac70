"""Every pipeline and script of many dossiers, held against the field's own tools."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
import yaml
from pipeline_dossiers import (
    EXAMPLE,
    PRODUCTS,
    WORDS,
    checked,
    subject,
    tool,
    with_repository,
    written,
)

from devops_exe.implement import pipeline
from devops_exe.implement.reliability import scripts

pytestmark = pytest.mark.slow

SQL_SERVER = "claims FastAPI with SQL Server, MySQL, Kafka and RabbitMQ on AKS, rolling, 20 rps"


def _all(folder):
    """Every dossier's files, each in a folder of its own."""
    for name in WORDS:
        for product in PRODUCTS:
            made = subject(name, product)
            place = folder / f"{name}-{product.split()[0].lower()}"
            written(place, pipeline.generate(made).artefacts + scripts.generate(made).artefacts)
    bare = folder / "repository"
    shutil.copytree(EXAMPLE, bare, ignore=shutil.ignore_patterns(".github"))
    for product in PRODUCTS:
        short = product.split()[0].lower()
        for name, words in (
            ("bare", "checkout-api on EKS, canary, 300 rps"),
            ("mssql", SQL_SERVER),
        ):
            made = with_repository(bare, f"{words}, with {product}")
            files = pipeline.generate(made).artefacts + scripts.generate(made).artefacts
            written(folder / f"{name}-{short}", files)
        made = with_repository(EXAMPLE, f"checkout-api on EKS, canary, 3000 rps, with {product}")
        place = folder / f"example-{product.split()[0].lower()}"
        written(place, pipeline.generate(made).artefacts + scripts.generate(made).artefacts)


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    folder = tmp_path_factory.mktemp("all")
    _all(folder)
    return folder


def test_shellcheck_with_every_check(places) -> None:
    by_text = {path.read_text(): str(path) for path in places.glob("*-github/deploy/scripts/*.sh")}
    # a script of the same strategy differs in names and figures alone: one of each is enough
    shapes = {re.sub(r"(?m)^[A-Z_]+=.*$|[\w-]+-api|\d+", "", t): p for t, p in by_text.items()}
    assert len(shapes) >= 12
    checked(tool("shellcheck"), "--enable=all", "--format=gcc", *sorted(shapes.values()))


def test_zizmor(places) -> None:
    found = [str(path) for path in sorted(places.glob("*/.github"))]
    assert len(found) == len(WORDS) + 3
    checked(tool("zizmor"), "--offline", "--no-progress", "-q", *found)


def test_actionlint_with_shellcheck(places) -> None:
    found = [str(path) for path in sorted(places.glob("*/.github/workflows/*.yml"))]
    checked(tool("actionlint"), "-shellcheck", tool("shellcheck"), *found)


def test_the_scripts_inside_gitlab_jobs(places) -> None:
    shellcheck = tool("shellcheck")
    seen: set[str] = set()
    for path in places.glob("*/.gitlab-ci.yml"):
        node = yaml.safe_load(path.read_text())
        for job in node.values():
            if not isinstance(job, dict) or "script" not in job:
                continue
            base = node.get(job.get("extends", ""), {})
            lines = [*job.get("before_script", base.get("before_script", [])), *job["script"]]
            seen.add("\n".join(["#!/bin/sh", "set -eu", *lines, ""]))
    assert len(seen) > 20
    for text in seen:
        done = subprocess.run(
            # the job's own variables are assigned elsewhere
            [shellcheck, "--shell=sh", "--exclude=SC2154", "--format=gcc", "-"],
            input=text, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + text


@pytest.mark.parametrize(
    ("pattern", "options"),
    [
        ("*/.github/workflows/*.yml", ["vendor.github-workflows"]),
        ("*/.gitlab-ci.yml", ["vendor.gitlab-ci", "--data-transform", "gitlab-ci"]),
        ("*/deploy/gitlab-ci.yml", ["vendor.gitlab-ci", "--data-transform", "gitlab-ci"]),
    ],
)
def test_the_products_own_schemas(places, pattern, options) -> None:
    found = [str(path) for path in sorted(places.glob(pattern))]
    if found:
        checked(tool("check-jsonschema"), "--builtin-schema", *options, *found)


def test_yaml_of_both_versions(places) -> None:
    for path in (*places.glob("*/.github/workflows/*.yml"), *places.glob("*/.gitlab-ci.yml")):
        node = yaml.safe_load(path.read_text())
        assert isinstance(node, dict), path
        assert node, path


@pytest.mark.parametrize(
    ("wrong", "instead"),
    [
        ("needs: build", "needs: biuld"),
        ("actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", "actions/checkout@v7"),
        ("    permissions:\n      contents: read\n", "    permissions: write-all\n"),
        ("run: deploy/scripts/budget_gate.sh", "run: echo ${{ github.event.head_commit.message }}"),
        ("${{ needs.build.outputs.image }}", "${{ needs.build.outputs.imgae }}"),
        ("  runs-on: ubuntu-24.04", "  runs-onn: ubuntu-24.04"),
    ],
)
def test_the_union_of_tools_notices_a_planted_error(tmp_path, wrong, instead) -> None:
    artefact = pipeline.generate(subject("fastapi-canary")).artefacts[0]
    assert wrong in artefact.text
    path = tmp_path / ".github" / "workflows" / "deploy.yml"
    path.parent.mkdir(parents=True)
    path.write_text(artefact.text.replace(wrong, instead, 1))
    noticed = 0
    for command in (
        (tool("actionlint"), "-shellcheck=", str(path)),
        (tool("zizmor"), "--offline", "--no-progress", "-q", str(tmp_path / ".github")),
    ):
        try:
            checked(*command)
        except AssertionError:
            noticed += 1
    assert noticed
