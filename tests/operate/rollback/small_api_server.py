"""A small Kubernetes API server for the real kubectl: a Deployment, its ReplicaSets, its slices.

It plays the controller too: after a patch of the template the matching ReplicaSet takes the next
revision and the status follows, as the deployment controller does.
"""

from __future__ import annotations

import copy
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "checkout-api"
REVISION = "deployment.kubernetes.io/revision"
APPS = "/apis/apps/v1"
SLICES = "/apis/discovery.k8s.io/v1"


def _template(version: str) -> dict[str, Any]:
    image = f"registry.example/shop/{NAME}:{version}"
    return {
        "metadata": {"labels": {"app": NAME}},
        "spec": {"containers": [{"name": "app", "image": image}]},
    }


def _replicaset(version: str, revision: int) -> dict[str, Any]:
    template = _template(version)
    template["metadata"]["labels"]["pod-template-hash"] = f"h{revision}"
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{NAME}-h{revision}", "namespace": "shop", "uid": f"rs-{revision}",
            "labels": {"app": NAME, "pod-template-hash": f"h{revision}"},
            "annotations": {REVISION: str(revision)},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": NAME,
                                 "uid": "d-1", "controller": True}],
        },
        "spec": {"replicas": 0, "selector": {"matchLabels": {"app": NAME}}, "template": template},
    }  # fmt: skip


class Cluster:
    """What the server holds; ``patches`` and ``asked`` are what kubectl sent."""

    def __init__(self, versions: tuple[str, ...], *, works: bool = True) -> None:
        self.works = works
        self.patches: list[Any] = []
        self.asked: list[str] = []
        self.sets = [_replicaset(version, n) for n, version in enumerate(versions, 1)]
        self.deployment: dict[str, Any] = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {
                "name": NAME, "namespace": "shop", "uid": "d-1", "generation": 1,
                "resourceVersion": "10", "labels": {"app": NAME},
                "annotations": {REVISION: str(len(versions))},
            },
            "spec": {"replicas": 3, "selector": {"matchLabels": {"app": NAME}},
                     "template": _template(versions[-1]),
                     "strategy": {"type": "RollingUpdate"}},
        }  # fmt: skip
        self._follow()

    def _follow(self) -> None:
        replicas = self.deployment["spec"]["replicas"]
        updated = replicas if self.works else 1
        self.deployment["status"] = {
            "observedGeneration": self.deployment["metadata"]["generation"],
            "replicas": replicas, "updatedReplicas": updated, "readyReplicas": replicas,
            "availableReplicas": replicas,
            "conditions": [] if self.works else [
                {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}],
        }  # fmt: skip

    def patch(self, operations: list[dict[str, Any]]) -> None:
        """JSON patch (RFC 6902) of whole members, as kubectl's undo sends it."""
        self.patches.append(operations)
        for one in operations:
            path = [part.replace("~1", "/") for part in one["path"].strip("/").split("/")]
            node: Any = self.deployment
            for part in path[:-1]:
                node = node[part]
            node[path[-1]] = one["value"]
        meta = self.deployment["metadata"]
        meta["generation"] += 1
        meta["resourceVersion"] = str(int(meta["resourceVersion"]) + 1)
        image = self.deployment["spec"]["template"]["spec"]["containers"][0]["image"]
        last = max(int(one["metadata"]["annotations"][REVISION]) for one in self.sets)
        for one in self.sets:
            if one["spec"]["template"]["spec"]["containers"][0]["image"] == image:
                one["metadata"]["annotations"][REVISION] = str(last + 1)
                meta["annotations"][REVISION] = str(last + 1)
        self._follow()

    @property
    def image(self) -> str:
        return str(self.deployment["spec"]["template"]["spec"]["containers"][0]["image"])


def _resources(group: str, *rows: tuple[str, str, str]) -> dict[str, Any]:
    return {
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group,
        "resources": [
            {"name": name, "singularName": one, "namespaced": True, "kind": kind,
             "verbs": ["get", "list", "watch", "patch", "update"]}
            for name, one, kind in rows
        ],
    }  # fmt: skip


def _group(name: str) -> dict[str, Any]:
    version = {"groupVersion": f"{name}/v1", "version": "v1"}
    return {"name": name, "versions": [version], "preferredVersion": version}


def _static() -> dict[str, Any]:
    return {
        "/version": {"major": "1", "minor": "32", "gitVersion": "v1.32.0"},
        "/api": {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []},
        "/apis": {"kind": "APIGroupList", "apiVersion": "v1",
                  "groups": [_group("apps"), _group("discovery.k8s.io")]},
        "/api/v1": _resources("v1", ("pods", "pod", "Pod")),
        APPS: _resources("apps/v1", ("deployments", "deployment", "Deployment"),
                         ("replicasets", "replicaset", "ReplicaSet")),
        SLICES: _resources("discovery.k8s.io/v1",
                           ("endpointslices", "endpointslice", "EndpointSlice")),
    }  # fmt: skip


def _listed(kind: str, version: str, items: list[Any]) -> dict[str, Any]:
    return {"kind": f"{kind}List", "apiVersion": version, "metadata": {"resourceVersion": "10"},
            "items": items}  # fmt: skip


def _answer(cluster: Cluster, path: str) -> Any:
    inside = f"{APPS}/namespaces/shop"
    if path == f"{inside}/deployments/{NAME}":
        return cluster.deployment
    if path == f"{inside}/deployments":
        return _listed("Deployment", "apps/v1", [cluster.deployment])
    if path == f"{inside}/replicasets":
        return _listed("ReplicaSet", "apps/v1", cluster.sets)
    if path.startswith(f"{inside}/replicasets/"):
        return next(
            (s for s in cluster.sets if s["metadata"]["name"] == path.rpartition("/")[2]), None
        )
    if path == f"{SLICES}/namespaces/shop/endpointslices":
        ready = {"addresses": ["10.0.0.1"], "conditions": {"ready": True}}
        return _listed("EndpointSlice", "discovery.k8s.io/v1", [{
            "kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "addressType": "IPv4",
            "metadata": {"name": f"{NAME}-1", "namespace": "shop"}, "endpoints": [ready, ready],
            "ports": []}])  # fmt: skip
    return _static().get(path)


@contextmanager
def api_server(cluster: Cluster) -> Iterator[str]:
    """The address of a server of this cluster, on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            cluster.asked.append(f"GET {parts.path}")
            if parse_qs(parts.query).get("watch") in (["true"], ["1"]):
                self._send({"type": "MODIFIED", "object": cluster.deployment})
                return
            found = _answer(cluster, parts.path)
            if found is None:
                status = {"kind": "Status", "apiVersion": "v1", "status": "Failure"}
                self._send({**status, "reason": "NotFound", "code": 404, "message": "none"}, 404)
            else:
                self._send(copy.deepcopy(found))

        def do_PATCH(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            cluster.asked.append(f"PATCH {urlsplit(self.path).path}")
            cluster.patch(json.loads(data))
            self._send(cluster.deployment)

        def _send(self, value: Any, status: int = 200) -> None:
            data = json.dumps(value).encode() + b"\n"
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_address[1]}"
        finally:
            http.shutdown()
            thread.join()
