"""Shell inside the pipelines, executed as a runner would: against recording fakes."""

from __future__ import annotations

import base64
import json
import subprocess

import pytest
import yaml
from recording_fakes import EXAMPLE, fakes, from_folder, subject

from devops_exe.implement import pipeline

MORE = ("gh", "apk", "aws", "jq", "cosign", "trivy", "crane", "base64")
SHA = "c" * 40
DIGEST = "sha256:" + "d" * 64


@pytest.fixture
def place(tmp_path):
    made = fakes(tmp_path / "fakes")
    for name in MORE:
        target = made.home / "bin" / name
        if name == "base64":
            target.symlink_to("/usr/bin/base64")
        else:
            target.write_text((made.home / "bin" / "curl").read_text())
            target.chmod(0o755)
    (made.home / "bin" / "seq").symlink_to("/usr/bin/seq")
    return made


def step(job: str, name: str, made) -> str:
    """The script of a step of the generated workflow."""
    (artefact,) = pipeline.generate(made).artefacts
    node = yaml.load(artefact.text, Loader=yaml.BaseLoader)
    return next(s["run"] for s in node["jobs"][job]["steps"] if s["name"] == name)


def run(place, script: str, **variables: str):
    place.prepare()
    path = place.home / "step"
    path.write_text(script)
    environment = {"PATH": str(place.home / "bin"), "FAKES": str(place.home),
                   "HOME": str(place.home), **variables}  # fmt: skip
    return subprocess.run(
        ["/bin/bash", "-e", str(path)], env=environment, cwd=place.home, capture_output=True,
        text=True, check=False,
    )  # fmt: skip


WAIT = "Wait for the tests of this commit"


@pytest.mark.parametrize(("conclusion", "status"), [("success", 0), ("failure", 1), ("", 1)])
def test_the_verdict_of_the_tests_is_waited_for(place, conclusion, status) -> None:
    made = from_folder(EXAMPLE, "checkout-api on EKS, canary, 300 rps, with GitHub Actions")
    place.rules = [
        {"when": ["gh run list"], "out": "", "times": 1},
        {"when": ["gh run list"], "out": "42\n"},
        {"when": ["gh run view 42", "status"], "out": "in_progress\n", "times": 2},
        {"when": ["gh run view 42", "status"], "out": "completed\n"},
        {"when": ["gh run view 42", "conclusion"], "out": f"{conclusion}\n"},
    ]
    done = run(place, step("test", WAIT, made), WORKFLOW="ci.yml", GITHUB_SHA=SHA)
    assert done.returncode == status, done.stderr
    assert f"gh run list --workflow ci.yml --commit {SHA}" in place.lines()[0]
    assert place.lines().count("sleep 15") == 2


def test_tests_that_never_start_stop_the_release(place) -> None:
    made = from_folder(EXAMPLE, "checkout-api on EKS, canary, 300 rps, with GitHub Actions")
    done = run(place, step("test", WAIT, made), WORKFLOW="ci.yml", GITHUB_SHA=SHA)
    assert done.returncode != 0
    assert "ci.yml was not started for this commit" in done.stderr


@pytest.mark.parametrize(
    ("words", "variables", "name"),
    [
        ("shop on EKS, 300 rps, with GitHub Actions", {"REGISTRY": "1.example"}, "1.example/shop"),
        ("shop on Kubernetes, 300 rps, with GitHub Actions",
         {"GITHUB_REPOSITORY_OWNER": "Acme-Inc"}, "ghcr.io/acme-inc/shop"),
    ],
)  # fmt: skip
def test_the_images_name(place, words, variables, name) -> None:
    script = step("build", "Name the image", subject(words))
    done = run(place, script, GITHUB_OUTPUT=str(place.home / "out"), **variables)
    assert done.returncode == 0, done.stderr
    assert (place.home / "out").read_text() == f"name={name}\n"


def test_a_registry_that_nobody_named(place) -> None:
    script = step("build", "Name the image", subject("shop on EKS, 300 rps, with GitHub Actions"))
    done = run(place, script, GITHUB_OUTPUT=str(place.home / "out"), REGISTRY="")
    assert done.returncode != 0
    assert "set the variable REGISTRY" in done.stderr


