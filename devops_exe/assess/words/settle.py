"""Settle what was said: what hosts give way to, what is only asked about, the platform's name."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from devops_exe.assess.words.effects import Said
from devops_exe.assess.words.kinds import find_kind, is_agreement
from devops_exe.assess.words.platforms import ORCHESTRATOR_NAMES, PROVIDER_NAMES
from devops_exe.assess.words.several import ask_which

if TYPE_CHECKING:
    from devops_exe.assess.words.reading import Reading


def settle(line: Reading) -> list[Said]:
    """What was said, strong before weak, each in the order of the words."""
    find_kind(line)
    _not_planned(line)
    ask_which(line)
    said = sorted(line.said, key=lambda one: (one.start, one.end))
    said = _agreements(line, said)
    said = _hosts(said)
    said = _alternatives(line, said)
    said = _generic_stores(said)
    said = _whole_line(line, said)
    strong = [one for one in said if not one.weak]
    weak = [one for one in said if one.weak]
    return strong + weak + _platform(line, strong + weak)


_NAMED = frozenset(
    ("argo cd", "argocd", "flux", "fluxcd", "flux cd", "spinnaker", "vault", "harbor")
)
_EVERYDAY = frozenset(("flux", "vault", "harbor"))


def _not_planned(line: Reading) -> None:
    """Notes the products that were named and that no plan speaks of."""
    names: dict[str, None] = {}
    for i, item in enumerate(line.items):
        before = line.items[i - 1] if i else None
        capital = line.text[item.start].isupper()
        if item.key not in _NAMED or (item.key in _EVERYDAY and not (capital and i)):
            continue
        if before is not None and before.has("no", "from"):
            continue
        names[line.words(item.start, item.end)] = None
    if names:
        line.note(f"named, not planned for: {', '.join(names)}")


def _agreements(line: Reading, said: list[Said]) -> list[Said]:
    """``SLA 99.9 %, SLO 99.95 %``: a promise to customers and an objective, two fields.

    An agreement alone is the objective as well: nobody named another.
    """
    objectives = [one for one in said if one.field == "slo_percent"]
    promised = [one for one in objectives if is_agreement(line.text, one.start, one.end)]
    if not promised:
        return said
    alone = len(promised) == len(objectives)
    kept = [one for one in said if alone or one not in promised]
    return kept + [one._replace(field="sla_percent") for one in promised]


def _hosts(said: list[Said]) -> list[Said]:
    """A machine under an orchestrator is no orchestrator; Fargate under EKS is no ECS."""
    orchestrators = {one.value for one in said if one.field == "orchestrator" and not one.weak}
    gives_way: set[tuple[int, int]] = set()
    if orchestrators - {"vm"}:
        gives_way |= _places(said, "orchestrator", "vm")
    if "AWS EKS" in [one.value for one in said if one.field == "platform"]:
        gives_way |= _places(said, "platform", "AWS Fargate")
    return [
        one
        for one in said
        if not (one.field in ("platform", "orchestrator") and (one.start, one.end) in gives_way)
    ]


def _places(said: list[Said], field: str, value: str) -> set[tuple[int, int]]:
    return {(one.start, one.end) for one in said if one.field == field and one.value == value}


_CHOICES = ("strategy", "platform", "provider", "orchestrator", "ci", "iac", "language",
            "framework")  # fmt: skip
_OR = frozenset(("or", "vs", "vs.", "versus", "oder", "ou", "o"))


def _alternatives(line: Reading, said: list[Said]) -> list[Said]:
    """``canary or blue-green?`` asks; it chooses neither."""
    places: set[tuple[int, int]] = set()
    for field in _CHOICES:
        named = [one for one in said if one.field == field and not one.weak]
        for one, two in itertools.pairwise(named):
            between = line.text[one.end : two.start].casefold().split()
            if len(between) == 1 and between[0] in _OR and one.value != two.value:
                places |= {(one.start, one.end), (two.start, two.end)}
                line.note(f"'{line.words(one.start, two.end)}' names two and chooses none")
    return [one for one in said if not (one.field in _CHOICES and (one.start, one.end) in places)]


_ENGINES = frozenset(("postgresql", "mysql", "mariadb", "sqlserver", "oracle"))
_MANAGED = frozenset(("rds", "aurora", "cloud-sql"))


def _generic_stores(said: list[Said]) -> list[Said]:
    """``Postgres on RDS`` is one store: the engine's name says more than the service's."""
    stores = {name for one in said if one.field == "datastores" for name in _names(one)}
    if not stores & _ENGINES:
        return said
    return [one for one in said if not (one.field == "datastores" and set(_names(one)) <= _MANAGED)]


def _names(one: Said) -> tuple[str, ...]:
    return one.value if isinstance(one.value, tuple) else ()


def _whole_line(line: Reading, said: list[Said]) -> list[Said]:
    """A line that is nothing but ``A/B`` chooses the strategy of that name."""
    if len(line.items) == 1 and any(one.field == "feature_validation" for one in said):
        item = line.items[0]
        return [*said, Said("strategy", "A/B Testing", item.start, item.end, weak=True)]
    return said


def _platform(line: Reading, said: list[Said]) -> list[Said]:
    """The platform as printed, from provider and orchestrator where no product says it."""
    last: dict[str, Said] = {}
    for one in said:
        if one.field in ("platform", "provider", "orchestrator") and not (
            one.weak and one.field in last
        ):
            last[one.field] = one
    platform, provider = last.get("platform"), last.get("provider")
    orchestrator = last.get("orchestrator")
    named = "" if provider is None else PROVIDER_NAMES.get(str(provider.value), "")
    if platform is not None:
        bare = str(platform.value)
        if not named or provider is None or provider.weak or provider.start == platform.start:
            return []
        if any(bare.startswith(name) for name in PROVIDER_NAMES.values()) or any(
            one.field == "provider" and one.start == platform.start for one in said
        ):
            return []
        return [_joined("platform", f"{named} {bare}", platform, provider)]
    unit = "" if orchestrator is None else ORCHESTRATOR_NAMES.get(str(orchestrator.value), "")
    parts = [one for one in (orchestrator, provider) if one is not None]
    name = f"{named} {unit}".strip()
    if not name or all(one.weak for one in parts):
        return []
    return [_joined("platform", name, parts[0], parts[-1], weak=True)]


def _joined(field: str, value: str, one: Said, two: Said, *, weak: bool = False) -> Said:
    first, last = min(one, two, key=_start), max(one, two, key=_start)
    return Said(field, value, first.start, last.end, weak)


def _start(one: Said) -> int:
    return one.start
