"""The profile of a repository, or of the one service in it that was asked for."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from devops_exe.assess.plain import is_plain
from devops_exe.assess.profile import Conflict, Fact
from devops_exe.assess.readers.dockerfile import workers_of
from devops_exe.assess.stores import IN_PROCESS, Stores
from devops_exe.assess.walk import shown
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from devops_exe.assess.components import Component
    from devops_exe.assess.overview import Overview
    from devops_exe.assess.profile import Role, Value
    from devops_exe.assess.readers.kubernetes import Container, Located, Workload
    from devops_exe.assess.schema import SchemaChange
    from devops_exe.assess.service import Service, Sources
    from devops_exe.assess.walk import Tree

_CI_ORDER = ("github-actions", "gitlab-ci", "jenkins", "circleci", "azure-pipelines")
_ENVIRONMENTS = {
    "dev": "development",
    "develop": "development",
    "development": "development",
    "test": "test",
    "qa": "qa",
    "uat": "uat",
    "stage": "staging",
    "staging": "staging",
    "preprod": "preprod",
    "prod": "production",
    "production": "production",
}
_ORDER = ("development", "test", "qa", "uat", "staging", "preprod", "production")


def focused(tree: Tree, services: list[Service], focus: str | None) -> Service | None:
    """The service that the profile is about: the named one, or the only one.

    Raises:
        UserError: ``focus`` names neither a service nor a folder that holds one.
    """
    if focus is None:
        production = [s for s in services if not s.worker] or services
        return production[0] if len(production) == 1 else None
    named = [s for s in services if s.name == focus]
    if named:
        return named[0]
    path = posixpath.normpath(focus)
    if path.startswith(str(tree.root)):
        path = posixpath.relpath(path, str(tree.root))
    inside = [s for s in services if s.path == path or s.path.startswith(path + "/")]
    inside = inside or [s for s in services if path.startswith(s.path + "/")]
    if path.startswith(("..", "/")) or not inside:
        names = ", ".join(shown(s.name) for s in services[:12]) or "none was found"
        raise UserError(
            "no service of that name or folder",
            where=shown(focus),
            fix=f"name one of: {names}",
        )
    return inside[0]


def fill_profile(
    out: Overview,
    tree: Tree,
    sources: Sources,
    services: list[Service],
    stores: Stores,
    change: SchemaChange | None,
    chosen: Service | None,
) -> None:
    """Fills ``out.profile`` with the fields that the files prove."""
    filler = _Filler(out)
    _identity(filler, tree, sources, services, chosen)
    _repository_fields(filler, out, sources)
    _data(filler, sources, services, stores, chosen)
    if chosen is not None:
        _service_fields(filler, sources, chosen)
    if chosen is not None:
        _chart(filler, sources, chosen, alone=len(services) == 1)
    if chosen is not None or len(services) <= 1:
        _cluster(filler, tree, sources, chosen)
    _dependencies(filler, out, chosen)
    _platform(filler, sources)
    if change is not None:
        kind = "incompatible" if change.destructive else "backward_compatible"
        filler.put("schema_change", kind, change.destructive or change.where)
    _environments(filler, tree)


class _Filler:
    """Puts facts into the profile; the first of a field wins, a different later one loses."""

    def __init__(self, out: Overview) -> None:
        self.out = out
        self.quiet = False

    def put(self, name: str, value: Value, where: str, role: Role = "declared") -> None:
        fact = Fact(value, "repository", where, role)
        known = self.out.profile.setdefault(name, fact)
        if known is not fact and known.value != value and not self.quiet:
            self.out.conflicts.append(Conflict(name, known, fact))

    def first(self, name: str, found: list[tuple[Value, str]]) -> None:
        if found:
            self.put(name, found[0][0], found[0][1])


def _fact_of(out: Overview, name: str, value: object) -> str:
    return next((f.where for n, f in out.facts if n == name and f.value == value), ".:1")


def _identity(
    filler: _Filler,
    tree: Tree,
    sources: Sources,
    services: list[Service],
    chosen: Service | None,
) -> None:
    if not tree.files:
        return
    generic = sources.seen.rules.names("generic_names")
    if chosen is not None and chosen.name.lower() not in generic:
        name, where = chosen.name, chosen.where
    elif len({s.name for s in services}) == 1 and services[0].name.lower() not in generic:
        name, where = services[0].name, services[0].where
    else:
        name = sources.project
        roots = [p for p in sources.parts if not p.path and p.name]
        where = f"{shown(roots[0].manifest)}:1" if roots else ".:1"
    filler.put("system", shown(name), where)
    if services:
        names = tuple(shown(s.name) for s in services)
        filler.put("services", names, services[0].where)


def _repository_fields(filler: _Filler, out: Overview, sources: Sources) -> None:
    ci = [name for name in _CI_ORDER if name in _texts(out.repository["ci"])]
    ci += [name for name in _texts(out.repository["ci"]) if name not in ci]
    if ci:
        filler.put("ci", ci[0], _fact_of(out, "ci", ci[0]))
    for name in ("terraform", "helm", "kustomize"):
        if out.repository[name] and "iac" not in out.profile:
            filler.put("iac", name, _fact_of(out, name, True))  # noqa: FBT003 - a fact's value
    for hit in sources.seen.of("iac", "declared"):
        if "iac" not in out.profile:
            filler.put("iac", hit.value, hit.where)


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _data(
    filler: _Filler,
    sources: Sources,
    services: list[Service],
    stores: Stores,
    chosen: Service | None,
) -> None:
    from devops_exe.assess.overview import service_stores

    sure = stores.sure()
    if chosen is not None and len(services) > 1:
        sure = sorted(service_stores(chosen, stores, sure))
    servers = [name for name in sure if name not in IN_PROCESS]
    kept = servers or sure
    if kept:
        where = next((m.where for m in stores.declared if m.store == kept[0]), "")
        where = where or next(m.where for m in stores.driven if m.store == kept[0])
        filler.put("datastores", tuple(kept), where)
    _possible(filler, stores, sure, chosen, several=len(services) > 1)
    if sure == ["sqlite"]:
        mentions = [m for m in (*stores.declared, *stores.driven) if m.store == "sqlite"]
        filler.put("exclusive_volume", True, mentions[0].where)  # noqa: FBT003


def _possible(
    filler: _Filler, stores: Stores, sure: list[str], chosen: Service | None, *, several: bool
) -> None:
    """Stores of which there is a driver alone, or a server alone: named to be asked for."""
    near = chosen.components if chosen is not None and several else None
    found = stores.possible(near, {*sure, *stores.sure()})
    servers = {name: m for name, m in found.items() if name not in IN_PROCESS}
    kept = servers or found
    if kept:
        names = tuple(sorted(kept))
        filler.put("possible_datastores", names, kept[names[0]].where, "possible")
    elif not several and not sure:
        declared = {m.store: m for m in stores.undriven()}
        if declared:
            names = tuple(sorted(declared))
            filler.put("possible_datastores", names, declared[names[0]].where)


def _service_fields(filler: _Filler, sources: Sources, service: Service) -> None:
    if service.language:
        filler.put("language", service.language, service.where)
    parts = [p for p in sources.production() if p.path in service.components]
    frameworks = [found for part in parts for found in part.facts("framework")]
    # A server's framework names the service, a front end's only where there is no other.
    for found in sorted(
        frameworks, key=lambda item: (item.rule.frontend, item.rule.value == "grpc")
    ):
        if "framework" not in filler.out.profile:
            filler.put("framework", found.rule.value, found.where)
    _kind(filler, parts, service)
    if service.port is not None:
        filler.put("port", service.port.value, service.port.where, service.port.role)
        for entry in sorted(service.ports, key=lambda p: p.rank):
            same = [p.value for p in service.ports if p.rank == entry.rank]
            if entry.role == "declared" and entry.rank <= 6 and service.port.value not in same:
                filler.put("port", entry.value, entry.where)
    filler.first("health_path", [(path, where) for path, where, _ in service.health])
    filler.first("replicas", [(number, where) for number, where in service.replicas])
    for command, where in service.commands:
        workers = workers_of(command)
        if workers:
            filler.put("workers", workers, where)
    for name in ("WEB_CONCURRENCY", "GUNICORN_WORKERS", "UVICORN_WORKERS"):
        value, where = service.environment.get(name, ("", ""))
        if value.isdigit() and 0 < int(value[:4]) < 1000:
            filler.put("workers", int(value), where)


def _chart(filler: _Filler, sources: Sources, chosen: Service, *, alone: bool) -> None:
    """What the values of the service's own chart state, where no manifest says it."""
    if any(not one.rendered for one in chosen.workloads):
        return
    named = [c for c in sources.charts if c.name == chosen.name]
    charts = named or (sources.charts if alone and len(sources.charts) == 1 else [])
    for chart in charts[:1]:
        for name, found in chart.values.items():
            filler.put(name, found.value, f"{shown(chart.path)}:{found.line}")
        filler.put("orchestrator", "kubernetes", f"{shown(chart.path)}:1")


