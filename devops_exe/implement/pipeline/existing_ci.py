"""What the repository's own pipelines do already: whether they test, whether they deploy."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devops_exe.assess.readers.yamltree import child, documents, items, mapping, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.subject import Subject

_TESTS = re.compile(
    r"\b(?:pytest|tox|nox|unittest|manage\.py test|jest|vitest|rspec|phpunit|gotestsum"
    r"|(?:npm|pnpm|yarn|bun)(?: run)? (?:test|ci:test)|go test|mvnw?\b.*\b(?:test|verify|install)"
    r"|gradlew?\b.*\b(?:test|check|build)|rails test|rake (?:test|spec)|artisan test"
    r"|composer (?:run )?test|cargo (?:nextest|test)|dotnet test|mix test"
    r"|make (?:test|check|ci)|just test|task test)\b"
)
_DEPLOYS = re.compile(
    r"\bkubectl\b.*\b(?:apply|set image|rollout restart|replace|patch)\b"
    r"|\bkubectl argo rollouts set image|\bhelm\b.*\b(?:upgrade|install)\b"
    r"|\bhelmfile (?:apply|sync)|\bargocd app (?:sync|set)|\bskaffold (?:run|deploy)"
    r"|\bwerf converge|\bnomad job run|\bdocker stack deploy|\bansible-playbook\b|\bkamal deploy"
    r"|\baws (?:ecs update-service|lambda update-function|deploy create-deployment"
    r"|cloudformation deploy)|\bsam deploy\b|\bgcloud (?:run|app|functions) deploy"
    r"|\baz (?:webapp|functionapp|containerapp)\b.*\b(?:deploy|up|update|config)"
    r"|\bfly(?:ctl)? deploy|\b(?:serverless|sls) deploy|\bcap \w+ deploy"
    r"|\bgit push (?:heroku|dokku)|\bheroku container:release"
    r"|\bssh\b.*\bdocker(?:-| )compose\b.*\bup\b"
)
_DEPLOY_ACTION = re.compile(
    r"azure/(?:k8s-deploy|webapps-deploy|aks-deploy)|amazon-ecs-deploy|helm-deploy"
    r"|google-github-actions/deploy-|superfly/flyctl-actions|akhileshns/heroku-deploy"
    r"|stefanprodan/kube-tools|appleboy/ssh-action",
    re.IGNORECASE,
)
_BRANCH = re.compile(r"[A-Za-z0-9][\w./-]{0,99}\Z")


@dataclass(frozen=True, slots=True)
class Workflow:
    """A pipeline file of the repository's own.

    Attributes:
        path: of the file.
        tests: whether it runs tests.
        deploys: how it deploys (the command or the action), empty where it does not.
        branches: branches whose pushes start it; None: every branch; empty: no push does.
    """

    path: str
    tests: bool
    deploys: str
    branches: tuple[str, ...] | None = ()

    @property
    def name(self) -> str:
        """The file's name alone."""
        return posixpath.basename(self.path)


def github_workflows(subject: Subject) -> tuple[Workflow, ...]:
    """The repository's workflows for GitHub Actions, ours left out."""
    return tuple(
        _github(path, subject.files[path])
        for path in subject.matching(r"\.github/workflows/[^/]+\.ya?ml")
    )


def gitlab_pipeline(subject: Subject) -> Workflow | None:
    """The repository's pipeline for GitLab CI, None where it has none."""
    path = subject.theirs(".gitlab-ci.yml", ".gitlab-ci.yaml")
    if path is None:
        return None
    found, _ = documents(subject.files[path])
    lines = [line for document in found for line in _scripts(document)]
    return Workflow(path, _tests(lines), _deploys(lines), None)


def _github(path: str, text: str) -> Workflow:
    found, _ = documents(text)
    node = found[0] if found else None
    lines: list[str] = []
    uses: list[str] = []
    for job in mapping(node, "jobs").values():
        uses += [used] if (used := text_at(job, "uses")) else []
        for step in items(job, "steps"):
            lines += (text_at(step, "run") or "").splitlines()
            uses += [used] if (used := text_at(step, "uses")) else []
    deploys = _deploys(lines) or next((u for u in uses if _DEPLOY_ACTION.search(u)), "")
    return Workflow(path, _tests(lines), deploys, _branches(node))


def _branches(node: Any) -> tuple[str, ...] | None:
    """Branches whose pushes start a workflow: None every one, empty none."""
    on = child(node, "on")
    if isinstance(on, str):
        return None if on == "push" else ()
    if isinstance(on, list):
        return None if "push" in on else ()
    events = mapping(on)
    if "push" not in events:
        return ()
    push = mapping(events, "push")
    if "paths" in push or "paths-ignore" in push:
        # some commits start it and others do not: nothing to wait for
        return ()
    branches = tuple(str(branch) for branch in items(push, "branches"))
    if branches:
        return branches
    only_tags = bool(items(push, "tags"))
    return () if only_tags else None


def main_branch(workflows: tuple[Workflow, ...]) -> str:
    """The branch that is released: what the workflows that test name alone, else ``main``."""
    for workflow in workflows:
        plain = [b for b in workflow.branches or () if _BRANCH.match(b) and "*" not in b]
        for wanted in ("main", "master", "trunk"):
            if wanted in plain:
                return wanted
        if workflow.tests and len(plain) == 1:
            return plain[0]
    return "main"


def _scripts(node: Any) -> Iterator[str]:
    for job in mapping(node).values():
        for key in ("before_script", "script", "after_script"):
            yield from _flat(child(job, key))


def _flat(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield from node.splitlines()
    elif isinstance(node, list):
        for item in node:
            yield from _flat(item)


def _tests(lines: list[str]) -> bool:
    return any(_TESTS.search(line) for line in lines)


def _deploys(lines: list[str]) -> str:
    for line in lines:
        found = _DEPLOYS.search(line)
        if found and "--dry-run" not in line:
            return " ".join(found[0].split())[:60]
    return ""
