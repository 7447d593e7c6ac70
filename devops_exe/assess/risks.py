"""What in a repository endangers a release: each risk with its place and an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.risk import Risk
from devops_exe.assess.rules import image_name
from devops_exe.assess.survey import is_development
from devops_exe.assess.walk import shown

if TYPE_CHECKING:
    from devops_exe.assess.readers.dockerfile import Image
    from devops_exe.assess.readers.kubernetes import Container
    from devops_exe.assess.service import Service, Sources

_MAX_PER_KIND = 20


def find_risks(
    sources: Sources,
    services: list[Service],
    secrets: list[str],
    *,
    destructive: str | None,
    writers: str | None,
    has_ci: bool,
    has_tests: bool,
) -> list[Risk]:
    """Every risk, most of a kind first twenty, in a fixed order.

    Args:
        sources: what the readers found.
        services: the deployable services.
        secrets: paths of files that are secret by name.
        destructive: ``path:line`` of a destructive statement in the newest migration.
        writers: ``path:line`` of what allows a single writer only.
        has_ci: whether a CI was found.
        has_tests: whether a test was found that can gate a release.
    """
    risks = [
        *_secrets(sources, secrets),
        *_images(services),
        *_workloads(sources, services),
        *_data(destructive, writers),
    ]
    if services and not has_ci:
        risks.append(
            Risk(
                "no-ci",
                "No CI configuration was found: nothing tests a change before it is deployed",
                services[0].where,
                "high",
                "medium",
                "Add a pipeline that builds, tests and scans every change",
            )
        )
    if services and not has_tests:
        risks.append(
            Risk(
                "no-tests",
                "No test was found to gate a release on",
                services[0].where,
                "high",
                "medium",
                "The pipeline's test step has nothing to run: begin with a smoke test of the start "
                "and of one request",
            )
        )
    for hit in sources.seen.of("app_host"):
        risks.append(
            Risk(
                "topology-in-code",
                "The topology lives in code (.NET Aspire app host); manifests do not show it",
                hit.where,
                "medium",
                "low",
                "Generate manifests from the app host in the pipeline and review them",
            )
        )
    return _bounded(risks)


def _bounded(risks: list[Risk]) -> list[Risk]:
    kept: list[Risk] = []
    count: dict[str, int] = {}
    for risk in dict.fromkeys(risks):
        count[risk.id] = count.get(risk.id, 0) + 1
        if count[risk.id] <= _MAX_PER_KIND:
            kept.append(risk)
    return kept


def _secrets(sources: Sources, secrets: list[str]) -> list[Risk]:
    table = sources.seen.rules
    risks = [
        Risk(
            "secret-file",
            f"{shown(path)} is secret by its name and lies in the tree (it was not opened)",
            shown(path),
            "low" if is_development(path, table) else "medium",
            "high",
            "Take it out of version control, rotate what it holds, read it from a secret store",
        )
        for path in secrets
    ]
    # A manifest whose Secret is named below needs no second word.
    seen = {manifests.path for manifests in sources.manifests if manifests.secrets}
    composed = {file.path for file in sources.compose}
    for hit in sources.seen.of("committed_secret", "possible"):
        if hit.path in seen:
            continue
        seen.add(hit.path)
        risks.append(
            Risk(
                "committed-secret",
                "A configuration file holds what looks like a secret",
                hit.where,
                "low" if hit.path in composed else "medium",
                "medium" if hit.path in composed else "high",
                "Read the value from a secret store or the environment, and rotate it",
            )
        )
    for manifests in sources.manifests:
        for line in manifests.secrets:
            risks.append(
                Risk(
                    "plaintext-secret",
                    "A Kubernetes Secret stands in the repository with its data",
                    f"{shown(manifests.path)}:{line}",
                    "medium",
                    "high",
                    "Use External Secrets, Sealed Secrets or SOPS, and rotate the values",
                )
            )
    return risks


def _images(services: list[Service]) -> list[Risk]:
    risks: dict[tuple[str, str], Risk] = {}
    for service in services:
        guarded = bool(service.workloads) and all(w.non_root for w in service.workloads)
        for path, image in service.images:
            where = f"{shown(path)}:{image.base_line}"
            if _as_root(image) and not guarded:
                risks.setdefault(
                    ("runs-as-root", where),
                    Risk(
                        "runs-as-root",
                        f"The image of {service.name} runs as root: its final stage sets no user",
                        where,
                        "medium",
                        "medium",
                        "Create a user in the final stage and add USER before the command",
                    ),
                )
            if image.base and not _pinned(image.base):
                risks.setdefault(
                    ("unpinned-base", where),
                    Risk(
                        "unpinned-base",
                        f"The base image {shown(image.base)} has no version or a floating one",
                        where,
                        "medium",
                        "medium",
                        "Pin a version, better its digest, and let a bot raise it",
                    ),
                )
    return list(risks.values())


def _as_root(image: Image) -> bool:
    rootless = any(word in image.base for word in ("nonroot", "chiseled", "unprivileged"))
    user = image.user.split(":", 1)[0].strip()
    return bool(image.base) and user in ("", "root", "0") and not rootless


_FLOATING = ("latest", "lts", "stable", "edge", "main", "master", "nightly", "current", "mainline")


def _pinned(reference: str) -> bool:
    if "@sha256:" in reference or reference == "scratch":
        return True
    tail = reference[len(image_name(reference)) :].lstrip(":").lower()
    words = tail.split("-")
    numbered = any(character.isdigit() for character in tail)
    return bool(tail) and (numbered or not any(word in _FLOATING for word in words))


def _workloads(sources: Sources, services: list[Service]) -> list[Risk]:
    risks: list[Risk] = []
    for service in services:
        for workload in service.workloads:
            where = f"{shown(workload.path)}:{workload.line}"
            main = next((c for c in workload.containers), None)
            if main is None:
                continue
            if workload.replicas is not None and workload.replicas.value == 1:
                risks.append(
                    Risk(
                        "single-replica",
                        f"{service.name} runs one replica: a node's end or a release is an outage",
                        f"{shown(workload.path)}:{workload.replicas.line}",
                        "high",
                        "medium",
                        "Run two or more replicas over zones, with a disruption budget",
                    )
                )
            risks += _container(service.name, main, shown(workload.path), where)
            if workload.host_access or main.privileged:
                line = workload.host_access or main.privileged
                risks.append(
                    Risk(
                        "host-access",
                        f"{service.name} is privileged or shares the host's namespaces",
                        f"{shown(workload.path)}:{line}",
                        "low",
                        "high",
                        "Drop the privilege, or name in the manifest why it must be",
                    )
                )
    return risks


def _container(name: str, main: Container, path: str, where: str) -> list[Risk]:
    risks: list[Risk] = []
    if not main.probed:
        risks.append(
            Risk(
                "no-probe",
                f"{name} has neither readiness nor liveness probe: a rollout cannot see failure",
                where,
                "medium",
                "high",
                "Add a readiness probe on a path that checks what the service needs",
            )
        )
    if main.cpu_millicores is None or main.memory_mib is None:
        risks.append(
            Risk(
                "no-requests",
                f"{name} requests no CPU or no memory: it cannot be placed or scaled by figures",
                where,
                "medium",
                "medium",
                "Set requests from measured use",
            )
        )
    tag = main.image.rpartition(":")[2] if ":" in main.image.rpartition("/")[2] else ""
    registry = "/" in main.image
    if "@" not in main.image and (tag == "latest" or (registry and not tag)):
        risks.append(
            Risk(
                "unpinned-image",
                f"{name} runs an image without a version: what runs cannot be told or returned to",
                f"{path}:{main.image_line}",
                "medium",
                "high",
                "Deploy by digest or by an immutable tag",
            )
        )
    return risks


def _data(destructive: str | None, writers: str | None) -> list[Risk]:
    risks: list[Risk] = []
    if destructive:
        risks.append(
            Risk(
                "destructive-migration",
                "The newest schema change drops or renames: the release before it cannot run on it",
                destructive,
                "medium",
                "high",
                "Split it: expand, move, contract in a later release; no plain rollback until then",
            )
        )
    if writers:
        risks.append(
            Risk(
                "single-writer",
                "Storage allows one writer only: two versions cannot run side by side",
                writers,
                "high",
                "high",
                "Move the data to a server that takes several writers, or plan for a gap",
            )
        )
    return risks
