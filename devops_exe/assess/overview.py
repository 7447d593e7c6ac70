"""From what the readers found to the published summary: facts, contradictions, questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devops_exe.assess.components import source_counts
from devops_exe.assess.dependencies import DependencyMap
from devops_exe.assess.extras import EXTRA, say_extras, test_kinds
from devops_exe.assess.focus import fill_profile, focused
from devops_exe.assess.profile import Conflict, Fact
from devops_exe.assess.risks import find_risks
from devops_exe.assess.routes import brought, say_at_start
from devops_exe.assess.schema import SchemaChange, schema_change
from devops_exe.assess.stores import IN_PROCESS, Stores
from devops_exe.assess.walk import shown
from devops_exe.assess.wiring import QUEUES, find_dependencies

if TYPE_CHECKING:
    from devops_exe.assess.profile import Role, Value
    from devops_exe.assess.risk import Risk
    from devops_exe.assess.service import Service, Sources
    from devops_exe.assess.walk import Tree

_MAX_FACTS_OF_A_FIELD = 60
MOST_QUESTIONS = 5
"""Open questions that are asked: those that change the design most."""
_MOST_PORTS = 6
_FLAGS = ("helm", "kustomize", "terraform", "skaffold")
_BY_FILES = ("scala", "dart", "swift", "haskell", "clojure", "crystal", "gleam", "cpp")


@dataclass(slots=True)
class Overview:
    """Everything that leaves the room, being filled."""

    repository: dict[str, object] = field(default_factory=dict)
    profile: dict[str, Fact] = field(default_factory=dict)
    facts: list[tuple[str, Fact]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    contradictions: list[dict[str, object]] = field(default_factory=list)
    risks: list[Risk] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    dependencies: DependencyMap = field(default_factory=DependencyMap)
    counts: dict[str, int] = field(default_factory=dict)
    said: set[tuple[str, Value, str, Role]] = field(default_factory=set)

    def say(self, name: str, value: Value, where: str, role: Role = "declared") -> Fact:
        """Adds a fact once; more than sixty of a field are left out."""
        fact = Fact(value, "repository", where, role)
        count = self.counts.get(name, 0)
        key = (name, value, where, role)
        if key not in self.said and count < _MAX_FACTS_OF_A_FIELD:
            self.said.add(key)
            self.counts[name] = count + 1
            self.facts.append((name, fact))
        return fact

    def contradict(self, name: str, kept: Fact, lost: Fact) -> None:
        """Adds a contradiction: what holds, and what says otherwise."""
        self.contradictions.append(
            {
                "field": name,
                "kept": {"value": kept.value, "where": kept.where},
                "lost": {"value": lost.value, "where": lost.where},
            }
        )


def build_overview(
    tree: Tree,
    sources: Sources,
    services: list[Service],
    stores: Stores,
    *,
    focus: str | None,
) -> Overview:
    """The summary, the facts and the profile; ``focus`` narrows the profile to one service."""
    chosen = focused(tree, services, focus)
    out = Overview()
    sure = stores.sure()
    _languages(out, sources, services)
    _from_components(out, sources)
    _workers(sources, services, stores, sure)
    out.repository["services"] = _services(out, services, stores, sure)
    _datastores(out, stores, sure)
    _places(out, sources)
    health = _health(out, sources, services)
    change = schema_change(tree, sources)
    migrations = _migrations(out, sources, change)
    say_at_start(out, sources)
    tests = test_kinds(tree)
    say_extras(out, tree, sources, services, tests)
    out.repository |= {"health_path": health, "migrations": migrations}
    used = {s.name: service_stores(s, stores, sure) for s in services}
    out.dependencies = find_dependencies(tree, sources, services, stores, used)
    fill_profile(out, tree, sources, services, stores, change, chosen)
    writers = out.profile.get("exclusive_volume")
    out.risks = find_risks(
        sources,
        services,
        tree.secrets,
        destructive=change.destructive if change else None,
        writers=writers.where if writers else None,
        has_ci=bool(out.repository["ci"]),
        has_tests=bool(tests),
    )
    _questions(out, tree, sources, services, stores)
    out.repository = {key: out.repository[key] for key in _KEYS}
    return out


_KEYS = (
    "languages",
    "primary_language",
    "framework",
    "package_manager",
    "services",
    "datastores",
    "ci",
    "dockerfile",
    "compose",
    "kubernetes",
    "helm",
    "kustomize",
    "terraform",
    "skaffold",
    "health_path",
    "migrations",
)


def _languages(out: Overview, sources: Sources, services: list[Service]) -> None:
    found: dict[str, str] = {}
    for part in sources.production():
        found.setdefault(part.language, f"{shown(part.manifest)}:1")
    for hit in sources.seen.of("language", "declared"):
        if hit.value in _BY_FILES:
            found.setdefault(hit.value, hit.where)
    for service in services:
        if service.language:
            found.setdefault(service.language, service.where)
    counts = source_counts(sources.seen, "")
    if counts.get("vue") and any(p.ecosystem == "node" for p in sources.production()):
        found.setdefault("vue", _first_source(sources, "vue"))
    total = sum(counts.values())
    for language, number in sorted(counts.items()):
        if (
            language not in found
            and language != "vue"
            and number * 10 >= total * 4
            and not (language == "c" and "cpp" in found)
        ):
            found[language] = _first_source(sources, language)
    ordered = sorted(found, key=lambda name: (-counts.get(name, 0), name))
    for language in ordered:
        out.say("languages", language, found[language])
    out.repository["languages"] = ordered
    primary = _primary(ordered, counts, services)
    out.repository["primary_language"] = primary
    if primary:
        out.say("primary_language", primary, found[primary])


def _first_source(sources: Sources, language: str) -> str:
    folders = sorted(f for f, name in sources.seen.sources if name == language)
    return f"{shown(folders[0]) or '.'}:1" if folders else ".:1"


def _primary(ordered: list[str], counts: dict[str, int], services: list[Service]) -> str | None:
    """The language of most services; of several services without a majority, none."""
    if not ordered:
        return None
    spoken = [s.language for s in services if s.language]
    if len(set(spoken)) > 1:
        most = max(sorted(set(spoken)), key=spoken.count)
        return most if spoken.count(most) * 2 > len(spoken) and most in ordered else None
    if spoken and spoken[0] in ordered:
        return spoken[0]
    return max(ordered, key=lambda name: counts.get(name, 0))


def _from_components(out: Overview, sources: Sources) -> None:
    frameworks: dict[str, str] = {}
    managers: dict[str, str] = {}
    for part in sources.production():
        for found in part.facts("framework"):
            frameworks.setdefault(found.rule.value, found.where)
        for manager, where in part.managers:
            managers.setdefault(manager, where)
        if part.workspace:
            out.say("monorepo", f"{part.ecosystem}-workspace", f"{shown(part.manifest)}:1")
        for name in EXTRA:
            for found in part.facts(name):
                out.say(name, found.rule.value, found.where, found.rule.role)
    for hit in sources.seen.of("framework", "declared"):
        frameworks.setdefault(hit.value, hit.where)
    for key, values in (("framework", frameworks), ("package_manager", managers)):
        for value in sorted(values):
            out.say(key, value, values[value])
        out.repository[key] = sorted(values)


def _services(
    out: Overview, services: list[Service], stores: Stores, sure: list[str]
) -> dict[str, object]:
    summary: dict[str, object] = {}
    for service in services:
        name, port = shown(service.name), service.port
        used = sorted(service_stores(service, stores, sure))
        summary[name] = {
            "path": shown(service.path),
            "language": service.language or None,
            "port": port.value if port else None,
            "datastores": used,
        }
        out.say(f"services.{name}.path", shown(service.path), service.where)
        if service.language:
            out.say(f"services.{name}.language", service.language, service.where)
        kept = None
        for entry in sorted(service.ports, key=lambda p: p.rank):
            fact = out.say(f"services.{name}.port", entry.value, entry.where, entry.role)
            kept = fact if entry is port else kept
        for store in used:
            where = next((m.where for m in stores.declared if m.store == store), service.where)
            out.say(f"services.{name}.datastores", store, where)
        if kept is not None:
            _port_conflicts(out, service, name, kept)
    return summary


def _workers(sources: Sources, services: list[Service], stores: Stores, sure: list[str]) -> None:
    """Marks what listens on no port, serves by no framework and uses a queue."""
    for service in services:
        parts = [p for p in sources.production() if p.path in service.components]
        if service.ports or any(p.facts("framework") for p in parts):
            continue
        if QUEUES & service_stores(service, stores, sure):
            service.worker = True


def _port_conflicts(out: Overview, service: Service, name: str, kept: Fact) -> None:
    """A declared port that differs, unless the winner stands in the same source as well."""
    groups: dict[int, list[Fact]] = {}
    for entry in service.ports:
        if entry.role == "declared" and entry.rank <= 6:
            fact = Fact(entry.value, "repository", entry.where, entry.role)
            groups.setdefault(entry.rank, []).append(fact)
    for rank in sorted(groups):
        if any(fact.value == kept.value for fact in groups[rank]):
            continue
        lost = groups[rank][0]
        out.contradict(f"services.{name}.port", kept, lost)


def service_stores(service: Service, stores: Stores, sure: list[str]) -> set[str]:
    """The sure stores that a service's own code drives or that its manifest points at."""
    driven = stores.of_component(service.components | service.linked) & set(sure)
    values = " ".join(value for value, _ in service.environment.values())
    pointed = {
        m.store
        for m in stores.declared
        if m.host and m.store in sure and (m.host in service.hosts or f"{m.host}:" in values)
    }
    folder = "" if service.path == "." else f"{service.path}/"
    inside = {
        m.store
        for m in stores.declared
        if m.store in IN_PROCESS and m.store in sure and m.path.startswith(folder)
        and m.role != "development"
    }  # fmt: skip
    return driven | pointed | inside


