"""verify.sh and budget_gate.sh against a Prometheus that says what the test wants."""

from __future__ import annotations

import json

import pytest
from recording_fakes import NEW, OLD, answer, fakes, healthy, project, replica_sets, subject

ROLLING = "shop Express on EKS, rolling, 300 rps, 99.9 %"
LOW = "shop Express on EKS, rolling, 0.1 rps, 99 %"
NO_DATA = answer(None)


def cluster() -> list[dict]:
    return [
        {"when": ["get deployment/shop"], "out": "2"},
        *replica_sets((1, "h1", OLD), (2, "h2", NEW)),
    ]


@pytest.fixture
def place(tmp_path):
    return fakes(tmp_path / "fakes")


@pytest.fixture
def folder(tmp_path):
    return project(tmp_path / "p", subject(ROLLING))


def queries(place) -> list[str]:
    return [
        word.removeprefix("query=")
        for call in place.calls
        for word in call
        if word.startswith("query=")
    ]


def test_healthy_asks_for_the_version_that_runs(place, folder) -> None:
    place.rules = [*healthy(), *cluster()]
    done = place.run(folder / "verify.sh", "production")
    assert done.returncode == 0, done.stderr
    count, ratio = queries(place)
    assert 'pod_template_hash="h2"' in count
    assert 'job="shop"' in count
    assert count.startswith("sum(increase(")
    assert count.endswith("[300s]))")
    assert " or vector(0)) / sum(" in ratio


def test_another_environment_is_another_job(place, folder) -> None:
    place.rules = [*healthy(), *cluster()]
    assert place.run(folder / "verify.sh", "staging").returncode == 0
    assert all('job="shop-staging"' in query for query in queries(place))
    assert any("--namespace shop-staging get" in line for line in place.lines())


@pytest.mark.parametrize(
    ("ratio", "status"),
    [("0", 0), ("0.0144", 0), ("1.4e-2", 0), ("0.0145", 1), ("1", 1), ("1e-05", 0)],
)
def test_the_threshold_of_the_ledger(place, folder, ratio, status) -> None:
    place.rules = [*healthy(ratio=ratio), *cluster()]
    assert place.run(folder / "verify.sh", "production").returncode == status


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ([{"when": ["curl"], "exit": 7}], "no answer"),
        ([{"when": ["curl"], "out": "<html>"}], "is no Prometheus"),
        ([{"when": ["curl"], "out": '{"status":"error"}'}], "is no Prometheus"),
        ([{"when": ["curl"], "out": ""}], "is no Prometheus"),
        ([{"when": ["curl"], "out": NO_DATA}], "not enough requests"),
        ([{"when": ["curl", "vector(0)"], "out": answer("NaN")}, *healthy()], "no error ratio"),
        (healthy("59"), "not enough requests"),
        ([{"when": ["kubectl"], "exit": 1}], "kubectl gives no answer"),
        ([{"when": ["get replicasets"], "out": "1\th1\told\n"}, *healthy()], "has revision 2"),
    ],
)
def test_what_is_not_known_is_not_healthy(place, folder, rules, why) -> None:
    place.rules = [*rules, *cluster()]
    done = place.run(folder / "verify.sh", "production")
    assert done.returncode == 2, done.stderr
    assert why in done.stderr


def test_without_an_address(place, folder) -> None:
    assert place.run(folder / "verify.sh", "production", PROMETHEUS_URL="").returncode == 2
    assert place.run(folder / "budget_gate.sh", PROMETHEUS_URL="").returncode == 2
    assert place.calls == []


def test_it_waits_for_enough_requests(place, folder) -> None:
    first = {"when": ["curl", "query=sum(increase"], "out": answer("10"), "times": 2}
    place.rules = [first, *healthy(), *cluster()]
    done = place.run(folder / "verify.sh", "production")
    assert done.returncode == 0, done.stderr
    assert [line for line in place.lines() if line.startswith("sleep")] == ["sleep 60"] * 3


def test_low_traffic_has_a_longer_window(place, tmp_path) -> None:
    folder = project(tmp_path / "low", subject(LOW))
    place.rules = [*healthy("5"), *cluster()]
    done = place.run(folder / "verify.sh", "production")
    assert done.returncode == 2
    assert "not enough requests" in done.stderr
    assert int(queries(place)[0].split("[")[-1].split("s]")[0]) > 300


def test_requests_of_our_own(place, folder) -> None:
    place.rules = [*healthy(), *cluster()]
    done = place.run(folder / "verify.sh", "staging", SMOKE_URL="https://staging.example.com/a")
    assert done.returncode == 0
    sent = [call for call in place.calls if call[-1] == "https://staging.example.com/a"]
    assert len(sent) == 60
    place.rules = [{"when": ["staging.example.com"], "exit": 28}, *healthy(), *cluster()]
    done = place.run(folder / "verify.sh", "staging", SMOKE_URL="https://staging.example.com/a")
    assert done.returncode == 1
    assert "no answer from https://staging.example.com/a" in done.stderr


def test_the_token_is_in_no_argument(place, folder) -> None:
    place.rules = [*healthy(), *cluster()]
    assert (
        place.run(folder / "verify.sh", "production", PROMETHEUS_TOKEN="hush-hush").returncode == 0
    )
    assert "hush-hush" not in json.dumps(place.calls)
    assert all("--config" in call for call in place.calls if call[0] == "curl")


@pytest.mark.parametrize("arguments", [(), ("elsewhere",), ("production", "more")])
def test_a_wrong_call_of_verify(place, folder, arguments) -> None:
    assert place.run(folder / "verify.sh", *arguments).returncode == 64


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (answer("0"), 0), (answer("0.0009"), 0), (answer("0.001"), 1), (answer("0.5"), 1),
        (answer("NaN"), 2), (NO_DATA, 2), ("nonsense", 2), ('{"status":"error"}', 2),
        (answer("+Inf"), 2),
    ],
)  # fmt: skip
def test_the_gate(place, folder, said, status) -> None:
    place.rules = [{"when": ["curl"], "out": said}]
    done = place.run(folder / "budget_gate.sh")
    assert done.returncode == status, done.stderr


def test_the_gate_says_what_is_left(place, folder) -> None:
    place.rules = [{"when": ["curl"], "out": answer("0.00025")}]
    assert "75.0 % left" in place.run(folder / "budget_gate.sh").stderr
    assert "[2592000s]" in queries(place)[0]


def test_the_gate_without_an_answer(place, folder) -> None:
    place.rules = [{"when": ["curl"], "exit": 6}]
    assert place.run(folder / "budget_gate.sh").returncode == 2


def test_an_override_is_said_aloud(place, folder) -> None:
    place.rules = [{"when": ["curl"], "out": answer("0.5")}]
    done = place.run(folder / "budget_gate.sh", FREEZE_OVERRIDE="repairs the checkout")
    assert done.returncode == 0
    assert "overridden: repairs the checkout" in done.stderr
    assert place.calls == []


def test_a_wrong_call_of_the_gate(place, folder) -> None:
    assert place.run(folder / "budget_gate.sh", "production").returncode == 64
