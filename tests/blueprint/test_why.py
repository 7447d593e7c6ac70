from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from devops_exe.assess.profile import Fact
from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.blueprint.figures import NAMED, ROLES
from devops_exe.blueprint.support import texts
from devops_exe.blueprint.why import book_of, why
from devops_exe.design.ledger import Ledger
from devops_exe.design.plan import plan
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import cells

if TYPE_CHECKING:
    from devops_exe.blueprint.dossier import Dossier

MOCK_UP = "checkout-api on EKS, 1200 rps, one pod does 60 rps, 99.95 %, RTO 15 min"
STRATEGIES = ("blue/green", "canary", "rolling", "recreate", "A/B testing")
PLATFORMS = ("EKS", "ECS", "Cloud Run", "Lambda", "App Service", "Nomad", "VMs", "Docker Compose")


def dossier(words: str, kind: str = "devops") -> Dossier:
    return compose(kind, read_words(words), "2026-01-01T00:00:00Z")  # type: ignore[arg-type]


def line_of(text: str, label: str) -> str:
    """The text behind a label, its continuation lines joined."""
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith(f"  {label} "):
            found = [line[11:].strip()]
        elif found and line.startswith(" " * 11):
            found.append(line.strip())
        elif found:
            break
    return " ".join(found)


def test_the_rto_is_taken_apart_as_printed() -> None:
    text = why(dossier(MOCK_UP), "RTO")
    first = text.splitlines()[0]
    assert first.startswith("RTO 4.5 min = detect 2.9 + decide 0 + act 0.6 + verify 1.0")
    assert first.endswith("target 15 ✓")
    assert cells(first) == 80
    assert line_of(text, "act") == "switch 5 s, propagation 30 s"
    assert "burn rate 14.4 over 1 h, total outage: 25.92 s" in line_of(text, "detect")
    assert "10 % errors are seen after 6.8 min" in line_of(text, "Gray")
    assert "entry L16, calculator rto recovery 1" in line_of(text, "Source")
    assert line_of(text, "Formula") == "detect + decide + act + data + verify"


def test_the_input_that_moves_the_rto_most_is_computed() -> None:
    text = why(dossier(MOCK_UP), "RTO")
    assert "most on the scrape interval: 15 s instead of 60 s saves 0.8 min" in text
    before = plan(read_words(MOCK_UP)).entry("recovery").number("rto_minutes")
    after = plan(read_words(f"{MOCK_UP}, scrape 15 s")).entry("recovery").number("rto_minutes")
    assert before - after == pytest.approx(0.75)


def test_where_the_target_breaks_is_where_it_breaks() -> None:
    text = why(dossier(MOCK_UP), "RTO")
    found = re.search(r"above a scrape interval of ([\d.]+) min", line_of(text, "Breaks"))
    assert found is not None
    # RTO = 4.5153 min with 60 s: the rest of the 15 minutes is the interval's
    assert float(found[1]) * 60 == pytest.approx(60 + (15 - 4.51533) * 60, rel=1e-3)


def test_a_missed_target_says_what_would_meet_it() -> None:
    missed = why(dossier(MOCK_UP.replace("15 min", "4 min")), "RTO")
    assert missed.splitlines()[0].endswith("target 4 ✗")
    found = re.search(r"a scrape interval of at most ([\d.]+) s", line_of(missed, "Breaks"))
    assert found is not None
    assert float(found[1]) == pytest.approx(60 - (4.51533 - 4) * 60, rel=1e-2)


def test_without_a_target_nothing_breaks() -> None:
    text = why(dossier("shop on EKS, 100 rps"), "RTO")
    assert "target" not in text.splitlines()[0]
    assert line_of(text, "Breaks") == ""


def test_each_input_says_whose_it_is_and_how_to_change_it() -> None:
    inputs = line_of(why(dossier(MOCK_UP), "RTO"), "Inputs")
    assert 'objective 99.95 % [you: "99.95 %"]' in inputs
    assert (
        'scrape interval 60 s [default: Prometheus global.scrape_interval; say "scrape 15 s"]'
        in inputs
    )
    assert "burn rate 14.4 [L2.alerts[0].burn_rate: slo burn_alerts]" in inputs


