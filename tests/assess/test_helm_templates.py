# ruff: noqa: E501 - a template stands as charts write it
"""Charts and overlays: templates filled with the chart's values, patches laid over a base."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.assess.readers.templates import Release, render
from devops_exe.assess.readers.yamltree import documents
from devops_exe.assess.repository import RepositoryReading, assess_repository

if TYPE_CHECKING:
    from pathlib import Path

GO = "module github.com/acme/ledger\n\ngo 1.22\n\nrequire github.com/go-chi/chi/v5 v5.0.12\n"
VALUES = """replicaCount: 3
image:
  repository: ghcr.io/acme/ledger
  tag: ""
service:
  targetPort: 8080
resources:
  requests:
    cpu: 200m
    memory: 256Mi
autoscaling:
  enabled: false
database:
  host: ledger-db
"""
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "ledger.fullname" . }}
  labels:
    {{- include "ledger.labels" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- else }}
  replicas: 99
  {{- end }}
  template:
    spec:
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          ports:
            - containerPort: {{ .Values.service.targetPort | default 9999 }}
          env:
            - name: DATABASE_URL
              value: postgres://ledger@{{ .Values.database.host }}:5432/ledger
          readinessProbe:
            httpGet: { path: /ready, port: 8080 }
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
"""
CHART = {
    "go.mod": GO,
    "cmd/ledger/main.go": "package main\n",
    "deploy/ledger/Chart.yaml": "apiVersion: v2\nname: ledger\nappVersion: '1.4.0'\n",
    "deploy/ledger/values.yaml": VALUES,
    "deploy/ledger/templates/deployment.yaml": DEPLOYMENT,
}


def read(root: Path, files: dict[str, str]) -> RepositoryReading:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return assess_repository(root)


def filled(line: str, values: str = VALUES) -> str:
    found, _ = documents(values)
    return render(line, Release(found[0], "ledger", "1.4.0"))


def test_a_template_states_what_its_values_make_of_it(tmp_path: Path) -> None:
    reading = read(tmp_path, CHART)
    profile = reading.profile
    services = reading.repository["services"]
    assert services == {
        "ledger": {"path": ".", "language": "go", "port": 8080, "datastores": []},
    }
    assert profile.value("replicas") == 3
    assert profile.value("cpu_millicores") == 200
    assert profile.value("memory_mib") == 256
    assert profile.value("health_path") == "/ready"
    port = profile.get("port")
    assert port is not None
    assert port.where == "deploy/ledger/templates/deployment.yaml:19"
    assert reading.repository["helm"] is True
    assert reading.repository["kubernetes"] is False
    assert reading.notes == ()


def test_a_chart_of_somebody_else_is_no_service(tmp_path: Path) -> None:
    other = DEPLOYMENT.replace("ledger.fullname", "vault.fullname")
    files = {
        **CHART,
        "charts/vault/Chart.yaml": "apiVersion: v2\nname: vault\n",
        "charts/vault/values.yaml": VALUES.replace("acme/ledger", "hashicorp/vault"),
        "charts/vault/templates/deployment.yaml": other,
    }
    assert list(read(tmp_path, files).repository["services"]) == ["ledger"]  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("a: {{ .Values.replicaCount }}", "a: 3"),
        ("a: {{ .Values.gone | default 7 }}", "a: 7"),
        ("a: {{ default 7 .Values.replicaCount }}", "a: 3"),
        ('a: {{ .Values.gone | default "x" | quote }}', 'a: "x"'),
        ("a: {{ $.Values.database.host }}", "a: ledger-db"),
        ('a: {{ printf "%s-web" .Chart.Name }}', "a: ledger-web"),
        ("a: {{ .Release.Name }}-x", "a: ledger-x"),
        ('a: {{ include "common.image" (dict "root" .Values.image) }}', "a: ghcr.io/acme/ledger"),
        ("a: {{ .Capabilities.KubeVersion }}", "a: "),
        ("{{- if .Values.autoscaling.enabled }}\na: 1\n{{- end }}\nb: 2", "\n\n\nb: 2"),
        ('{{ if eq .Values.database.host "ledger-db" }}\na: 1\n{{ end }}', "\na: 1\n"),
        ("{{- with .Values.database }}\na: {{ .host }}\n{{- end }}", "\na: ledger-db\n"),
        ("{{- range .Values.list }}\n- {{ . }}\n{{- end }}\nb: 1", "\n\n\nb: 1"),
        ("{{/* a\ncomment */}}\nb: 1", "\n\nb: 1"),
        ("{{- $x := .Values.a }}\nb: 1", "\nb: 1"),
        ("{{ if .Values.a }}\n1\n{{ else if .Values.replicaCount }}\n2\n{{ else }}\n3\n{{ end }}",
         "\n\n\n2\n\n\n"),
    ],
)  # fmt: skip
def test_expressions(line: str, wanted: str) -> None:
    assert filled(line) == wanted


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet='{}-. |"()\n/*$Values.defultincraghwe1', max_size=300))
def test_any_template_keeps_its_lines(text: str) -> None:
    assert filled(text).count("\n") == text.count("\n")


def test_many_open_blocks_end(tmp_path: Path) -> None:
    text = "{{ if .Values.a }}\n" * 5000 + "{{ end }}\n" * 5000
    assert filled(text).count("\n") == 10_000


BASE = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: cart
        image: acme/cart
        ports:
        - containerPort: 3000
"""
PATCH = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart
spec:
  replicas: 6
  template:
    spec:
      containers:
      - name: cart
        resources:
          requests: { cpu: 500m, memory: 512Mi }
"""
NODE = '{"name": "cart", "scripts": {"start": "node ."}, "dependencies": {"express": "4"}}'


def test_a_patch_is_laid_over_its_base(tmp_path: Path) -> None:
    files = {
        "package.json": NODE,
        "k8s/base/deployment.yaml": BASE,
        "k8s/overlays/production/patch.yaml": PATCH,
        "k8s/overlays/staging/patch.yaml": PATCH.replace("replicas: 6", "replicas: 2"),
    }
    reading = read(tmp_path, files)
    assert reading.profile.value("replicas") == 6
    assert reading.profile.value("cpu_millicores") == 500
    assert reading.profile.value("port") == 3000
    assert reading.profile.conflicts == ()
    assert list(reading.repository["services"]) == ["cart"]  # type: ignore[call-overload]


def test_a_patch_without_its_base_is_no_service(tmp_path: Path) -> None:
    reading = read(tmp_path, {"package.json": NODE, "k8s/patch.yaml": PATCH.replace("cart", "far")})
    assert list(reading.repository["services"]) != ["far"]  # type: ignore[call-overload]
