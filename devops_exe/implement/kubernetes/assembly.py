"""The files of the manifests, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.container.image_user import image_user
from devops_exe.implement.emit import emit
from devops_exe.implement.generated import Generated
from devops_exe.implement.heading import heading
from devops_exe.implement.kubernetes import migration
from devops_exe.implement.kubernetes.beside import beside, chart_notes
from devops_exe.implement.kubernetes.flag_choice import flag_product, wants_flags
from devops_exe.implement.kubernetes.flags import FLAGS_FILE, flag_policies, flagd, flags_json
from devops_exe.implement.kubernetes.flags import IMAGE as FLAGD_IMAGE
from devops_exe.implement.kubernetes.network import (
    account,
    egress_note,
    identity_note,
    policies,
    secret_note,
    service,
)
from devops_exe.implement.kubernetes.overlays import base, overlay, references
from devops_exe.implement.kubernetes.pods import (
    NAME,
    health_is_assumed,
    health_paths,
    is_exclusive,
)
from devops_exe.implement.kubernetes.probe_host import host_note
from devops_exe.implement.kubernetes.processes import process_notes
from devops_exe.implement.kubernetes.release import (
    PROMETHEUS,
    analysis_templates,
    is_progressive,
    workload_kind,
)
from devops_exe.implement.kubernetes.routing import (
    COHORT,
    GATEWAY,
    PLUGIN,
    experiment_name,
    route,
    router_of,
    their_ingress,
)
from devops_exe.implement.kubernetes.scaling import adapter, budget, claim, is_scaled
from devops_exe.implement.kubernetes.settings import serves, settings_of
from devops_exe.implement.kubernetes.target import own_target
from devops_exe.implement.kubernetes.theirs import manifests, their_chart, their_target
from devops_exe.implement.kubernetes.workload import VARIANT, experiment, workload
from devops_exe.implement.pins import image_pin
from devops_exe.implement.stack_endpoints import kestrel_note

if TYPE_CHECKING:
    from devops_exe.implement.artefact import Kind
    from devops_exe.implement.emit import Node
    from devops_exe.implement.subject import Subject


def assemble(subject: Subject) -> Generated:
    """The files for a subject."""
    chart = their_chart(subject)
    if chart is not None:
        return chart_notes(subject, chart)
    found = their_target(subject, manifests(subject))
    if found is not None:
        return beside(subject, found)
    return _whole(subject)


def _whole(subject: Subject) -> Generated:
    target = own_target(subject)
    files = _files(subject)
    made = [
        _artefact(name, kind, why, documents, note)
        for name, (kind, why, documents, note) in files.items()
        if name != FLAGD
    ]
    if wants_flags(subject):
        made.append(
            Artefact(
                f"{layout.BASE}/{FLAGD}",
                emit(*flagd(subject), header=heading()),
                "kubernetes",
                why="the flag service",
                unproven=image_pin(*FLAGD_IMAGE).unproven,
            )
        )
        made.append(
            Artefact(f"{layout.BASE}/{FLAGS_FILE}", flags_json(subject), "flagd", why="the flags")
        )
    made.append(base(subject, target, list(files)))
    if is_progressive(subject):
        made.append(references())
    for environment in subject.environments:
        made += overlay(subject, target, environment)
    if is_scaled(subject) and serves(subject):
        made.append(adapter(subject))
    return Generated(tuple(made), notes=_notes(subject))


FLAGD = "flagd.yaml"
_JUDGED = (
    "the new version is told from the old by the hash of its pod template: a release that fails "
    "is seen however little traffic it has"
)
_File = tuple["Kind", str, "list[Node]", str]


def _files(subject: Subject) -> dict[str, _File]:
    """Resources of the base by name: kind, what for, documents, a sentence for the reader."""
    rollout = is_progressive(subject)
    name = workload_kind(subject).lower()
    files: dict[str, _File] = {
        "serviceaccount.yaml": (
            "kubernetes",
            "the process's account",
            [account(subject)],
            identity_note(subject) or "",
        ),
        f"{name}.yaml": (
            "argo-rollouts" if rollout else "kubernetes",
            f"the service, released by {subject.strategy}",
            [workload(subject)],
            "",
        ),
    }
    if serves(subject) or subject.strategy == "Blue-Green":
        files["service.yaml"] = ("kubernetes", "addresses of the pods", _services(subject), "")
    files["networkpolicy.yaml"] = ("kubernetes", "who may speak to whom", _policies(subject), "")
    if not is_exclusive(subject):
        files["pdb.yaml"] = (
            "kubernetes",
            "replicas that maintenance leaves standing",
            [budget(subject.name, subject.selector)],
            "",
        )
    files |= _by_strategy(subject)
    job = migration.job(subject)
    if job is not None:
        files["migration.yaml"] = (
            "kubernetes",
            "brings the schema up to date before a release",
            [job],
            "a Job is immutable: deploy.sh deletes the last one, applies this, and waits for it",
        )
    if is_exclusive(subject):
        files["volume.yaml"] = (
            "kubernetes",
            "where the store keeps its data",
            [claim(subject)],
            "",
        )
    return files


def _by_strategy(subject: Subject) -> dict[str, _File]:
    files: dict[str, _File] = {}
    if analysis_templates(subject) and is_progressive(subject):
        files["analysis.yaml"] = (
            "argo-rollouts",
            "judges the new version by its own series",
            analysis_templates(subject),
            _JUDGED,
        )
    if subject.strategy == "A/B Testing":
        files["experiment.yaml"] = (
            "kubernetes",
            "the variant that the cohort gets",
            [experiment(subject)],
            "",
        )
    routed = route(subject)
    if routed is not None:
        kind, node = routed
        moved = "Argo Rollouts changes the weights while a release runs"
        note = moved if subject.strategy == "Canary" else ""
        files["route.yaml"] = (kind, "splits the traffic", [node], note)
    if wants_flags(subject):
        files[FLAGD] = ("kubernetes", "the flag service", flagd(subject), "")
    return files


def _services(subject: Subject) -> list[Node]:
    found: list[Node] = [service(subject, subject.name, subject.selector)]
    if subject.strategy == "Blue-Green" or (
        subject.strategy == "Canary" and router_of(subject) != "none"
    ):
        # Argo Rollouts adds the hash of the version to both selectors
        found.append(service(subject, layout.canary_service(subject), subject.selector))
    if subject.strategy == "A/B Testing":
        name = experiment_name(subject)
        found.append(service(subject, name, {NAME: name}))
    return found


def _policies(subject: Subject) -> list[Node]:
    names = [subject.name]
    if subject.strategy == "A/B Testing":
        names.append(experiment_name(subject))
    if migration.migration_command(subject) is not None:
        names.append(layout.migration_job(subject))
    found = policies(subject, tuple(names))
    return found + (flag_policies(subject) if wants_flags(subject) else [])


def _artefact(name: str, kind: Kind, why: str, documents: list[Node], note: str) -> Artefact:
    return Artefact(
        f"{layout.BASE}/{name}",
        emit(*documents, header=heading(*([note] if note else []))),
        kind,
        why=why,
    )


def _notes(subject: Subject) -> tuple[str, ...]:
    notes: list[str] = []
    settings = settings_of(subject)
    if settings.secrets:
        notes.append(secret_note(subject, tuple(name for name, _ in settings.secrets)))
    if settings.missing:
        notes.append(
            f"give values to {', '.join(settings.missing)} in the ConfigMap's literals "
            f"({layout.BASE}/kustomization.yaml): no file of the repository has one"
        )
    if serves(subject) and health_is_assumed(subject):
        notes.append(
            f"no health check was found: the probes ask {health_paths(subject)[0]}, and no pod "
            "becomes ready before the service answers there"
        )
    if serves(subject):
        notes += [note for note in (host_note(subject), kestrel_note(subject)) if note]
    if serves(subject) and route(subject) is None and their_ingress(subject) is None:
        notes.append(
            f"the Service {subject.name}, port 80, is reached inside the cluster alone: let your "
            "Gateway or Ingress send users there"
        )
    user = image_user(subject)
    if user.root:
        notes.append(
            f"the pods run as {user.uid}, though the image is made for root ({user.where}): see "
            "that it can read its files and writes to /tmp alone"
        )
    identity = identity_note(subject)
    if identity:
        notes.append(identity)
    notes.append(egress_note(subject))
    notes += process_notes(subject)
    notes += _release_notes(subject)
    notes += migration.notes(subject)
    if is_scaled(subject) and serves(subject):
        notes.append(
            f"the autoscaler needs prometheus-adapter with the rule in {layout.ADAPTER}; without "
            "it the replicas stay at the minimum"
        )
    if not serves(subject) and is_progressive(subject):
        notes.append(
            f"a worker is sent no requests: with {subject.strategy} the new version takes messages "
            "as soon as it runs, and no series of requests judges it; watch its failures by hand"
        )
    if subject.profile.text("kind") == "batch":
        notes.append("a batch job with a schedule is better a CronJob: say when it runs")
    return tuple(notes)


def _release_notes(subject: Subject) -> list[str]:
    notes: list[str] = []
    if is_progressive(subject):
        notes.append("the cluster needs the controller of Argo Rollouts")
    if is_progressive(subject) and serves(subject):
        notes.append(
            f"the analyses ask {PROMETHEUS}: change it in analysis.yaml if yours is elsewhere"
        )
    router = router_of(subject)
    if subject.strategy == "Canary" and router == "none":
        step = subject.figure("first_step", "canary_replicas")
        notes.append(
            "without a traffic router the weights are kept by replicas, as near as their number "
            f"allows: {step.value} of them at the first step ({step.reference})"
        )
    if subject.strategy == "Canary" and router == "gateway-api":
        notes.append(
            f"weights are set by the plugin {PLUGIN} of Argo Rollouts: register it in the "
            "ConfigMap argo-rollouts-config, and let the controller change HTTPRoutes"
        )
    if subject.strategy in {"Canary", "A/B Testing"} and router == "gateway-api":
        namespace, name = GATEWAY
        notes.append(f"set parentRefs of route.yaml to your Gateway; {namespace}/{name} is assumed")
    if subject.strategy in {"Canary", "A/B Testing"} and router == "istio":
        notes.append("route.yaml is for calls inside the mesh: add hosts and gateways of your edge")
        notes.append(
            "the namespaces need the label of your Istio, and Istio its CNI plugin: the standard "
            "restricted refuses the container that sets the sidecar's routes else"
        )
    if subject.strategy == "A/B Testing":
        product = flag_product(subject)
        if product not in {None, "openfeature"}:
            notes.append(f"{product} stays the flag service: make the cohort's flag there")
        notes.append(
            f"pods of {experiment_name(subject)} run the same digest with {VARIANT}=on and get the "
            f"requests with the header {COHORT}: {experiment_name(subject)}; let the code read the "
            "variable, and let your edge set the header by the flag"
        )
    return notes
