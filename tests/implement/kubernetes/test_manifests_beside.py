"""Manifests of the repository are kept; what is missing beside them names their objects."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import yaml
from stack_subjects import subject, tool, write_tree

from devops_exe.assess.repository import assess_repository
from devops_exe.implement.existing import existing_files
from devops_exe.implement.kubernetes import generate
from devops_exe.implement.kubernetes.routing import router_of
from devops_exe.implement.subject import Subject

if TYPE_CHECKING:
    from pathlib import Path

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart
spec:
  replicas: 3
  selector:
    matchLabels:
      app: cart
  template:
    metadata:
      labels:
        app: cart
    spec:
      containers:
        - name: cart
          image: registry.example.com/team/cart:1.2
          ports:
            - containerPort: 8000
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: cart
spec:
  selector:
    app: cart
  ports:
    - port: 80
"""
BUDGET = """\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: cart
spec:
  minAvailable: 2
  selector:
    matchLabels:
      app: cart
"""
CODE = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": "app = FastAPI()\n"}


def parts(root: Path, **stated: Any) -> dict[str, str]:
    one = subject(root, system="cart", strategy="Rolling", peak_rps=800.0, **stated)
    return {artefact.path: artefact.text for artefact in generate(one).artefacts}


def test_the_deployment_is_not_written_a_second_time(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path, {**CODE, "k8s/deployment.yaml": DEPLOYMENT, "k8s/service.yaml": SERVICE}
    )
    files = parts(root)
    nodes = [
        node
        for path, text in files.items()
        if path.endswith(".yaml")
        for node in yaml.safe_load_all(text)
    ]
    assert not {"Deployment", "Service"} & {node.get("kind") for node in nodes}
    kept = dict(generate(subject(root, system="cart", strategy="Rolling")).kept)
    assert set(kept) == {"k8s/deployment.yaml", "k8s/service.yaml"}


def test_what_is_missing_finds_their_pods(tmp_path: Path) -> None:
    root = write_tree(tmp_path, {**CODE, "k8s/deployment.yaml": DEPLOYMENT})
    files = parts(root)
    budget = yaml.safe_load(files["deploy/kubernetes/base/pdb.yaml"])
    assert budget["spec"]["selector"]["matchLabels"] == {"app": "cart"}
    scaler = yaml.safe_load(files["deploy/kubernetes/overlays/production/hpa.yaml"])
    assert scaler["spec"]["scaleTargetRef"]["name"] == "cart"
    policies = list(yaml.safe_load_all(files["deploy/kubernetes/base/networkpolicy.yaml"]))
    assert all(p["spec"]["podSelector"] == {"matchLabels": {"app": "cart"}} for p in policies)
    assert policies[0]["spec"]["ingress"][0]["ports"] == [{"port": 8000}]


def test_what_they_have_is_left_out(tmp_path: Path) -> None:
    root = write_tree(tmp_path, {**CODE, "k8s/deployment.yaml": DEPLOYMENT, "k8s/pdb.yaml": BUDGET})
    assert "deploy/kubernetes/base/pdb.yaml" not in parts(root)


