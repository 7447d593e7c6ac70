"""What is generated beside what, what is kept, and what the field's tools say of it."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from observed import EXAMPLE, WORDS, of_folder, of_words, run, subject, tool, with_files

from devops_exe.implement.emit import plain
from devops_exe.implement.existing import MARK
from devops_exe.implement.observability import generate
from devops_exe.implement.observability.scraping import prometheus_config
from devops_exe.implement.promql import problem_of
from devops_exe.implement.subject import Subject

RULES = "observability/prometheus/{}.rules.yml"


def files(one) -> dict[str, str]:
    return {a.path: a.text for a in generate(one).artefacts}


@pytest.mark.parametrize("name", WORDS)
def test_same_bytes_marked_and_readable(name: str) -> None:
    found = files(subject(name))
    assert found == files(of_words(WORDS[name]))
    for path, text in found.items():
        assert MARK in text[:2048], path
        assert text.endswith("\n")
        if path.endswith((".yml", ".yaml")):
            assert all(document for document in yaml.safe_load_all(text))


@pytest.mark.parametrize("name", WORDS)
def test_routes(name: str, tmp_path) -> None:
    amtool = tool("amtool")
    path = tmp_path / "alertmanager.yml"
    path.write_text(files(subject(name))["observability/alertmanager/alertmanager.yml"])
    done = run(amtool, "check-config", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    for severity in ("page", "ticket"):
        done = run(amtool, "config", "routes", "test", f"--config.file={path}",
                   f"severity={severity}", "job=x")  # fmt: skip
        assert done.stdout.strip() == severity
    assert not re.search(r"(?:routing_key|api_url): ", path.read_text())


@pytest.mark.parametrize("name", WORDS)
def test_dashboard(name: str) -> None:
    one = subject(name)
    board = json.loads(files(one)[f"observability/grafana/{one.name}.json"])
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) >= 5
    for panel in panels:
        for target in panel["targets"]:
            assert problem_of(target["expr"]) == ""
    squares = [
        (panel["gridPos"]["x"] + x, panel["gridPos"]["y"])
        for panel in panels
        for x in range(panel["gridPos"]["w"])
    ]
    assert len(squares) == len(set(squares))
    assert max(x for x, _ in squares) < 24


@pytest.mark.parametrize("name", WORDS)
def test_openslo(name: str) -> None:
    one = subject(name)
    documents = list(yaml.safe_load_all(files(one)[f"observability/openslo/{one.name}.yaml"]))
    named = {(d["kind"], d["metadata"]["name"]) for d in documents}
    slo = next(d["spec"] for d in documents if d["kind"] == "SLO")
    assert slo["objectives"][0]["target"] == pytest.approx(one.profile.number("slo_percent") / 100)
    assert slo["timeWindow"] == [{"duration": "30d", "isRolling": True}]
    assert {("AlertPolicy", policy) for policy in slo["alertPolicies"]} <= named
    for metric in ("bad", "total"):
        query = slo["indicator"]["spec"]["ratioMetric"][metric]["metricSource"]["spec"]["query"]
        assert problem_of(query) == ""


def test_scrape_configuration(tmp_path) -> None:
    promtool = tool("promtool")
    path = tmp_path / "prometheus.yml"
    path.write_text(files(subject("canary"))["observability/prometheus/prometheus.yml"])
    done = run(promtool, "check", "config", "--syntax-only", str(path))
    if "field kubernetes_sd_configs not found" in done.stderr + done.stdout:
        pytest.skip("this promtool was built without Kubernetes discovery")
    assert done.returncode == 0, done.stdout + done.stderr


def relabelled(config: dict, source: dict[str, str]) -> dict[str, str] | None:
    """What Prometheus makes of a target's labels; None where it is dropped."""
    labels = {"job": config["job_name"], **source}
    for rule in config["relabel_configs"]:
        values = [labels.get(name, "") for name in rule["source_labels"]]
        value = rule.get("separator", ";").join(values)
        match = re.fullmatch(rule.get("regex", "(.*)"), value)
        action = rule.get("action", "replace")
        if (action == "keep" and not match) or (action == "drop" and match):
            return None
        if action == "replace" and match:
            text = re.sub(r"\$(\d)", r"\\g<\1>", rule.get("replacement", "$1"))
            labels[rule["target_label"]] = match.expand(text)
    return {name: text for name, text in labels.items() if not name.startswith("__") and text}


def pod(space: str = "checkout-production", **more: str) -> dict[str, str]:
    meta = "__meta_kubernetes_pod_"
    return {
        "__meta_kubernetes_namespace": space,
        f"{meta}name": "checkout-abc-1",
        f"{meta}phase": "Running",
        f"{meta}label_app_kubernetes_io_name": "checkout",
        f"{meta}container_port_name": "metrics",
        f"{meta}container_image": "registry/checkout:1.4.0",
        **{f"{meta}{name}": value for name, value in more.items()},
    }


