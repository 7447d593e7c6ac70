"""Jobs of GitHub Actions that judge the source: review, scan, lint, tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.emit import Block, Noted
from devops_exe.implement.pipeline.github_language import language_steps
from devops_exe.implement.pipeline.github_steps import RUNNER, checkout, run, uses
from devops_exe.implement.pipeline.inert import command, inert
from devops_exe.implement.pipeline.names import MINUTES, SEVERITIES, tested_build
from devops_exe.implement.pipeline.service_stores import service_stores, variables
from devops_exe.implement.stack import stack_of

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.pipeline.existing_ci import Workflow
    from devops_exe.implement.subject import Subject

PASSWORDS = {"": "${{ format('Run-{0}', github.run_id) }}"}
"""Of stores that live as long as one job, with every class of characters that one may want."""


def review_jobs() -> dict[str, Node]:
    """Dependencies of a pull request, secrets and known vulnerabilities of the tree."""
    return {
        "dependencies": {
            "name": "Review dependencies",
            "if": "github.event_name == 'pull_request'",
            "runs-on": RUNNER,
            "timeout-minutes": MINUTES["review"],
            "permissions": {"contents": "read"},
            "steps": [
                checkout(),
                uses(
                    "Refuse new dependencies with known vulnerabilities",
                    "actions/dependency-review-action",
                    {"fail-on-severity": "high"},
                ),
            ],
        },
        "scan": {
            "name": "Scan the source",
            "runs-on": RUNNER,
            "timeout-minutes": MINUTES["scan"],
            "permissions": {"contents": "read"},
            "steps": [
                checkout(),
                uses(
                    "Look for secrets and vulnerable dependencies",
                    "aquasecurity/trivy-action",
                    {
                        "scan-type": "fs",
                        "scanners": "secret,vuln",
                        "severity": SEVERITIES,
                        "ignore-unfixed": True,
                        "exit-code": "1",
                    },
                ),
            ],
        },
    }


def tested_by(workflows: tuple[Workflow, ...], branch: str) -> Workflow | None:
    """The repository's workflow that tests every push to the branch, None where none does."""
    for workflow in workflows:
        pushes = workflow.branches
        if workflow.tests and (pushes is None or branch in pushes or "**" in pushes):
            return workflow
    return None


_WAIT = """
for _ in $(seq 60); do
  id="$(gh run list --workflow "${WORKFLOW}" --commit "${GITHUB_SHA}" \\
    --limit 1 --json databaseId --jq '.[].databaseId')"
  [ -z "${id}" ] || break
  sleep 5
done
: "${id:?${WORKFLOW} was not started for this commit}"
while [ "$(gh run view "${id}" --json status --jq .status)" != completed ]; do
  sleep 15
done
[ "$(gh run view "${id}" --json conclusion --jq .conclusion)" = success ]
"""


def wait_job(workflow: Workflow) -> dict[str, Node]:
    """A job that takes over the verdict of the workflow that tests the same commit."""
    return {
        "name": f"Verdict of {inert(workflow.name, 'name of a workflow')}",
        # a pull request shows that workflow's own checks
        "if": "github.event_name != 'pull_request'",
        "runs-on": RUNNER,
        "timeout-minutes": MINUTES["test"],
        "permissions": {"actions": "read"},
        "steps": [
            run(
                "Wait for the tests of this commit",
                _WAIT,
                env={
                    "GH_TOKEN": "${{ github.token }}",
                    "GH_REPO": "${{ github.repository }}",
                    "WORKFLOW": workflow.name,
                },
            )
        ],
    }


def test_job(subject: Subject) -> dict[str, Node]:
    """Lint and the tests found, with the stores found."""
    stack = stack_of(subject)
    job: dict[str, Node] = {
        "name": "Lint and test" if stack.lint else "Test",
        "runs-on": RUNNER,
        "timeout-minutes": MINUTES["test"],
        "permissions": {"contents": "read"},
    }
    services = _services(subject)
    if services and stack.test:
        job["services"] = services
    given, _ = variables(subject, "localhost", PASSWORDS)
    if given and stack.test:
        job["env"] = dict(given)
    if stack.folder != ".":
        job["defaults"] = {"run": {"working-directory": inert(stack.folder, "folder")}}
    steps: list[Node] = [checkout(), *language_steps(stack)]
    for name, commands in (
        ("Install", stack.install),
        ("Lint", stack.lint),
        ("Build", tested_build(stack)),
        ("Test", stack.test),
    ):
        if commands:
            steps.append(_commands(name, commands))
    if not stack.test and not stack.lint:
        steps = [run("No tests were found", 'echo "::warning::no tests were found"')]
    job["steps"] = steps
    return job


def _commands(name: str, commands: tuple[str, ...]) -> dict[str, Node]:
    text = "\n".join(command(line) for line in commands)
    return {"name": name, "run": Block(f"{text}\n") if len(commands) > 1 else text}


def _services(subject: Subject) -> dict[str, Node]:
    services: dict[str, Node] = {}
    for store in service_stores(subject, PASSWORDS):
        service: dict[str, Node] = {
            "image": Noted(inert(store.image.text, "image"), "")
            if store.image.fixed
            else store.image.text,
            "ports": [f"{store.port}:{store.port}"],
        }
        if store.settings:
            service["env"] = dict(store.settings)
        if store.health:
            # Docker's own defaults wait 30 s between two checks
            quoted = store.health.replace("\\", "\\\\").replace('"', '\\"')
            service["options"] = f'--health-cmd "{quoted}" --health-interval 5s --health-retries 20'
        services[store.name] = service
    return services
