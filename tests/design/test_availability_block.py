"""Reliability block diagrams: textbook figures, enumeration, and bounds of the input."""

from __future__ import annotations

import itertools
import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design import registry
from devops_exe.design.availability import DEEPEST_BLOCK, LARGEST_DISTRIBUTION
from devops_exe.ground.errors import CalculatorError


def run(block: object) -> dict[str, Any]:
    return dict(registry.run("availability", {"block": block}).outputs)


def component(availability: float) -> dict[str, object]:
    return {"type": "component", "availability": availability}


def group(kind: str, *blocks: object, **more: object) -> dict[str, object]:
    return {"type": kind, "blocks": list(blocks), **more}


def nested(levels: int) -> dict[str, object]:
    block = component(0.9)
    for _ in range(levels - 1):
        block = group("series", block)
    return block


def test_all_the_forms_of_an_availability() -> None:
    assert run(component(0.999)) == {
        "availability": 0.999,
        "availability_percent": pytest.approx(99.9),
        "nines": pytest.approx(3),
        "downtime_minutes_per_year": pytest.approx(525.6),
        "downtime_minutes_per_30_days": pytest.approx(43.2),
        "bar_percent": 99.9,
        "assumption": "failures are independent",
    }


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"type": "component", "availability_percent": 99.5}, 0.995),
        ({"type": "component", "mtbf_hours": 999, "mttr_hours": 1}, 0.999),
        ({"type": "component", "mtbf_hours": 10, "mttr_hours": 0}, 1),
        (group("series", component(0.99), component(0.99)), 0.9801),
        (group("parallel", component(0.99), component(0.99)), 0.9999),
        # AWS Reliability Pillar: two independent 99.99 % dependencies, two redundant 99.9 %
        (group("series", component(0.9999), component(0.9999)), 0.99980001),
        (group("parallel", component(0.999), component(0.999)), 0.999999),
        # IEC 61078: 2 of 3, 3p^2 - 2p^3
        (group("k_of_n", *[component(0.9)] * 3, k=2), 0.972),
        ({"type": "k_of_n", "k": 2, "n": 3, "block": component(0.9)}, 0.972),
        # unequal: 1 of 2 is parallel, n of n is series
        (group("k_of_n", component(0.5), component(0.8), k=1), 0.9),
        (group("k_of_n", component(0.5), component(0.8), k=2), 0.4),
        (group("series", component(0.9), group("parallel", component(0.5), component(0.5))), 0.675),
        (component(0), 0),
        (component(1), 1),
    ],
)
def test_diagrams(block: object, expected: float) -> None:
    assert run(block)["availability"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("availability", "bar"),
    [
        (1, 100),
        (0.9999999, 99.999),
        (0.99999, 99.999),
        (0.9999849, 99.998),
        (0.999, 99.9),
        (0.29, 29),
        (1 - 2**-53, 99.999),
        (0, 0),
    ],
)
def test_the_bar_never_claims_more(availability: float, bar: float) -> None:
    assert run(component(availability))["bar_percent"] == bar


def test_nines_are_null_at_1_and_0_at_0() -> None:
    assert run(component(1))["nines"] is None
    nothing = run(component(0))["nines"]
    assert (nothing, math.copysign(1, nothing)) == (0, 1)


@pytest.mark.parametrize(
    ("block", "code", "where"),
    [
        (None, "missing_field", "block"),
        (5, "invalid_input", "block"),
        ([], "invalid_input", "block"),
        ({"type": "ring"}, "invalid_input", "block"),
        ({"type": 5}, "invalid_input", "block"),
        ({"availability": 1}, "missing_field", "block.type"),
        (component(1.1), "invalid_input", "block.availability"),
        (component(-0.1), "invalid_input", "block.availability"),
        (component(True), "invalid_input", "block.availability"),
        (
            {"type": "component", "availability_percent": 101},
            "invalid_input",
            "block.availability_percent",
        ),
        ({"type": "component"}, "missing_field", "block.availability"),
        (
            {"type": "component", "availability": 1, "availability_percent": 100},
            "invalid_input",
            "block",
        ),
        (
            {"type": "component", "availability": 1, "mttr_hours": 1},
            "invalid_input",
            "block",
        ),
        ({"type": "component", "mtbf_hours": 1}, "missing_field", "block.mttr_hours"),
        ({"type": "component", "mttr_hours": 1}, "missing_field", "block.mtbf_hours"),
        (
            {"type": "component", "mtbf_hours": 0, "mttr_hours": 1},
            "invalid_input",
            "block.mtbf_hours",
        ),
        (
            {"type": "component", "mtbf_hours": 1e308, "mttr_hours": 1e308},
            "invalid_input",
            "availability.block",
        ),
        ({"type": "series"}, "missing_field", "block.blocks"),
        (group("series"), "invalid_input", "block.blocks"),
        (group("parallel", component(1), {}), "missing_field", "block.blocks[1].type"),
        (group("parallel", component(1), 5), "invalid_input", "block.blocks[1]"),
        (
            group("series", group("parallel", {"type": "component"})),
            "missing_field",
            "block.blocks[0].blocks[0].availability",
        ),
        (group("k_of_n", component(1)), "missing_field", "block.k"),
        (group("k_of_n", component(1), k=0), "invalid_input", "block.k"),
        (group("k_of_n", component(1), k=2), "invalid_input", "block.k"),
        (group("k_of_n", component(1), k=1.0), "invalid_input", "block.k"),
        ({"type": "k_of_n", "k": 1}, "missing_field", "block.blocks"),
        ({"type": "k_of_n", "k": 1, "n": 2}, "missing_field", "block.block"),
        ({"type": "k_of_n", "k": 1, "block": component(1)}, "missing_field", "block.n"),
        ({"type": "k_of_n", "k": 3, "n": 2, "block": component(1)}, "invalid_input", "block.k"),
        (
            {"type": "k_of_n", "k": 1, "n": 2, "block": {"type": "component"}},
            "missing_field",
            "block.block.availability",
        ),
        (group("k_of_n", component(1), k=1, n=1), "invalid_input", "block"),
        (
            {"type": "k_of_n", "k": 1, "n": LARGEST_DISTRIBUTION + 1, "block": component(1)},
            "invalid_input",
            "block.n",
        ),
        (
            {"type": "k_of_n", "k": 1, "n": 10**12, "block": component(1)},
            "invalid_input",
            "block.n",
        ),
        (nested(DEEPEST_BLOCK + 1), "invalid_input", "block"),
        (nested(250), "invalid_input", "block"),
    ],
)
def test_refusals(block: object, code: str, where: str) -> None:
    with pytest.raises(CalculatorError) as caught:
        run(block)
    assert (caught.value.code, caught.value.where) == (code, where)


