"""The kustomizations: one base, and what an environment changes about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.emit import Block, Figured, Noted, emit
from devops_exe.implement.heading import heading
from devops_exe.implement.kubernetes.additions import addition
from devops_exe.implement.kubernetes.flag_choice import wants_flags
from devops_exe.implement.kubernetes.flags import FLAGS_FILE
from devops_exe.implement.kubernetes.network import namespace
from devops_exe.implement.kubernetes.pods import ceiling, is_exclusive
from devops_exe.implement.kubernetes.release import is_progressive
from devops_exe.implement.kubernetes.routing import PLUGIN, experiment_name, router_of
from devops_exe.implement.kubernetes.scaling import autoscaler, is_scaled
from devops_exe.implement.kubernetes.settings import literals, serves

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.kubernetes.target import Target
    from devops_exe.implement.subject import Environment, Subject

REFERENCES = "rollout-references.yaml"
API = "kustomize.config.k8s.io/v1beta1"


def base(subject: Subject, target: Target, files: list[str]) -> Artefact:
    """The kustomization of the base.

    Args:
        subject: whose.
        target: the workload, ours or theirs.
        files: names of the resources beside it, in order.
    """
    resources: list[Node] = []
    if target.folder is not None:
        resources.append(Noted(target.folder, "your own manifests"))
    node: dict[str, Node] = {
        "apiVersion": API,
        "kind": "Kustomization",
        "resources": [*resources, *files],
    }
    generators: list[Node] = []
    if target.ours and (found := literals(subject)):
        generators.append(
            {
                "name": layout.config_map(subject),
                "literals": found,
                # applied with what a migration needs, before the workload
                "options": {"labels": {layout.COMPONENT: "setup"}},
            }
        )
    if wants_flags(subject):
        generators.append({"name": f"{subject.name}-flags", "files": [FLAGS_FILE]})
    if generators:
        node["configMapGenerator"] = Noted(
            generators, "a new name for every content: a rollback brings its settings back"
        )
    if target.ours and is_progressive(subject):
        node["configurations"] = [REFERENCES]
    if target.ours:
        pairs = {
            key: value for key, value in subject.labels.items() if key != "app.kubernetes.io/name"
        }
        node["labels"] = [{"pairs": pairs, "includeTemplates": True}]
    if not target.ours and (patch := addition(subject, target)):
        node["patches"] = [Noted({"patch": Block(patch)}, "what your manifest does not say")]
    if target.image is not None and target.image != subject.name:
        node["images"] = [
            Noted(
                {"name": target.image, "newName": subject.name},
                "the pipeline sets the digest by this name",
            )
        ]
    text = emit(node, header=heading("what every environment has"))
    return Artefact(
        f"{layout.BASE}/kustomization.yaml", text, "kustomization", why="what every environment has"
    )


def references() -> Artefact:
    """What kustomize must know of a Rollout: where it names ConfigMaps, whose names change."""
    paths = (
        "spec/template/spec/containers/envFrom/configMapRef/name",
        "spec/template/spec/containers/env/valueFrom/configMapKeyRef/name",
        "spec/template/spec/volumes/configMap/name",
    )
    node = {
        "nameReference": [
            {
                "kind": "ConfigMap",
                "version": "v1",
                "fieldSpecs": [{"path": path, "kind": "Rollout"} for path in paths],
            }
        ]
    }
    text = emit(node, header=heading("where a Rollout names ConfigMaps, for kustomize"))
    return Artefact(
        f"{layout.BASE}/{REFERENCES}", text, "yaml", why="where a Rollout names ConfigMaps"
    )


def overlay(subject: Subject, target: Target, environment: Environment) -> list[Artefact]:
    """The overlay of an environment: its namespace, its replicas, its image."""
    folder = layout.overlay(environment.name)
    scaled = environment.production and is_scaled(subject) and target.scaler is None
    made: list[Artefact] = []
    resources = ["../../base"]
    if "Namespace" not in target.have:
        resources.insert(0, "namespace.yaml")
        made.append(_namespace(subject, target, environment))
    if scaled:
        resources.append("hpa.yaml")
        made.append(
            Artefact(
                f"{folder}/hpa.yaml",
                emit(
                    autoscaler(subject, target.api, target.kind, target.name),
                    header=heading(
                        "production alone scales: the figures are its load's; its workload has no",
                        "replicas of its own, which every deployment would set back",
                    ),
                ),
                "kubernetes",
                why="replicas that follow the load",
            )
        )
    node: dict[str, Node] = {
        "apiVersion": API,
        "kind": "Kustomization",
        "namespace": environment.namespace,
        "resources": resources,
    }
    patches = _patches(subject, target, environment, scaled=scaled)
    if patches:
        node["patches"] = patches
    node["images"] = _images(subject)
    text = emit(node, header=heading(f"{environment.name}: what differs from the base"))
    made.append(
        Artefact(
            f"{folder}/kustomization.yaml",
            text,
            "kustomization",
            why=f"what {environment.name} changes",
        )
    )
    return made


def _namespace(subject: Subject, target: Target, environment: Environment) -> Artefact:
    return Artefact(
        f"{layout.overlay(environment.name)}/namespace.yaml",
        emit(namespace(subject, environment, enforce=target.ours), header=heading()),
        "kubernetes",
        why=f"namespace of {environment.name}",
    )


def _images(subject: Subject) -> list[Node]:
    return [
        Noted(
            {"name": subject.name, "newName": subject.name, "newTag": "unreleased"},
            "the pipeline runs kustomize edit set image NAME=REGISTRY/NAME@sha256:…",
        )
    ]


def _patches(
    subject: Subject, target: Target, environment: Environment, *, scaled: bool
) -> list[Node]:
    made: list[Node] = []
    steps = _steps(subject, target, environment, scaled=scaled)
    if steps:
        made.append({"target": {"kind": target.kind, "name": target.name}, "patch": Block(steps)})
    if target.ours and subject.strategy == "A/B Testing" and not environment.production:
        text = _replace("/spec/replicas", Figured(1, "no cohort to serve here"))
        made.append(
            {
                "target": {"kind": "Deployment", "name": experiment_name(subject)},
                "patch": Block(text),
            }
        )
    return made


def _steps(subject: Subject, target: Target, environment: Environment, *, scaled: bool) -> str:
    steps = ""
    if scaled:
        # a number here would reset what the autoscaler has found with every deployment
        if not target.ours and target.replicas:
            steps += "- op: remove\n  path: /spec/replicas\n"
    elif is_exclusive(subject):
        steps += _replace("/spec/replicas", Figured(1, "one writer only"))
    else:
        steps += _replace("/spec/replicas", ceiling(environment.replicas))
    if target.ours:
        steps += _release(subject, environment)
    if (
        target.ours
        and environment.production
        and not is_exclusive(subject)
        and float(subject.given("zones").value) > 1
    ):
        steps += (
            "# the availability figure counts on an even spread over zones\n"
            "- op: replace\n"
            "  path: /spec/template/spec/topologySpreadConstraints/0/whenUnsatisfiable\n"
            "  value: DoNotSchedule\n"
            "- op: add\n"
            "  path: /spec/template/spec/topologySpreadConstraints/0/nodeTaintsPolicy\n"
            "  value: Honor\n"
        )
    return steps if "- op:" in steps else ""


def _release(subject: Subject, environment: Environment) -> str:
    """What a release does without where no user is: nothing there could be compared."""
    steps = ""
    if not environment.production and subject.strategy == "Canary":
        steps += (
            "# no users, so nothing to compare: all traffic at once\n"
            "- op: remove\n"
            "  path: /spec/strategy/canary/steps\n"
        )
    if not environment.production and subject.strategy == "Blue-Green" and serves(subject):
        steps += (
            "# no users, so no error ratio; the preview is asked here as well\n"
            "- op: remove\n"
            "  path: /spec/strategy/blueGreen/postPromotionAnalysis\n"
        )
    if subject.strategy == "Canary" and router_of(subject) == "gateway-api":
        plugin = PLUGIN.replace("/", "~1")
        steps += (
            "- op: replace\n"
            f"  path: /spec/strategy/canary/trafficRouting/plugins/{plugin}/namespace\n"
            f"  value: {environment.namespace}\n"
        )
    return steps


def _replace(path: str, figure: Figured) -> str:
    note = " ".join(figure.reference.split())
    return f"- op: add\n  path: {path}\n  value: {figure.value}  # {note}\n"