def _datastores(out: Overview, stores: Stores, sure: list[str]) -> None:
    for mention in (*stores.declared, *stores.driven):
        if mention.store in sure:
            role: Role = "declared" if mention.role == "possible" else mention.role
            out.say("datastores", mention.store, mention.where, role)
        elif not mention.weak:
            role = "default" if mention.role == "default" else "possible"
            out.say("datastores", mention.store, mention.where, role)
    out.repository["datastores"] = sure
    for mention in stores.undriven():
        if mention.store not in sure:
            out.questions.append(
                f"{mention.where} declares {mention.store}, but no driver for it was found among "
                "the dependencies: is it used?"
            )


def _places(out: Overview, sources: Sources) -> None:
    seen = sources.seen
    ci = {hit.value: hit.where for hit in reversed(seen.of("ci"))}
    for value in sorted(ci):
        out.say("ci", value, ci[value])
    out.repository["ci"] = sorted(ci)
    flags = {
        "dockerfile": [f"{shown(path)}:1" for path in sources.images],
        "compose": [f"{shown(file.path)}:1" for file in sources.compose],
        "kubernetes": [
            f"{shown(m.path)}:{line}"
            for m in sources.manifests
            for _, _, line in m.kinds[:1]
            if not m.rendered
        ],
    }
    for name in _FLAGS:
        flags[name] = [hit.where for hit in seen.of(name, "declared")]
    for name, places in flags.items():
        out.repository[name] = bool(places)
        for where in places:
            out.say(name, True, where)  # noqa: FBT003 - a fact's value
    for path in seen.development_dockerfiles:
        out.say("dockerfile", False, f"{shown(path)}:1", "development")  # noqa: FBT003