def _dependencies(filler: _Filler, out: Overview, chosen: Service | None) -> None:
    """Other services and outside ones that a request waits for; stores stand by themselves."""
    found = out.dependencies
    starts = [shown(chosen.name)] if chosen else list(found.entries())
    waited: dict[str, str] = {}
    for start in starts:
        for name in (start, *found.hard(start)):
            for edge in found.of_caller(name):
                kind = found.node(edge.target).kind
                if edge.waits and edge.by != "package" and kind in ("service", "outside"):
                    waited.setdefault(edge.target, edge.where)
    named = tuple(sorted(waited))
    if named and chosen is not None:
        filler.put("dependencies", named, waited[named[0]])


_SERVING = frozenset({"bentoml", "ray-serve", "torchserve", "vllm"})


def _kind(filler: _Filler, parts: list[Component], service: Service) -> None:
    """A worker or a server of models; what answers requests is the usual and not said."""
    for part in parts:
        for found in (*part.facts("ml"), *part.facts("framework")):
            if found.rule.value in _SERVING:
                filler.put("kind", "ml-serving", found.where)
    if service.worker and "kind" not in filler.out.profile:
        filler.put("kind", "queue-worker", service.where)


_REHEARSAL = re.compile(r"(?:^|[/._-])(?:dev|develop|development|test|qa|uat|stag(?:e|ing)|preprod)"
                        r"(?=[/._-])")  # fmt: skip


