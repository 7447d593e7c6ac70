"""Where a tool is missing another one looks: what pip alone brings."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from devops_exe.implement.artefact import Artefact
from devops_exe.implement.proof import prove, tools

PLANTED = {
    sample["KIND"]: sample
    for file in sorted((Path(__file__).parent / "planted").glob("planted_*.py"))
    for sample in [runpy.run_path(str(file))]
}
MONITOR = "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: a}\n"
OLD = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\nspec: {}\n"


@pytest.fixture
def only(real_tools, missing):
    """The named tools alone."""

    def some(*names: str) -> dict[str, Path]:
        found = tools.find(list(names))
        if set(found) != set(names):
            missing(f"not there: {', '.join(sorted(set(names) - set(found)))}")
        return {name: Path(tool.path) for name, tool in found.items()}

    return some


def files(kind: str, text: str | None = None) -> list[Artefact]:
    sample = PLANTED[kind]
    beside = [Artefact(path, t, k) for path, (k, t) in sample.get("BESIDE", {}).items()]
    mine = Artefact(sample["PATH"], text or sample["GOOD"], kind, sample.get("EXECUTABLE", False))
    return [mine, *beside]


@pytest.mark.parametrize(
    ("kind", "names", "old", "new"),
    [
        ("github-actions", ["check-jsonschema"], "timeout-minutes: 20", "timeout-minuts: 20"),
        ("compose", ["check-jsonschema"], "    build: .\n", "    build: .\n    restrt: always\n"),
        ("kubernetes", ["kubernetes-validate"], "serviceAccountName", "serviceAcountName"),
        ("kustomization", ["kubectl", "kubernetes-validate"], "namespace: web", "namespase: web"),
        ("shell", ["bash"], "fi\n", ""),
    ],
)
def test_another_tool_looks(kind, names, old, new, only):
    there = only(*names)
    good = prove(files(kind), tools=there)
    assert [(row.by, row.faults) for row in good.failed] == []
    verdict = good.verdict(PLANTED[kind]["PATH"])
    assert verdict.standing == "proved"
    assert verdict.tools[0].startswith(names[0])
    bad = prove(files(kind, PLANTED[kind]["GOOD"].replace(old, new, 1)), tools=there)
    assert names[0] in {row.tool for row in bad.failed}


def test_the_first_tool_alone_looks_where_it_is_there(only):
    there = only("shellcheck", "bash")
    rows = prove(files("shell"), tools=there).rows
    assert {row.tool for row in rows if not row.own and row.state == "passed"} == {"shellcheck"}


def test_a_version_that_is_not_served_fails_and_an_operator_s_kind_does_not(only):
    there = only("kubernetes-validate")
    proof = prove([Artefact("a.yaml", OLD, "kubernetes")], tools=there)
    assert "kubernetes-validate" in {row.tool for row in proof.failed}
    unknown = prove([Artefact("a.yaml", MONITOR, "kubernetes")], tools=there)
    assert unknown.failed == ()
    # nobody judged it, so nobody proved it
    assert unknown.verdict("a.yaml").standing == "checked"
    assert "kubernetes-validate" not in unknown.verdict("a.yaml").text


def test_what_a_patch_leaves_is_looked_at_with_kubectl_too(only):
    there = only("kubectl", "kubernetes-validate")
    sample = PLANTED["kustomization"]
    old, new, _ = sample["ERRORS"]["a patch of a wrong path"]
    proof = prove(files("kustomization", sample["GOOD"].replace(old, new)), tools=there)
    assert "kubernetes-validate" in {row.tool for row in proof.failed}


def test_kubernetes_schemas_are_made_where_their_distribution_is(only, monkeypatch, tmp_path):
    there = only("kubeconform")
    monkeypatch.setenv("DEVOPS_EXE_CACHE_DIR", str(tmp_path))
    proof = prove(files("kubernetes"), tools=there)
    assert proof.failed == ()
    assert proof.verdict(PLANTED["kubernetes"]["PATH"]).text.startswith("proved by kubeconform ")
    assert any((tmp_path / "schemas" / "kubernetes").iterdir())


def test_without_schemas_another_tool_looks(only, monkeypatch, tmp_path):
    there = only("kubeconform", "kubernetes-validate", "kustomize")
    monkeypatch.setenv("DEVOPS_EXE_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr("devops_exe.implement.proof.proving.write_kubernetes", lambda *_: 0)
    proof = prove(files("kubernetes"), tools=there)
    assert proof.verdict(PLANTED["kubernetes"]["PATH"]).tools[0].startswith("kubernetes-validate")
    assert prove(files("kustomization"), tools=there).failed == ()


def test_a_kind_of_kubernetes_itself_that_is_none_fails(only):
    there = only("kubeconform")
    text = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicies\nmetadata: {name: a}\n"
    proof = prove([Artefact("a.yaml", text, "kubernetes")], tools=there)
    assert "kubeconform" in {row.tool for row in proof.failed}
    mixed = f"{MONITOR.replace('monitoring.coreos.com', 'example.com')}---\n{text}"
    proof = prove([Artefact("a.yaml", mixed, "kubernetes")], tools=there)
    assert [f.message for row in proof.failed for f in row.faults if row.tool == "kubeconform"] == [
        "NetworkPolicies a failed validation: could not find schema for NetworkPolicies"
    ]


ROUTE = (
    "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: a}\n"
    "spec: {rules: []}\n"
)
CONFIG = (
    "global: {scrape_interval: 60s}\nscrape_configs:\n  - job_name: a\n"
    "    kubernetes_sd_configs: [{role: pod}]\n"
)


def test_the_gateway_s_route_is_an_operator_s_kind(only):
    proof = prove([Artefact("a.yaml", ROUTE, "kubernetes")], tools=only("kubernetes-validate"))
    assert [(row.by, row.faults) for row in proof.failed] == []


@pytest.mark.parametrize("line", ["", "    scrape_intervall: 5s\n"])
def test_a_promtool_without_kubernetes_accuses_no_file_of_it(line, tmp_path):
    # as Debian's build answers, whose discovery in Kubernetes is left out
    fake = tmp_path / "promtool"
    fake.write_text(
        "#!/bin/sh\n"
        "[ \"$1\" = --version ] && { echo 'promtool, version 2.42.0'; exit 0; }\n"
        "f=; for f; do :; done\n"
        'echo "  FAILED: parsing YAML file $f: yaml: unmarshal errors:" >&2\n'
        "echo '  line 4: field kubernetes_sd_configs not found in type config.ScrapeConfig' >&2\n"
        'grep -q intervall "$f" && '
        "echo '  line 5: field scrape_intervall not found in type config.ScrapeConfig' >&2\n"
        "exit 1\n"
    )
    fake.chmod(0o755)
    made = Artefact("prometheus.yml", CONFIG + line, "prometheus-config")
    proof = prove([made], tools={"promtool": fake})
    accused = [f.text for row in proof.failed if row.tool == "promtool" for f in row.faults]
    right = "line 5: field scrape_intervall not found in type config.ScrapeConfig"
    assert accused == ([right] if line else [])
    assert "promtool" not in " ".join(proof.verdict("prometheus.yml").tools)
