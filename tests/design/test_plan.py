"""The plan: order, provenance, and figures worked out by hand."""

from __future__ import annotations

import math
import random
from typing import get_args

import pytest
from plan_systems import SYSTEMS, facts, planned, with_more

from devops_exe.assess.profile import Origin, SystemProfile
from devops_exe.design.ledger import Source
from devops_exe.design.plan import MAX_REPLICAS, plan
from devops_exe.ground.errors import UserError

NAMES = sorted(SYSTEMS)


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_in_the_order_of_the_calls(name: str) -> None:
    made = planned(name)
    ids = [entry.id for entry in made.ledger]
    assert ids == [f"L{number}" for number in range(1, len(ids) + 1)]
    assert sorted(made.ids.values()) == sorted(ids)  # a role an entry


def test_the_order_of_the_roles() -> None:
    assert list(planned("checkout").ids) == [
        "budget", "alerts", "alerts_gray", "detection", "detection_gray", "peak", "average",
        "twice", "shared", "availability", "fenceposts", "rolling", "sample", "bake", "risk",
        "recovery", "recovery_gray", "blue_green", "cost",
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_same_profile_gives_the_same_plan(name: str) -> None:
    profile = SYSTEMS[name]
    shuffled = list(profile.facts.items())
    random.Random(7).shuffle(shuffled)
    again = plan(SystemProfile(dict(shuffled)))
    assert again.ledger == planned(name).ledger
    assert again.ids == planned(name).ids
    assert again.choice == planned(name).choice


@pytest.mark.parametrize("name", NAMES)
def test_every_input_has_provenance(name: str) -> None:
    made = planned(name)
    known = {*get_args(Origin), *get_args(Source)[1:], "ledger"}
    for entry in made.ledger:
        assert list(entry.inputs) == list(entry.provenance)
        for field, whence in entry.provenance.items():
            assert whence.origin in known
            assert whence.where, f"{entry.id}.{field}"
            if whence.origin == "ledger":
                assert made.ledger.value(whence.where) == entry.inputs[field]
                earlier = int(whence.where.split(".")[0][1:])
                assert earlier < int(entry.id[1:])


@pytest.mark.parametrize("name", NAMES)
def test_what_the_user_said_is_passed_on_as_the_users(name: str) -> None:
    """No calculator is given an assumption where the user said otherwise."""
    made = planned(name)
    for entry in made.ledger:
        for field, whence in entry.provenance.items():
            said = SYSTEMS[name].get(field)
            if said is not None and whence.origin != "ledger" and said.value == entry.inputs[field]:
                assert whence.origin == "user", f"{entry.id}.{field}"


@pytest.mark.parametrize("name", NAMES)
def test_every_assumption_is_listed_with_the_words_that_change_it(name: str) -> None:
    listed = planned(name).assumptions()
    assert len({one.field for one in listed}) == len(listed)
    for one in listed:
        assert one.why
        assert one.figures, one.field
        assert one.say, one.field
        assert set(one.as_json()) == {"field", "value", "why", "figures", "how to state it"}
    assert not {one.field for one in listed} & set(SYSTEMS[name].facts)


# -- numbers worked out by hand, apart from the code -------------------------------------------


def test_checkout_by_hand() -> None:
    """1200 rps, 60 a pod, 99.95 % over 30 days; three zones, one may fail."""
    made = planned("checkout")
    peak, average, twice = (made.entry(role) for role in ("peak", "average", "twice"))
    # 1000 / 60 ms busy a request, one at a time: 20 pods busy, 20 / 0.7 = 28.6 -> 29
    assert peak.inputs["mean_service_ms"] == pytest.approx(16.6666667)
    assert peak.inputs["workers_per_replica"] == 1
    assert peak.number("replicas_for_stability") == 21
    assert peak.number("replicas_needed") == 29
    # two zones must hold 29: 15 a zone, 45 in all, 30 left
    assert peak.number("replicas_per_zone") == 15
    assert peak.number("total_replicas") == 45
    assert peak.number("replicas_after_zone_loss") == 30
    # average is a third: 400 / 42 = 9.5 -> 10 -> 5 a zone; twice the peak: 2400 / 42 -> 58 -> 29
    assert average.number("total_replicas") == 15
    assert twice.number("total_replicas") == 87
    # 0.05 % of 2,592,000 s
    assert made.entry("budget").number("downtime_seconds") == pytest.approx(1296)
    # 14.4 x 0.05 % = 0.72 %; a total outage burns 0.72 % of an hour: 25.92 s
    assert made.entry("alerts").number("alerts[0].error_ratio_threshold") == pytest.approx(0.0072)
    assert made.outage_alert == 0
    assert made.entry("detection").number("detection_seconds") == pytest.approx(25.92)
    # blue-green: 25.92 + (60 + 60 + 30) + 0 (automatic) + (5 + 30) + 60 = 270.92 s
    assert made.choice.strategy == "Blue-Green"
    assert made.entry("recovery").number("rto_seconds") == pytest.approx(270.92)
    assert made.entry("recovery").number("rto_minutes") == pytest.approx(4.5153333)
    assert made.entry("recovery").outputs["meets_target"] is True
    # a tenth of the requests fails: 259.2 s until the alert, so 504.2 s in all
    assert made.entry("recovery_gray").number("rto_seconds") == pytest.approx(504.2)
    # the old colour stays at least until a gray fault is rolled back
    assert made.entry("blue_green").inputs["scale_down_delay_seconds"] == pytest.approx(504.2)
    # 45 x (0.5 x 0.04048 + 2 x 0.004445) x 730 h
    assert made.entry("cost").number("monthly_cost") == pytest.approx(45 * 0.02913 * 730)
    # three zones of 15 behind a load balancer of 99.99 %: the balancer is all that counts
    reached = made.entry("availability").number("availability_percent")
    assert reached == pytest.approx(99.99, abs=0.0005)
    assert made.entry("availability").inputs["replicas_per_zone"] == [15, 15, 15]


def test_monolith_by_hand() -> None:
    """50 rps on average, 200 ms, one request at a time, 99.5 %: one zone."""
    made = planned("monolith")
    # peak 150 rps x 0.2 s = 30 busy, / 0.7 = 42.9 -> 43; one zone, none may fail
    assert made.profile.number("peak_rps") == 150
    assert made.profile.number("zones") == 1
    assert (made.topology.zones, made.topology.failures) == (1, 0)
    assert made.entry("peak").number("replicas_for_stability") == 31
    assert made.entry("peak").number("total_replicas") == 43
    assert made.entry("average").number("total_replicas") == 15  # 10 / 0.7 = 14.3
    assert made.entry("twice").number("total_replicas") == 86  # 60 / 0.7 = 85.7
    assert made.entry("budget").number("downtime_minutes") == pytest.approx(216)
    # rolling at 25 %: surge ceil(10.75) = 11, unavailable floor(10.75) = 10; ceil(43 / 21) = 3
    assert made.entry("fenceposts").outputs["surge"] == 11
    assert made.entry("fenceposts").outputs["unavailable"] == 10
    assert made.entry("rolling").outputs["waves"] == 3
    assert made.entry("rolling").number("duration_seconds") == pytest.approx(90)
    # 3600 x 14.4 x 0.5 % = 259.2 s; 15 + 15 + 30; the waves; 60
    assert made.entry("recovery").number("rto_seconds") == pytest.approx(259.2 + 60 + 90 + 60)
    # a sample sees 10 % against 0.5 %
    assert made.entry("sample").inputs["degraded_rate"] == 0.1
    # 43 x 0.02913 x 730, plus the surge of 20 deploys
    cost = made.entry("cost")
    assert cost.number("monthly_cost") == pytest.approx(43 * 0.02913 * 730)
    assert cost.number("total_monthly_cost") > cost.number("monthly_cost")


def test_batch_by_hand() -> None:
    """5,256,000 requests a month on Tomcat's 200 threads; 100 GiB restored at 50 MiB/s."""
    made = planned("batch")
    assert made.profile.number("average_rps") == pytest.approx(2)  # / 2,628,000 s
    assert made.profile.number("peak_rps") == pytest.approx(6)
    assert made.profile.number("service_ms") == pytest.approx(100)  # 460.517 / ln 100
    assert made.profile.number("workers") == 200
    assert made.profile.number("startup_seconds") == 60  # a JVM
    # 0.6 busy of 200: one replica is enough, three zones with one to lose: 1 a zone
    assert made.entry("peak").number("replicas_needed") == 1
    assert made.entry("peak").number("total_replicas") == 3
    assert made.entry("budget").number("downtime_seconds") == pytest.approx(2592)  # 99.9 %
    # 100 x 1024 / 50 = 2048 s; the provider's five minutes
    assert made.entry("data").number("restore_seconds") == pytest.approx(2048)
    assert made.entry("data").number("rpo_minutes") == pytest.approx(5)
    # the sample of a step: p1 0.001, p2 0.1, one-sided 5 %, power 80 %, equal groups
    p1, p2, za, zb = 0.001, 0.1, 1.6448536, 0.8416212
    bar = (p1 + p2) / 2
    root = za * math.sqrt(2 * bar * (1 - bar)) + zb * math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    samples = math.ceil(root**2 / (p2 - p1) ** 2)
    assert made.entry("sample").number("canary_samples") == samples == 60
    # at 2 rps and 10 %: 60 / 0.2 = 300 s, which is the least step too
    assert made.entry("bake").outputs["step_seconds"] == [300, 300, 300]
    assert made.entry("bake").number("total_seconds") == pytest.approx(900)


def test_an_event_loop_is_busy_for_a_quarter_of_the_service_time() -> None:
    made = plan(SystemProfile(facts(framework="express", p99_ms=400.0, peak_rps=100.0)))
    busy = made.entry("peak").inputs["mean_service_ms"]
    assert busy == pytest.approx(400 / math.log(100) / 4)
    assert "a quarter" in made.entry("peak").provenance["mean_service_ms"].where
    # 2.17 busy / 0.7 = 3.1 -> 4 -> 2 a zone
    assert made.entry("peak").number("total_replicas") == 6


def test_a_stated_number_of_replicas_is_taken_and_spread() -> None:
    made = planned("edge")
    assert made.topology.stated
    assert made.topology.per_zone == (3, 2, 2)
    entry = made.entry("availability")
    assert entry.inputs["replicas_per_zone"] == [3, 2, 2]
    assert entry.provenance["replicas_per_zone"].origin == "user"
    assert made.entry("fenceposts").inputs["replicas"] == 7


def test_more_replicas_a_zone_than_can_be_enumerated_are_grouped() -> None:
    entry = planned("huge").entry("availability")
    assert "in groups of" in entry.provenance["replicas_per_zone"].where
    assert max(entry.inputs["replicas_per_zone"]) <= 600  # type: ignore[type-var]
    assert 99.98 < entry.number("availability_percent") <= 100


def test_a_target_is_held_against_every_recovery() -> None:
    met = with_more("checkout", rto_minutes=15.0)
    missed = with_more("checkout", rto_minutes=5.0)
    assert met.entry("recovery").outputs["meets_target"] is True
    assert missed.entry("recovery").outputs["meets_target"] is True  # 4.5 min
    assert missed.entry("recovery_gray").outputs["meets_target"] is False  # 8.4 min
    assert missed.entry("recovery").provenance["rto_target_minutes"].origin == "user"
    assert "rto_target_minutes" not in with_more("empty").entry("recovery").inputs


def test_a_canary_has_a_recovery_at_its_first_weight() -> None:
    made = planned("batch")
    assert made.entry("recovery_first").inputs["canary_weight_percent"] == 10
    assert made.entry("recovery").inputs["canary_weight_percent"] == 50
    assert not planned("checkout").has("recovery_first")


def test_backups_make_the_recovery_point() -> None:
    data = planned("edge").entry("data")
    assert data.inputs["backup_interval_minutes"] == 15
    assert data.number("rpo_minutes") >= 15
    assert "data_gib" not in planned("checkout").profile
    assert not planned("checkout").has("data")  # no size, no restore time


def test_a_gray_fault_that_no_alert_sees_has_no_recovery() -> None:
    made = with_more("empty", bad_error_ratio=0.0005)
    assert made.gray_alert is None
    assert not made.has("recovery_gray")
    assert made.outage_alert == 0
    # the sample looks for twice the budget then
    assert made.entry("sample").inputs["degraded_rate"] == pytest.approx(0.002)


def test_deploys_a_week_are_counted_a_month() -> None:
    made = planned("recreate").entry("cost")
    assert made.inputs["deploys_per_month"] == pytest.approx(2 * 4.345)
    assert planned("empty").entry("cost").inputs["deploys_per_month"] == 20


def test_an_absurd_load_is_refused_with_the_arithmetic() -> None:
    says = f"needs 2.86e.08 replicas, more than {MAX_REPLICAS:,}"
    with pytest.raises(UserError, match=says) as raised:
        plan(SystemProfile(facts(peak_rps=1e9)))  # 2e9 x 0.1 s / 0.7
    assert raised.value.where == "peak_rps 1000000000.0"
    assert raised.value.fix
    # twice 300,000 rps x 0.1 s / 0.7 = 85,714.3; three zones of which two hold them
    made = plan(SystemProfile(facts(peak_rps=300_000.0)))
    assert made.entry("twice").number("total_replicas") == 3 * math.ceil(85_715 / 2)