def _production_first(path: str) -> bool:
    """Sorts what another environment declares behind what production may."""
    return bool(_REHEARSAL.search(path))


def _cluster(filler: _Filler, tree: Tree, sources: Sources, chosen: Service | None) -> None:
    if chosen is None:
        return
    _autoscaler(filler, sources, chosen)
    workloads = sorted(chosen.workloads, key=_laid_over)
    _released(filler.out, tree, [one for one in workloads if one.containers])
    patched = [one for one in workloads if not one.containers]
    for workload in workloads:
        path = shown(workload.path)
        # A base under a patch is no contradiction: the patch is applied to it.
        filler.quiet = bool(patched)
        for name, found in (("replicas", workload.replicas), ("zones", workload.zones)):
            if found is not None:
                filler.put(name, found.value, f"{path}:{found.line}")
        for name, stated in workload.settings.items():
            filler.put(name, stated.value, f"{path}:{stated.line}")
        for main in (workload.containers or workload.patches)[:1]:
            _container(filler, main, path)
        for manifests in sources.manifests:
            for claim in manifests.exclusive:
                if claim.value in workload.claims:
                    where = f"{shown(manifests.path)}:{claim.line}"
                    filler.put("exclusive_volume", True, where)  # noqa: FBT003
    filler.quiet = False


