"""Custom resources of operators: schemas from the modules' own manifests, PromQL inside."""

from __future__ import annotations

import json

import pytest

from devops_exe.implement.artefact import Artefact
from devops_exe.implement.proof import prove
from devops_exe.implement.proof.schemas import closed, custom_schemas, definitions, main

RULE = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: web
spec:
  groups:
    - name: web
      rules:
        - alert: Down
          expr: up{job="web"} == 0
          for: 5m
          labels:
            severity: page
"""
SCALED = """\
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: web
spec:
  scaleTargetRef:
    name: web
  minReplicaCount: 2
  maxReplicaCount: 20
  triggers:
    - type: prometheus
      metadata:
        serverAddress: http://prometheus:9090
        query: sum(rate(http_requests_total[2m]))
        threshold: "50"
"""
MONITOR = """\
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  endpoints:
    - port: http
      interval: 15s
"""
DEFINITION = """\
kind: CustomResourceDefinition
spec:
  group: example.com
  names: {kind: Thing}
  versions:
    - name: v1
      served: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [size]
              properties:
                size: {type: integer, maximum: 5}
                description: {type: string, description: prose}
                free: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {}}
                operator: {type: string, enum: [=, "!="]}
    - {name: v0, served: false, schema: {openAPIV3Schema: {type: object}}}
"""


@pytest.mark.parametrize(
    ("text", "old", "new", "by"),
    [
        (RULE, "for: 5m", "for: five", "kubeconform"),
        (RULE, "== 0", "=== 0", "promql-parser"),
        (RULE, "groups:", "grups:", "kubeconform"),
        (SCALED, "minReplicaCount: 2", "minReplicaCount: 30", "kubernetes-scaling"),
        (SCALED, "[2m]))", "[2m])", "promql-parser"),
        (SCALED, "triggers:", "trigger:", "kubeconform"),
        (MONITOR, "interval: 15s", "interval: often", "kubeconform"),
        (MONITOR, "endpoints:", "endpoint:", "kubeconform"),
    ],
)
def test_of_operators(text, old, new, by, real_tools, missing):
    good = prove([Artefact("a.yaml", text, "kubernetes")])
    assert [row.faults for row in good.failed] == []
    if good.skipped:
        missing("; ".join(good.skipped))
    assert old in text
    bad = prove([Artefact("a.yaml", text.replace(old, new), "kubernetes")])
    assert by in {row.validator for row in bad.failed}


def test_a_schema_of_the_user_s_own_is_asked_first(tmp_path, real_tools, missing):
    name, schema = next(custom_schemas(next(definitions(DEFINITION))))
    file = tmp_path / name
    file.parent.mkdir()
    file.write_text(json.dumps(schema), encoding="utf-8")
    thing = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\nspec: {size: 3}\n"
    artefact = Artefact("a.yaml", thing, "kubernetes")
    without = prove([artefact])
    row = next(row for row in without.rows if row.validator == "kubeconform")
    if "is not there" in row.why:
        missing(row.why)
    # an operator's kind that no schema is here for is nobody's fault, and nobody's proof
    assert row.state == "skipped"
    assert row.why.startswith("kubeconform has no schema of Thing: ")
    assert without.verdict("a.yaml").standing == "checked"
    assert prove([artefact], schema_dir=tmp_path).failed == ()
    large = Artefact("a.yaml", thing.replace("3", "9"), "kubernetes")
    assert prove([large], schema_dir=tmp_path).failed


def test_only_what_is_served_and_nothing_unknown():
    found = dict(custom_schemas(next(definitions(DEFINITION))))
    assert list(found) == ["example.com/thing_v1.json"]
    spec = found["example.com/thing_v1.json"]["properties"]["spec"]
    assert spec["additionalProperties"] is False
    # a field may be called as a keyword of the schema is
    assert spec["properties"]["description"] == {"type": "string"}
    assert "additionalProperties" not in spec["properties"]["free"]
    assert spec["properties"]["operator"]["enum"] == ["=", "!="]


def test_whole_numbers_or_text_and_nothing():
    text = {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}
    assert closed(text) == {"type": ["integer", "string"]}
    assert closed({"type": "string", "nullable": True})["type"] == ["string", "null"]


def test_the_program_writes_them(tmp_path, capsys):
    manifest = tmp_path / "crd.yaml"
    manifest.write_text(DEFINITION, encoding="utf-8")
    status = main(["--into", str(tmp_path / "out"), str(manifest)])
    said = capsys.readouterr().out
    assert "1 of custom resources" in said
    assert (tmp_path / "out" / "crds" / "example.com" / "thing_v1.json").exists()
    assert (status == 0) == (tmp_path / "out" / "kubernetes").is_dir()
    assert main(["out"]) == 2
