"""What an engine may write, where, and how its figures get in."""

from __future__ import annotations

import copy

import pytest
from finding_cases import TIME, dossier, profile
from pydantic import ValidationError

from devops_exe.blueprint.compose import compose, compose_plan
from devops_exe.blueprint.draft import Context, draft
from devops_exe.blueprint.prose import WRITABLE, put, style_of, written
from devops_exe.blueprint.quote import STYLES, mark, marks, parts_of, plain, resolve
from devops_exe.design.plan import plan
from devops_exe.ground.errors import UserError


@pytest.fixture
def document() -> dict[str, object]:
    return draft(Context(plan(profile()), "devops"), TIME)


PLACES = {
    "environments[N].purpose": "environments[2].purpose",
    "environments[N].infra": "environments[0].infra",
    "pipeline.code_push[N]": "pipeline.code_push[0]",
    "pipeline.build[N]": "pipeline.build[1]",
    "pipeline.test[N]": "pipeline.test[0]",
    "pipeline.deploy[N]": "pipeline.deploy[0]",
    "pipeline.verify[N]": "pipeline.verify[1]",
    "strategy.health_checks": "strategy.health_checks",
    "infrastructure[N].solution": "infrastructure[0].solution",
    "infrastructure[N].config": "infrastructure[3].config",
    "rollback.steps[N]": "rollback.steps[2]",
    "scaling[N].trigger": "scaling[0].trigger",
    "scaling[N].target": "scaling[2].target",
    "monitoring.health_metrics[N]": "monitoring.health_metrics[0]",
    "monitoring.performance_metrics[N]": "monitoring.performance_metrics[0]",
    "monitoring.alerts[N]": "monitoring.alerts[0]",
}


def at(document: object, path: str) -> object:
    found = document
    for step in path.replace("[", ".[").split("."):
        key: object = int(step[1:-1]) if step.startswith("[") else step
        found = found[key]  # type: ignore[index]
    return found


@pytest.mark.parametrize("form", WRITABLE)
def test_a_writable_field_is_written_and_nothing_else(
    document: dict[str, object], form: str
) -> None:
    before = copy.deepcopy(document)
    path = PLACES[form]
    changed = put(document, {path: "in my own words"})
    assert at(changed, path) == "in my own words"
    assert document == before  # the draft itself stays
    assert at(before, path) != "in my own words"
    restored = put(changed, {path: str(at(before, path))})
    assert restored == before


@pytest.mark.parametrize(
    "path",
    [
        "header.system", "header.platform", "header.time", "footer", "overview.status",
        "overview.reliability", "overview.environments", "environments[0].environment",
        "strategy.type", "strategy.rollout", "strategy.rollback_trigger", "strategy.traffic_old",
        "strategy.traffic_new", "strategy.table[0].risk_level", "infrastructure[0].component",
        "rollback.trigger", "rollback.rto", "scaling[0].dimension", "pipeline.sixth[0]",
        "pipeline.test", "rollback.steps", "", ".", "[0]", "__class__", "rollback.steps[-1]",
        "rollback.steps[0].x", "monitoring.alerts[0][0]", "rollback..steps[0]", "rollback.steps[x]",
        "rollback.steps[0]\n",
    ],
)  # fmt: skip
def test_what_is_the_plans_cannot_be_written(document: dict[str, object], path: str) -> None:
    with pytest.raises(UserError) as raised:
        put(document, {path: "mine"})
    assert raised.value.code == "unknown_path"
    assert raised.value.fix


@pytest.mark.parametrize(
    "path", ["rollback.steps[99]", "environments[9].purpose", "scaling[3].target"]
)
def test_a_row_that_is_not_there(document: dict[str, object], path: str) -> None:
    with pytest.raises(UserError, match="has no"):
        put(document, {path: "mine"})


def test_a_section_that_the_part_does_not_have() -> None:
    part = draft(Context(plan(profile()), "rollback"), TIME)
    with pytest.raises(UserError, match="has no"):
        put(part, {"monitoring.alerts[0]": "mine"})


def test_a_line_may_be_added_at_the_end_up_to_twenty(document: dict[str, object]) -> None:
    for number in range(5, 20):
        document = put(document, {f"rollback.steps[{number}]": f"step {number}"})
    assert len(at(document, "rollback.steps")) == 20  # type: ignore[arg-type]
    with pytest.raises(UserError):
        put(document, {"rollback.steps[20]": "one too many"})


# -- texts with marks --------------------------------------------------------------------------


def test_written_joins_texts_and_figures() -> None:
    text = written(["RTO ", {"figure": "L3.rto_minutes"}, " minutes"], "x")
    assert text == "RTO " + mark("L3.rto_minutes", "minutes") + " minutes"
    assert marks(text) == ("L3.rto_minutes",)
    assert parts_of(text) == [
        "RTO ", {"figure": "L3.rto_minutes", "style": "minutes"}, " minutes",
    ]  # fmt: skip
    assert written("plain", "x") == "plain"
    assert written([], "x") == ""
    assert written([{"figure": "L1.x", "style": "count"}], "x") == mark("L1.x", "count")


