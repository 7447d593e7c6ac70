"""Every documented refusal of the canary calculator, with the field it names."""

from __future__ import annotations

from typing import Any

import pytest

from devops_exe.design.registry import OPERATIONS, load, run, schema
from devops_exe.ground.errors import CalculatorError

RATES = {"baseline_rate": 0.01, "degraded_rate": 0.02}
BAKE = {"op": "bake_time", "samples_per_step": 10, "total_rps": 5, "weights_percent": [10]}
POWER = {"op": "fisher_power", "samples_per_arm": 10, **RATES}
LOOKS = {"op": "looks", "looks": 5}
RANKS = {"op": "mann_whitney", "experiment": [1, 2], "control": [3]}
TEST = {
    "op": "test",
    "baseline_bad": 1,
    "baseline_total": 10,
    "canary_bad": 1,
    "canary_total": 10,
}

REFUSED: list[tuple[dict[str, Any], str, str]] = [
    # sample_size
    ({}, "missing_field", "baseline_rate"),
    ({"degraded_rate": 0.1}, "missing_field", "baseline_rate"),
    ({"baseline_rate": 0.1}, "missing_field", "degraded_rate"),
    ({"baseline_rate": 0.1, "degraded_rate": None}, "missing_field", "degraded_rate"),
    ({**RATES, "degraded_rate": 0.01}, "no_effect", "degraded_rate"),
    ({**RATES, "degraded_rate": 0.01, "two_sided": True}, "no_effect", "degraded_rate"),
    ({"baseline_rate": 0.1, "min_detectable_increase": 0}, "no_effect", "degraded_rate"),
    ({**RATES, "min_detectable_increase": 0.01}, "invalid_input", "min_detectable_increase"),
    (
        {"baseline_rate": 0.9, "min_detectable_increase": 0.2},
        "invalid_input",
        "min_detectable_increase",
    ),
    (
        {"baseline_rate": 0.9, "min_detectable_increase": -0.2},
        "invalid_input",
        "min_detectable_increase",
    ),
    ({**RATES, "degraded_rate": 0.005}, "invalid_input", "degraded_rate"),
    ({**RATES, "degraded_rate": 0}, "invalid_input", "degraded_rate"),
    ({**RATES, "degraded_rate": 1.5}, "invalid_input", "degraded_rate"),
    ({**RATES, "degraded_rate": "2%"}, "invalid_input", "degraded_rate"),
    ({**RATES, "baseline_rate": 1}, "invalid_input", "baseline_rate"),
    ({**RATES, "baseline_rate": -0.1}, "invalid_input", "baseline_rate"),
    ({**RATES, "baseline_rate": True}, "invalid_input", "baseline_rate"),
    ({**RATES, "alpha": 0}, "invalid_input", "alpha"),
    ({**RATES, "alpha": 1}, "invalid_input", "alpha"),
    ({**RATES, "alpha": float("nan")}, "invalid_input", "alpha"),
    ({**RATES, "alpha": 5e-324, "two_sided": True}, "invalid_input", "alpha"),
    ({**RATES, "power": 1}, "invalid_input", "power"),
    ({**RATES, "two_sided": "yes"}, "invalid_input", "two_sided"),
    ({**RATES, "baseline_per_canary": 0}, "invalid_input", "baseline_per_canary"),
    ({**RATES, "baseline_per_canary": 1e-320}, "invalid_input", "canary.sample_size"),
    ({**RATES, "method": "wald"}, "invalid_input", "method"),
    ({**RATES, "method": "fisher", "two_sided": True}, "invalid_input", "two_sided"),
    ({**RATES, "method": "exact_binomial", "two_sided": True}, "invalid_input", "two_sided"),
    (
        {**RATES, "method": "fisher", "baseline_per_canary": 2},
        "invalid_input",
        "baseline_per_canary",
    ),
    ({**RATES, "method": "fisher", "alpha": 1e-300}, "invalid_input", "alpha"),
    ({**RATES, "method": "fisher"}, "too_large", "method"),
    ({**RATES, "degraded_rate": 0.011, "method": "exact_binomial"}, "too_large", "method"),
    # fisher_power
    ({"op": "fisher_power", **RATES}, "missing_field", "samples_per_arm"),
    ({**POWER, "samples_per_arm": 0}, "invalid_input", "samples_per_arm"),
    ({**POWER, "samples_per_arm": 10.0}, "invalid_input", "samples_per_arm"),
    ({**POWER, "samples_per_arm": True}, "invalid_input", "samples_per_arm"),
    ({**POWER, "samples_per_arm": 1_000_001}, "too_large", "samples_per_arm"),
    ({**POWER, "alpha": 1e-300}, "invalid_input", "alpha"),
    # bake_time
    ({"op": "bake_time"}, "missing_field", "samples_per_step"),
    ({**BAKE, "samples_per_step": -1}, "invalid_input", "samples_per_step"),
    ({**BAKE, "samples_per_step": 3.0}, "invalid_input", "samples_per_step"),
    ({**BAKE, "samples_per_step": 10**400}, "invalid_input", "canary.bake_time"),
    ({**BAKE, "total_rps": 0}, "invalid_input", "total_rps"),
    ({**BAKE, "weights_percent": []}, "invalid_input", "weights_percent"),
    ({**BAKE, "weights_percent": [10, 0]}, "invalid_input", "weights_percent[1]"),
    ({**BAKE, "weights_percent": [100.1]}, "invalid_input", "weights_percent[0]"),
    ({**BAKE, "weights_percent": 10}, "invalid_input", "weights_percent"),
    ({**BAKE, "min_step_seconds": -1}, "invalid_input", "min_step_seconds"),
    # looks
    ({"op": "looks"}, "missing_field", "looks"),
    ({**LOOKS, "looks": 0}, "invalid_input", "looks"),
    ({**LOOKS, "looks": 2.5}, "invalid_input", "looks"),
    ({**LOOKS, "looks": 10**400}, "invalid_input", "canary.looks"),
    ({**LOOKS, "alpha": 1.5}, "invalid_input", "alpha"),
    ({**LOOKS, "method": "holm"}, "invalid_input", "method"),
    ({**LOOKS, "looks": 10_001, "method": "pocock"}, "too_large", "looks"),
    # mann_whitney
    ({"op": "mann_whitney", "control": [1]}, "missing_field", "experiment"),
    ({**RANKS, "control": None}, "missing_field", "control"),
    ({**RANKS, "experiment": []}, "invalid_input", "experiment"),
    ({**RANKS, "control": []}, "invalid_input", "control"),
    ({**RANKS, "control": [1, float("nan")]}, "invalid_input", "control[1]"),
    ({**RANKS, "control": [float("-inf")]}, "invalid_input", "control[0]"),
    ({**RANKS, "control": [None]}, "invalid_input", "control[0]"),
    ({**RANKS, "control": ["1"]}, "invalid_input", "control[0]"),
    ({**RANKS, "control": [True]}, "invalid_input", "control[0]"),
    ({**RANKS, "experiment": [1e308], "control": [-1e308]}, "invalid_input", "canary.mann_whitney"),
    ({**RANKS, "experiment": [1.0] * 1_000_000}, "too_large", "experiment"),
    # test
    ({"op": "test"}, "missing_field", "baseline_bad"),
    ({**TEST, "baseline_total": 0, "baseline_bad": 0}, "invalid_input", "baseline_total"),
    ({**TEST, "canary_total": 0, "canary_bad": 0}, "invalid_input", "canary_total"),
    ({**TEST, "baseline_bad": 11}, "invalid_input", "baseline_bad"),
    ({**TEST, "canary_bad": 11}, "invalid_input", "canary_bad"),
    ({**TEST, "canary_bad": -1}, "invalid_input", "canary_bad"),
    ({**TEST, "canary_bad": 1.0}, "invalid_input", "canary_bad"),
    ({**TEST, "canary_total": 10**12 + 1}, "too_large", "canary_total"),
    # any
    ({"op": "t_test"}, "unknown_op", "op"),
]


@pytest.mark.parametrize(
    ("fields", "code", "where"),
    REFUSED,
    ids=[f"{number}-{code}-{where}" for number, (_, code, where) in enumerate(REFUSED)],
)
def test_refusals(fields: dict[str, Any], code: str, where: str) -> None:
    with pytest.raises(CalculatorError) as refused:
        run("canary", fields)
    assert (refused.value.code, refused.value.where) == (code, where)
    assert refused.value.fix
    assert refused.value.status == 2


@pytest.mark.parametrize("fields", [RATES, POWER, BAKE, LOOKS, RANKS, TEST])
def test_unknown_fields_are_warned_of(fields: dict[str, Any]) -> None:
    answer = run("canary", {**fields, "alhpa": 0.1})
    assert answer.warnings == ("unknown field alhpa: it was not used",)
    assert run("canary", fields).warnings == ()


def test_every_field_says_what_it_is() -> None:
    assert set(schema("canary")) == {"input", "output"}
    for operation in OPERATIONS:
        if operation.calculator == "canary":
            given, answered, _ = load(operation)
            for model in (given, answered):
                assert all(field.description for field in model.model_fields.values())
