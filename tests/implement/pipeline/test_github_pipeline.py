"""The workflow of GitHub Actions: what it does, in what order, with what rights."""

from __future__ import annotations

import re

import pytest
import yaml
from pipeline_dossiers import EXAMPLE, WORDS, dossier, subject, with_repository

from devops_exe.implement import pipeline
from devops_exe.implement.pins import actions
from devops_exe.implement.reliability import scripts
from devops_exe.implement.reliability.scripts_workload import workload_of
from devops_exe.implement.subject import Subject


def workflow(made):
    """(parsed, text) of the one workflow."""
    generated = pipeline.generate(made)
    (artefact,) = generated.artefacts
    assert artefact.path == ".github/workflows/deploy.yml"
    return yaml.load(artefact.text, Loader=yaml.BaseLoader), artefact.text


def steps(job):
    return [step.get("name") for step in job["steps"]]


def test_a_digest_is_built_once_and_goes_through_every_environment() -> None:
    node, text = workflow(subject("fastapi-canary"))
    jobs = node["jobs"]
    assert list(jobs)[-4:] == ["development", "staging", "production", "release"]
    for name, before in (
        ("development", None),
        ("staging", "development"),
        ("production", "staging"),
    ):
        job = jobs[name]
        assert job["environment"] == name
        assert job["concurrency"] == {"group": f"deploy-{name}", "cancel-in-progress": "false"}
        needs = job["needs"] if isinstance(job["needs"], list) else [job["needs"]]
        assert needs == ["build", *([before] if before else [])]
        (deploy,) = [s for s in job["steps"] if "deploy.sh" in s.get("run", "")]
        assert deploy["env"]["IMAGE"] == "${{ needs.build.outputs.image }}"
        assert deploy["run"] == f'deploy/scripts/deploy.sh {name} "${{IMAGE}}"'
    assert text.count("docker/build-push-action@") == 2  # a trial without push, and the build
    pushed = [s for j in jobs.values() for s in j["steps"] if s.get("with", {}).get("push")]
    assert len(pushed) == 1


def test_production_is_gated_before_it_is_touched() -> None:
    node, _ = workflow(subject("fastapi-canary"))
    names = [str(step.get("run", step.get("uses"))) for step in node["jobs"]["production"]["steps"]]
    gate = next(i for i, name in enumerate(names) if "budget_gate.sh" in name)
    signature = next(i for i, name in enumerate(names) if "cosign verify" in name)
    deploy = next(i for i, name in enumerate(names) if "deploy.sh" in name)
    assert signature < gate < deploy
    assert not any("budget_gate" in str(s) for s in node["jobs"]["staging"]["steps"])


@pytest.mark.parametrize("name", sorted(WORDS))
def test_rights_are_the_least(name) -> None:
    node, _ = workflow(subject(name))
    assert node["permissions"] == {}
    wanted = {
        "dependencies": {"contents": "read"},
        "scan": {"contents": "read"},
        "test": {"contents": "read"},
        "image": {"contents": "read"},
    }
    for job, permissions in wanted.items():
        assert node["jobs"][job]["permissions"] == permissions
    writers = {j for j, b in node["jobs"].items() if b["permissions"].get("contents") == "write"}
    assert writers == {"release"}
    for job in node["jobs"].values():
        assert int(job["timeout-minutes"]) > 0
        for step in job["steps"]:
            if "actions/checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] == "false"


@pytest.mark.parametrize("name", sorted(WORDS))
def test_a_pull_request_runs_nothing_that_writes(name) -> None:
    node, _ = workflow(subject(name))
    for job, body in node["jobs"].items():
        condition = body.get("if", "")
        on_pull_request = "!= 'pull_request'" not in condition and "refs/heads" not in condition
        if on_pull_request and job != "release":
            assert "write" not in body["permissions"].values(), job


