"""A document that contradicts its own strategy, and a rollback that the schema forbids."""

from __future__ import annotations

from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose

WHEN = "2026-11-24T12:00:00+00:00"


def written(words, **prose):
    return compose("devops", read_words(words), WHEN, prose)


def test_a_deploy_step_that_names_another_strategy_beside_the_chosen_one_is_an_error():
    line = "shop on EKS, 1200 rps, 99.9 %"
    mixed = {"pipeline.deploy[1]": "Blue-Green, with Recreate on failure"}
    dossier = compose("devops", read_words(line), WHEN, mixed)
    found = [f for f in dossier.findings if f.code == "deploy_step_disagrees"]
    assert [f.path for f in found] == ["pipeline.deploy"]
    assert "Recreate" in found[0].message
    assert not [f for f in written(line).findings if f.code == "deploy_step_disagrees"]


def test_an_incompatible_schema_forbids_the_plain_rollback():
    steps = written("shop on EKS, breaking schema migration, recreate").blueprint.rollback.steps
    assert "no plain rollback" in steps[0]
    assert any(step.startswith("Expand the schema again") for step in steps)
    plain = written("shop on EKS, recreate").blueprint.rollback.steps
    assert "reads the present schema" in plain[0]
    assert len(plain) == len(steps) - 1
