"""The jobs of GitLab CI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.emit import Block, Noted
from devops_exe.implement.pins import image
from devops_exe.implement.pipeline.github_steps import ROLLOUTS_RELEASE
from devops_exe.implement.pipeline.inert import command, inert
from devops_exe.implement.pipeline.names import (
    MINUTES,
    SEVERITIES,
    context,
    deploy_minutes,
    dockerfile,
    needs_plugin,
    rolls_back,
    tested_build,
)
from devops_exe.implement.pipeline.service_stores import service_stores, variables
from devops_exe.implement.reliability.scripts import VERSION_SCRIPT
from devops_exe.implement.reliability.scripts_workload import workload_of
from devops_exe.implement.stack import stack_of

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.stack import Stack
    from devops_exe.implement.subject import Environment, Subject

DOCKER = ("docker", "29")
DIND = ("docker", "29-dind")
TRIVY = ("aquasec/trivy", "0.65.0")
KUBERNETES = ("alpine/k8s", "1.32.3")
"""kubectl, kustomize, bash, curl and git in one image."""

PASSWORDS = {"": "$CI_PIPELINE_ID", "sql-server": "$CI_PIPELINE_CREATED_AT"}
"""Of stores that live as long as one job; SQL Server wants three classes of characters."""

ON_MAIN: dict[str, Node] = {"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}
ON_BRANCH: dict[str, Node] = {"if": "$CI_COMMIT_BRANCH"}
FROZEN: dict[str, Node] = {
    "if": '$DEPLOY_FREEZE == "true"',
    "when": Noted("never", "glab variable set DEPLOY_FREEZE true"),
}

_MANAGERS = {
    "mvn": ("maven", "3.9-eclipse-temurin-{version}"),
    "gradle": ("gradle", "8-jdk{version}"),
    "composer": ("composer", "2"),
}
"""Images with a package manager that the language's own image has not."""

_CACHES = {
    "pip": ("PIP_CACHE_DIR", ".cache/pip"),
    "pipenv": ("PIPENV_CACHE_DIR", ".cache/pipenv"),
    "poetry": ("POETRY_CACHE_DIR", ".cache/poetry"),
    "uv": ("UV_CACHE_DIR", ".cache/uv"),
    "npm": ("npm_config_cache", ".cache/npm"),
    "pnpm": ("npm_config_store_dir", ".cache/pnpm"),
    "yarn": ("YARN_CACHE_FOLDER", ".cache/yarn"),
    "go": ("GOMODCACHE", ".cache/go"),
    "gradle": ("GRADLE_USER_HOME", ".cache/gradle"),
    "maven": ("MAVEN_ARGS", ".cache/maven"),
    "bundler": ("BUNDLE_PATH", ".cache/bundle"),
    "composer": ("COMPOSER_CACHE_DIR", ".cache/composer"),
    "cargo": ("CARGO_HOME", ".cache/cargo"),
    "dotnet": ("NUGET_PACKAGES", ".cache/nuget"),
    "mix": ("MIX_DEPS_PATH", ".cache/deps"),
}
"""Where a package manager keeps what it fetched, and the variable that moves it into the project,
the only place that GitLab caches."""


def test_job(subject: Subject, stage: str) -> dict[str, Node]:
    """Lint and the tests found, with the stores found."""
    stack = stack_of(subject)
    job: dict[str, Node] = {"stage": stage, "timeout": f"{MINUTES['test']} minutes"}
    if stack.image[0]:
        job["image"] = image(*_image(stack))
    given, _ = variables(subject, None, PASSWORDS) if stack.test else ((), ())
    settings: dict[str, Node] = dict(given)
    cache = _CACHES.get(stack.manager)
    if cache:
        name, folder = cache
        lead = "-Dmaven.repo.local=" if stack.manager == "maven" else ""
        settings[name] = f"{lead}$CI_PROJECT_DIR/{folder}"
        keys = [f"{stack.folder}/{m}" if stack.folder != "." else m for m in stack.manifests]
        job["cache"] = {
            # GitLab takes two files at most
            "key": {"files": keys[-2:]} if keys else "$CI_COMMIT_REF_SLUG",
            "paths": [f"{folder}/"],
        }
    stores = service_stores(subject, PASSWORDS) if stack.test else ()
    for store in stores:
        settings |= dict(store.settings)
    if stores:
        job["services"] = [{"name": s.image.text, "alias": s.name} for s in stores]
    if settings:
        job["variables"] = settings
    job["script"] = _script(stack)
    return job


def _image(stack: Stack) -> tuple[str, str]:
    """The language's image, or the package manager's own where that one lacks the manager."""
    commands = (*stack.install, *stack.test)
    for word, (name, tag) in _MANAGERS.items():
        if any(line.startswith(f"{word} ") for line in commands):
            return name, tag.replace("{version}", stack.version)
    return stack.image


