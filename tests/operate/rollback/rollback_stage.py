"""Stages for rollbacks: dossiers of every platform, and worlds that answer as its clients do."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.operate.rollback.carrying import Hands
from devops_exe.operate.rollback.planning import plan_of
from devops_exe.operate.rollback.running import Ran

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.operate.rollback.model import Invocation, RollbackPlan

TIME = "2026-11-24T10:00:00+00:00"
SHA = "sha256:" + "ab" * 32


def dossier_for(words: str) -> Dossier:
    return compose("rollback", read_words(words), TIME)


def say(platform: str, strategy: str, ci: str = "GitHub Actions", more: str = "") -> str:
    return (
        f"v1.4.2 from v1.5.0 checkout-api on {platform}, {strategy}, 600 rps, one pod does 60 rps, "
        f"99.9 %, {ci} {more}"
    )


def no_clients(*args: object, **more: object) -> tuple[tuple[str, str], ...]:
    return ()


def plan_for(words: str, **stated: str) -> RollbackPlan:
    return plan_of(dossier_for(words), stated, point=no_clients)


def image(version: str) -> dict[str, object]:
    return {
        "containers": [
            {"name": "proxy", "image": "mesh/proxy:9.1"},
            {"name": "app", "image": f"registry.example/shop/checkout-api:{version}"},
        ]
    }


def replicaset(
    version: str, revision: int, kind: str, owner: str = "checkout-api"
) -> dict[str, object]:
    key = (
        "deployment.kubernetes.io/revision"
        if kind == "Deployment"
        else "rollout.argoproj.io/revision"
    )
    return {
        "kind": "ReplicaSet",
        "metadata": {
            "annotations": {key: str(revision)},
            "labels": {"rollouts-pod-template-hash": f"hash{revision}"},
            "ownerReferences": [{"kind": kind, "name": owner}],
        },
        "spec": {"template": {"spec": image(version)}},
    }


def replicasets(kind: str) -> dict[str, object]:
    return {
        "kind": "List",
        "items": [
            replicaset("v1.4.2", 7, kind),
            replicaset("v1.4.2", 9, kind),
            replicaset("v1.4.20", 10, kind),
            replicaset("v1.5.0", 11, kind),
            replicaset("v1.4.2", 99, kind, owner="other"),
        ],
    }


@dataclass(frozen=True)
class Rule:
    """What a client answers to commands that begin so."""

    begins: str
    out: object = ""
    before: object = None
    act: bool = False
    status: int = 0
    err: str = ""
    sleep: float = 0.0
    exact: bool = False

    def as_json(self) -> dict[str, object]:
        return dict(self.__dict__)


COMMON = (
    Rule("aws ecr describe-images", {"imageDetails": [{"imageDigest": SHA}]}),
    Rule("gcloud artifacts docker images describe", f"image_summary:\n  digest: {SHA}\n"),
    Rule("az acr repository show", {"digest": SHA}),
    Rule("docker buildx imagetools inspect", f"Name: x\nDigest: {SHA}\n"),
    Rule("gh workflow disable", ""),
    Rule(
        "gh workflow list",
        [
            {"path": ".github/workflows/ci.yml", "state": "active"},
            {"path": ".github/workflows/deploy.yml", "state": "disabled_manually"},
        ],
    ),
)
ENDPOINTS = {
    "items": [{"endpoints": [{"conditions": {"ready": True}}, {"conditions": {"ready": True}}]}]
}
HEALTHY = {"TargetHealthDescriptions": [{"TargetHealth": {"State": "healthy"}}] * 2}


def deployment(version: str) -> dict[str, object]:
    return {
        "spec": {"replicas": 10, "template": {"spec": image(version)}},
        "status": {"updatedReplicas": 10},
    }


def rollout(version: str, *, abort: bool = False) -> dict[str, object]:
    return {
        "spec": {"template": {"spec": image(version)}},
        "status": {
            "phase": "Healthy",
            "abort": abort,
            "currentPodHash": "hash9",
            "blueGreen": {"activeSelector": "hash9"},
            "canary": {"weights": {"canary": {"weight": 0 if abort else 5}}},
        },
    }


K8S_ROLLING = (
    Rule("kubectl rollout history", "REVISION  CHANGE-CAUSE\n9 <none>\n11 <none>\n"),
    Rule("kubectl get replicasets", replicasets("Deployment")),
    Rule("kubectl rollout undo deployment/checkout-api --to-revision=9", "rolled back\n", act=True),
    Rule("kubectl rollout status", 'deployment "checkout-api" successfully rolled out\n'),
    Rule("kubectl get deployment checkout-api", deployment("v1.4.2"), before=deployment("v1.5.0")),
    Rule("kubectl get endpointslices", ENDPOINTS),
)
STABLE = {"kind": "Rollout", "metadata": {"name": "checkout-api"}, "status": {"stableRS": "hash9"}}
K8S_CANARY = (
    Rule("kubectl argo rollouts get rollout", "Name: checkout-api\n"),
    Rule(
        "kubectl get rollouts.argoproj.io,replicasets.apps",
        {"items": [STABLE, *replicasets("Rollout")["items"]]},
    ),  # type: ignore[misc]
    Rule("kubectl argo rollouts abort checkout-api", "aborted\n", act=True),
    Rule(
        "kubectl get rollouts.argoproj.io checkout-api",
        rollout("v1.5.0", abort=True),
        before=rollout("v1.5.0"),
    ),
    Rule("kubectl get endpointslices", ENDPOINTS),
)
K8S_BLUE_GREEN = (
    Rule("kubectl argo rollouts get rollout", "Name: checkout-api\n"),
    Rule("kubectl get replicasets", replicasets("Rollout")),
    Rule("kubectl argo rollouts undo checkout-api --to-revision=9", "", act=True),
    Rule("kubectl argo rollouts promote checkout-api --full", ""),
    Rule(
        "kubectl get rollouts.argoproj.io checkout-api", rollout("v1.4.2"), before=rollout("v1.5.0")
    ),
    Rule("kubectl get endpointslices", ENDPOINTS),
)
TASK = {
    "taskDefinition": {
        "status": "ACTIVE",
        "containerDefinitions": [{"image": "r/checkout-api:v1.4.2"}],
    }
}
ARN = "arn:aws:ecs:eu-west-1:1:task-definition/checkout-api:41"
ECS_ROLLING = (
    Rule("aws ecs list-task-definitions", {"taskDefinitionArns": [ARN]}),
    Rule("aws ecs describe-task-definition --task-definition checkout-api:41", TASK),
    Rule(
        "aws ecs update-service --cluster prod --service checkout-api --task-definition checkout-api:41",  # noqa: E501
        "{}",
        act=True,
    ),
    Rule("aws ecs wait services-stable --cluster prod --services checkout-api"),
    Rule(
        "aws ecs describe-services",
        {
            "services": [
                {
                    "taskDefinition": ARN.replace(":41", ":42"),
                    "runningCount": 4,
                    "desiredCount": 4,
                    "deployments": [{"status": "PRIMARY", "taskDefinition": ARN}],
                }
            ]
        },
    ),
    Rule("aws elbv2 describe-target-health --target-group-arn arn:tg/blue", HEALTHY),
)
ECS_BLUE_GREEN = (
    Rule("aws ecs list-task-definitions", {"taskDefinitionArns": [ARN]}),
    Rule("aws ecs describe-task-definition --task-definition checkout-api:41", TASK),
    Rule("aws elbv2 describe-target-health --target-group-arn arn:tg/blue", HEALTHY),
    Rule(
        "aws elbv2 modify-listener --listener-arn arn:listener --default-actions "
        "Type=forward,TargetGroupArn=arn:tg/blue",
        "{}",
        act=True,
    ),
    Rule(
        "aws elbv2 describe-listeners",
        {"Listeners": [{"DefaultActions": [{"Type": "forward", "TargetGroupArn": "arn:tg/blue"}]}]},
        before={"Listeners": [{"DefaultActions": [{"TargetGroupArn": "arn:tg/green"}]}]},
    ),
)
REVISIONS = [
    {
        "metadata": {"name": "checkout-api-00012"},
        "spec": {"containers": [{"image": "r/checkout-api:v1.5.0"}]},
    },
    {
        "metadata": {"name": "checkout-api-00011"},
        "spec": {"containers": [{"image": "r/checkout-api:v1.4.2"}]},
    },
]
CLOUD_RUN = (
    Rule("gcloud run revisions list --service checkout-api --region europe-west1", REVISIONS),
    Rule(
        "gcloud run services update-traffic checkout-api --region europe-west1 "
        "--to-revisions checkout-api-00011=100",
        "",
        act=True,
    ),
    Rule(
        "gcloud run services describe checkout-api --region europe-west1",
        {
            "status": {
                "conditions": [{"type": "Ready", "status": "True"}],
                "traffic": [{"revisionName": "checkout-api-00011", "percent": 100}],
            }
        },
        before={
            "status": {
                "conditions": [{"type": "Ready", "status": "True"}],
                "traffic": [{"revisionName": "checkout-api-00012", "percent": 100}],
            }
        },
    ),
)
VERSIONS = {
    "Versions": [
        {"Version": "$LATEST", "Description": ""},
        {"Version": "41", "Description": "release v1.4.2"},
        {"Version": "42", "Description": "release v1.5.0"},
    ]
}
LAMBDA = (
    Rule("aws lambda list-versions-by-function --function-name checkout-api", VERSIONS),
    Rule(
        "aws lambda update-alias --function-name checkout-api --name live --function-version 41",
        "{}",
        act=True,
    ),
    Rule(
        "aws lambda get-alias --function-name checkout-api --name live",
        {"FunctionVersion": "41", "RoutingConfig": {"AdditionalVersionWeights": {}}},
        before={
            "FunctionVersion": "41",
            "RoutingConfig": {"AdditionalVersionWeights": {"42": 0.05}},
        },
    ),
    Rule("aws lambda get-function", {"Configuration": {"State": "Active", "Version": "41"}}),
)
APP_SERVICE = (
    Rule(
        "az webapp deployment slot list --name checkout-api --resource-group shop",
        [{"name": "staging"}],
    ),
    Rule(
        "az webapp config show --name checkout-api --resource-group shop --slot staging",
        {"linuxFxVersion": "DOCKER|shop.azurecr.io/checkout-api:v1.4.2"},
    ),
    Rule("az webapp deployment slot swap --name checkout-api --resource-group shop", "", act=True),
    Rule(
        "az webapp config show --name checkout-api --resource-group shop --output",
        {"linuxFxVersion": "DOCKER|shop.azurecr.io/checkout-api:v1.4.2"},
        before={"linuxFxVersion": "DOCKER|shop.azurecr.io/checkout-api:v1.5.0"},
    ),
    Rule("az webapp show", '"Running"\n'),
)


def job(version: str, number: int) -> dict[str, object]:
    return {
        "Version": number,
        "Stable": True,
        "TaskGroups": [{"Tasks": [{"Config": {"image": f"r/checkout-api:{version}"}}]}],
    }


NOMAD = (
    Rule("nomad job history -p checkout-api", "Version = 5\n"),
    Rule("nomad job history -json checkout-api", [job("v1.5.0", 6), job("v1.4.2", 5)]),
    Rule("nomad job revert checkout-api 5", "", act=True),
    Rule(
        "nomad job inspect checkout-api",
        {"Job": job("v1.4.2", 7)},
        before={"Job": job("v1.5.0", 6)},
    ),
    Rule("nomad job deployments -latest -json checkout-api", {"Status": "successful"}),
    Rule("nomad job status checkout-api", "Status = running\n"),
    Rule(
        "nomad job allocs -json checkout-api",
        [
            {"DesiredStatus": "run", "ClientStatus": "running"},
            {"DesiredStatus": "stop", "ClientStatus": "complete"},
        ],
    ),
)
VM = (
    Rule("ls -d /srv/checkout-api/releases/v1.4.2", "/srv/checkout-api/releases/v1.4.2\n"),
    Rule("ln -sfn /srv/checkout-api/releases/v1.4.2 /srv/checkout-api/current", "", act=True),
    Rule(
        "readlink /srv/checkout-api/current",
        "/srv/checkout-api/releases/v1.4.2\n",
        before="/srv/checkout-api/releases/v1.5.0\n",
    ),
    Rule("systemctl restart checkout-api"),
    Rule("systemctl is-active checkout-api", "active\n"),
    Rule(
        "socat stdio /run/haproxy/admin.sock",
        "# pxname,svname\ncheckout-api,a,0,UP,1\ncheckout-api,BACKEND,0,UP,\n",
    ),
)
COMPOSE = (
    Rule("docker image inspect checkout-api:v1.4.2", "[{}]"),
    Rule("docker compose up --detach --wait checkout-api", "", act=True),
    Rule(
        "docker compose ps checkout-api --format json",
        '{"State":"running","Health":"healthy","Image":"checkout-api:v1.4.2"}\n'
        '{"State":"running","Health":"","Image":"checkout-api:v1.4.2"}\n',
        before='{"State":"running","Health":"healthy","Image":"checkout-api:v1.5.0"}\n',
    ),
    Rule("docker compose ps checkout-api", "NAME  STATUS\n"),
)

GREAT: dict[str, tuple[str, dict[str, str], tuple[Rule, ...]]] = {
    "kubernetes rolling": (say("EKS", "rolling"), {}, K8S_ROLLING),
    "kubernetes recreate": (say("EKS", "recreate"), {}, K8S_ROLLING),
    "kubernetes canary": (say("EKS", "canary"), {}, K8S_CANARY),
    "kubernetes blue-green": (say("EKS", "blue-green"), {}, K8S_BLUE_GREEN),
    "ecs rolling": (
        say("ECS", "rolling"),
        {"CLUSTER": "prod", "REVISION": "41", "OLD": "arn:tg/blue"},
        ECS_ROLLING,
    ),
    "ecs blue-green": (
        say("ECS", "blue-green"),
        {"LISTENER": "arn:listener", "REVISION": "41", "OLD": "arn:tg/blue"},
        ECS_BLUE_GREEN,
    ),
    "cloud run canary": (
        say("Cloud Run", "canary"),
        {"REGION": "europe-west1", "REGISTRY": "r"},
        CLOUD_RUN,
    ),
    "lambda canary": (say("AWS Lambda", "canary"), {}, LAMBDA),
    "app service blue-green": (
        say("Azure App Service", "blue-green"),
        {"GROUP": "shop", "REGISTRY": "shop"},
        APP_SERVICE,
    ),
    "nomad rolling": (say("Nomad", "rolling"), {"REGISTRY": "r"}, NOMAD),
    "vm rolling": (say("a VM", "rolling"), {}, VM),
    "compose recreate": (say("Docker Compose", "recreate"), {"REGISTRY": "r"}, COMPOSE),
}
"""A world for each platform: the words of the request, what is stated, what its clients answer."""


def rules_of(case: str) -> tuple[Rule, ...]:
    return (*GREAT[case][2], *COMMON)


def case_plan(case: str) -> RollbackPlan:
    words, stated, _ = GREAT[case]
    return plan_for(words, **stated)


def text_of(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@dataclass
class World:
    """Answers in memory, and remembers what was asked."""

    rules: tuple[Rule, ...]
    acted: bool = False
    asked: list[Invocation] = field(default_factory=list)
    clock: float = 0.0
    by_hand: bool = True
    pointing: tuple[tuple[str, str], ...] = ()

    def run(self, invocation: Invocation) -> Ran:
        self.asked.append(invocation)
        line = " ".join(invocation.argv)
        for rule in self.rules:
            if line == rule.begins or (line.startswith(rule.begins) and not rule.exact):
                was = self.acted
                self.acted = self.acted or (rule.act and rule.status == 0)
                out = rule.out if was or rule.act or rule.before is None else rule.before
                return Ran(rule.status, text_of(out), rule.err)
        return Ran(99, "", f"nobody expected: {line}")

    def sleep(self, seconds: float) -> None:
        self.clock += seconds

    def hands(self) -> Hands:
        return Hands(
            run=self.run,
            sleep=self.sleep,
            monotonic=lambda: self.clock,
            now=lambda: TIME,
            point=lambda: self.pointing,
            done_by_hand=lambda step: self.by_hand,
        )

    @property
    def lines(self) -> list[str]:
        return [one.shown() for one in self.asked]


_FAKE = """#!{python} -SE
import json, os, sys, time
folder = {folder!r}
name = os.path.basename(sys.argv[0])
line = " ".join([name, *sys.argv[1:]])
given = "" if sys.stdin.isatty() else sys.stdin.read()
with open(os.path.join(folder, "asked.jsonl"), "a") as log:
    log.write(json.dumps({{"argv": [name, *sys.argv[1:]], "given": given, "pid": os.getpid(),
        "version": os.environ.get("VERSION", ""),
        "key": os.environ.get("ANTHROPIC_API_KEY", "")}}) + "\\n")
