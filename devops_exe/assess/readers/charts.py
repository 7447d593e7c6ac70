"""A Helm chart's own values and a kustomization's images and replicas.

The values are the chart's defaults by their customary names (those that ``helm create``
writes); what only a template knows is not seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from devops_exe.assess.readers.kubernetes import Located
from devops_exe.assess.readers.quantities import mebibytes, millicores, sensible_share
from devops_exe.assess.readers.yamltree import documents, items, mapping, text_at, whole


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: its folder, name, and the profile fields that its values state, with lines."""

    path: str
    name: str
    values: dict[str, Located] = field(default_factory=dict)


def chart_name(text: str) -> str:
    """The name of a chart that deploys something; "" for a library or what is no chart."""
    found, _ = documents(text)
    document = found[0] if found else None
    if text_at(document, "type") == "library":
        return ""
    return text_at(document, "name") or ""


def read_values(text: str) -> dict[str, Located]:
    """Profile fields to what ``values.yaml`` states for them.

    An autoscaler counts only where it is enabled; it then takes the place of the replicas.
    """
    found, _ = documents(text)
    top = found[0] if found else None
    out: dict[str, Located] = {}
    _number(out, "replicas", top, "replicaCount")
    scaling = mapping(top, "autoscaling")
    if scaling.get("enabled") == "true":
        out.pop("replicas", None)
        _number(out, "min_replicas", scaling, "minReplicas")
        _number(out, "max_replicas", scaling, "maxReplicas")
        share = sensible_share(whole(scaling, "targetCPUUtilizationPercentage"))
        if share:
            line = scaling.at("targetCPUUtilizationPercentage")
            out["target_utilization"] = Located(share, line)
    requests = mapping(top, "resources", "requests")
    for name, key, read in (
        ("cpu_millicores", "cpu", millicores),
        ("memory_mib", "memory", mebibytes),
    ):
        value = read(text_at(requests, key))
        if value is not None:
            out[name] = Located(value, requests.at(key))
    for name, place in (("containerPort", top), ("targetPort", mapping(top, "service"))):
        _number(out, "port", place, name)
    for probe in ("readinessProbe", "livenessProbe"):
        path = text_at(top, probe, "httpGet", "path")
        if path:
            line = mapping(top, probe, "httpGet").at("path")
            out.setdefault("health_path", Located(path, line))
    return out


def _number(out: dict[str, Located], name: str, value: Any, key: str) -> None:
    found = whole(value, key)
    if found:
        out.setdefault(name, Located(found, mapping(value).at(key)))


def read_kustomization(text: str) -> list[tuple[str, str, int]]:
    """(field, value, line) of the images and replicas that a kustomization sets."""
    found, _ = documents(text)
    top = found[0] if found else None
    out: list[tuple[str, str, int]] = []
    for item in items(top, "images")[:100]:
        name = text_at(item, "newName") or text_at(item, "name")
        tag, digest = text_at(item, "newTag"), text_at(item, "digest")
        if name and (tag or digest):
            joint = f"@{digest}" if digest else f":{tag}"
            line = item.at("digest" if digest else "newTag")
            out.append(("kustomize_image", f"{name}{joint}", line))
    for item in items(top, "replicas")[:100]:
        name, count = text_at(item, "name"), whole(item, "count")
        if name and count is not None:
            out.append(("kustomize_replicas", f"{name}={count}", item.at("count")))
    return out
