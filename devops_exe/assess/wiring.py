"""Finds who calls whom: start order, environment, references of an app host, stubs, drivers.

An address counts where it names something that the repository runs, or, as an outside
service, where it is a full host name that is not the system's own. What only a package
says (an SDK among the dependencies) is an edge of the weakest kind.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe.assess.dependencies import By, DependencyMap, Edge, Node, NodeKind
from devops_exe.assess.readers.addresses import hosts_in, is_outside, pairs_of
from devops_exe.assess.readers.lines import numbered
from devops_exe.assess.rules import image_name
from devops_exe.assess.stores import IN_PROCESS, Stores, driven_by
from devops_exe.assess.walk import shown

if TYPE_CHECKING:
    from devops_exe.assess.readers.kubernetes import Workload
    from devops_exe.assess.service import Service, Sources
    from devops_exe.assess.walk import Tree

QUEUES = frozenset({"rabbitmq", "kafka", "nats", "sqs", "pubsub", "activemq", "service-bus"})
"""Stores that a request writes to and does not wait for what becomes of it."""

_ASIDE = frozenset({"observability", "load-generator"})
_UNAWAITED = re.compile(
    r"MAIL|SMTP|SENTRY|OTEL|OTLP|TELEMETRY|STATSD|LOGG?|TRAC|METRIC|HOOK|SLACK|ROLLBAR|DATADOG",
    re.IGNORECASE,
)
"""Names of variables whose address a request does not wait for."""
_MAX_SOURCES = 2000
_SOURCE = re.compile(r"\.(?:go|py|java|kt|cs|ts|js|rb|rs)\Z")
_GENERATED = re.compile(
    r"(?:\.pb\.go|_pb2(?:_grpc)?\.py|_pb\.(?:js|ts)|_test\.go|\.(?:spec|test)\.[jt]s)\Z"
)
_PROTO_SERVICE = re.compile(r"^\s{0,8}service\s{1,4}(\w{1,80})\s{0,4}\{", re.MULTILINE)


class Wiring:
    """The map under construction."""

    def __init__(self, tree: Tree, sources: Sources, services: list[Service]) -> None:
        self.tree, self.sources, self.services = tree, sources, services
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []
        self.hosts: dict[str, str] = {}
        self.aside: set[str] = set()
        self.unawaited: set[str] = set()

    def node(self, node: Node) -> str:
        """Adds a node unless its name is known; its name is a host to be called by."""
        self.nodes.setdefault(node.name, node)
        self.hosts.setdefault(node.name.lower(), node.name)
        return node.name

    def edge(self, source: str, target: str, by: By, where: str) -> None:
        """Adds an edge; nobody waits for a queue, for telemetry, or for what an SDK may reach."""
        waits = self.nodes[target].kind != "queue" and target not in self.aside
        waits = waits and by != "package" and target not in self.unawaited
        self.edges.append(Edge(source, target, by, where, waits))

    def resolve(self, host: str) -> str | None:
        """The node behind a host name of a compose network or of a cluster."""
        low = host.lower()
        return self.hosts.get(low) or self.hosts.get(low.split(".", 1)[0])


def find_dependencies(
    tree: Tree,
    sources: Sources,
    services: list[Service],
    stores: Stores,
    used: dict[str, set[str]],
) -> DependencyMap:
    """The map of a repository.

    Args:
        tree: the walked tree, for example environments and stubs.
        sources: what the readers found.
        services: the deployable services.
        stores: what declares and what drives each store.
        used: name of each service to the stores that it surely uses.
    """
    wiring = Wiring(tree, sources, services)
    _service_nodes(wiring)
    _store_nodes(wiring, stores)
    _other_nodes(wiring)
    _start_order(wiring)
    _environment(wiring)
    _configurations(wiring)
    _app_hosts(wiring)
    _stubs(wiring)
    _drivers(wiring, stores, used)
    _packages(wiring)
    touched = {edge.source for edge in wiring.edges} | {edge.target for edge in wiring.edges}
    kept = [n for n in wiring.nodes.values() if n.kind != "infrastructure" or n.name in touched]
    return DependencyMap.of(kept, wiring.edges)


# ------------------------------------------------------------------ nodes
def _service_nodes(wiring: Wiring) -> None:
    for service in wiring.services:
        kind: NodeKind = "worker" if service.worker else "service"
        once, why = _runs_once(wiring, service)
        wiring.node(Node(shown(service.name), kind, service.where, service.language, once, why))
    for manifests in wiring.sources.manifests:
        for name, selector in manifests.selectors:
            target = next(
                (w.name for m in wiring.sources.manifests for w in m.workloads
                 if selector and selector.items() <= w.labels.items()), name
            )  # fmt: skip
            wiring.hosts.setdefault(name.lower(), target)


def _runs_once(wiring: Wiring, service: Service) -> tuple[str, str]:
    scaled = {target for m in wiring.sources.manifests for target in m.autoscalers}
    if service.name in scaled:
        return "", ""
    for workload in service.workloads:
        return _once(workload)
    for count, where in service.replicas:
        return (where, "one replica") if count == 1 else ("", "")
    return "", ""


def _once(workload: Workload) -> tuple[str, str]:
    if workload.kind == "DaemonSet":
        return "", ""
    where = f"{shown(workload.path)}:"
    if workload.replicas is None:
        return f"{where}{workload.line}", "no replicas stated, Kubernetes runs one"
    if workload.replicas.value == 1:
        return f"{where}{workload.replicas.line}", "one replica"
    return "", ""


def _store_nodes(wiring: Wiring, stores: Stores) -> None:
    sure = stores.sure()
    workloads = {w.name: w for m in wiring.sources.manifests for w in m.workloads}
    for mention in stores.declared:
        if not mention.host or mention.role == "development":
            continue
        once, why = "", ""
        if mention.host in workloads:
            once, why = _once(workloads[mention.host])
        wiring.node(
            Node(shown(mention.host), _kind(mention.store), mention.where, mention.store, once, why)
        )
    for store in sure:
        if any(node.product == store for node in wiring.nodes.values()):
            continue
        where = next(m.where for m in (*stores.declared, *stores.driven) if m.store == store)
        inside = store in IN_PROCESS
        wiring.node(
            Node(store, _kind(store), where, store, where if inside else "",
                 "it lives inside the program" if inside else "")
        )  # fmt: skip


def _kind(store: str) -> NodeKind:
    return "queue" if store in QUEUES else "datastore"


def _other_nodes(wiring: Wiring) -> None:
    """What else the compose files and manifests run: proxies, telemetry, foreign images."""
    table = wiring.sources.seen.rules
    for file in wiring.sources.compose:
        for service in file.services:
            where = f"{shown(file.path)}:{service.line}"
            _other(wiring, service.name, service.image, where, table.image(service.image))
    for manifests in wiring.sources.manifests:
        for workload in manifests.workloads:
            if workload.containers:
                image = workload.containers[0].image
                where = f"{shown(workload.path)}:{workload.line}"
                _other(wiring, workload.name, image, where, table.image(image))


def _other(
    wiring: Wiring, name: str, image: str, where: str, known: tuple[str, str] | None
) -> None:
    if not image or shown(name) in wiring.nodes or (known and known[0] == "datastore"):
        return
    product = known[1] if known else image_name(image).rpartition("/")[2]
    if known and known[1] in _ASIDE:
        wiring.aside.add(shown(name))
    wiring.node(Node(shown(name), "infrastructure", where, product))


# ------------------------------------------------------------------ edges
def _start_order(wiring: Wiring) -> None:
    for file in wiring.sources.compose:
        jobs = {name for service in file.services for name in service.awaited}
        for service in file.services:
            source = shown(service.name)
            node = wiring.nodes.get(source)
            if node is None or (node.kind == "infrastructure" and node.product != "proxy"):
                continue
            for name, line in service.depends_at.items():
                if shown(name) in wiring.nodes and name not in jobs:
                    where = f"{shown(file.path)}:{line}"
                    wiring.edge(source, shown(name), "start-order", where)


def _environment(wiring: Wiring) -> None:
    for service in wiring.services:
        values = [(name, value, at) for name, (value, at) in service.environment.items()]
        for workload in service.workloads:
            for container in workload.containers:
                for name in container.takes_from:
                    values += _settings(wiring, name)
                for name, settings, key in container.takes_keys:
                    taken = [one for one in _settings(wiring, settings) if one[0] == key]
                    values += [(name, value, at) for _, value, at in taken]
        for name, value, where in values:
            _addressed(wiring, shown(service.name), name, value, where)
    for path, service in examples(wiring.tree, wiring.services):
        for name, value, line in pairs_of(wiring.tree.text(path) or ""):
            _addressed(wiring, shown(service.name), name, value, f"{shown(path)}:{line}")


def _settings(wiring: Wiring, name: str) -> list[tuple[str, str, str]]:
    """(key, value, where) of every ConfigMap of a name: overlays and variants keep theirs."""
    return [
        (key, str(found.value), f"{shown(manifests.path)}:{found.line}")
        for manifests in wiring.sources.manifests
        for key, found in manifests.settings.get(name, {}).items()
    ]


def _addressed(wiring: Wiring, source: str, name: str, value: str, where: str) -> None:
    for host in hosts_in(name, value):
        target = wiring.resolve(host)
        if target is None and is_outside(name, host):
            target = wiring.node(Node(host, "outside", where))
            if _UNAWAITED.search(name):
                wiring.unawaited.add(target)
        if target is not None and target in wiring.nodes:
            wiring.edge(source, target, "environment", where)


_EXAMPLE = re.compile(r"(?:^|/)(?:\.?env[\w.-]{0,40}(?:example|sample|template|dist)|[\w.-]{0,40}"
                      r"\.env\.(?:example|sample|template|dist)|env\.example)\Z")  # fmt: skip


def examples(tree: Tree, services: list[Service]) -> list[tuple[str, Service]]:
    """Example environments, each with the service of its folder."""
    found: list[tuple[str, Service]] = []
    for path in tree.telling:
        if "env" not in path or not _EXAMPLE.search(path):
            continue
        folder = path.rpartition("/")[0]
        owners = [
            s
            for s in services
            if s.path == (folder or ".") or (s.path != "." and folder.startswith(s.path + "/"))
        ]
        requests = [s for s in owners or services if not s.worker]
        if owners or len(requests) == 1:
            found += [(path, service) for service in requests[:1]]
    return found[:50]


_CONFIGURED = re.compile(
    r"(?:application[\w-]{0,40}\.(?:ya?ml|properties)|appsettings[\w.]{0,40}\.json|Caddyfile"
    r"|[\w.-]{0,40}nginx[\w.-]{0,40}\.conf[\w.]{0,20}|default\.conf[\w.]{0,20}|envoy\.ya?ml)\Z"
)
_CONFIGURES = (".yml", ".yaml", ".properties", ".json", ".conf", "Caddyfile")
_NAMED = re.compile(r"\b(?:lb|https?|grpc|h2c|ws)://([a-zA-Z][\w-]{0,62})(?=[:/\s\"';,]|$)")


def _configurations(wiring: Wiring) -> None:
    """Addresses in configuration files that name another service: ``lb://cart``, a proxy's."""
    for path in wiring.tree.telling:
        if not path.endswith(_CONFIGURES) and "nginx" not in path and "default.conf" not in path:
            continue
        if not _CONFIGURED.search(path.rpartition("/")[2]):
            continue
        owner = next(
            (s for s in wiring.services if s.path != "." and path.startswith(s.path + "/")), None
        )
        if owner is None or "/test/" in path:
            continue
        for number, line in numbered(wiring.tree.text(path) or ""):
            if line.lstrip().startswith(("#", "//")):
                continue
            for match in _NAMED.finditer(line):
                target = wiring.hosts.get(match[1].lower())
                if target is not None and target in wiring.nodes:
                    where = f"{shown(path)}:{number}"
                    wiring.edge(shown(owner.name), target, "environment", where)