@pytest.mark.parametrize("name", sorted(WORDS))
def test_actions_are_pinned_and_take_their_inputs(name) -> None:
    node, text = workflow(subject(name))
    for job in node["jobs"].values():
        for step in job["steps"]:
            if "uses" not in step:
                continue
            action, _, commit = step["uses"].partition("@")
            assert re.fullmatch(r"[0-9a-f]{40}", commit), step["uses"]
            pin = actions()[action.lower()]
            assert set(step.get("with", {})) <= pin.inputs, action
            assert pin.required <= set(step.get("with", {})), action
    # values reach scripts by the environment alone
    for block in re.findall(r"run: \|\n((?: {10}.*\n)+)|run: (.*)\n", text):
        assert "${{" not in "".join(block)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fastapi-canary", ["role-to-assume: ${{ vars.AWS_ROLE_ARN }}", "eks update-kubeconfig"]),
        ("django-bluegreen", ["workload_identity_provider:", "get-gke-credentials"]),
        ("express-rolling", ["azure/login", "az acr login", "az aks get-credentials"]),
        ("go-onprem", ["registry: ghcr.io", "${{ secrets.KUBE_CONFIG }}", "vars.DEPLOY_RUNNER"]),
    ],
)
def test_each_cloud_by_oidc(name, words) -> None:
    node, text = workflow(subject(name))
    for word in words:
        assert word in text
    secrets = set(re.findall(r"secrets\.(\w+)", text))
    stored = {"KUBE_CONFIG"} if name == "go-onprem" else set()
    assert secrets == {"PROMETHEUS_TOKEN"} | stored
    others = {"aws-actions/", "google-github-actions/", "azure/login"}
    own = {"fastapi-canary": "aws-actions/", "django-bluegreen": "google-github-actions/",
           "express-rolling": "azure/login"}.get(name)  # fmt: skip
    for other in others - {own}:
        assert other not in text
    assert node["jobs"]["build"]["permissions"]["id-token"] == "write"  # cosign signs by it


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("fastapi-canary", True),
        ("django-bluegreen", True),
        ("express-rolling", False),
        ("nest-recreate", False),
    ],
)
def test_the_plugin_comes_where_a_rollout_is(name, there) -> None:
    _, text = workflow(subject(name))
    assert ("kubectl-argo-rollouts" in text) is there


def test_the_release_is_what_production_runs() -> None:
    node, _ = workflow(subject("fastapi-canary"))
    release = node["jobs"]["release"]
    assert release["needs"] == ["build", "production"]
    text = str(release)
    assert "version.sh next" in text
    assert "imagetools create --prefer-index=false" in text
    assert "gh release create" in text


def test_a_workflow_that_tests_is_waited_for() -> None:
    made = with_repository(EXAMPLE, "checkout-api on EKS, canary, 3000 rps, with GitHub Actions")
    generated = pipeline.generate(made)
    node, text = workflow(made)
    assert [path for path, _ in generated.kept] == [".github/workflows/ci.yml"]
    assert any("ci.yml stays as it is" in note for note in generated.notes)
    assert node["jobs"]["test"]["permissions"] == {"actions": "read"}
    assert node["jobs"]["test"]["steps"][0]["env"]["WORKFLOW"] == "ci.yml"
    assert "pytest" not in text
    assert "image" not in node["jobs"]  # that workflow builds a pull request's image
    assert "workflow_run" not in text


def test_deterministic() -> None:
    made = with_repository(EXAMPLE, "checkout-api on EKS, canary, 3000 rps, with GitHub Actions")
    again = with_repository(EXAMPLE, "checkout-api on EKS, canary, 3000 rps, with GitHub Actions")
    assert pipeline.generate(made) == pipeline.generate(again)


def test_a_long_rollout_needs_a_longer_session() -> None:
    made = with_repository(EXAMPLE, "checkout-api on EKS, canary, 0.02 rps, with GitHub Actions")
    generated = pipeline.generate(made)
    assert "role-duration-seconds:" in generated.artefacts[0].text
    assert any("maximum session" in note for note in generated.notes)
    assert any("hosted runner ends a job" in note for note in generated.notes)


def test_what_was_cut_off_is_rolled_back() -> None:
    node, _ = workflow(subject("fastapi-canary"))
    for name in ("staging", "production"):
        last = node["jobs"][name]["steps"][-1]
        assert last["if"] == "cancelled()"
        assert last["run"] == f"deploy/scripts/rollback.sh {name}"
        assert last["env"]["BAD_IMAGE"] == "${{ needs.build.outputs.image }}"


def test_where_people_decide_nothing_rolls_back_by_itself() -> None:
    words = "shop Express on EKS, rolling, 300 rps, 99.9 %, rollback by hand, with "
    _, text = workflow(Subject(dossier(f"{words}GitHub Actions")))
    assert "run: deploy/scripts/rollback.sh" not in text
    (artefact,) = pipeline.generate(Subject(dossier(f"{words}GitLab CI"))).artefacts
    rules = yaml.safe_load(artefact.text)["rollback"]["rules"]
    assert [rule.get("when") for rule in rules] == ["never", "manual"]


@pytest.mark.parametrize("product", ["GitHub Actions", "GitLab CI"])
def test_a_worker_is_not_judged_by_requests(product) -> None:
    made = Subject(dossier(f"mailer queue worker in Go on EKS, rolling, 30 rps, with {product}"))
    assert not workload_of(made).serves
    generated = pipeline.generate(made)
    assert "budget_gate.sh" not in generated.artefacts[0].text
    by_name = {a.path.rpartition("/")[2]: a.text for a in scripts.generate(made).artefacts}
    for name in ("deploy.sh", "rollback.sh"):
        assert '/verify.sh" "${environment}"' not in by_name[name]
    assert any("answers no requests" in note for note in scripts.generate(made).notes)
