"""From a profile to a sealed dossier: what stands beside the document."""

from __future__ import annotations

import json

import pytest
from finding_cases import TIME, profile

from devops_exe.assess.profile import Conflict, Fact, SystemProfile
from devops_exe.blueprint.compose import MOST_QUESTIONS, compose, compose_plan
from devops_exe.blueprint.fill import fill
from devops_exe.blueprint.finding import Finding
from devops_exe.blueprint.model import PARTS, STRATEGIES, Kind
from devops_exe.blueprint.quote import mark
from devops_exe.design.plan import plan

KINDS: tuple[Kind, ...] = tuple(PARTS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_request_gives_the_same_dossier(kind: Kind) -> None:
    one, other = (compose(kind, profile(), TIME) for _ in range(2))
    assert one == other
    assert one.kind == kind
    assert one.blueprint.header.time == TIME


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_said_still_gives_a_whole_document(kind: Kind) -> None:
    made = compose(kind, SystemProfile(), TIME)
    assert made.healthy
    assert made.blueprint.header.system == "unnamed system"
    assert made.blueprint.header.platform == "Kubernetes"
    if made.blueprint.overview is not None:
        assert made.blueprint.overview.platform == "not chosen"
    assert {one.field for one in made.assumptions} >= {"platform", "peak_rps", "slo_percent"}


def test_commands_belong_to_what_rolls_back() -> None:
    with_commands = {kind for kind in KINDS if compose(kind, profile(), TIME).commands}
    assert with_commands == {"devops", "deploy", "rollback"}
    for command in compose("rollback", profile(), TIME).commands:
        assert all(command.as_json().values())


def test_only_the_deployment_plan_has_the_strategy_table() -> None:
    deploy = compose("deploy", profile(strategy="Canary", zero_downtime=True), TIME).blueprint
    assert deploy.strategy is not None
    rows = deploy.strategy.table
    assert [row.strategy.removeprefix("→ ") for row in rows] == list(STRATEGIES)
    assert [row.strategy for row in rows if row.strategy.startswith("→ ")] == ["→ Canary"]
    recreate = rows[3]
    assert recreate.use_case.startswith("Simple apps (excluded: ")
    assert "downtime" in recreate.use_case
    for row in rows:
        band, share, sign = row.risk_level.split()
        assert band in {"Low", "Medium", "High"}
        assert float(share.replace(",", "")) >= 0
        assert sign == "%"
    devops = compose("devops", profile(), TIME).blueprint
    assert devops.strategy is not None
    assert devops.strategy.table == ()


def test_questions_are_few_and_only_about_what_nobody_said() -> None:
    asked = compose("devops", SystemProfile(), TIME).questions
    assert 1 <= len(asked) <= MOST_QUESTIONS
    assert asked[0].startswith("How many requests a second at peak")
    said = profile(zone_availability=0.9995)
    assert compose("devops", said, TIME).questions == ()
    more = compose("devops", profile(zero_downtime=True, data_gib=10.0), TIME).questions
    assert more[0].startswith("At how many MiB a second")
    assert any("schema" in one for one in more)
    answered = profile(
        zero_downtime=True, data_gib=10.0, restore_mib_per_second=50.0, schema_change="none",
        zone_availability=0.9995,
    )  # fmt: skip
    assert compose("devops", answered, TIME).questions == ()


def test_notes_say_what_was_lost_or_not_used() -> None:
    kept, lost = Fact(99.9, "user", "99.9 %"), Fact(99.0, "repository", "slo.yaml:3")
    said = profile()
    read = SystemProfile(
        said.facts, (Conflict("slo_percent", kept, lost),), ("blue cheese",), ("a note",)
    )
    notes = compose("rollback", read, TIME).notes
    assert notes[0] == "a note"
    assert "not used: blue cheese" in notes
    assert "slo_percent: 99.9 (99.9 %) holds, 99.0 (slo.yaml:3) does not" in notes
    assert any("no version was named" in note for note in notes)
    named = compose("rollback", profile(version="v1.2.3"), TIME).notes
    assert not any("no version was named" in note for note in named)


def test_notes_say_who_chose_the_strategy_when_it_was_not_the_first() -> None:
    platform = compose("deploy", profile(orchestrator="compose", spare_capacity_percent=0.0), TIME)
    assert any("first of the ranking that this platform can do" in n for n in platform.notes)
    none = compose(
        "deploy",
        profile(zero_downtime=True, schema_change="incompatible", exclusive_volume=True),
        TIME,
    )
    assert any(n.startswith("no strategy is eligible") for n in none.notes)
    assert "strategy_excluded" in {f.code for f in none.findings}


def test_a_stated_number_of_replicas_is_printed_beside_the_computed_one() -> None:
    made = compose("scale", profile(replicas=50), TIME).blueprint
    assert made.infrastructure is not None
    assert made.infrastructure[0].config.startswith(
        "50 pods, 45 computed for the peak, now 50 pods"
    )
    assert made.scaling is not None
    assert "now 50, 45 at peak, 30 with one zone lost" in made.scaling[2].target


def test_one_replica_is_one_pod() -> None:
    made = compose("devops", profile(peak_rps=1.0, zones=1), TIME).blueprint
    assert made.environments is not None
    assert "1 pod in one zone" in made.environments[2].infra


def test_environments_of_the_user_stand_between_development_and_staging() -> None:
    made = compose("devops", profile(environments=("production", "qa", "uat")), TIME).blueprint
    assert made.environments is not None
    names = [row.environment for row in made.environments]
    assert names == ["Development", "QA", "UAT", "Staging", "Production"]
    assert made.overview is not None
    assert made.overview.environments == 5


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"datastores": ("postgresql",)}, "RPO 5 min by the provider's documentation"),
        ({"datastores": ("mysql",), "provider": "hetzner"}, "to be set up for an RPO of 5 min"),
        ({"datastores": ("postgresql",), "backup_interval_minutes": 60.0}, "a backup every 1 h"),
        ({"datastores": ("postgresql",), "data_gib": 100.0, "restore_mib_per_second": 50.0},
         "restore RTO 34.1 min, RPO 5 min"),
        ({}, "nothing to restore"),
        ({"datastores": ("sqlite",)}, "one writer only"),
    ],
)  # fmt: skip
def test_what_is_said_of_the_data(values: dict[str, object], words: str) -> None:
    made = compose("scale", profile(**values), TIME).blueprint
    assert made.infrastructure is not None
    assert words in made.infrastructure[1].config


