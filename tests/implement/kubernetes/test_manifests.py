"""The manifests: every strategy builds, validates, and says the ledger's figures."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stack_subjects import of_stack, subject, tool, write_tree

from devops_exe.implement.existing import is_generated
from devops_exe.implement.kubernetes import generate

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.implement.subject import Subject

STRATEGIES = ("Rolling", "Recreate", "Blue-Green", "Canary", "A/B Testing")
OVERLAYS = ("development", "staging", "production")


def documents(one: Subject) -> dict[tuple[str, str], dict[str, Any]]:
    """Objects of the generated files by kind and name; those of overlays win."""
    found = {}
    for artefact in generate(one).artefacts:
        if artefact.path.endswith(".yaml"):
            for node in yaml.safe_load_all(artefact.text):
                if "metadata" in node:
                    found[(node["kind"], node["metadata"]["name"])] = node
    return found


def build(one: Subject, root: Path, environment: str) -> list[dict[str, Any]]:
    """What kustomize makes of an overlay."""
    kubectl = tool("kubectl")
    write_tree(root, {a.path: a.text for a in generate(one).artefacts})
    folder = root / "deploy/kubernetes/overlays" / environment
    done = subprocess.run(
        [kubectl, "kustomize", str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_overlay_builds_and_its_objects_validate(tmp_path: Path, strategy: str) -> None:
    validator = pytest.importorskip("kubernetes_validate")
    one = subject(strategy=strategy, datastores=("postgresql",))
    for environment in OVERLAYS:
        for node in build(one, tmp_path / environment, environment):
            if node["kind"] in {"Rollout", "AnalysisTemplate", "HTTPRoute"}:
                continue
            validator.validate(node, "1.32", strict=True)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_same_subject_gives_the_same_bytes_that_bear_the_mark(strategy: str) -> None:
    first, again = (generate(subject(strategy=strategy)).artefacts for _ in range(2))
    assert first == again
    assert all(is_generated(artefact.text) for artefact in first)


def test_a_rollout_is_told_the_name_of_its_config_map(tmp_path: Path) -> None:
    nodes = build(subject(strategy="Canary"), tmp_path, "production")
    maps = [n["metadata"]["name"] for n in nodes if n["kind"] == "ConfigMap"]
    rollout = next(n for n in nodes if n["kind"] == "Rollout")
    source = rollout["spec"]["template"]["spec"]["containers"][0]["envFrom"][0]
    assert [source["configMapRef"]["name"]] == maps


def test_pods_meet_the_restricted_standard() -> None:
    for (kind, _), node in documents(subject(strategy="A/B Testing")).items():
        if kind != "Deployment":
            continue
        pod = node["spec"]["template"]["spec"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            rights = container["securityContext"]
            assert rights["allowPrivilegeEscalation"] is False
            assert rights["readOnlyRootFilesystem"] is True
            assert rights["capabilities"] == {"drop": ["ALL"]}
            resources = container["resources"]
            assert resources["limits"]["memory"] == resources["requests"]["memory"]
            assert "cpu" not in resources["limits"]


def test_the_autoscaler_has_the_ledgers_bounds() -> None:
    one = subject(strategy="Rolling", peak_rps=1200.0)
    scaler = documents(one)[("HorizontalPodAutoscaler", "shop")]["spec"]
    assert scaler["minReplicas"] == one.minimum.value
    assert scaler["maxReplicas"] == one.maximum.value
    target = scaler["metrics"][0]["pods"]["target"]["averageValue"]
    assert float(target) == one.figure("peak", "target_rps_per_replica").value
    assert "replicas" not in documents(one)[("Deployment", "shop")]["spec"]


def test_figures_carry_their_references() -> None:
    one = subject(strategy="Canary", peak_rps=1200.0)
    for artefact in generate(one).artefacts:
        for line in artefact.text.splitlines():
            for name in ("minReplicas", "maxReplicas", "setWeight", "averageValue"):
                if line.strip().lstrip("- ").startswith(f"{name}:"):
                    assert re.search(r"# L\d+\.", line), (artefact.path, line)


def test_a_canarys_steps_are_the_plans() -> None:
    one = subject(strategy="Canary", average_rps=0.2, peak_rps=0.6, slo_percent=99.0)
    steps = documents(one)[("Rollout", "shop")]["spec"]["strategy"]["canary"]["steps"]
    weights = one.plan.entry("bake").outputs["weights_percent"]
    assert [step["setWeight"] for step in steps[::2]] == weights
    arguments = {a["name"]: a for a in steps[1]["analysis"]["args"]}
    assert arguments["hash"]["valueFrom"] == {"podTemplateHashValue": "Latest"}
    seconds = one.figure("bake", "step_seconds[0]").value
    assert arguments["window"]["value"] == f"{seconds}s"
    interval = one.given("evaluation_interval_seconds").value
    measured = (int(arguments["measurements"]["value"]) - 1) * int(interval)
    assert float(seconds) <= measured < float(seconds) + int(interval)


def test_an_analysis_asks_the_new_version_alone_and_needs_its_sample() -> None:
    one = subject(strategy="Canary")
    metric = documents(one)[("AnalysisTemplate", "shop-error-ratio")]["spec"]["metrics"][0]
    query = metric["provider"]["prometheus"]["query"]
    assert query.count('pod_template_hash="{{args.hash}}"') == 3
    samples = one.figure("sample", "canary_samples")
    assert f">= {samples.value}  # {samples.reference}" in query
    threshold = one.alerts[one.plan.outage_alert or 0].threshold.value
    assert metric["successCondition"].endswith(f"<= {threshold}")
    assert metric["failureCondition"].endswith(f"> {threshold}")
    assert metric["inconclusiveLimit"] == "{{args.unanswered}}"


def test_a_query_is_one_that_prometheus_takes(tmp_path: Path) -> None:
    promtool = tool("promtool")
    one = subject(strategy="Canary", p99_ms=300.0)
    metrics = documents(one)[("AnalysisTemplate", "shop-error-ratio")]["spec"]["metrics"]
    assert [m["name"] for m in metrics] == ["error-ratio", "p99"]
    rules = [
        {
            "record": f"a{number}",
            "expr": m["provider"]["prometheus"]["query"]
            .replace("{{args.window}}", "300s")
            .replace("{{args.hash}}", "abc"),
        }
        for number, m in enumerate(metrics)
    ]
    path = tmp_path / "rules.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "a", "rules": rules}]}))
    done = subprocess.run(
        [promtool, "check", "rules", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_compared_where_nobody_is(tmp_path: Path) -> None:
    one = subject(strategy="Canary")
    for environment, stepped in (("staging", False), ("production", True)):
        nodes = build(one, tmp_path / environment, environment)
        rollout = next(n for n in nodes if n["kind"] == "Rollout")
        canary = rollout["spec"]["strategy"]["canary"]
        assert ("steps" in canary) is stepped
        plugin = canary["trafficRouting"]["plugins"]["argoproj-labs/gatewayAPI"]
        assert plugin["namespace"] == f"shop-{environment}"


def test_without_a_router_a_canary_goes_by_replicas() -> None:
    one = subject(strategy="Canary", traffic_routing=False)
    found = documents(one)
    assert "trafficRouting" not in found[("Rollout", "shop")]["spec"]["strategy"]["canary"]
    assert ("Service", "shop-canary") not in found
    assert not any(kind == "HTTPRoute" for kind, _ in found)
    assert any("kept by replicas" in note for note in generate(one).notes)


def test_blue_green_asks_the_preview_and_keeps_the_old_colour() -> None:
    one = subject(strategy="Blue-Green")
    block = documents(one)[("Rollout", "shop")]["spec"]["strategy"]["blueGreen"]
    assert (block["activeService"], block["previewService"]) == ("shop", "shop-preview")
    assert block["prePromotionAnalysis"]["templates"] == [{"templateName": "shop-preview"}]
    delay = one.figure("blue_green", "scale_down_delay_seconds").value
    assert 0 <= block["scaleDownDelaySeconds"] - float(delay) < 1


def test_an_experiment_has_pods_and_a_route_of_its_own() -> None:
    found = documents(subject(strategy="A/B Testing", cohort_percent=20.0))
    rules = found[("HTTPRoute", "shop-experiment")]["spec"]["rules"]
    assert rules[0]["matches"][0]["headers"] == [{"name": "x-cohort", "value": "shop-experiment"}]
    assert rules[0]["backendRefs"][0]["name"] == "shop-experiment"
    assert rules[1]["backendRefs"][0]["name"] == "shop"
    service = found[("Service", "shop")]["spec"]["selector"]
    labels = found[("Deployment", "shop-experiment")]["spec"]["template"]["metadata"]["labels"]
    assert any(labels.get(key) != value for key, value in service.items())


def test_flags_divide_the_cohort() -> None:
    one = subject(strategy="A/B Testing", cohort_percent=20.0)
    artefact = next(a for a in generate(one).artefacts if a.kind == "flagd")
    flag = json.loads(artefact.text)["flags"]["shop-experiment"]
    assert flag["defaultVariant"] in flag["variants"]
    assert flag["targeting"]["fractional"] == [["on", 20], ["off", 80]]


def test_one_writer_has_a_volume_and_no_autoscaler(tmp_path: Path) -> None:
    one = subject(datastores=("sqlite",))
    found = documents(one)
    assert not any(kind == "HorizontalPodAutoscaler" for kind, _ in found)
    assert found[("PersistentVolumeClaim", "shop-data")]
    nodes = build(one, tmp_path, "production")
    assert next(n for n in nodes if n["kind"] == "Deployment")["spec"]["replicas"] == 1


def test_a_worker_has_no_probes_of_http() -> None:
    for strategy in ("Rolling", "Canary", "Blue-Green"):
        found = documents(subject(kind="queue-worker", strategy=strategy))
        kind = "Deployment" if strategy == "Rolling" else "Rollout"
        container = found[(kind, "shop")]["spec"]["template"]["spec"]["containers"][0]
        assert not {"readinessProbe", "ports"} & set(container)
        assert not any(k == "AnalysisTemplate" for k, _ in found)


def test_the_migration_runs_beside_the_service_not_in_its_traffic(tmp_path: Path) -> None:
    one = of_stack(tmp_path, "django", strategy="Rolling")
    found = documents(one)
    job = found[("Job", "shop-migrate")]
    assert job["metadata"]["labels"]["app.kubernetes.io/component"] == "migration"
    labels = job["spec"]["template"]["metadata"]["labels"]
    selector = found[("Service", "shop")]["spec"]["selector"]
    assert any(labels.get(key) != value for key, value in selector.items())
    for name in ("Namespace/shop-production", "ServiceAccount/shop", "NetworkPolicy/default-deny"):
        kind, _, which = name.partition("/")
        assert found[(kind, which)]["metadata"]["labels"]["app.kubernetes.io/component"] == "setup"


def test_secrets_are_named_and_never_written(tmp_path: Path) -> None:
    one = of_stack(tmp_path, "express", strategy="Rolling")
    text = "".join(a.text for a in generate(one).artefacts)
    assert "kind: Secret" not in text
    container = documents(one)[("Deployment", "shop")]["spec"]["template"]["spec"]["containers"][0]
    named = {row["name"]: row["valueFrom"]["secretKeyRef"]["key"] for row in container["env"]}
    assert named["STRIPE_SECRET_KEY"] == "STRIPE_SECRET_KEY"
    assert any("DB_PASSWORD" in note and "shop-secrets" in note for note in generate(one).notes)


def test_probes_ask_what_the_source_answers(tmp_path: Path) -> None:
    container = documents(of_stack(tmp_path, "fastapi", strategy="Rolling"))[
        ("Deployment", "shop")
    ]["spec"]["template"]["spec"]["containers"][0]
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/livez"


def test_the_start_up_probe_covers_the_start() -> None:
    one = subject(strategy="Rolling", startup_seconds=95.0)
    container = documents(one)[("Deployment", "shop")]["spec"]["template"]["spec"]["containers"][0]
    probe = container["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] >= 95


def test_pre_stop_leaves_time_within_the_grace() -> None:
    for grace in (2.0, 10.0, 30.0, 120.0):
        pod = documents(subject(strategy="Rolling", termination_grace_seconds=grace))[
            ("Deployment", "shop")
        ]["spec"]["template"]["spec"]
        wait = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert 1 <= wait < pod["terminationGracePeriodSeconds"]


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=40
).filter(lambda text: re.search(r"[a-zA-Z]", text) is not None)


@given(title=NAMES, variable=st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_the_system_is_called_the_files_read_back(
    tmp_path_factory: pytest.TempPathFactory, title: str, variable: str
) -> None:
    root = tmp_path_factory.mktemp("t")
    write_tree(root, {".env.example": f"{variable}=no\n", "requirements.txt": "flask\n"})
    one = subject(root, system=f"a {title}", strategy="Rolling")
    for artefact in generate(one).artefacts:
        for node in yaml.safe_load_all(artefact.text):
            assert isinstance(node, dict)


@pytest.mark.parametrize("value", ["1e3", "yes", "'q", '"', "a: b", "#x", "${{ x }}", "$(id)", "ü"])
def test_values_of_the_example_stay_values(tmp_path: Path, value: str) -> None:
    root = write_tree(tmp_path, {".env.example": f"MODE={value}\n", "requirements.txt": "flask\n"})
    one = subject(root, strategy="Rolling")
    kustomization = next(
        a for a in generate(one).artefacts if a.path.endswith("base/kustomization.yaml")
    )
    literals = yaml.safe_load(kustomization.text)["configMapGenerator"][0]["literals"]
    assert f"MODE={value}" in literals