@pytest.mark.parametrize(
    "parts", [5, None, {"figure": "L1.x"}, [5], [None], [{}], [{"figure": 5}], [["nested"]], b"raw"]
)
def test_what_is_neither_text_nor_figures(parts: object) -> None:
    with pytest.raises(UserError) as raised:
        written(parts, "rollback.steps[0]")
    assert raised.value.where == "rollback.steps[0]"
    assert raised.value.code == "invalid_input"


def test_an_engine_cannot_smuggle_a_mark_or_a_control_character() -> None:
    forged = mark("L1.downtime_minutes", "number")
    text = written([f"a{forged}b", "\x1b[31mred\x07"], "x")
    assert marks(text) == ()
    assert "\x1b" not in text
    assert "\x07" not in text
    assert plain(forged) == "L1.downtime_minutesnumber"


@pytest.mark.parametrize(
    ("reference", "style"),
    [
        ("L3.rto_seconds", "duration"),
        ("L3.rto_minutes", "minutes"),
        ("L2.alerts[0].error_ratio_threshold", "ratio"),
        ("L1.error_budget_fraction", "ratio"),
        ("L9.availability_percent", "percent"),
        ("L9.risk_percent_of_budget", "risk"),
        ("L4.utilization_normal", "number"),
        ("profile:target_utilization", "ratio"),
        ("L5.total_monthly_cost", "money"),
        ("L5.surge_cost_per_month", "money"),
        ("L4.total_replicas", "number"),
        ("L7.step_seconds[0]", "duration"),
        ("L7.weights_percent[2]", "percent"),
    ],
)
def test_the_style_of_an_output_follows_its_name(reference: str, style: str) -> None:
    assert style_of(reference) == style
    assert style in STYLES


@pytest.mark.parametrize(
    ("value", "style"),
    [("text", "number"), (True, "number"), (None, "count"), ([1.0], "number"), (1.0, "sideways"),
     (1.0, ""), (1.0, "text")],
)  # fmt: skip
def test_a_value_that_does_not_fit_its_style(value: object, style: str) -> None:
    with pytest.raises(UserError) as raised:
        resolve(mark("L1.x", style), lambda _: value)
    assert raised.value.code == "unknown_reference"


# -- into a document ---------------------------------------------------------------------------


def test_a_written_figure_is_printed_and_traced() -> None:
    step = written(["Act within ", {"figure": "L16.rto_minutes"}, " minutes"], "x")
    made = compose_plan("rollback", plan(profile()), TIME, {"rollback.steps[2]": step})
    assert made.blueprint.rollback is not None
    value = made.ledger.entry("L16").number("rto_minutes")
    assert made.blueprint.rollback.steps[2] == f"Act within {value:.1f} minutes"
    assert made.figures["rollback.steps[2]"] == ("L16.rto_minutes",)
    assert "unsupported_figure" not in {f.code for f in made.findings}


def test_a_typed_figure_blocks_the_document() -> None:
    made = compose("rollback", profile(), TIME, {"rollback.steps[2]": "Act within 3 minutes"})
    assert "unsupported_figure" in {f.code for f in made.findings}
    assert made.blueprint.footer.startswith("● Pipeline Blocked")


@pytest.mark.parametrize("reference", ["L99.x", "L1.no_such", "profile:no_such", "nonsense", ""])
def test_a_figure_of_nothing_is_refused(reference: str) -> None:
    text = mark(reference, "number")
    with pytest.raises(UserError) as raised:
        compose("rollback", profile(), TIME, {"rollback.steps[2]": text})
    assert raised.value.code == "unknown_reference"


def test_words_change_neither_figures_nor_the_decision() -> None:
    said = {PLACES[form]: "other words over 1 h" for form in WRITABLE}
    mine = compose("devops", profile(), TIME, said)
    theirs = compose("devops", profile(), TIME)
    for name in ("overview", "strategy", "rollback"):
        for field in ("reliability", "environments", "traffic_old", "traffic_new", "rto", "type",
                      "rollout", "rollback_trigger", "trigger"):  # fmt: skip
            ours, others = getattr(mine.blueprint, name), getattr(theirs.blueprint, name)
            assert getattr(ours, field, None) == getattr(others, field, None)
    assert mine.ledger == theirs.ledger
    assert mine.plan is not None
    assert theirs.plan is not None
    assert mine.plan.choice == theirs.plan.choice


def test_a_newline_in_a_cell_is_refused_and_in_a_line_is_a_blank() -> None:
    made = compose("rollback", profile(), TIME, {"rollback.steps[1]": "page\n\nand freeze"})
    assert made.blueprint.rollback is not None
    assert made.blueprint.rollback.steps[1] == "page and freeze"
    with pytest.raises(ValidationError, match="newline"):
        compose("scale", profile(), TIME, {"scaling[0].target": "a\nb"})


def test_an_empty_text_is_a_finding() -> None:
    made = compose("rollback", profile(), TIME, {"rollback.steps[1]": " "})
    assert ("placeholder", "rollback.steps[1]") in {(f.code, f.path) for f in made.findings}


def test_the_sample_of_the_cases_is_healthy() -> None:
    assert dossier().healthy
