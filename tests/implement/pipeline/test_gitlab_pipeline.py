"""The pipeline of GitLab CI: what it does, in what order, without stored keys."""

from __future__ import annotations

import subprocess

import pytest
import yaml
from pipeline_dossiers import EXAMPLE, WORDS, subject, with_repository

from devops_exe.implement import pipeline

GITLAB = "GitLab CI"


def document(made):
    (artefact,) = pipeline.generate(made).artefacts
    return artefact.path, yaml.safe_load(artefact.text), artefact


@pytest.mark.parametrize("name", sorted(WORDS))
def test_jobs_name_stages_and_jobs_that_are_there(name) -> None:
    path, node, artefact = document(subject(name, GITLAB))
    assert path == ".gitlab-ci.yml"
    jobs = {key: job for key, job in node.items() if isinstance(job, dict) and "script" in job}
    for key, job in jobs.items():
        assert job["stage"] in node["stages"], key
        for other in job.get("needs", []):
            assert other in jobs, key
            assert node["stages"].index(jobs[other]["stage"]) <= node["stages"].index(job["stage"])
        if "extends" in job:
            assert job["extends"] in node
    assert artefact.unproven  # images by tag are said to be unpinned


def test_production_is_a_decision_and_is_gated() -> None:
    _, node, _ = document(subject("fastapi-canary", GITLAB))
    job = node["production"]
    assert job["rules"][-1] == {"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", "when": "manual"}
    assert job["allow_failure"] is False
    assert job["resource_group"] == "production"
    script = "\n".join(job["script"])
    assert (
        script.index("cosign verify") < script.index("budget_gate.sh") < script.index("deploy.sh")
    )
    assert node[".deploy"]["interruptible"] is False


def test_the_freeze_of_the_blueprint_skips_every_deployment() -> None:
    _, node, _ = document(subject("fastapi-canary", GITLAB))
    for name in ("development", "staging", "production", "rollback", "release", "stop-development"):
        assert node[name]["rules"][0] == {"if": '$DEPLOY_FREEZE == "true"', "when": "never"}, name


def test_a_deployment_that_was_cut_off_is_rolled_back() -> None:
    _, node, _ = document(subject("fastapi-canary", GITLAB))
    job = node["rollback"]
    assert job["needs"] == ["build", "production"]
    assert job["rules"][-1]["when"] == "on_failure"
    assert job["script"] == ['BAD_IMAGE="${IMAGE}" deploy/scripts/rollback.sh production']


def test_development_can_be_stopped() -> None:
    _, node, _ = document(subject("fastapi-canary", GITLAB))
    assert node["development"]["environment"]["on_stop"] == "stop-development"
    assert node["stop-development"]["environment"] == {"name": "development", "action": "stop"}
    script = node["stop-development"]["script"][0]
    assert script.startswith("kubectl kustomize deploy/kubernetes/overlays/development | awk ")
    assert script.endswith("| kubectl delete --filename - --ignore-not-found")


def test_a_stop_deletes_all_but_the_namespace() -> None:
    _, node, _ = document(subject("fastapi-canary", GITLAB))
    awk = node["stop-development"]["script"][0].split(" | ")[1]
    rendered = "kind: Namespace\nmetadata:\n  name: x\n---\nkind: Service\n---\nkind: Rollout\n"
    done = subprocess.run(
        ["sh", "-c", awk], input=rendered, capture_output=True, text=True, check=True
    )
    kinds = [one["kind"] for one in yaml.safe_load_all(done.stdout) if one]
    assert kinds == ["Service", "Rollout"]


@pytest.mark.parametrize(
    ("name", "audience", "login"),
    [
        ("fastapi-canary", "sts.amazonaws.com", "ecr get-login-password"),
        ("django-bluegreen", "https://iam.googleapis.com/${GCP_WORKLOAD_IDENTITY_PROVIDER}", "sts"),
        ("express-rolling", "api://AzureADTokenExchange", "oauth2/exchange"),
        ("go-onprem", None, "CI_REGISTRY_PASSWORD"),
    ],
)
def test_the_registry_by_oidc(name, audience, login) -> None:
    _, node, artefact = document(subject(name, GITLAB))
    token = node[".registry"].get("id_tokens", {}).get("CLOUD_ID_TOKEN")
    assert token == ({"aud": audience} if audience else None)
    assert login in node[".registry"]["before_script"][0]
    assert "AWS_SECRET" not in artefact.text


def test_a_pipeline_that_tests_is_followed(tmp_path) -> None:
    (tmp_path / "package.json").write_text('{"scripts": {"test": "jest"}}')
    (tmp_path / ".gitlab-ci.yml").write_text(
        "stages: [check]\nunit:\n  stage: check\n  script: [npm test]\n"
    )
    made = with_repository(tmp_path, "shop Express on EKS, canary, 300 rps, with GitLab CI")
    generated = pipeline.generate(made)
    path, node, _ = document(made)
    assert path == "deploy/gitlab-ci.yml"
    assert generated.kept[0][0] == ".gitlab-ci.yml"
    assert "test" not in node
    assert "stages" not in node
    assert {job["stage"] for job in node.values() if isinstance(job, dict) and "script" in job} == {
        ".pre", ".post",
    }  # fmt: skip
    assert "needs" not in node["build"]  # it waits for every stage of theirs
    assert node["build"]["rules"] == [{"if": "$CI_COMMIT_BRANCH"}]
    assert any("include:" in note for note in generated.notes)


def test_a_pipeline_that_deploys_stays_alone(tmp_path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text("go:\n  script:\n    - [kubectl apply -f k8s]\n")
    made = with_repository(tmp_path, "shop Express on EKS, canary, 300 rps, with GitLab CI")
    generated = pipeline.generate(made)
    assert generated.artefacts == ()
    assert generated.kept == ((".gitlab-ci.yml", "it deploys already (kubectl apply)"),)


def test_the_tests_meet_their_stores(tmp_path) -> None:
    import shutil

    place = tmp_path / "example"
    shutil.copytree(EXAMPLE, place)
    shutil.rmtree(place / ".github")
    made = with_repository(place, "checkout-api on EKS, canary, 300 rps, with GitLab CI")
    _, node, _ = document(made)
    assert node["test"]["services"] == [
        {"name": "postgres:17.6", "alias": "postgresql"},
        {"name": "redis:8.2", "alias": "redis"},
    ]
    url = node["test"]["variables"]["DATABASE_URL"]
    assert url.startswith("postgresql+psycopg://")
    assert "$CI_PIPELINE_ID@postgresql:5432/" in url
    assert node["test"]["script"][-1] == "python -m pytest"
    assert node["test"]["cache"]["paths"] == [".cache/pip/"]