def _app_hosts(wiring: Wiring) -> None:
    for path, resources in wiring.sources.hosts:
        for one in resources:
            for name, line in one.uses:
                if {one.name, name} <= set(wiring.nodes):
                    wiring.edge(one.name, name, "app-host", f"{shown(path)}:{line}")


def _stubs(wiring: Wiring) -> None:
    """Clients generated from proto files, where their names meet a service's name."""
    if len(wiring.services) < 2:
        return
    protos = [p for p in wiring.tree.telling if p.endswith(".proto")][:100]
    if not protos:
        return
    names = {m for p in protos for m in _PROTO_SERVICE.findall(wiring.tree.text(p) or "")}
    bare = {_bare(s.name): shown(s.name) for s in wiring.services}
    served = {name: bare[_bare(name)] for name in sorted(names) if _bare(name) in bare}
    if not served:
        return
    stub = re.compile(rf"\b(?:New)?({'|'.join(served)})(?:Client|Stub|Grpc|ServiceClient)\b")
    for service in wiring.services:
        if service.path == ".":
            continue
        inside = [p for p in wiring.tree.files if p.startswith(service.path + "/")]
        code = [p for p in inside if _SOURCE.search(p) and not _GENERATED.search(p)]
        for path in code[:_MAX_SOURCES]:
            text = wiring.tree.text(path) or ""
            for match in stub.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                where = f"{shown(path)}:{line}"
                wiring.edge(shown(service.name), served[match[1]], "rpc", where)


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]|service\b|service$", "", name.lower())


