"""What a kustomization builds is held against the policies of the tree."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from devops_exe.implement.artefact import Artefact
from devops_exe.implement.proof import prove
from devops_exe.implement.proof.documents import Document, Tree
from devops_exe.implement.proof.links import builders

PLANTED = Path(__file__).parent / "planted"
KUSTOMIZATION = runpy.run_path(str(PLANTED / "planted_kustomization.py"))
REGO = runpy.run_path(str(PLANTED / "planted_rego.py"))
PATH = KUSTOMIZATION["PATH"]


def tree(policy: str, limits: str = "memory: 256Mi") -> list[Artefact]:
    files = [Artefact(PATH, KUSTOMIZATION["GOOD"], "kustomization")]
    for path, (kind, text) in KUSTOMIZATION["BESIDE"].items():
        files.append(Artefact(path, text.replace("memory: 256Mi", limits), kind))
    return [*files, Artefact("policy/pods.rego", policy, "rego")]


@pytest.fixture
def row(real_tools, missing):
    def of(files: list[Artefact]):
        proof = prove(files)
        found = [r for r in proof.rows if r.validator == "opa eval" and r.artefact == PATH]
        if not found and proof.skipped:
            missing("; ".join(proof.skipped))
        return found[0] if found else None

    return of


def test_objects_that_obey(row):
    found = row(tree(REGO["GOOD"]))
    assert (found.state, found.faults) == ("passed", ())
    assert found.command == (
        "kustomize build deploy/overlays/production | conftest test --policy policy -"
    )


def test_objects_that_are_denied(row):
    found = row(tree(REGO["GOOD"], "cpu: 1"))
    assert found.state == "failed"
    assert [fault.message for fault in found.faults] == ["web has no limit of memory"]


def test_what_others_build_upon_is_applied_by_nobody(real_tools):
    proof = prove(tree(REGO["GOOD"], "cpu: 1"))
    asked = {r.artefact for r in proof.rows if r.validator == "opa eval"}
    assert asked <= {PATH}


def test_policies_that_cannot_be_asked(row):
    found = row(tree(REGO["GOOD"].replace("sprintf(", "printf(")))
    assert found.state == "failed"
    assert found.faults[0].message.startswith("the policies cannot be asked: ")


def test_a_policy_of_another_package_is_asked_by_nobody(row):
    assert row(tree(REGO["GOOD"].replace("package main", "package other"))) is None


def kustomizations(**upon: str) -> list[Artefact]:
    made = [
        Artefact("root/cm.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", "yaml")
    ]
    for name, on in upon.items():
        text = "resources:\n" + "".join(f"  - ../{folder}\n" for folder in on.split())
        made.append(Artefact(f"{name}/kustomization.yaml", text, "kustomization"))
    return made


@pytest.mark.parametrize(
    ("upon", "expected"),
    [
        ({"a": "b", "b": "root/cm.yaml"}, {"a": ("b",)}),
        ({"a": "c", "b": "c", "c": "d", "d": ""}, {"a": ("c", "d"), "b": ()}),
        ({"a": "b", "b": "a"}, {"a": (), "b": ()}),
        ({"a": "", "b": ""}, {"a": (), "b": ()}),
    ],
)
def test_who_is_built_with_whom(upon, expected):
    tree = Tree({a.path: Document(a) for a in kustomizations(**upon)})
    path = "{}/kustomization.yaml".format
    wanted = {path(top): tuple(path(base) for base in below) for top, below in expected.items()}
    assert builders(tree) == wanted


def test_a_base_is_blamed_for_its_own_faults_alone(real_tools, missing):
    def of(top: str = "", base: str = ""):
        texts = {
            "prod/kustomization.yaml": f"resources: [../base]\n{top}",
            "base/kustomization.yaml": f"resources: [cm.yaml]\n{base}",
        }
        files = [Artefact(path, text, "kustomization") for path, text in texts.items()]
        cm = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
        return prove([*files, Artefact("base/cm.yaml", cm, "kubernetes")])

    good = of()
    if good.skipped:
        missing("; ".join(good.skipped))
    assert good.failed == ()
    assert good.verdict("base/kustomization.yaml").standing == "proved"
    assert {r.artefact for r in of(top="none: 1\n").failed} == {"prod/kustomization.yaml"}
    assert {r.artefact for r in of(base="none: 1\n").failed if not r.own} == {
        "base/kustomization.yaml",
        "prod/kustomization.yaml",
    }