def test_a_fact_of_the_repository_is_quoted_with_its_line() -> None:
    profile = read_words("shop, 100 rps").with_facts(
        {"startup_seconds": Fact(45, "repository", "k8s/deploy.yaml:12")}
    )
    text = why(compose("devops", profile, "2026-01-01T00:00:00Z"), "rolling update")
    assert "start-up 45 s [repository: k8s/deploy.yaml:12]" in line_of(text, "Inputs")


def test_what_has_no_effect_is_set_apart() -> None:
    text = why(dossier(MOCK_UP), "RTO")
    assert "decision 5 min (assumed)" in line_of(text, "Idle")
    assert "decision" not in line_of(text, "Assumed")
    manual = why(dossier(f"{MOCK_UP}, manual rollback"), "RTO")
    assert "decide 5.0" in manual.splitlines()[0]
    assert "most on the decision: 2 min instead of 5 min saves 3.0 min" in line_of(manual, "Turns")


def test_a_canary_names_its_first_weight() -> None:
    text = why(dossier(f"{MOCK_UP}, canary"), "RTO")
    assert "at the first weight of 10 %" in line_of(text, "First")


def test_elasticities_are_difference_quotients() -> None:
    text = line_of(why(dossier(MOCK_UP), "cost"), "Turns")
    one = plan(read_words(f"{MOCK_UP}, 500m CPU")).entry("cost").number("total_monthly_cost")
    two = plan(read_words(f"{MOCK_UP}, 505m CPU")).entry("cost").number("total_monthly_cost")
    assert f"CPU {100 * (two / one - 1):+.2g} %" in text


def test_counts_move_in_steps_of_a_tenth() -> None:
    text = why(dossier(MOCK_UP), "replicas")
    assert text.splitlines()[0].startswith("replicas at peak 45 = 15 a zone × 3 zones")
    more = plan(read_words(MOCK_UP.replace("1200", "1320"))).entry("peak").count("total_replicas")
    assert f"peak {100 * (more / 45 - 1):+.2g} %" in line_of(text, "Turns")
    assert "10 % more of an input" in text


def test_reliability_turns_on_the_shared_part() -> None:
    text = why(dossier(MOCK_UP), "availability")
    assert "availability of Elastic Load Balancing: 99.999 % instead of 99.99 %" in line_of(
        text, "Turns"
    )
    assert "L9.availability" in line_of(text, "Inputs")


def test_the_strategy_is_a_ranking_and_where_it_turns() -> None:
    text = why(dossier(MOCK_UP), "strategy")
    assert "→ Blue-Green: Low, 0.17 % of the budget" in line_of(text, "Ranking")
    assert "another strategy leads below a preview detection of" in line_of(text, "Breaks")
    value = re.search(r"detection of ([\d.]+) %", line_of(text, "Breaks"))
    assert value is not None
    for share, leader in ((1.02, "Blue-Green"), (0.98, "Canary")):
        turned = read_words(MOCK_UP).with_facts(
            {"preview_detection": Fact(float(value[1]) / 100 * share, "user", "test")}
        )
        assert plan(turned).choice.strategy == leader


def test_stated_replicas_are_a_fact_with_what_uses_it() -> None:
    text = why(dossier("shop on EKS, 100 rps, 6 replicas"), "replicas")
    assert text.splitlines()[0] == "replicas 6 (replicas)"
    assert 'you said "6 replicas"' in text
    assert "availability zones" in line_of(text, "Used by")


def test_an_assumed_input_names_the_words_that_state_it() -> None:
    text = why(dossier("shop on EKS, 100 rps"), "startup")
    assert line_of(text, "From").startswith("assumed: ours")
    assert line_of(text, "Say") == '"starts in 45 s"'
    assert why(dossier("shop on EKS, 100 rps"), "startup_seconds") == text


@pytest.mark.parametrize("words", ["why is the RTO 4.5?", "rto", "  Recovery   Time ", "the MTTR"])
def test_people_name_figures_in_their_own_way(words: str) -> None:
    assert why(dossier(MOCK_UP), words).startswith("RTO 4.5 min")


def test_references_and_paths_lead_to_the_same_figure() -> None:
    document = dossier(MOCK_UP)
    expected = why(document, "RTO")
    for words in ("L16", "l16", "L16.rto_minutes", "rollback.rto"):
        assert why(document, words) == expected


