"""Rules as structures: levels, thresholds, floors and the scale of a drill."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from observed import WORDS, of_words, subject

from devops_exe.implement.emit import plain
from devops_exe.implement.observability import rules
from devops_exe.implement.observability.durations import duration

UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


def every(name: str, **options) -> list[dict]:
    groups = plain(rules.rule_groups(subject(name), **options))
    return [rule for group in groups for rule in group["rules"]]


def alerts(name: str, **options) -> dict[str, dict]:
    return {rule["alert"]: rule for rule in every(name, **options) if "alert" in rule}


@given(st.floats(0.001, 10**7), st.sampled_from([1.0, 60.0, 720.0, 3600.0]))
@examples(max_examples=100)
def test_durations_are_whole_and_right(seconds: float, scale: float) -> None:
    number, unit = re.fullmatch(r"(\d+)(ms|[smhd])", duration(seconds, scale)).groups()
    milliseconds = int(number) * UNITS[unit] * 1000
    assert milliseconds == pytest.approx(max(1, seconds * 1000 / scale), abs=0.51)


@pytest.mark.parametrize("name", WORDS)
def test_names_are_unique_and_what_is_read_is_recorded(name: str) -> None:
    found = every(name)
    records = [rule["record"] for rule in found if "record" in rule]
    assert len(records) == len(set(records))
    used = {word for rule in found for word in re.findall(r"\bjob\w*:[\w:]+", rule["expr"])}
    assert used <= set(records)


def test_versions_are_watched_where_two_are_served() -> None:
    assert "CheckoutVersionErrorBudgetBurn1h" in alerts("canary")
    assert "ShopVersionErrorBudgetBurn6h" in alerts("blue-green")
    assert not [name for name in alerts("rolling") if "Version" in name]
    assert "CheckoutVersionErrorBudgetBurn3d" not in alerts("canary")


def test_thresholds_are_the_ledgers() -> None:
    one = subject("canary")
    text = alerts("canary")["CheckoutErrorBudgetBurn1h"]["expr"]
    assert f"> {one.alerts[0].threshold.value}  # L2.alerts[0].error_ratio_threshold" in text
    assert text.count(f"> {one.alerts[0].threshold.value}") == 2


def test_an_alert_that_can_never_fire_is_not_written() -> None:
    assert subject("never").alerts[0].threshold.value >= 1
    assert "ToyErrorBudgetBurn1h" not in alerts("never")
    assert "ToyErrorBudgetBurn6h" in alerts("never")


def test_one_bad_request_is_never_enough() -> None:
    for name in WORDS:
        for alert in rules.active_alerts(subject(name)):
            assert rules.fewest_bad(subject(name), alert).value >= 2


def test_the_floor_follows_the_sample() -> None:
    low = subject("low")
    alert = low.alerts[0]
    samples = low.figure("sample", "canary_samples").value
    wanted = alert.threshold.value * samples
    assert wanted > 2
    assert wanted <= rules.fewest_bad(low, alert).value < wanted + 1


def test_latency_only_where_a_target_was_stated() -> None:
    assert "> 0.25  #" in alerts("canary")["CheckoutLatencyP99"]["expr"]
    assert "> 0.1  #" in alerts("ab")["StoreLatencyP95"]["expr"]
    assert not [name for name in alerts("rolling") if "Latency" in name]


@pytest.mark.parametrize("scale", [60.0, 720.0])
def test_a_scale_shortens_ranges_and_keeps_names(scale: float) -> None:
    slow, fast = every("canary"), every("canary", time_scale=scale)
    assert [r.get("record", r.get("alert")) for r in slow] == [
        r.get("record", r.get("alert")) for r in fast
    ]
    for one, other in zip(slow, fast, strict=True):
        ranges = re.findall(r"\[(\d+[a-z]+)\]", one["expr"])
        scaled = re.findall(r"\[(\d+[a-z]+)\]", other["expr"])
        for long, short in zip(ranges, scaled, strict=True):
            number, unit = re.fullmatch(r"(\d+)(\w+)", long).groups()
            assert short == duration(int(number) * UNITS[unit], scale)
        if "for" in one:
            assert other["for"] == duration(300, scale)


def test_bad_requests_are_counted_over_the_range_that_is_asked_for() -> None:
    slow = alerts("canary")["CheckoutErrorBudgetBurn1h"]["expr"]
    fast = alerts("canary", time_scale=60)["CheckoutErrorBudgetBurn1h"]["expr"]
    assert "* 3600 >= " in slow
    assert "* 60 >= " in fast


def test_two_runs_are_the_same() -> None:
    words = WORDS["canary"]
    assert rules.rule_groups(of_words(words)) == rules.rule_groups(of_words(words))