def _drivers(wiring: Wiring, stores: Stores, used: dict[str, set[str]]) -> None:
    """A store that a service drives and that nothing else connected it to."""
    clustered = {shown(w.name) for m in wiring.sources.manifests for w in m.workloads}
    for service in wiring.services:
        source = shown(service.name)
        reached = {wiring.nodes[e.target].product for e in wiring.edges if e.source == source}
        for store in sorted(used.get(service.name, set()) - reached):
            targets = [n.name for n in wiring.nodes.values() if n.product == store]
            # What a cluster runs is nearer to production than what a compose file does.
            targets = [name for name in targets if name in clustered] or targets
            drivers = driven_by(store)
            where = next(
                (
                    m.where
                    for m in stores.driven
                    if m.store in drivers and m.component in service.components
                ),
                "",
            )
            if len(targets) == 1 and where:
                wiring.edge(source, targets[0], "driver", where)


def _packages(wiring: Wiring) -> None:
    parts = wiring.sources.production()
    for service in wiring.services:
        for part in parts:
            if part.path not in service.components:
                continue
            for found in part.facts("outside"):
                if found.rule.value.endswith("(telemetry)"):
                    continue
                target = wiring.node(Node(found.rule.value, "outside", found.where))
                wiring.edge(shown(service.name), target, "package", found.where)
