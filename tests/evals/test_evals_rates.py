"""The arithmetic of runs against other people's: statsmodels, scipy, and plain counting."""

from __future__ import annotations

from itertools import combinations

import pytest
from scipy.stats import binomtest
from statsmodels.stats.contingency_tables import mcnemar as reference_mcnemar
from statsmodels.stats.proportion import proportion_confint

from devops_exe.evals.rates import mcnemar, mean, pass_all, pass_at, wilson


@pytest.mark.parametrize(
    ("passed", "total"), [(0, 5), (1, 7), (8, 10), (95, 100), (160, 166), (4, 4)]
)
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_wilson_is_statsmodels(passed, total, confidence):
    wanted = proportion_confint(passed, total, alpha=1 - confidence, method="wilson")
    assert wilson(passed, total, confidence) == pytest.approx(wanted, abs=1e-12)


def test_nothing_known_is_every_proportion():
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize("lost", range(9))
@pytest.mark.parametrize("won", range(6))
def test_mcnemar_is_exact(lost, won):
    table = [[11, lost], [won, 3]]
    assert mcnemar(lost, won) == pytest.approx(reference_mcnemar(table, exact=True).pvalue)
    if lost + won:
        wanted = binomtest(lost, lost + won, 0.5).pvalue
        assert mcnemar(lost, won) == pytest.approx(wanted)


@pytest.mark.parametrize(("passed", "total"), [(0, 3), (1, 3), (2, 5), (4, 5), (5, 5)])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_pass_at_k_and_pass_all_k_count_every_choice(passed, total, k):
    trials = [number < passed for number in range(total)]
    chosen = list(combinations(trials, k))
    assert pass_at(k, passed, total) == pytest.approx(mean([any(one) for one in chosen]))
    assert pass_all(k, passed, total) == pytest.approx(mean([all(one) for one in chosen]))


def test_more_trials_than_there_are_are_all_there_are():
    assert pass_at(9, 1, 2) == 1.0
    assert pass_all(9, 1, 2) == 0.0
