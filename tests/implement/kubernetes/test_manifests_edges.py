"""Edges of the manifests: low ports, credentials, tiny budgets, workers of a mesh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from stack_subjects import REPOSITORIES, TIME, subject, write_tree

from devops_exe.assess.profile import Fact, SystemProfile
from devops_exe.assess.repository import assess_repository
from devops_exe.blueprint.compose import compose
from devops_exe.implement.existing import existing_files
from devops_exe.implement.kubernetes import generate
from devops_exe.implement.subject import Subject

if TYPE_CHECKING:
    from pathlib import Path


def nodes(one: Subject, file: str) -> list[dict[str, Any]]:
    text = next(a.text for a in generate(one).artefacts if a.path.endswith(file))
    return list(yaml.safe_load_all(text))


def test_a_port_below_1024_is_opened_without_root() -> None:
    pod = nodes(subject(strategy="Rolling", port=80), "base/deployment.yaml")[0]["spec"]["template"]
    assert pod["spec"]["securityContext"]["sysctls"] == [
        {"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}
    ]
    other = nodes(subject(strategy="Rolling"), "base/deployment.yaml")[0]["spec"]["template"]
    assert "sysctls" not in other["spec"]["securityContext"]


def test_egress_allows_the_stores_and_no_more() -> None:
    one = subject(strategy="Rolling", datastores=("postgresql", "redis"))
    egress = next(
        n for n in nodes(one, "networkpolicy.yaml") if n["metadata"]["name"] == "shop-egress"
    )
    ports = [[p["port"] for p in rule["ports"]] for rule in egress["spec"]["egress"]]
    assert ports == [[53, 53], [5432], [6379]]


def test_a_clouds_store_is_reached_with_its_credentials() -> None:
    one = subject(strategy="Rolling", provider="aws", datastores=("s3",))
    egress = next(
        n for n in nodes(one, "networkpolicy.yaml") if n["metadata"]["name"] == "shop-egress"
    )
    assert {"ipBlock": {"cidr": "169.254.170.23/32"}} in [
        peer for rule in egress["spec"]["egress"] for peer in rule.get("to", [])
    ]


def test_everything_else_is_denied() -> None:
    first = nodes(subject(strategy="Rolling"), "networkpolicy.yaml")[0]
    assert first["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_a_tiny_threshold_is_written_without_an_exponent() -> None:
    metric = nodes(subject(strategy="Canary", slo_percent=99.9999), "analysis.yaml")[0]
    condition = metric["spec"]["metrics"][0]["successCondition"]
    assert "e-" not in condition
    assert float(condition.rpartition(" ")[2]) < 1e-4


def test_a_kept_image_of_root_is_said(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path, {**REPOSITORIES["flask"], "Dockerfile": 'FROM python:3.12\nCMD ["x"]\n'}
    )
    made = generate(subject(root, strategy="Rolling"))
    assert any("made for root" in note for note in made.notes)


def test_flags_that_a_user_asked_for_bring_flagd_and_its_address() -> None:
    one = subject(strategy="Rolling", feature_flags=True)
    assert any(a.path.endswith("flagd.yaml") for a in generate(one).artefacts)
    literals = nodes(one, "base/kustomization.yaml")[0]["configMapGenerator"][0]["literals"]
    assert "FLAGD_HOST=shop-flagd" in literals
    assert not any(
        a.path.endswith("flagd.yaml") for a in generate(subject(strategy="Rolling")).artefacts
    )


def test_the_adapter_offers_what_the_autoscaler_asks_for() -> None:
    one = subject(strategy="Rolling")
    rule = nodes(one, "prometheus-adapter-values.yaml")[0]["rules"]["custom"][0]
    metric = nodes(one, "hpa.yaml")[0]["spec"]["metrics"][0]["pods"]["metric"]["name"]
    assert rule["name"]["as"] == metric
    assert rule["seriesQuery"].startswith(one.series.requests)


def test_a_database_driver_of_development_gives_no_migration_job(tmp_path: Path) -> None:
    package = '{"dependencies":{"express":"4"},"devDependencies":{"prisma":"5"}}'
    root = write_tree(
        tmp_path,
        {
            "package.json": package,
            "prisma/schema.prisma": 'datasource db {\n  provider = "postgresql"\n}\n',
        },
    )
    made = generate(subject(root, language="javascript", strategy="Rolling"))
    assert not any(a.path.endswith("migration.yaml") for a in made.artefacts)
    assert any("not run by the service's image" in note for note in made.notes)


def test_a_document_made_without_the_folder_gets_files_that_fit_it(tmp_path: Path) -> None:
    root = write_tree(tmp_path, {**REPOSITORIES["express"], "server.js": "app.listen(3000)"})
    made = compose("devops", SystemProfile(facts={"system": Fact("shop", "user", "shop")}), TIME)
    one = Subject(made, assess_repository(root), existing_files(root))
    assert (one.language, one.framework, one.port) == ("javascript", "express", 3000)
    assert any("3000" in a.text for a in generate(one).artefacts if "/base/" in a.path)


def test_where_nothing_routes_users_it_is_said() -> None:
    assert any("inside the cluster alone" in n for n in generate(subject(strategy="Rolling")).notes)
    canary = generate(subject(strategy="Canary")).notes
    assert not any("inside the cluster alone" in note for note in canary)


def test_what_egress_cuts_off_is_said(tmp_path: Path) -> None:
    sqlx = 'sqlx = { version = "0.8", features = ["postgres"] }'
    cargo = f'[package]\nname = "shop"\n[dependencies]\n{sqlx}\n'
    root = write_tree(tmp_path, {"Cargo.toml": cargo, "src/main.rs": "fn main() {}\n"})
    hinted = " ".join(generate(subject(root, language="rust", strategy="Rolling")).notes)
    assert "lets shop call DNS alone" in hinted
    assert "(postgresql: a library of it is there)" in hinted
    called = " ".join(generate(subject(strategy="Rolling", datastores=("redis",))).notes)
    assert "lets shop call redis and DNS: add what else it calls before" in called
