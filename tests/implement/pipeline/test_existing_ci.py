"""What the repository's own workflows are found to do."""

from __future__ import annotations

import pytest
from pipeline_dossiers import with_repository

from devops_exe.implement import pipeline
from devops_exe.implement.pipeline.existing_ci import github_workflows, main_branch

WORDS = "shop Express on EKS, canary, 300 rps, with GitHub Actions"


def repository(folder, **workflows: str):
    """A small repository with workflows by name."""
    (folder / "package.json").write_text('{"scripts": {"test": "jest"}}')
    place = folder / ".github" / "workflows"
    place.mkdir(parents=True)
    for name, text in workflows.items():
        (place / f"{name}.yml").write_text(text)
    return with_repository(folder, WORDS)


def job(*lines: str, uses: str = "") -> str:
    steps = "".join(f"      - run: {line}\n" for line in lines)
    steps += f"      - uses: {uses}\n" if uses else ""
    return f"jobs:\n  one:\n    runs-on: ubuntu-24.04\n    steps:\n{steps}"


@pytest.mark.parametrize(
    "line",
    [
        "kubectl apply -f k8s", "kubectl -n prod set image deployment/a a=b",
        "helm upgrade --install shop ./chart", "argocd app sync shop",
        "flyctl deploy --remote-only",
        "aws ecs update-service --cluster a", "gcloud run deploy shop",
        "kustomize build . | kubectl apply -f -",
        "ssh host docker compose up -d", "npx serverless deploy", "kamal deploy",
    ],
)  # fmt: skip
def test_what_deploys(tmp_path, line) -> None:
    made = repository(tmp_path, ship=f"on: push\n{job(f'{line!r}')}")
    (found,) = github_workflows(made)
    assert found.deploys
    generated = pipeline.generate(made)
    assert generated.artefacts == ()
    assert generated.kept[0][0] == ".github/workflows/ship.yml"
    assert any("budget_gate.sh" in note for note in generated.notes)


@pytest.mark.parametrize(
    "line",
    [
        "npm test", "kubectl apply --dry-run=client -f k8s", "helm lint chart", "docker build .",
        "kubectl version --client", "echo deploy", "helm template chart", "npm run deploy-docs",
    ],
)  # fmt: skip
def test_what_does_not_deploy(tmp_path, line) -> None:
    (found,) = github_workflows(repository(tmp_path, ci=f"on: push\n{job(line)}"))
    assert found.deploys == ""


def test_an_action_that_deploys(tmp_path) -> None:
    made = repository(tmp_path, ship=f"on: push\n{job(uses='azure/k8s-deploy@v5')}")
    assert pipeline.generate(made).artefacts == ()


def test_pages_are_no_deployment_of_the_service(tmp_path) -> None:
    made = repository(tmp_path, docs=f"on: push\n{job(uses='actions/deploy-pages@v4')}")
    assert len(pipeline.generate(made).artefacts) == 1


def test_a_file_of_our_name_is_never_written_over(tmp_path) -> None:
    made = repository(tmp_path, deploy=f"on: workflow_dispatch\n{job('echo hello')}")
    generated = pipeline.generate(made)
    assert generated.artefacts == ()
    assert generated.kept == ((".github/workflows/deploy.yml", "a workflow of this name is there"),)


def test_what_an_earlier_run_wrote_is_written_again(tmp_path) -> None:
    made = repository(tmp_path)
    first = pipeline.generate(made).artefacts
    (tmp_path / first[0].path).write_text(first[0].text)
    again = pipeline.generate(with_repository(tmp_path, WORDS))
    assert again.artefacts == first
    assert again.kept == ()


@pytest.mark.parametrize(
    ("trigger", "waits"),
    [
        ("on: push", True),
        ("on: [push, pull_request]", True),
        ("on:\n  push:\n    branches: [main]", True),
        ("on:\n  push:\n    branches: ['**']", True),
        ("on:\n  push:", True),
        ("on:\n  push:\n    tags: ['v*']", False),
        ("on: pull_request", False),
        ("on:\n  push:\n    branches: [main]\n    paths: ['src/**']", False),
        ("on:\n  push:\n    paths-ignore: ['docs/**']", False),
        ("on:\n  schedule:\n    - cron: '0 0 * * *'", False),
    ],
)
def test_only_a_workflow_that_tests_every_push_is_waited_for(tmp_path, trigger, waits) -> None:
    made = repository(tmp_path, ci=f"{trigger}\n{job('npm test')}")
    text = pipeline.generate(made).artefacts[0].text
    assert ("WORKFLOW: ci.yml" in text) is waits
    assert ("npm run test" in text) is not waits


def test_the_branch_of_releases_is_the_one_they_name(tmp_path) -> None:
    made = repository(
        tmp_path, ci=f"on:\n  push:\n    branches: [master, 'rel/*']\n{job('npm test')}"
    )
    assert main_branch(github_workflows(made)) == "master"
    text = pipeline.generate(made).artefacts[0].text
    assert "github.ref == 'refs/heads/master'" in text


@pytest.mark.parametrize(
    "text", ["", "{", "- a\n- b\n", "jobs: 3\n", "on: push\njobs:\n  a: null\n", "\x00"]
)
def test_a_workflow_that_is_none(tmp_path, text) -> None:
    made = repository(tmp_path, odd=text)
    assert len(pipeline.generate(made).artefacts) == 1
