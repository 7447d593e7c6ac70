"""Gateway API and Istio: shares of traffic and where it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devops_exe.implement.proof.documents import Map, at, elements, entries, maps_in, objects
from devops_exe.implement.proof.result import Fault
from devops_exe.implement.proof.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.proof.documents import Document, Tree

_MATCH_TYPES = frozenset({"Exact", "RegularExpression"})
_PATH_TYPES = frozenset({"Exact", "PathPrefix", "RegularExpression"})
_MODES = ("exact", "prefix", "regex")


def gateway_weights(document: Document, tree: Tree) -> Iterator[Fault]:
    """Weights that are percents: each of 0 to 100, together 100."""
    for node in _of(document, "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute"):
        for rule in maps_in(node, "spec", "rules"):
            backends = maps_in(rule, "backendRefs")
            filters = maps_in(rule, "filters")
            if not backends and not any(f.get("type") == "RequestRedirect" for f in filters):
                yield Fault("a rule that leads nowhere", rule.line)
            if any("weight" in b for b in backends) or len(backends) > 1:
                yield from _shares([b.get("weight", 1) for b in backends], rule.line)


def gateway_references(document: Document, tree: Tree) -> Iterator[Fault]:
    """Services behind a route and the gateway before it are there; matches can be read."""
    services = {at(n, "metadata", "name"): n for _, n in tree.objects if n.get("kind") == "Service"}
    gateways = {at(n, "metadata", "name") for _, n in tree.objects if n.get("kind") == "Gateway"}
    for node in _of(document, "HTTPRoute", "GRPCRoute"):
        parents = maps_in(node, "spec", "parentRefs")
        if not parents:
            yield Fault("the route belongs to no gateway", node.line)
        for parent in parents:
            named = parent.get("name")
            if gateways and named not in gateways and not parent.get("namespace"):
                yield Fault(f"the Gateway {named} is not there", parent.line)
        for rule in maps_in(node, "spec", "rules"):
            for backend in maps_in(rule, "backendRefs"):
                yield from _backend(backend, services)
            for match in maps_in(rule, "matches"):
                yield from _gateway_match(match)


def _backend(backend: Map, services: dict[Any, Map]) -> Iterator[Fault]:
    name, port = backend.get("name"), backend.get("port")
    if backend.get("kind", "Service") != "Service":
        return
    if port is None:
        yield Fault(f"the Service {name} is named without a port", backend.line)
    if not services:
        return
    if name not in services:
        yield Fault(f"the Service {name} is not there", backend.line)
        return
    ports = [p.get("port") for p in maps_in(services[name], "spec", "ports")]
    if port is not None and ports and port not in ports:
        yield Fault(f"the Service {name} has no port {port}", backend.line)


def _gateway_match(match: Map) -> Iterator[Fault]:
    path = entries(match, "path")
    if path.get("type", "PathPrefix") not in _PATH_TYPES:
        yield Fault(f"{path['type']!r} is no type of a path", match.line)
    if path and not str(path.get("value", "/")).startswith("/"):
        yield Fault(f"the path {path.get('value')!r} does not begin with /", match.line)
    for key in ("headers", "queryParams"):
        seen: set[str] = set()
        for header in maps_in(match, key):
            if header.get("type", "Exact") not in _MATCH_TYPES:
                yield Fault(f"{header['type']!r} is no type of a match", header.line)
            name = str(header.get("name", "")).lower()
            if name in seen:
                yield Fault(f"{name} is matched twice", header.line)
            seen.add(name)


def istio_weights(document: Document, tree: Tree) -> Iterator[Fault]:
    """Weights of a route's destinations are together 100."""
    for node in _of(document, "VirtualService"):
        for protocol in ("http", "tls", "tcp"):
            for route in maps_in(node, "spec", protocol):
                targets = maps_in(route, "route")
                if not targets and not route.keys() & {"redirect", "delegate", "directResponse"}:
                    yield Fault("a route that leads nowhere", route.line)
                if len(targets) > 1 or any("weight" in t for t in targets):
                    yield from _shares([t.get("weight", 0) for t in targets], route.line)


def istio_references(document: Document, tree: Tree) -> Iterator[Fault]:
    """Subsets are declared, with labels; a host and a rule are there for each route."""
    everything = [n for _, n in tree.objects]
    services = {at(n, "metadata", "name") for n in everything if n.get("kind") == "Service"}
    subsets = {
        (str(at(n, "spec", "host")).partition(".")[0], s.get("name"))
        for n in everything
        if n.get("kind") == "DestinationRule"
        for s in maps_in(n, "spec", "subsets")
    }
    gateways = {at(n, "metadata", "name") for n in everything if n.get("kind") == "Gateway"}
    for node in _of(document, "VirtualService"):
        if not elements(node, "spec", "hosts"):
            yield Fault("it has no host", node.line)
        for route in maps_in(node, "spec", "http"):
            for match in maps_in(route, "match"):
                yield from _istio_match(match)
            for target in maps_in(route, "route"):
                yield from _destination(entries(target, "destination"), services, subsets)
        for gateway in elements(node, "spec", "gateways"):
            here = gateways and gateway != "mesh" and "/" not in str(gateway)
            if here and gateway not in gateways:
                yield Fault(f"the Gateway {gateway} is not there", node.line)
    for node in _of(document, "DestinationRule"):
        yield from _subsets(node)


def _subsets(node: Map) -> Iterator[Fault]:
    seen: set[Any] = set()
    for subset in maps_in(node, "spec", "subsets"):
        if subset.get("name") in seen:
            yield Fault(f"the subset {subset.get('name')} is there twice", subset.line)
        seen.add(subset.get("name"))
        if not entries(subset, "labels"):
            yield Fault(f"the subset {subset.get('name')} chooses nothing", subset.line)


def _destination(target: Map, services: set[Any], subsets: set[tuple[str, Any]]) -> Iterator[Fault]:
    host = str(target.get("host", ""))
    short = host.partition(".")[0]
    if not host:
        yield Fault("a destination without a host", target.line)
    elif services and short not in services and host.count(".") in {0, 4}:
        yield Fault(f"the Service {short} is not there", target.line)
    subset = target.get("subset")
    if subset is not None and (short, subset) not in subsets:
        yield Fault(f"no DestinationRule of {short} has the subset {subset}", target.line)


def _istio_match(match: Map) -> Iterator[Fault]:
    for how in (entries(match, "uri"), *(entries(match, "headers").values())):
        if isinstance(how, Map) and how and not how.keys() & set(_MODES):
            yield Fault(f"a match by {sorted(how)}, not by exact, prefix or regex", match.line)


def _shares(weights: list[Any], line: int) -> Iterator[Fault]:
    if any(isinstance(w, bool) or not isinstance(w, int) or not 0 <= w <= 100 for w in weights):
        yield Fault(f"weights of {', '.join(map(str, weights))}", line)
    elif sum(weights) != 100:
        yield Fault(f"the weights add up to {sum(weights)}, not to 100", line)


def _of(document: Document, *kinds: str) -> Iterator[Map]:
    return (node for node in objects(document) if node.get("kind") in kinds)


RULES = (
    Rule("route-weights", ("gateway-api",), gateway_weights, "weights add up to 100"),
    Rule(
        "route-references", ("gateway-api",), gateway_references, "Services and gateways are there"
    ),
    Rule("istio-weights", ("istio",), istio_weights, "weights add up to 100"),
    Rule("istio-references", ("istio",), istio_references, "hosts and subsets are there"),
)