def test_the_version_is_put_on_the_same_digest(place) -> None:
    script = step(
        "release",
        "Give the digest its version as a tag",
        subject("shop on EKS, 300 rps, with GitHub Actions"),
    )
    image = f"r.example:5000/shop:{SHA}@{DIGEST}"
    assert run(place, script, IMAGE=image, VERSION="v1.2.3").returncode == 0
    assert place.calls == [
        ["docker", "buildx", "imagetools", "create", "--prefer-index=false",
         "--tag", "r.example:5000/shop:v1.2.3", image],
    ]  # fmt: skip


def gitlab(words: str):
    (artefact,) = pipeline.generate(subject(words)).artefacts
    return yaml.safe_load(artefact.text)


@pytest.mark.parametrize(
    ("words", "rules", "variables", "login"),
    [
        ("shop on EKS, 300 rps, with GitLab CI",
         [{"when": ["aws ecr get-login-password"], "out": "secret-1\n"}], {}, "AWS:secret-1"),
        ("shop on GKE, 300 rps, with GitLab CI",
         [{"when": ["jq", ".access_token"], "out": "federated\n"},
          {"when": ["jq", ".accessToken"], "out": "secret-2\n"}],
         {"GCP_WORKLOAD_IDENTITY_PROVIDER": "p", "GCP_SERVICE_ACCOUNT": "a@b"},
         "oauth2accesstoken:secret-2"),
        ("shop on AKS, 300 rps, with GitLab CI",
         [{"when": ["jq", ".access_token"], "out": "entra\n"},
          {"when": ["jq", ".refresh_token"], "out": "secret-3\n"}],
         {"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c"},
         "00000000-0000-0000-0000-000000000000:secret-3"),
        ("shop on Kubernetes, 300 rps, with GitLab CI", [],
         {"CI_REGISTRY_USER": "ci", "CI_REGISTRY_PASSWORD": "secret-4"}, "ci:secret-4"),
    ],
)  # fmt: skip
def test_the_login_to_the_registry(place, words, rules, variables, login) -> None:
    place.rules = rules
    script = "\n".join(gitlab(words)[".registry"]["before_script"])
    done = run(place, f"set -eu\n{script}", NAME="registry.example/group/shop",
               CLOUD_ID_TOKEN="token", CI_JOB_ID="7", **variables)  # fmt: skip
    assert done.returncode == 0, done.stderr
    config = json.loads((place.home / ".docker" / "config.json").read_text())
    auth = config["auths"]["registry.example"]["auth"]
    assert base64.b64decode(auth).decode() == login


def test_the_digest_of_the_build_is_handed_on(place) -> None:
    node = gitlab("shop on EKS, 300 rps, with GitLab CI")
    metadata = json.dumps({"containerimage.config.digest": "x", "containerimage.digest": DIGEST})
    script = "\n".join(node["build"]["script"])
    prepared = f"set -eu\nprintf '%s' '{metadata}' >build.json\n{script}"
    done = run(place, prepared, NAME="registry.example/shop", CI_COMMIT_SHA=SHA)
    assert done.returncode == 0, done.stderr
    text = (place.home / "build.env").read_text()
    assert text == f"IMAGE=registry.example/shop:{SHA}@{DIGEST}\n"
    empty = run(place, f"set -eu\necho '{{}}' >build.json\n{script}", NAME="n", CI_COMMIT_SHA=SHA)
    assert empty.returncode != 0


def test_what_is_not_clean_is_not_signed(place) -> None:
    node = gitlab("shop on EKS, 300 rps, with GitLab CI")
    place.rules = [{"when": ["trivy image --severity"], "exit": 1}]
    done = run(place, "set -eu\n" + "\n".join(node["sign"]["script"]), IMAGE=f"a@{DIGEST}")
    assert done.returncode == 1
    assert not [line for line in place.lines() if line.startswith("cosign")]


def test_an_unsigned_image_does_not_reach_production(place) -> None:
    node = gitlab("shop on EKS, 300 rps, with GitLab CI")
    place.rules = [{"when": ["cosign verify"], "exit": 1}]
    done = run(place, "set -eu\n" + "\n".join(node["production"]["script"]), IMAGE=f"a@{DIGEST}",
               CI_SERVER_URL="https://gitlab.com", CI_PROJECT_URL="https://gitlab.com/a/b",
               CI_DEFAULT_BRANCH="main")  # fmt: skip
    assert done.returncode == 1
    verify = next(line for line in place.lines() if line.startswith("cosign"))
    assert "https://gitlab.com/a/b//.gitlab-ci.yml@refs/heads/main" in verify