for rule in json.load(open(os.path.join(folder, "rules.json"))):
    if line == rule["begins"] or (line.startswith(rule["begins"]) and not rule["exact"]):
        mark = os.path.join(folder, "acted")
        was = os.path.exists(mark)
        if rule["sleep"]:
            time.sleep(rule["sleep"])
        if rule["act"] and not rule["status"]:
            open(mark, "w").close()
        out = rule["out"] if was or rule["act"] or rule["before"] is None else rule["before"]
        sys.stdout.write(out if isinstance(out, str) else json.dumps(out))
        sys.stderr.write(rule["err"])
        sys.exit(rule["status"])
sys.stderr.write("nobody expected: " + line)
sys.exit(99)
"""


class Fakes:
    """Programs on a PATH of their own that record their arguments and answer by the rules."""

    def __init__(self, folder: Path, rules: tuple[Rule, ...]) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        self.answer(rules)
        for name in sorted({rule.begins.split()[0] for rule in rules}):
            program = self.bin / name
            program.write_text(_FAKE.format(python=sys.executable, folder=str(folder)))
            program.chmod(0o755)

    def answer(self, rules: tuple[Rule, ...]) -> None:
        (self.folder / "rules.json").write_text(json.dumps([rule.as_json() for rule in rules]))

    @property
    def asked(self) -> list[dict[str, object]]:
        log = self.folder / "asked.jsonl"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    @property
    def lines(self) -> list[str]:
        return [" ".join(one["argv"]) for one in self.asked]  # type: ignore[arg-type]