def test_their_manifests_build_with_the_overlays(tmp_path: Path) -> None:
    kubectl = tool("kubectl")
    root = write_tree(
        tmp_path, {**CODE, "k8s/deployment.yaml": DEPLOYMENT, "k8s/service.yaml": SERVICE}
    )
    write_tree(root, parts(root))
    done = subprocess.run(
        [kubectl, "kustomize", str(root / "deploy/kubernetes/overlays/production")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    built = {n["kind"]: n for n in yaml.safe_load_all(done.stdout)}
    assert "replicas" not in built["Deployment"]["spec"]
    image = built["Deployment"]["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == "cart:unreleased"
    container = built["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    assert container["resources"]["requests"]["cpu"] == "500m"
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    # their pods may not meet the strictest standard: they are warned, not refused
    labels = built["Namespace"]["metadata"]["labels"]
    assert "pod-security.kubernetes.io/enforce" not in labels


def test_a_second_run_takes_what_it_wrote_for_its_own(tmp_path: Path) -> None:
    root = write_tree(tmp_path, {**CODE, "k8s/deployment.yaml": DEPLOYMENT})
    one = subject(root, system="cart", strategy="Rolling", peak_rps=800.0)
    first = {artefact.path: artefact.text for artefact in generate(one).artefacts}
    assert "k8s/kustomization.yaml" in first
    write_tree(root, first)
    again = Subject(one.dossier, assess_repository(root), existing_files(root))
    assert {artefact.path: artefact.text for artefact in generate(again).artefacts} == first


def test_a_chart_is_left_alone(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path,
        {**CODE, "chart/Chart.yaml": "name: cart\n", "chart/templates/d.yaml": "{{ .Values.x }}\n"},
    )
    one = generate(subject(root, system="cart"))
    assert one.artefacts == ()
    assert one.kept[0][0] == "chart/Chart.yaml"
    assert any("replicas" in note for note in one.notes)
    # deploy.sh calls helm itself: nobody is told to write that
    assert not any("overlays" in note for note in one.notes)


def test_files_for_several_environments_are_not_put_together(tmp_path: Path) -> None:
    root = write_tree(tmp_path, {**CODE, "k8s/dev.yaml": DEPLOYMENT, "k8s/prod.yaml": DEPLOYMENT})
    one = generate(subject(root, system="cart", strategy="Rolling"))
    assert not any("overlays" in artefact.path for artefact in one.artefacts)
    assert any("kustomization.yaml" in note for note in one.notes)


def test_a_broken_manifest_is_passed_over(tmp_path: Path) -> None:
    root = write_tree(tmp_path, {**CODE, "k8s/a.yaml": "apiVersion: v1\nkind: [\n"})
    assert any(path.endswith("deployment.yaml") for path in parts(root))


def test_the_router_is_the_repositorys(tmp_path: Path) -> None:
    mesh = write_tree(
        tmp_path / "mesh",
        {**CODE, "m.yaml": "apiVersion: networking.istio.io/v1\nkind: VirtualService\n"
         "metadata:\n  name: x\nspec:\n  hosts: [x]\n"},
    )  # fmt: skip
    assert router_of(subject(mesh, strategy="Canary")) == "istio"
    ingress = write_tree(
        tmp_path / "ingress",
        {**CODE, "i.yaml": "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n"
         "  name: shop\nspec:\n  ingressClassName: nginx\n  rules: []\n"},
    )  # fmt: skip
    assert router_of(subject(ingress, strategy="Canary")) == "nginx"
    assert router_of(subject(strategy="Canary")) == "gateway-api"


def test_manifests_that_lie_where_ours_would_are_not_written_over(tmp_path: Path) -> None:
    base, overlay = "deploy/kubernetes/base", "deploy/kubernetes/overlays/production"
    root = write_tree(
        tmp_path,
        {
            **CODE,
            f"{base}/deployment.yaml": DEPLOYMENT,
            f"{base}/kustomization.yaml": "resources:\n  - deployment.yaml\n",
            f"{overlay}/kustomization.yaml": "resources:\n  - ../../base\n",
        },
    )
    made = generate(subject(root, system="cart", strategy="Rolling", peak_rps=800.0))
    paths = {artefact.path for artefact in made.artefacts}
    assert not paths & {f"{base}/kustomization.yaml", f"{overlay}/kustomization.yaml"}
    assert f"{base}/pdb.yaml" in paths
    assert f"{overlay}/kustomization.yaml" in dict(made.kept)
    assert any("+ resources: pdb.yaml" in note for note in made.notes)


def test_a_field_that_they_have_is_not_changed(tmp_path: Path) -> None:
    stated = DEPLOYMENT + "          resources:\n            requests:\n              cpu: 2\n"
    root = write_tree(
        tmp_path,
        {**CODE, "k8s/d.yaml": stated, "Dockerfile": 'FROM python:3.12\nCMD ["x"]\n'},
    )
    base = yaml.safe_load(parts(root)["deploy/kubernetes/base/kustomization.yaml"])
    patch = yaml.safe_load(base["patches"][0]["patch"])
    container = patch["spec"]["template"]["spec"]["containers"][0]
    # beside a request of theirs a limit of ours might be too low
    assert "resources" not in container
    # the image is made for root: whether it runs as another its author must see
    assert "runAsNonRoot" not in container["securityContext"]


def test_a_workload_in_flow_style_builds_with_what_is_added(tmp_path: Path) -> None:
    kubectl = tool("kubectl")
    flow = DEPLOYMENT.partition("      containers:")[0] + (
        "      containers: [{name: cart, image: cart, ports: [{containerPort: 8000}]}]\n"
    )
    root = write_tree(tmp_path, {**CODE, "k8s/deployment.yaml": flow, "k8s/service.yaml": SERVICE})
    write_tree(root, parts(root))
    done = subprocess.run(
        [kubectl, "kustomize", str(root / "deploy/kubernetes/overlays/production")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    built = next(n for n in yaml.safe_load_all(done.stdout) if n["kind"] == "Deployment")
    container = built["spec"]["template"]["spec"]["containers"][0]
    assert container["resources"]["limits"] == {"memory": "2048Mi"}