def _health(out: Overview, sources: Sources, services: list[Service]) -> str | None:
    paths = [(path, where) for s in services for path, where, _ in s.health]
    for path, where in paths:
        out.say("health_path", path, where)
    if paths:
        return paths[0][0]
    for part in sources.production():
        answered = [
            (brought(sources.seen, sources.parts, part.path, found.rule.value), found.where)
            for found in part.facts("health")
        ]
        for path, where in answered:
            out.say("health_path", path, where, "default")
        if answered:
            return answered[0][0]
    return None


def _migrations(out: Overview, sources: Sources, change: SchemaChange | None) -> str | None:
    found: dict[str, str] = {}
    frameworks = {f.rule.value for p in sources.production() for f in p.facts("framework")}
    for hit in sources.seen.of("migrations", "declared"):
        if hit.rule == 84 and "django" not in frameworks:
            continue
        if hit.rule == 120 and "laravel" not in frameworks:
            continue
        found.setdefault(hit.value, hit.where)
    for part in sources.production():
        for item in part.facts("migrations"):
            found.setdefault(item.rule.value, item.where)
    if change is not None and not found:
        rust = any(
            package.name.startswith("sqlx")
            for part in sources.production()
            for package, _ in part.packages
        )
        command = "sqlx migrate run" if rust else f"SQL files in {change.folder}/"
        found[command] = change.where
    for command, where in found.items():
        out.say("migrations", command, where)
    return next(iter(found), None)


def _questions(
    out: Overview, tree: Tree, sources: Sources, services: list[Service], stores: Stores
) -> None:
    if not tree.files:
        out.questions.append("The folder holds no file that could be read: is it the right one?")
        return
    if not services:
        first = "No deployable service was found: what is to be deployed, and how?"
        out.questions.insert(0, first)
    if sources.seen.of("app_host") and not sources.hosts:
        out.questions.append(
            "The topology lives in the Aspire app host: which services does it run?"
        )
    in_process = [name for name in stores.sure() if name in IN_PROCESS]
    if in_process and len(stores.sure()) > 1:
        out.questions.append(
            f"{in_process[0]} lives inside the program: is it for development only?"
        )
    _ask_ports(out, services)
    out.questions = list(dict.fromkeys(out.questions))[:MOST_QUESTIONS]


def _ask_ports(out: Overview, services: list[Service]) -> None:
    """One question for every service whose port nothing declares, with what hints at it."""
    silent = [s for s in services if s.port is None and not s.worker]
    if not silent:
        return
    hints = [
        f"{weak[0].where} mentions {weak[0].value}"
        for service in silent[:_MOST_PORTS]
        if (weak := [p for p in service.ports if p.role in ("possible", "development")])
    ]
    listed = ", ".join(shown(service.name) for service in silent[:_MOST_PORTS])
    more = len(silent) - _MOST_PORTS
    listed += f" and {more} more" if more > 0 else ""
    asked = "Which port does" if len(silent) == 1 else "Which ports do"
    hint = f" ({', '.join(hints)})" if hints else ""
    out.questions.append(f"{asked} {listed} listen on?{hint}")