def test_a_field_of_text_lists_its_figures() -> None:
    text = why(dossier(MOCK_UP), "strategy.health_checks")
    assert "probe period 10 s: probe_period_seconds" in text
    text = why(dossier(MOCK_UP), "rollback.trigger")
    assert "alert threshold 0.72 %" in text
    assert "burn rate 14.4" in text


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("relability", "unknown_figure", "did you mean reliability?"),
        ("flux capacitor", "unknown_figure", "ask for RTO"),
        ("", "bad_input", "ask for RTO"),
        ("L99", "unknown_reference", "its entries are L1"),
        ("L1.nothing", "unknown_reference", "its outputs are"),
        ("rollback.nothing", "unknown_figure", "its fields with figures are"),
        ("first weight", "unknown_figure", "its strategy is Blue-Green"),
        ("restore", "unknown_figure", "state data_gib and restore_mib_per_second"),
    ],
)
def test_what_cannot_be_explained_is_refused_with_what_can(
    words: str, code: str, says: str
) -> None:
    with pytest.raises(UserError) as caught:
        why(dossier(MOCK_UP), words)
    assert caught.value.code == code
    assert says in f"{caught.value.message} {caught.value.fix}"


FULL = (
    "300 rps, p99 200 ms, 99.9 %, RTO 20 min, RPO 10 min, postgres, 500 GiB of data, "
    "restore 200 MiB/s, $4k/month"
)


def check_lines(document: Dossier, words: str) -> None:
    text = why(document, words)
    assert "\n" in text, words
    for line in text.splitlines():
        assert cells(line) <= 80, (words, line)
        assert "None" not in line, (words, line)
        assert not re.search(r"\{[a-z]", line), (words, line)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_named_figure_of_every_strategy_can_be_explained(strategy: str) -> None:
    document = dossier(f"shop on EKS, {FULL}, {strategy}")
    ids = book_of(document).ids
    for named in NAMED:
        if any(place.role in ids for place in named.places) or named.name == "rollout":
            check_lines(document, named.name)
    for reference in sorted(set(itertools.chain.from_iterable(document.figures.values())))[::3]:
        check_lines(document, reference)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_field_of_every_platform_can_be_explained(platform: str) -> None:
    document = dossier(f"shop on {platform}, {FULL}")
    paths = [path for path, _ in texts(document.blueprint) if path not in document.figures]
    for path in (*list(document.figures)[::2], *paths[::5], "overview.environments", "footer"):
        check_lines(document, path)


@pytest.mark.parametrize("kind", ["deploy", "rollback", "scale", "pipeline"])
def test_a_part_explains_its_figures_too(kind: str) -> None:
    document = dossier(MOCK_UP, kind)
    for path in document.figures:
        assert why(document, path).startswith(path) or path == "rollback.rto" or "traffic" in path


def test_every_role_of_a_plan_has_a_name() -> None:
    for strategy in STRATEGIES:
        assert set(plan(read_words(f"{MOCK_UP}, {strategy}")).ids) <= set(ROLES)


def test_a_dossier_from_a_file_is_planned_again() -> None:
    document = dossier(MOCK_UP)
    assert why(replace(document, plan=None), "RTO") == why(document, "RTO")


def test_a_ledger_of_other_calculators_is_quoted_but_not_turned() -> None:
    document = dossier(MOCK_UP)
    entries = list(document.ledger)
    last = entries[15]
    entries[15] = replace(last, outputs={**last.outputs, "rto_minutes": 7.0})
    text = why(replace(document, plan=None, ledger=Ledger(tuple(entries))), "RTO")
    assert text.startswith("RTO 7.0 min")
    assert "not computed: the calculators have changed" in text


def test_hostile_words_steer_no_terminal_and_break_no_line() -> None:
    profile = read_words("shop, 100 rps").with_facts(
        {"startup_seconds": Fact(45, "user", "\x1b]0;x\x07" + "瓦" * 90 + " " + "y" * 200)}
    )
    text = why(compose("devops", profile, "2026-01-01T00:00:00Z"), "rolling update")
    assert "\x1b" not in text
    assert all(cells(line) <= 80 for line in text.splitlines())