def _laid_over(workload: Workload) -> tuple[bool, bool]:
    """Production before other environments; in each a patch before what it is laid over."""
    return _production_first(workload.path), bool(workload.containers)


def _autoscaler(filler: _Filler, sources: Sources, chosen: Service) -> None:
    scaled: dict[str, tuple[Located, str]] = {}
    for manifests in sorted(sources.manifests, key=lambda one: _production_first(one.path)):
        for target, values in manifests.autoscalers.items():
            if target == chosen.name:
                for key, value in values.items():
                    scaled.setdefault(key, (value, manifests.path))
    for key, (value, path) in scaled.items():
        filler.put(key, value.value, f"{shown(path)}:{value.line}")


def _released(out: Overview, tree: Tree, workloads: list[Workload]) -> None:
    """Notes what no field holds: the namespace, and a release that stops the service today."""
    for workload in workloads[:1]:
        name, path = workload.name, shown(workload.path)
        space = workload.namespace
        if space is not None and is_plain("system", name) and is_plain("system", space.value):
            tree.note(f"{name} runs in the namespace {space.value} ({path}:{space.line})")
        if workload.recreate:
            where = f"{path}:{workload.recreate}"
            out.say("strategy", "Recreate", where)
            if is_plain("system", name):
                tree.note(f"{name} is released by Recreate today ({where}): it stops meanwhile")


def _container(filler: _Filler, main: Container, path: str) -> None:
    for name in ("cpu_millicores", "memory_mib", "startup_seconds"):
        found: Located | None = getattr(main, name)
        if found is not None:
            filler.put(name, found.value, f"{path}:{found.line}")
    for name, stated in main.probe.items():
        filler.put(name, stated.value, f"{path}:{stated.line}")


def _platform(filler: _Filler, sources: Sources) -> None:
    table = sources.seen.rules.raw["platforms"]
    hits = [h for h in sources.seen.of("platform_resource", "declared") if h.value in table]
    chosen = {table[hit.value]["platform"] for hit in hits}
    if len(chosen) > 1:
        names = ", ".join(sorted(str(name) for name in chosen))
        filler.out.questions.append(f"The modules build {names}: which one runs production?")
        hits = []
    for hit in hits[:1]:
        for name in ("platform", "provider", "orchestrator"):
            filler.put(name, table[hit.value][name], hit.where)
    workloads = [w for m in sources.manifests for w in m.workloads]
    if workloads and "orchestrator" not in filler.out.profile:
        where = f"{shown(workloads[0].path)}:{workloads[0].line}"
        filler.put("platform", "Kubernetes", where)
        filler.put("orchestrator", "kubernetes", where)
    for manifests in sources.manifests:
        for name in ("canary_analysis", "traffic_routing"):
            found = manifests.features.get(name)
            if found is not None and name not in filler.out.profile:
                filler.put(name, True, f"{shown(manifests.path)}:{found.line}")  # noqa: FBT003


_OVERLAY = re.compile(
    r"(?:^|/)(?:overlays|environments|envs|env)/([a-z]+)(?:/|\.)|(?:^|/)values[-.]([a-z]+)\.ya?ml\Z"
)


def _environments(filler: _Filler, tree: Tree) -> None:
    found: dict[str, str] = {}
    for path in tree.telling:
        if "overlays/" not in path and "env" not in path and "values" not in path:
            continue
        match = _OVERLAY.search(path)
        word = (match[1] or match[2]) if match else ""
        if word in _ENVIRONMENTS:
            found.setdefault(_ENVIRONMENTS[word], f"{shown(path)}:1")
    if found:
        names = tuple(name for name in _ORDER if name in found)
        filler.put("environments", names, found[names[0]])