def _script(stack: Stack) -> list[Node]:
    lines: list[Node] = [f"cd {inert(stack.folder, 'folder')}"] if stack.folder != "." else []
    lines += [
        command(line) for line in (*stack.install, *stack.lint, *tested_build(stack), *stack.test)
    ]
    return lines if stack.test or stack.lint else ["echo 'no tests were found'"]


_SCAN = (
    "trivy filesystem --scanners secret,vuln --ignore-unfixed --no-progress "
    f"--severity {SEVERITIES} --exit-code 1 ."
)


def scan_job(stage: str) -> dict[str, Node]:
    """Secrets and known vulnerabilities of the tree."""
    return {
        "stage": stage,
        "timeout": f"{MINUTES['scan']} minutes",
        "image": {"name": image(*TRIVY), "entrypoint": [""]},
        "script": [_SCAN],
    }


_BUILD = """
docker context create tls
docker buildx create --use tls
docker buildx build --push --provenance=false --metadata-file build.json \\
  --cache-from "type=registry,ref=${NAME}:cache" \\
  --cache-to "type=registry,ref=${NAME}:cache,mode=max,image-manifest=true" \\
  --tag "${NAME}:${CI_COMMIT_SHA}" --file @FILE@ @CONTEXT@
digest="$(sed -n 's/.*"containerimage.digest": *"\\(sha256:[0-9a-f]*\\)".*/\\1/p' build.json)"
echo "IMAGE=${NAME}:${CI_COMMIT_SHA}@${digest:?the build gave no digest}" >build.env
"""


def build_job(subject: Subject, stage: str) -> dict[str, Node]:
    """The image of a commit, pushed once; everything after it takes the digest."""
    import shlex

    script = _BUILD.strip().replace("@FILE@", shlex.quote(inert(dockerfile(subject), "path")))
    script = script.replace("@CONTEXT@", shlex.quote(inert(context(subject), "folder")))
    return {
        "stage": stage,
        "extends": ".registry",
        "timeout": f"{MINUTES['build']} minutes",
        "image": image(*DOCKER),
        "services": [image(*DIND)],
        "variables": {"DOCKER_TLS_CERTDIR": "/certs"},
        "script": [Block(f"{script}\n")],
        "artifacts": {"reports": {"dotenv": "build.env"}},
    }


_SIGN = f"""
apk add --no-cache cosign
trivy image --severity {SEVERITIES} --ignore-unfixed --exit-code 1 --no-progress "${{IMAGE}}"
trivy image --format spdx-json --output sbom.spdx.json --quiet "${{IMAGE}}"
cosign sign --yes "${{IMAGE}}"
cosign attest --yes --type spdxjson --predicate sbom.spdx.json "${{IMAGE}}"
"""


def sign_job(stage: str) -> dict[str, Node]:
    """Scan, SBOM and signature: what is not signed is not released."""
    return {
        "stage": stage,
        "extends": ".registry",
        "needs": ["build"],
        "timeout": f"{MINUTES['scan']} minutes",
        "image": {"name": image(*TRIVY), "entrypoint": [""]},
        "id_tokens": {"SIGSTORE_ID_TOKEN": {"aud": "sigstore"}},
        "script": [Block(f"{_SIGN.strip()}\n")],
        "artifacts": {"paths": ["sbom.spdx.json"]},
    }


def deploy_base(subject: Subject) -> dict[str, Node]:
    """What every deployment has: tools, the cluster by GitLab's agent, no interruption."""
    lines: list[Node] = ['kubectl config use-context "${KUBE_CONTEXT}"']
    if needs_plugin(subject):
        lines.append(Block(_PLUGIN))
    return {
        "image": {"name": image(*KUBERNETES), "entrypoint": [""]},
        "interruptible": False,
        "timeout": Noted(
            f"{deploy_minutes(subject).value} minutes", deploy_minutes(subject).reference
        ),
        "before_script": lines,
    }


_PLUGIN = f"""release={ROLLOUTS_RELEASE}
plugin=kubectl-argo-rollouts-linux-amd64
curl --fail --silent --show-error --location --remote-name-all \\
  --output-dir /tmp "${{release}}/${{plugin}}" "${{release}}/argo-rollouts-checksums.txt"
(cd /tmp && grep " ${{plugin}}\\$" argo-rollouts-checksums.txt | sha256sum -c -)
install -m 0755 "/tmp/${{plugin}}" /usr/local/bin/kubectl-argo-rollouts
"""

_GATE = """
apk add --no-cache cosign
cosign verify "${IMAGE}" --output text --certificate-oidc-issuer "${CI_SERVER_URL}" \\
  --certificate-identity "${CI_PROJECT_URL}//.gitlab-ci.yml@refs/heads/${CI_DEFAULT_BRANCH}" \\
  >/dev/null
"""


