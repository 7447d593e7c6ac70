"""Every example of the grammar's table runs, alone and inside a longer line."""

from __future__ import annotations

import pytest

from devops_exe.assess.profile import FIELDS
from devops_exe.assess.requirements import read_words
from devops_exe.assess.words.effects import UNITS
from devops_exe.assess.words.grammar import GRAMMAR
from devops_exe.assess.words.phrases import readers

EXAMPLES = [
    pytest.param(sentence, facts, id=sentence)
    for rule in GRAMMAR
    for sentence, facts in rule.examples
    if facts
]
NOTHING = [
    pytest.param(sentence, id=sentence)
    for rule in GRAMMAR
    for sentence, facts in rule.examples
    if not facts
]


@pytest.mark.parametrize(("sentence", "facts"), EXAMPLES)
def test_example_says_exactly_its_facts(sentence: str, facts: dict[str, object]) -> None:
    profile = read_words(sentence)
    assert {name: profile.value(name) for name in facts} == facts
    assert all(fact.origin == "user" for _, fact in profile)
    assert profile.unused == ()


@pytest.mark.parametrize(("sentence", "facts"), EXAMPLES)
def test_example_holds_between_other_requirements(sentence: str, facts: dict[str, object]) -> None:
    profile = read_words(f"checkout-api on Nomad, {sentence}; port 8443")
    for name, value in facts.items():
        if name not in ("platform", "orchestrator", "provider", "port"):
            assert profile.value(name) == value, name
    assert profile.value("system") == "checkout-api"


@pytest.mark.parametrize("sentence", NOTHING)
def test_example_without_facts_sets_no_quantity(sentence: str) -> None:
    profile = read_words(sentence)
    assert not set(dict(profile)) & {"peak_rps", "slo_percent", "zero_downtime", "strategy"}


def test_every_effect_names_a_field_a_unit_or_a_reader() -> None:
    names = readers()
    for rule in GRAMMAR:
        for part in rule.effect.split():
            if part.startswith("@"):
                assert part[1:] in names, rule
                continue
            field, equals, _ = part.partition("=")
            if not equals:
                field, _, unit = part.partition(":")
                assert unit.partition("#")[0] in UNITS, rule
            assert field in FIELDS, rule


def test_every_reader_is_used() -> None:
    used = {rule.effect[1:] for rule in GRAMMAR if rule.effect.startswith("@")}
    assert used == set(readers())
