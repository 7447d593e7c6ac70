"""Planted errors: for every kind a good file that is accepted, and errors that are refused.

``planted/planted_KIND.py`` holds a good file, the files it needs beside it, and errors: what is
replaced by what, and which validator or own rule refuses it. A tool that is not there is a skip
with the reason, and a failure in CI.
"""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from devops_exe.implement.artefact import KINDS, Artefact
from devops_exe.implement.proof import prove
from devops_exe.implement.proof.rules import rules

PLANTED = {
    sample["KIND"]: sample
    for file in sorted((Path(__file__).parent / "planted").glob("planted_*.py"))
    for sample in [runpy.run_path(str(file))]
}
OWN = {rule.name for rule in rules()} | {f"{rule.name} (built)" for rule in rules()}
ERRORS = [(kind, name) for kind, sample in PLANTED.items() for name in sample["ERRORS"]]


def files(kind: str, text: str) -> list[Artefact]:
    sample = PLANTED[kind]
    beside = [Artefact(path, t, k) for path, (k, t) in sample.get("BESIDE", {}).items()]
    return [Artefact(sample["PATH"], text, kind, sample.get("EXECUTABLE", False)), *beside]


def test_every_kind_has_at_least_five():
    assert set(PLANTED) == set(KINDS)
    assert {kind: len(s["ERRORS"]) for kind, s in PLANTED.items() if len(s["ERRORS"]) < 5} == {}


@pytest.mark.parametrize("kind", KINDS)
def test_the_good_file_is_accepted(kind, real_tools, missing):
    proof = prove(files(kind, PLANTED[kind]["GOOD"]))
    assert [(row.by, row.validator, row.faults) for row in proof.failed] == []
    verdict = proof.verdict(PLANTED[kind]["PATH"])
    if proof.skipped:
        missing("; ".join(proof.skipped))
    assert verdict.standing in {"proved", "checked"}, verdict


@pytest.mark.parametrize(("kind", "name"), ERRORS)
def test_the_error_is_refused(kind, name, real_tools, missing):
    old, new, by = PLANTED[kind]["ERRORS"][name]
    good = PLANTED[kind]["GOOD"]
    assert old in good, "nothing is planted"
    # what an own rule refuses needs no process to be shown
    alone = by in OWN and not by.endswith("(built)")
    proof = prove(files(kind, good.replace(old, new, 1)), tools={} if alone else None)
    refused = {row.validator for row in proof.failed if row.artefact == PLANTED[kind]["PATH"]}
    if by not in refused and proof.skipped and not alone:
        missing("; ".join(proof.skipped))
    assert by in refused, (refused, [row.faults for row in proof.failed])
    assert proof.verdict(PLANTED[kind]["PATH"]).standing == "failed"