def deploy_job(
    subject: Subject, environment: Environment, stage: str, before: str
) -> dict[str, Node]:
    """One environment."""
    name = environment.name
    target: dict[str, Node] = {"name": name, "deployment_tier": name}
    if not before:
        target["on_stop"] = "stop-development"
    needs: list[Node] = ["build", "sign"]
    if before:
        needs.append(before)
    rules: list[Node] = [FROZEN]
    if environment.production:
        rules.append({**ON_MAIN, "when": "manual"})
    elif before:
        rules.append(ON_MAIN)
    else:
        # a branch is run in development when somebody wants to see it
        rules += [ON_MAIN, {**ON_BRANCH, "when": "manual", "allow_failure": True}]
    script: list[Node] = []
    if environment.production:
        script.append(Block(f"{_GATE.strip()}\n"))
    if environment.production and workload_of(subject).serves:
        script.append(layout.GATE_SCRIPT)
    script.append(f'{layout.DEPLOY_SCRIPT} {name} "${{IMAGE}}"')
    job: dict[str, Node] = {"stage": stage, "extends": ".deploy", "needs": needs}
    job |= {"environment": target, "resource_group": name, "rules": rules}
    if environment.production:
        # a manual job that blocks: what follows waits for it
        job["allow_failure"] = False
    job["script"] = script
    return job


_NO_NAMESPACE = """awk 'BEGIN { RS = "\\n---\\n"; ORS = RS } !/(^|\\n)kind: Namespace(\\n|$)/'"""


def stop_job(subject: Subject, environment: Environment, stage: str) -> dict[str, Node]:
    """Development without all that its overlay made; the namespace and its Secrets stay."""
    workload = workload_of(subject)
    if workload.chart:
        delete = f"helm uninstall {subject.name} --namespace {environment.namespace}"
    else:
        delete = (
            f"kubectl kustomize {layout.overlay(environment.name)} | {_NO_NAMESPACE} | "
            "kubectl delete --filename - --ignore-not-found"
        )
    return {
        "stage": stage,
        "extends": ".deploy",
        "needs": [],
        "environment": {"name": environment.name, "action": "stop"},
        "resource_group": environment.name,
        "rules": [FROZEN, {**ON_BRANCH, "when": "manual", "allow_failure": True}],
        "script": [Noted(delete, "the namespace keeps the Secrets, which nothing here makes")],
    }


def rollback_job(subject: Subject, environment: Environment, stage: str) -> dict[str, Node]:
    """The way back where deploy.sh itself was cut off (a lost runner, a time-out)."""
    by_itself: dict[str, Node] = {**ON_MAIN, "when": "on_failure"}
    by_hand: dict[str, Node] = {**ON_MAIN, "when": "manual", "allow_failure": True}
    return {
        "stage": stage,
        "extends": ".deploy",
        "needs": ["build", environment.name],
        "environment": {"name": environment.name, "action": "access"},
        "resource_group": environment.name,
        "rules": [FROZEN, by_itself if rolls_back(subject) else by_hand],
        "script": [f'BAD_IMAGE="${{IMAGE}}" {layout.ROLLBACK_SCRIPT} {environment.name}'],
    }


_RELEASE = f"""
apk add --no-cache crane
version="$({VERSION_SCRIPT} next "${{CI_COMMIT_SHA}}")"
if git rev-parse --verify --quiet "refs/tags/${{version}}" >/dev/null; then
  echo "${{version}} is released already"
  exit 0
fi
crane tag "${{IMAGE}}" "${{version}}"
{VERSION_SCRIPT} notes "${{CI_COMMIT_SHA}}" >notes.md
printf '\\nImage: %s\\n' "${{IMAGE}}" >>notes.md
curl --fail --silent --show-error --header "JOB-TOKEN: ${{CI_JOB_TOKEN}}" \\
  --data-urlencode "tag_name=${{version}}" --data-urlencode "ref=${{CI_COMMIT_SHA}}" \\
  --data-urlencode "description@notes.md" \\
  "${{CI_API_V4_URL}}/projects/${{CI_PROJECT_ID}}/releases"
"""


def release_job(production: str, stage: str) -> dict[str, Node]:
    """Version, changelog and tag of what production runs now."""
    return {
        "stage": stage,
        "extends": ".registry",
        "needs": ["build", production],
        "timeout": f"{MINUTES['release']} minutes",
        "image": {"name": image(*KUBERNETES), "entrypoint": [""]},
        "variables": {"GIT_DEPTH": Noted("0", "tags and every commit since the last one")},
        "resource_group": "release",
        "rules": [FROZEN, ON_MAIN],
        "script": [Block(f"{_RELEASE.strip()}\n")],
    }
