# ruff: noqa: E501 (rows of data)
"""Every rule accepts a tree that agrees, and refuses the one thing that does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from good_tree import GOOD

from devops_exe.blueprint.compose import compose
from devops_exe.implement.consistency.check import check, check_files
from devops_exe.implement.consistency.findings import rows
from devops_exe.implement.consistency.kustomize import units
from devops_exe.implement.consistency.world import World
from devops_exe.implement.promql import names_in
from devops_exe.implement.series import Series

if TYPE_CHECKING:
    from pathlib import Path

BASE = "deploy/base/deployment.yaml"
MORE = "deploy/base/others.yaml"
KUSTOMIZATION = "deploy/base/kustomization.yaml"
OVERLAY = "deploy/overlays/production/kustomization.yaml"
PATCH = "deploy/overlays/production/more.yaml"
WORKFLOW = ".github/workflows/deploy.yml"
RULES = "rules/shop.rules.yml"

# code, file, what is there, what is put in its place
PLANTED: tuple[tuple[str, str, str, str], ...] = (
    ("name_refused", BASE, "  name: shop\nspec", "  name: Shop_1\nspec"),
    ("name_refused", MORE, "kind: Service\nmetadata:\n  name: shop", "kind: Service\nmetadata:\n  name: s.hop"),
    ("object_twice", MORE, "kind: ServiceAccount", "kind: Service"),
    ("selector_disagrees", BASE, "labels: {app.kubernetes.io/name: shop}", "labels: {app.kubernetes.io/name: shap}"),
    ("selects_nothing", MORE, "selector: {app.kubernetes.io/name: shop}", "selector: {app: shop}"),
    ("selects_nothing", MORE, "maxUnavailable: 1\n  selector:\n    matchLabels: {app.kubernetes.io/name: shop}", "maxUnavailable: 1\n  selector:\n    matchLabels: {name: shop}"),
    ("selects_nothing", MORE, "podSelector:\n    matchLabels: {app.kubernetes.io/name: shop}", "podSelector:\n    matchLabels: {x: shop}"),
    ("target_port_unknown", MORE, "targetPort: http", "targetPort: web"),
    ("target_port_unknown", MORE, "targetPort: http", "targetPort: 8080"),
    ("scale_target_missing", MORE, "kind: Deployment, name: shop", "kind: Rollout, name: shop"),
    ("scale_bounds", MORE, "maxReplicas: 9", "maxReplicas: 2"),
    ("scale_bounds", PATCH, "value: 4", "value: 40"),
    ("replicas_fixed", BASE, "spec:\n  selector", "spec:\n  replicas: 3\n  selector"),
    ("single_writer", BASE, "      containers:", "      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]\n      containers:"),
    ("budget_blocks", MORE, "maxUnavailable: 1", "maxUnavailable: 0"),
    ("budget_blocks", MORE, "maxUnavailable: 1", "minAvailable: 100%"),
    ("budget_blocks", MORE, "maxUnavailable: 1", "minAvailable: 4"),
    ("policy_port_unknown", MORE, "[{port: http}]", "[{port: 9000}]"),
    ("reference_missing", BASE, "serviceAccountName: shop", "serviceAccountName: shap"),
    ("port_disagrees", "Dockerfile", "EXPOSE 8000", "EXPOSE 8080"),
    ("probe_port_unknown", BASE, "readinessProbe:\n            httpGet: {path: /healthz, port: http}", "readinessProbe:\n            httpGet: {path: /healthz, port: 8080}"),
    ("probe_path_disagrees", "Dockerfile", "8000/healthz", "8000/up"),
    ("liveness_slower", BASE, "failureThreshold: 6", "failureThreshold: 2"),
    ("grace_too_short", BASE, "terminationGracePeriodSeconds: 40", "terminationGracePeriodSeconds: 10"),
    ("grace_too_short", BASE, '[sleep, "10"]', '[sh, -c, "sleep 60"]'),
    ("limit_below_request", BASE, "limits: {memory: 256Mi}", "limits: {memory: 128Mi}"),
    ("limit_below_request", BASE, "limits: {memory: 256Mi}", "limits: {cpu: 100m}"),
    ("environment_not_provided", BASE, "name: DATABASE_URL\n", "name: DB\n"),
    ("key_missing", BASE, "key: LEVEL", "key: LOUD"),
    ("source_missing", BASE, "name: shop-config", "name: shop-konfig"),
    ("image_disagrees", KUSTOMIZATION, "name: shop, newName", "name: shap, newName"),
    ("image_floats", BASE, "image: shop", "image: registry/shop:latest"),
    ("image_floats", BASE, "image: shop", "image: registry/other"),
    ("image_floats", KUSTOMIZATION, "newTag: 1.2.3", "newTag: latest"),
    ("port_disagrees", "compose.yaml", "9000:8000", "8000:9000"),
    ("probe_path_unknown", BASE, "readinessProbe:\n            httpGet: {path: /healthz", "readinessProbe:\n            httpGet: {path: /helthz"),
    ("standard_violated", MORE, "kind: ServiceAccount\nmetadata:\n  name: shop", "kind: Namespace\nmetadata:\n  name: shop\n  labels: {pod-security.kubernetes.io/enforce: restricted}"),
    ("environment_unknown", WORKFLOW, "deploy.sh production", "deploy.sh prod"),
    ("history_missing", BASE, "spec:\n  selector", "spec:\n  revisionHistoryLimit: 0\n  selector"),
    ("secret_in_plain", "compose.yaml", "${DB_PASSWORD:?}", "hunter2"),
    ("secret_in_plain", BASE, "- name: LEVEL\n", "- name: API_TOKEN\n              value: abc\n            - name: LEVEL\n"),
    ("secret_in_plain", BASE, "- name: LEVEL\n", "- name: STORE\n              value: postgres://shop:pw@db/shop\n            - name: LEVEL\n"),
    ("secret_in_plain", MORE, "kind: ServiceAccount\n", "kind: Secret\nstringData: {password: hunter2}\n"),
    ("secret_in_plain", KUSTOMIZATION, "LEVEL=info", "LEVEL=info, DB_PASSWORD=hunter2"),
    ("secret_in_plain", MORE, "kind: ServiceAccount\n", "kind: ConfigMap\ndata: {URL: 'redis://a:b@c'}\n"),
    ("series_unknown", RULES, "http_requests_total", "http_requests"),
    ("series_unknown", RULES, "job:errors:ratio_rate5m > 0", "job:errors:ratio_rate1h > 0"),
    ("alert_untested", "rules/shop.rules.test.yml", "alertname: Burning", "alertname: Burning2"),
    ("file_missing", WORKFLOW, "./deploy/deploy.sh", "./deploy/ship.sh"),
    ("file_missing", "deploy/deploy.sh", "#!/bin/sh\n", '#!/bin/sh\n"${here}/verify.sh" production\n'),
    ("file_missing", KUSTOMIZATION, "others.yaml", "rest.yaml"),
    ("file_missing", OVERLAY, "../../base", "../../bass"),
    ("file_missing", OVERLAY, "path: more.yaml", "path: less.yaml"),
    ("environment_unknown", WORKFLOW, "environment: production", "environment: prod"),
    ("need_unknown", WORKFLOW, "needs: build", "needs: built"),
    ("figure_disagrees", MORE, "maxReplicas: 9", "maxReplicas: 8"),
    ("figure_unknown", MORE, "L8.total_replicas", "L88.total_replicas"),
    ("yaml_broken", MORE, "kind: ServiceAccount", "kind: [ServiceAccount"),
)  # fmt: skip


class FakeLedger:
    """Answers one reference: a figure that a small tree can hold."""

    def value(self, reference: str) -> object:
        from devops_exe.ground.errors import UserError

        if reference == "L8.total_replicas":
            return 9
        raise UserError("no entry", where="ledger", fix="none")


def world(files: dict[str, str]) -> World:
    claim = (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\n"
        "spec:\n  accessModes: [ReadWriteOnce]\n"
    )
    if "claimName" in files.get(BASE, ""):
        files = {**files, MORE: files[MORE] + "---\n" + claim}
    return World(
        files,
        required=(("DATABASE_URL", "app/settings.py:18"),),
        series=Series(job="shop"),
        ledger=FakeLedger(),  # type: ignore[arg-type]
        startup_seconds=45,
        health_paths=frozenset({"/healthz"}),
    )


def test_a_tree_that_agrees_has_no_finding() -> None:
    assert check(world(GOOD)) == ()


@pytest.mark.parametrize(
    ("code", "path", "old", "new"), PLANTED, ids=[f"{n}-{p[0]}" for n, p in enumerate(PLANTED)]
)
def test_a_planted_error_is_found(code: str, path: str, old: str, new: str) -> None:
    assert old in GOOD[path], "the plant does not fit the tree"
    found = check(world({**GOOD, path: GOOD[path].replace(old, new, 1)}))
    assert code in {finding.code for finding in found}, found
    one = next(finding for finding in found if finding.code == code)
    assert one.path.split(":")[0] in {*GOOD}, "a finding names a file of the tree"
    assert "{" not in one.message.replace("{{", "")


def test_every_code_of_the_table_is_provoked() -> None:
    provoked = {row[0] for row in PLANTED} | {"not_read", "expression_broken"}
    assert provoked == set(rows())


def test_a_secret_is_never_shown() -> None:
    files = {**GOOD, "compose.yaml": GOOD["compose.yaml"].replace("${DB_PASSWORD:?}", "hunter2")}
    assert all("hunter2" not in str(finding.as_json()) for finding in check(world(files)))


def test_promql_that_does_not_parse() -> None:
    pytest.importorskip("promql_parser")
    broken = {**GOOD, RULES: GOOD[RULES].replace("> 0.0072", "> > 0.0072")}
    assert "expression_broken" in {finding.code for finding in check(world(broken))}


def test_helm_templates_are_said_not_to_be_judged() -> None:
    chart = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n"
    found = check(world({**GOOD, "chart/templates/service.yaml": chart}))
    assert [(one.code, one.severity) for one in found] == [("not_read", "note")]


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ('sum by (job, code) (rate(a_total{code=~"5..", job="x"}[5m])) > bool 0', {"a_total"}),
        ("histogram_quantile(0.99, sum(rate(b_bucket[5m:30s])) by (le)) and on (job) c", {"b_bucket", "c"}),
        ("job:x:ratio_rate5m offset 5m / ignoring(version) group_left d", {"job:x:ratio_rate5m", "d"}),
        ('a{hash="{{args.canary-hash}}"} / b{x="$job"}', {"a", "b"}),
        ("rate(a[$__rate_interval])", {"a"}),
        ("a > {{args.limit}} and b[{{ args.window }}]", {"a", "b"}),
        ('a{x="#"} > 1 # L2.alerts[0].x, "b" is not asked for\nand c', {"a", "c"}),
        ("1e3 + 0x10 + Inf", set()),
        ("absent(up{job='x'})", {"up"}),
    ],
)  # fmt: skip
def test_names_in_an_expression(expression: str, names: set[str]) -> None:
    assert names_in(expression) == names


def test_a_unit_is_what_kustomize_applies_together() -> None:
    (unit,) = units({path: text for path, text in GOOD.items() if path.startswith("deploy/")})
    assert unit.name == "deploy/overlays/production"
    scaler = unit.named("HorizontalPodAutoscaler", "shop")
    assert scaler is not None
    assert scaler.node["spec"]["minReplicas"] == "4"
    assert unit.images == {"shop": "registry/shop:1.2.3"}
    assert unit.generated[("ConfigMap", "shop-config")] == {"LEVEL"}


def test_kustomize_itself_gives_the_same_objects(tmp_path: Path) -> None:
    """kubectl's kustomize is the authority: kinds, names and patched values are the same."""
    import shutil
    import subprocess

    import yaml

    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed")
    for path, text in GOOD.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    built = subprocess.run(
        ["kubectl", "kustomize", str(tmp_path / "deploy/overlays/production")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    theirs = {
        (node["kind"], re.sub(r"-[a-z0-9]{10}$", "", node["metadata"]["name"])): node
        for node in yaml.safe_load_all(built)
    }
    (unit,) = units({path: text for path, text in GOOD.items() if path.startswith("deploy/")})
    ours = {(one.kind, one.name) for one in unit.objects} | set(unit.generated)
    assert ours == set(theirs)
    assert theirs[("HorizontalPodAutoscaler", "shop")]["spec"]["minReplicas"] == 4


def test_a_bomb_and_a_loop_end(tmp_path: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
    )
    loop = {
        "a/kustomization.yaml": "resources: [../b]\n",
        "b/kustomization.yaml": "resources: [../a, ../b]\n",
        "bomb.yaml": "apiVersion: v1\n" + bomb,
    }
    assert check_files(loop) is not None


def test_the_figure_of_a_condition_is_held_against_the_ledger() -> None:
    for limit, codes in ((9, []), (8, ["figure_disagrees"])):
        line = (
            f"      - alert: Burning\n        expr: |\n          job:errors:ratio_rate5m > {limit}"
        )
        rules = GOOD[RULES].partition("      - alert")[0] + f"{line}  # L8.total_replicas\n"
        assert [one.code for one in check(world({**GOOD, RULES: rules}))] == codes


def test_the_ledger_of_a_real_dossier() -> None:
    from devops_exe.assess.requirements import read_words

    dossier = compose("devops", read_words("shop on EKS, 300 rps, 99.9 %"), "2026-01-01")
    value = dossier.ledger.value("L6.total_replicas")
    good = {"a.yaml": f"replicas: {value}  # L6.total_replicas\n"}
    assert check_files(good, ledger=dossier.ledger) == ()
    bad = {"a.yaml": "replicas: 12345  # L6.total_replicas\n"}
    assert [f.code for f in check_files(bad, ledger=dossier.ledger)] == ["figure_disagrees"]


def test_a_recorded_name_is_missed_without_knowing_the_series() -> None:
    bad = GOOD[RULES].replace("job:errors:ratio_rate5m > 0", "job:erors:ratio_rate5m > 0")
    found = check(World({**GOOD, RULES: bad}))
    assert ["job:erors:ratio_rate5m" in one.message for one in found] == [True]
    assert check(World({RULES: bad.replace("record:", "x:")})) == ()


def test_a_job_of_gitlab_deploys_where_an_overlay_is() -> None:
    text = "stages: [deploy]\nship:\n  environment: {name: %s}\n  script: [id]\n"
    for name, codes in (
        ("production", []),
        ("review/$CI_JOB", []),
        ("prod", ["environment_unknown"]),
    ):
        found = check(world({**GOOD, ".gitlab-ci.yml": text % name}))
        assert [one.code for one in found] == codes
