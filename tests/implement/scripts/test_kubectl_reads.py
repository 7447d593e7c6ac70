"""What the scripts ask of the cluster, answered by the real kubectl from files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest
from recording_fakes import NEW, OLD, fakes, healthy, project, subject

from devops_exe.ground.locations import cache_dir

TOOLS = cache_dir() / "tools" / "bin"  # before a test has a home of its own

REPLICA_SET = """
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: shop-{number}
  labels: {{pod-template-hash: h{number}, rollouts-pod-template-hash: r{number}}}
  annotations:
    deployment.kubernetes.io/revision: "{number}"
    rollout.argoproj.io/revision: "{number}"
spec:
  selector: {{matchLabels: {{a: b}}}}
  template:
    metadata: {{labels: {{a: b}}}}
    spec:
      containers:
        - {{name: proxy, image: example.com/proxy}}
        - {{name: shop, image: "{image}"}}
"""
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  annotations: {{deployment.kubernetes.io/revision: "{number}"}}
spec:
  selector: {{matchLabels: {{a: b}}}}
  template:
    metadata: {{labels: {{a: b}}}}
    spec:
      containers: [{{name: proxy, image: example.com/proxy}}, {{name: shop, image: "{image}"}}]
"""

# "get" needs a cluster; "label --local" prints the same object by the same JSONPath without one
_KUBECTL = r"""#!/bin/bash
printf 'kubectl\x1f%s\0' "$*" >>"${FAKES}/calls"
for word; do last="${word}"; done
case "$*" in
  *'get replicasets'*) pattern="${FAKES}/set-*.yaml" ;;
  *'get deployment/shop'*) pattern="${FAKES}/deployment.yaml" ;;
  *) exit 0 ;;
esac
last="${last#jsonpath=}"
last="${last#'{range .items[*]}'}"
for file in ${pattern}; do
  KUBECONFIG=/dev/null REAL label --local --filename "${file}" seen=yes \
    --output "jsonpath=${last%'{end}'}"
done
"""


@pytest.fixture
def place(tmp_path):
    real = shutil.which("kubectl")
    if real is None:
        reason = "kubectl is not installed"
        pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)
    made = fakes(tmp_path / "fakes")
    (made.home / "bin" / "kubectl").write_text(_KUBECTL.replace("REAL", real))
    for number, image in ((9, "r/shop:1"), (10, OLD), (11, NEW)):
        text = REPLICA_SET.format(number=number, image=image)
        (made.home / f"set-{number}.yaml").write_text(text)
    (made.home / "deployment.yaml").write_text(DEPLOYMENT.format(number=11, image=NEW))
    made.rules = healthy()
    return made


@pytest.mark.slow
def test_revisions_hashes_and_images_are_read(place, tmp_path) -> None:
    folder = project(tmp_path / "p", subject("shop Express on EKS, rolling, 300 rps, 99.9 %"))
    done = place.run(folder / "rollback.sh", "production", BAD_IMAGE=NEW)
    assert done.returncode == 0, done.stderr
    # the tenth comes after the ninth as a number, not as a word
    assert any(line.endswith("undo deployment/shop --to-revision 10") for line in place.lines())
    assert f"back to revision 10, {OLD}" in done.stderr
    asked = next(line for line in place.lines() if line.startswith("curl"))
    assert 'pod_template_hash="h11"' in asked


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["rolling", "canary", "blue-green", "A/B testing"])
def test_every_call_is_one_that_the_real_programs_take(tmp_path, strategy) -> None:
    """Replayed without a cluster: refused for the connection alone, not for a flag."""
    tools = os.pathsep.join([str(TOOLS), os.environ.get("PATH", os.defpath)])
    missing = [n for n in ("kubectl", "kubectl-argo-rollouts") if not shutil.which(n, path=tools)]
    if missing:
        reason = f"{', '.join(missing)} not installed"
        pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)
    made = subject(f"shop Express on EKS, {strategy}, 300 rps, 99.9 %")
    place = fakes(tmp_path / "fakes")
    folder = project(tmp_path / "p", made)
    place.rules = [
        {"when": ["--timeout"], "exit": 1, "times": 1},
        {"when": ["get replicasets"], "out": f"2\th2\t{OLD}\n3\th3\t{NEW}\n"},
        {"when": ["annotations", " get "], "out": "3"},
        {"when": ["stableRS"], "out": "h2"},
        {"when": ["currentPodHash"], "out": "h3"},
    ]
    place.run(folder / "deploy.sh", "production", NEW)
    place.run(folder / "rollback.sh", "production")
    place.run(folder / "rollback.sh", "production", "2")
    calls = {tuple(call) for call in place.calls if call[0] == "kubectl"}
    assert len(calls) >= 6
    (tmp_path / "objects.yaml").write_text(REPLICA_SET.format(number=1, image=OLD))
    for call in sorted(calls):
        words = [str(tmp_path / "objects.yaml") if "objects.yaml" in w else w for w in call]
        words = [re.sub(r"\A\d+s\Z", "1s", w) for w in words]
        said = _said(words, {"PATH": tools, "KUBECONFIG": "/dev/null", "HOME": str(tmp_path)})
        assert "nknown" not in said, (words, said)
        assert "refused" in said or "connect" in said, (words, said)


def _said(words: list[str], environment: dict[str, str]) -> str:
    """What a program says on its way; the plugin's status waits for a cluster without end."""
    process = subprocess.Popen(
        words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        _, said = process.communicate(timeout=5 if "argo" in words else 60)
    except subprocess.TimeoutExpired:
        process.kill()
        _, said = process.communicate()
    return said