@pytest.mark.parametrize(
    ("slo", "printed"),
    [(99.0, "99 %"), (99.95, "99.95 %"), (99.995, "99.995 %"), (99.999, "99.999 %")],
)
def test_nines_are_never_rounded_away(slo: float, printed: str) -> None:
    made = compose("devops", profile(slo_percent=slo), TIME)
    assert made.blueprint.environments is not None
    assert f"objective {printed} over 30 d" in made.blueprint.environments[2].purpose
    assert "unsupported_figure" not in {f.code for f in made.findings}


def test_what_a_rollback_by_hand_says() -> None:
    made = compose("devops", profile(automated_rollback=False), TIME).blueprint
    assert made.pipeline is not None
    assert "rolls back by hand" in made.pipeline.verify[1]
    assert "automatic" not in made.pipeline.verify[1]


def test_the_json_face_of_the_document_carries_its_references() -> None:
    made = compose("devops", profile(), TIME)
    raw = json.loads(json.dumps(made.document()))
    for section, field in (("overview", "reliability"), ("rollback", "rto"),
                           ("strategy", "traffic_old"), ("strategy", "traffic_new")):  # fmt: skip
        figure = raw[section][field]
        assert set(figure) == {"value", "text", "unit", "ledger"}
        assert figure["ledger"] == made.figures[f"{section}.{field}"][0]


def test_an_error_blocks_and_a_warning_does_not() -> None:
    warned = compose("devops", profile(budget_usd_month=100.0), TIME)
    assert [f.severity for f in warned.findings] == ["warning"]
    assert warned.healthy
    blocked = compose("devops", profile(rto_minutes=1.0), TIME)
    assert not blocked.healthy
    assert blocked.with_findings(()).healthy
    added = blocked.with_findings((Finding("x", "warning", "p", "m", "f"),))
    assert added.healthy


def test_old_and_new_make_a_hundred_at_printed_precision() -> None:
    def look_up(reference: str) -> float:
        return {"L1.old": 66.6666, "L1.new": 33.3333, "L1.rto": 4.0}[reference]

    document = {
        "header": {"system": "a", "platform": "b", "time": "c"},
        "footer": "",
        "strategy": {
            "type": "Rolling", "rollout": "r", "health_checks": "h", "rollback_trigger": "t",
            "traffic_old": mark("L1.old", "tenth"), "traffic_new": mark("L1.new", "tenth"),
        },
    }  # fmt: skip
    filled = fill(document, look_up)
    assert filled.blueprint.strategy is not None
    assert filled.blueprint.strategy.traffic_new.text == "33.3"
    assert filled.blueprint.strategy.traffic_old.text == "66.7"
    assert filled.figures == {
        "strategy.traffic_old": ("L1.old",),
        "strategy.traffic_new": ("L1.new",),
    }


def test_what_a_document_quotes_of_the_profile_is_listed_as_assumed() -> None:
    made = compose_plan("scale", plan(profile(datastores=("postgresql",))), TIME)
    listed = {one.field for one in made.assumptions}
    assert {"pool_size", "recovery_point_minutes", "downscale_stabilization_seconds"} <= listed
    assert "peak_rps" not in listed