def test_labels_of_a_target() -> None:
    config = plain(prometheus_config(subject("canary")))["scrape_configs"][0]
    found = relabelled(config, pod(label_rollouts_pod_template_hash="6f7"))
    assert found == {
        "job": "checkout", "version": "1.4.0", "pod_template_hash": "6f7",
        "namespace": "checkout-production", "pod": "checkout-abc-1",
    }  # fmt: skip
    digest = f"registry:5000/checkout@sha256:{'0123456789abcdef' * 4}"
    found = relabelled(config, pod(container_image=digest, label_pod_template_hash="8a9"))
    assert (found["version"], found["pod_template_hash"]) == ("0123456789ab", "8a9")
    found = relabelled(config, pod(label_app_kubernetes_io_version="v7"))
    assert found["version"] == "v7"


def test_nobody_is_paged_for_staging() -> None:
    config = plain(prometheus_config(subject("canary")))["scrape_configs"][0]
    assert relabelled(config, pod("checkout-staging"))["job"] == "checkout-staging"


@pytest.mark.parametrize(
    "more",
    [{"phase": "Succeeded"}, {"container_port_name": "admin"},
     {"label_app_kubernetes_io_name": "other"}],
)  # fmt: skip
def test_other_targets_are_left_out(more: dict[str, str]) -> None:
    config = plain(prometheus_config(subject("canary")))["scrape_configs"][0]
    assert relabelled(config, pod(**more)) is None


def test_the_operator_is_used_where_it_is(tmp_path) -> None:
    monitor = "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: x}\n"
    one = with_files(tmp_path, {"requirements.txt": "fastapi\n", "k8s/monitor.yaml": monitor})
    found = files(one)
    assert "observability/prometheus/prometheus.yml" not in found
    objects = list(yaml.safe_load_all(found["observability/prometheus/operator.yaml"]))
    assert [o["kind"] for o in objects] == ["PodMonitor", "PrometheusRule"]
    assert objects[1]["spec"] == yaml.safe_load(found[RULES.format("shop")])
    endpoint = objects[0]["spec"]["podMetricsEndpoints"][0]
    assert {r["targetLabel"] for r in endpoint["relabelings"]} >= {"job", "version"}
    assert all("source_labels" not in r for r in endpoint["relabelings"])


def test_what_the_repository_has_is_kept(tmp_path) -> None:
    one = with_files(
        tmp_path,
        {
            "requirements.txt": "fastapi\n",
            "monitoring/prometheus.yml": "scrape_configs: []\n",
            "monitoring/alertmanager.yml": "receivers: []\n",
        },
    )
    found = generate(one)
    paths = [a.path for a in found.artefacts]
    assert not [p for p in paths if p.endswith(("prometheus.yml", "alertmanager.yml"))]
    assert {p for p, _ in found.kept} == {
        "monitoring/prometheus.yml", "monitoring/alertmanager.yml",
    }  # fmt: skip


def test_the_example_keeps_its_metrics() -> None:
    found = generate(of_folder(EXAMPLE, "checkout-api on EKS, 1200 rps"))
    assert not [a for a in found.artefacts if "instrumentation" in a.path]
    assert (
        "app/metrics.py",
        "exports http_requests_total already; the rules read it",
    ) in found.kept


def test_a_worker_is_not_judged_by_requests() -> None:
    one = of_words("mailer queue worker in Python with RabbitMQ on EKS, rolling, 99.9 %")
    assert one.profile.text("kind") == "queue-worker"
    rules = next(a for a in generate(one).artefacts if a.kind == "prometheus-rules")
    assert "count HTTP requests" in rules.unproven[0]
    assert not next(
        a for a in generate(subject("canary")).artefacts if a.kind == "prometheus-rules"
    ).unproven


@given(st.text(max_size=40), st.text(max_size=20))
@example("$O", "")
@example('"} or vector(1) #', "")
@examples(max_examples=60, deadline=None)
def test_hostile_words_stay_words(path: str, words: str) -> None:
    one = Subject(subject("canary").dossier)
    # as cached properties keep them
    one.__dict__["health_path"] = f"/{path}"
    one.__dict__["title"] = f"checkout {words}"
    one.__dict__["name"] = "checkout"
    for name, text in files(one).items():
        if name.endswith((".yml", ".yaml")):
            for document in yaml.safe_load_all(text):
                for rule in expressions(document):
                    assert problem_of(rule) == ""
        elif name.endswith(".json"):
            json.loads(text)


def expressions(node) -> list[str]:
    if isinstance(node, dict):
        own = [node["expr"]] if isinstance(node.get("expr"), str) else []
        return own + [text for value in node.values() for text in expressions(value)]
    if isinstance(node, list):
        return [text for value in node for text in expressions(value)]
    return []