def test_nesting_as_deep_as_allowed_is_computed() -> None:
    assert run(nested(DEEPEST_BLOCK))["availability"] == 0.9


@pytest.mark.parametrize("levels", [400, 5000])
def test_nesting_by_thousands_is_refused_in_a_line(levels: int) -> None:
    with pytest.raises(CalculatorError, match="nested") as caught:
        run(nested(levels))
    assert caught.value.code == "invalid_input"
    assert "\n" not in caught.value.line()


def test_equal_blocks_nested_deep_in_k_of_n_are_refused_too() -> None:
    block = component(0.9)
    for _ in range(DEEPEST_BLOCK):
        block = {"type": "k_of_n", "k": 1, "n": 1, "block": block}
    with pytest.raises(CalculatorError, match="nested"):
        run(block)


def test_ten_thousand_blocks_in_series() -> None:
    answer = run(group("series", *[component(0.99999)] * 10_000))
    assert answer["availability"] == pytest.approx(0.99999**10_000, rel=1e-9)


def test_a_large_quorum_agrees_with_the_binomial() -> None:
    n, k, p = 900, 850, 0.95
    exact = sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))
    answer = run({"type": "k_of_n", "k": k, "n": n, "block": component(p)})
    assert answer["availability"] == pytest.approx(exact, rel=1e-9)


def test_an_unknown_field_is_found_at_any_depth() -> None:
    block = group("series", component(1), {**component(1), "mtrr_hours": 1})
    answer = registry.run("availability", {"block": block})
    assert answer.warnings == ("unknown field block.blocks[1].mtrr_hours: it was not used",)


def test_null_fields_are_absent() -> None:
    block = {"type": "component", "availability": 0.5, "mtbf_hours": None}
    assert run(block)["availability"] == 0.5


def test_the_schema_shows_every_field_with_its_meaning() -> None:
    for name in ("slo", "rollout", "availability"):
        text = json.dumps(registry.schema(name))
        document = json.loads(text)
        models = [
            *document["input"]["anyOf"],
            *document["output"]["anyOf"],
            *document["input"].get("$defs", {}).values(),
            *document["output"].get("$defs", {}).values(),
        ]
        for model in models:
            for field, described in model["properties"].items():
                assert field == "op" or described.get("description"), (name, model["title"], field)


chances = st.floats(0, 1)


@settings(max_examples=60, deadline=None)
@given(parts=st.lists(chances, min_size=1, max_size=7), data=st.data())
def test_k_of_n_agrees_with_enumeration(parts: list[float], data: st.DataObject) -> None:
    needed = data.draw(st.integers(1, len(parts)))
    total = 0.0
    for states in itertools.product((False, True), repeat=len(parts)):
        if sum(states) >= needed:
            total += math.prod(
                part if up else 1 - part for part, up in zip(parts, states, strict=True)
            )
    answer = run(group("k_of_n", *map(component, parts), k=needed))
    assert answer["availability"] == pytest.approx(total, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(parts=st.lists(chances, min_size=1, max_size=8))
def test_k_of_n_at_its_ends_is_parallel_and_series(parts: list[float]) -> None:
    blocks = [component(part) for part in parts]
    one = run(group("k_of_n", *blocks, k=1))["availability"]
    all_of = run(group("k_of_n", *blocks, k=len(parts)))["availability"]
    assert one == pytest.approx(run(group("parallel", *blocks))["availability"], abs=1e-12)
    assert all_of == pytest.approx(run(group("series", *blocks))["availability"], abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(availability=chances)
def test_the_bar_is_never_above_the_availability(availability: float) -> None:
    answer = run(component(availability))
    assert answer["bar_percent"] <= availability * 100 + 1e-8
    assert (answer["bar_percent"] == 100) == (availability == 1)
    if availability <= 0.99999:
        assert answer["bar_percent"] > availability * 100 - 0.0010001
