"""Replicas over zones: closed forms and enumeration of every state."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.design import registry
from devops_exe.design.availability import LARGEST_DISTRIBUTION
from devops_exe.ground.errors import CalculatorError


def run(**given: object) -> dict[str, Any]:
    return dict(registry.run("availability", {"op": "zones", **given}).outputs)


def availability(
    sizes: list[int], zone: float, replica: float, needed: int, shared: float = 1
) -> float:
    answer = run(
        replicas_per_zone=sizes,
        zone_availability=zone,
        replica_availability=replica,
        required_replicas=needed,
        shared_availability=shared,
    )
    return float(answer["availability"])


def enumerated(sizes: list[int], zone: float, replica: float, needed: int) -> float:
    """Sum over every state of every zone and replica."""
    total = 0.0
    for zones in itertools.product((0, 1), repeat=len(sizes)):
        for replicas in itertools.product((0, 1), repeat=sum(sizes)):
            home = [number for number, size in enumerate(sizes) for _ in range(size)]
            live = sum(up and zones[at] for up, at in zip(replicas, home, strict=True))
            if live >= needed:
                total += math.prod(zone if up else 1 - zone for up in zones) * math.prod(
                    replica if up else 1 - replica for up in replicas
                )
    return total


@pytest.mark.parametrize(
    ("sizes", "zone", "replica", "needed", "expected"),
    [
        ([1], 0.9, 0.9, 1, 0.81),
        ([2], 0.9, 0.9, 1, 0.9 * 0.99),
        ([1, 1], 0.9, 1, 1, 0.99),
        ([1, 1, 1], 0.9, 1, 2, 0.972),
        ([2, 2, 2], 0.9, 1, 4, 0.972),
        ([3, 0, 0], 0.9, 1, 1, 0.9),
        ([3, 3, 3], 1, 1, 9, 1),
        ([3, 3, 3], 0, 1, 1, 0),
    ],
)
def test_closed_forms(
    sizes: list[int], zone: float, replica: float, needed: int, expected: float
) -> None:
    assert availability(sizes, zone, replica, needed) == pytest.approx(expected, rel=1e-12)


def test_what_all_share_multiplies() -> None:
    alone = availability([2, 2], 0.99, 0.95, 2)
    assert availability([2, 2], 0.99, 0.95, 2, shared=0.9) == pytest.approx(alone * 0.9)
    answer = run(
        replicas_per_zone=[2, 2],
        zone_availability=0.99,
        replica_availability=0.95,
        required_replicas=2,
        shared_availability=None,
    )
    assert answer["availability"] == alone
    assert answer["assumption"] == "failures are independent"


def test_spreading_keeps_the_nines() -> None:
    # three zones of 99.9 %, one suffices: 1 - 0.001^3
    answer = run(
        replicas_per_zone=[1, 1, 1],
        zone_availability=0.999,
        replica_availability=1,
        required_replicas=1,
    )
    assert answer["nines"] == pytest.approx(9, rel=1e-6)
    assert answer["bar_percent"] == 99.999


ENOUGH = {
    "op": "zones",
    "replicas_per_zone": [1, 1],
    "zone_availability": 0.9,
    "replica_availability": 0.9,
    "required_replicas": 1,
}


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"replicas_per_zone": None}, "missing_field", "replicas_per_zone"),
        ({"zone_availability": None}, "missing_field", "zone_availability"),
        ({"replica_availability": None}, "missing_field", "replica_availability"),
        ({"required_replicas": None}, "missing_field", "required_replicas"),
        ({"required_replicas": 0}, "invalid_input", "required_replicas"),
        ({"required_replicas": 3}, "invalid_input", "required_replicas"),
        ({"replicas_per_zone": []}, "invalid_input", "replicas_per_zone"),
        ({"replicas_per_zone": [0, 0]}, "invalid_input", "required_replicas"),
        ({"replicas_per_zone": [1, -1]}, "invalid_input", "replicas_per_zone[1]"),
        ({"replicas_per_zone": [1, 1.0]}, "invalid_input", "replicas_per_zone[1]"),
        ({"replicas_per_zone": 3}, "invalid_input", "replicas_per_zone"),
        (
            {"replicas_per_zone": [LARGEST_DISTRIBUTION, 1]},
            "invalid_input",
            "replicas_per_zone",
        ),
        ({"zone_availability": 1.1}, "invalid_input", "zone_availability"),
        ({"replica_availability": -0.1}, "invalid_input", "replica_availability"),
        ({"shared_availability": 2}, "invalid_input", "shared_availability"),
    ],
)
def test_refusals(change: dict[str, object], code: str, where: str) -> None:
    with pytest.raises(CalculatorError) as caught:
        registry.run("availability", {**ENOUGH, **change})
    assert (caught.value.code, caught.value.where) == (code, where)


chances = st.floats(0, 1)
few = st.lists(st.integers(0, 3), min_size=1, max_size=3).filter(lambda sizes: sum(sizes) > 0)


@settings(max_examples=50, deadline=None)
@given(sizes=few, zone=chances, replica=chances, data=st.data())
def test_convolution_agrees_with_enumeration(
    sizes: list[int], zone: float, replica: float, data: st.DataObject
) -> None:
    needed = data.draw(st.integers(1, sum(sizes)))
    assert availability(sizes, zone, replica, needed) == pytest.approx(
        enumerated(sizes, zone, replica, needed), abs=1e-12
    )


@settings(max_examples=50, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 9), min_size=2, max_size=5),
    zone=chances,
    replica=chances,
    data=st.data(),
)
def test_one_more_needed_is_never_more_available(
    sizes: list[int], zone: float, replica: float, data: st.DataObject
) -> None:
    needed = data.draw(st.integers(1, sum(sizes) - 1))
    fewer = availability(sizes, zone, replica, needed)
    assert availability(sizes, zone, replica, needed + 1) <= fewer + 1e-12
    assert availability(sizes[::-1], zone, replica, needed) == pytest.approx(fewer, abs=1e-12)
