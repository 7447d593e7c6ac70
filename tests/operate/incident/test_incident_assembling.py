"""One incident of what was read: order, likely change, cost, severity, message, review."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.operate.incident.assembling import assemble, joined
from devops_exe.operate.incident.keeping import keep, kept, rollback_events
from devops_exe.operate.incident.model import Burn, Event, Facts, Incident, Share
from devops_exe.operate.incident.review import parts, review_text
from devops_exe.operate.incident.telling import incident_json, incident_text, status_message
from devops_exe.operate.incident.words import read_text, table

if TYPE_CHECKING:
    from devops_exe.blueprint.dossier import Dossier

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
TEXT = """\
14:02 UTC deployed v1.5.0 to production
14:05 alert fired: burn rate
14:06 5xx errors at 12 %
14:09 decided to roll back, @alice
14:10 rollback started
14:12 rolled back to v1.4.2
14:20 error rate back to normal
"""
WORDS = (
    "v1.4.2 from v1.5.0 checkout-api on EKS, rolling, 600 rps, one pod does 60 rps, 99.95 %, "
    "GitHub Actions"
)


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    return compose("rollback", read_words(WORDS), "2026-11-24T10:00:00+00:00")


def at(clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def of(text: str, dossier: Dossier | None, now: datetime = NOW) -> Incident:
    return assemble(read_text(text, now), dossier, now)


def test_the_budget_burnt_is_share_times_time_over_the_budget(dossier: Dossier) -> None:
    found = of(TEXT, dossier)
    assert (found.began, found.ended) == (at("14:05"), at("14:20"))
    assert found.burn is not None
    # by hand: 15 min at 12 % are 1.8 min; 99.95 % over 30 days allows 21.6 min
    assert found.burn.full_outage_seconds == pytest.approx(108)
    assert found.burn.consumed_percent == pytest.approx(100 * 1.8 / 21.6)
    assert found.severity == "SEV2"


@pytest.mark.parametrize(
    ("ratio", "minutes", "severity"),
    [
        (100, 5, "SEV1"),
        (100, 4.31, "SEV2"),
        (100, 1.09, "SEV2"),
        (100, 1.07, "SEV3"),
        (0, 60, "SEV3"),
    ],
)
def test_the_severity_begins_where_its_row_says(ratio, minutes, severity, dossier) -> None:
    begin = at("14:00")
    facts = Facts(
        (Event(begin, "symptom", "x"), Event(begin + timedelta(minutes=minutes), "recovery", "y")),
        (Share(begin, ratio / 100),),
    )
    assert assemble(facts, dossier, NOW).severity == severity


def test_shares_hold_until_the_next_one(dossier: Dossier) -> None:
    text = "14:00 UTC errors at 10 %\n14:10 errors at 50 %\n14:20 recovered"
    found = of(text, dossier)
    assert found.burn is not None
    assert found.burn.full_outage_seconds == pytest.approx(60 * (0.1 * 10 + 0.5 * 10))


def test_an_incident_that_goes_on_burns_until_now(dossier: Dossier) -> None:
    found = of("14:00 UTC errors at 10 %", dossier)
    assert found.ended is None
    assert found.burn is not None
    assert found.burn.open
    assert found.burn.full_outage_seconds == pytest.approx(360)
    assert "so far" in incident_text(found, dossier)


def test_what_was_not_computed_is_not_shown(dossier: Dossier) -> None:
    for found in (of("14:00 UTC errors\n14:20 recovered", dossier), of(TEXT, None)):
        assert found.burn is None
        assert found.severity == ""
        text = incident_text(found, dossier if found.system else None)
        assert "severity not known" in text
        assert "burnt     not known" in text
        assert not any(name in text for name in ("SEV1", "SEV2", "SEV3"))


def test_nothing_at_all_is_not_known(dossier: Dossier) -> None:
    found = of("something is odd", None)
    text = incident_text(found, None)
    assert "system not known" in text
    assert "beginning not known" in text
    assert "since when is not known" in text
    assert "time not known  something is odd" in text


def test_the_likely_change_is_the_last_before_the_first_symptom(dossier: Dossier) -> None:
    text = """\
13:00 UTC config change pushed
14:02 deployed v1.5.0
14:05 5xx at 3 %
14:08 deployed a hotpatch
"""
    found = of(text, dossier)
    assert found.change is not None
    assert found.change.text == "deployed v1.5.0"
    assert found.seconds_before == 180
    assert "likely, not certain" in incident_text(found, dossier)


def test_a_change_of_long_ago_is_not_called_likely(dossier: Dossier) -> None:
    found = of("2026-11-20 14:02 UTC deployed v1.4.9\n2026-11-24 14:05 UTC errors", dossier)
    assert found.change is not None
    assert found.change.at is None  # the release that the document names, whose time nobody said
    assert "v1.5.0" in found.change.text
    assert of("2026-11-20 14:02 UTC deployed v1\n2026-11-24 14:05 UTC errors", None).change is None


def test_events_are_sorted_and_future_ones_are_set_apart(dossier: Dossier) -> None:
    future = "2026-11-24 18:00 UTC deployed v2\n"
    found = of(
        f"{future}{TEXT.splitlines()[2].replace('14:06', '14:06 UTC')}\n14:02 deployed v1", dossier
    )
    assert [event.at for event in found.timeline] == [at("14:02"), at("14:06")]
    assert [event.text for event in found.timeless] == ["deployed v2"]
    assert any("lies in the future" in note for note in found.notes)


def test_a_recovery_counts_only_where_nothing_came_after_it(dossier: Dossier) -> None:
    assert of("14:00 UTC errors\n14:10 recovered\n14:15 errors again", dossier).ended is None
    facts = joined(read_text(TEXT, NOW), Facts(firing=("Burn",)))
    assert assemble(facts, dossier, NOW).ended is None
    before = of("13:00 UTC recovered\n14:00 errors", dossier)
    assert before.ended is None


def test_the_status_message_says_no_more_than_is_known(dossier: Dossier) -> None:
    over = "\n".join(status_message(of(TEXT, dossier), dossier))
    assert over.startswith("[SEV2] checkout-api: resolved at 2026-11-24 14:20 UTC, 15 min after")
    assert "likely deployed v1.5.0" in over
    running = "\n".join(status_message(of("14:05 UTC errors", dossier), dossier))
    assert running.startswith("checkout-api: degraded since 2026-11-24 14:05 UTC")
    assert "how many requests fail is not known" in running
    assert "Prepared: the rollback to v1.4.2." in running
    acted = "\n".join(status_message(of(TEXT.rpartition("14:20")[0], dossier), dossier))
    assert "Done so far: rollback started" in acted


def test_roles_and_steps_are_there(dossier: Dossier) -> None:
    text = incident_text(of(TEXT, dossier), dossier)
    for role in ("incident commander", "operations", "communications"):
        assert f"  {role}: " in text
    assert dossier.blueprint.rollback is not None
    for number, step in enumerate(dossier.blueprint.rollback.steps, 1):
        assert f"  {number}. {step}" in text
    raw = incident_json(of(TEXT, dossier), dossier)
    assert json.loads(json.dumps(raw))["severity"] == "SEV2"


def test_a_long_timeline_is_shortened_in_the_middle(dossier: Dossier) -> None:
    events = tuple(
        Event(at("14:00") + timedelta(seconds=i), "symptom", f"e{i}") for i in range(500)
    )
    text = incident_text(assemble(Facts(events), dossier, NOW), dossier)
    assert "… 470 more" in text
    assert "e0\n" in text
    assert "e499\n" in text


def test_every_threshold_has_its_source() -> None:
    rows = table()["severity"]
    assert [row["name"] for row in rows] == ["SEV1", "SEV2", "SEV3"]
    assert all("Workbook" in row["source"] for row in rows)


# ── review ───────────────────────────────────────────────────────────────────────────────────


def test_each_part_is_measured_beside_the_plans_own(dossier: Dossier) -> None:
    assert dossier.plan is not None
    entry = dossier.plan.entry("recovery")
    found = {part.name: part for part in parts(of(TEXT, dossier), dossier)}
    assert {name: part.measured for name, part in found.items()} == {
        "detect": 180,
        "decide": 240,
        "act": 180,
        "verify": 480,
        "rto": 1080,
    }
    for name, part in found.items():
        assert part.planned == entry.number(f"{name}_seconds")
    assert sum(found[name].measured or 0 for name in ("detect", "decide", "act", "verify")) == 1080


def test_a_part_that_nobody_recorded_is_not_known(dossier: Dossier) -> None:
    found = {
        one.name: one for one in parts(of("14:05 UTC errors\n14:20 recovered", dossier), dossier)
    }
    assert all(found[name].measured is None for name in ("detect", "decide", "act", "verify"))
    assert found["rto"].measured == 900
    text = review_text(of("14:05 UTC errors", None), None)
    assert text.count("not known") >= 6


def test_the_review_is_markdown_and_names_nobody(dossier: Dossier) -> None:
    text = review_text(
        of(TEXT.replace("alert fired", "bob@example.com: alert fired"), dossier), dossier
    )
    assert text.startswith("# Review: checkout-api, 2026-11-24\n")
    assert "| detect | 3 min | " in text
    assert "alice" not in text
    assert "bob" not in text
    assert "act took 3 min, the plan computes" in text
    for heading in ("Summary", "Measured beside the plan", "Timeline (UTC)", "Trigger", "Actions"):
        assert f"\n## {heading}" in text


def test_more_than_a_fifth_of_the_budget_asks_for_an_action_first(dossier: Dossier) -> None:
    text = review_text(of(TEXT.replace("12 %", "60 %"), dossier), dossier)
    assert "More than 20 % of the error budget went" in text
    assert "More than 20 %" not in review_text(of(TEXT, dossier), dossier)


# ── keeping ──────────────────────────────────────────────────────────────────────────────────


def test_an_incident_is_kept_as_it_was_read(tmp_path) -> None:
    facts = joined(read_text(TEXT, NOW), Facts(firing=("Burn",), systems=("shop",)))
    path = tmp_path / "folder" / "last.json"
    keep(facts, path)
    assert kept(path) == facts
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["last.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"events": 3}', "[" * 100_000])
def test_a_damaged_file_is_nothing_kept(text: str, tmp_path) -> None:
    (tmp_path / "last.json").write_text(text)
    assert kept(tmp_path / "last.json") is None
    assert kept(tmp_path / "none.json") is None


def test_the_journal_of_a_rollback_gives_act_and_verify(tmp_path, dossier: Dossier) -> None:
    lines = [
        {
            "event": "plan",
            "system": "checkout-api",
            "version": "v1.4.2",
            "at": "2026-11-24T14:10:00+00:00",
        },
        {"event": "done", "step": 3, "kind": "acts", "at": "2026-11-24T14:10:30+00:00"},
        {"event": "done", "step": 4, "kind": "acts", "at": "2026-11-24T14:13:00+00:00"},
        {"event": "done", "step": 5, "kind": "reads", "at": "2026-11-24T14:15:00+00:00"},
        {"event": "finished", "at": "2026-11-24T14:15:00+00:00"},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "b.jsonl").write_text(
        "\n".join(map(json.dumps, lines)).replace("checkout", "other")
    )
    events = rollback_events("checkout-api", at("14:05"), tmp_path)
    assert [(event.at, event.kind) for event in events.events] == [
        (at("14:10"), "action"),
        (at("14:13"), "action"),
        (at("14:15"), "note"),
    ]
    text = "14:05 UTC errors\n14:20 recovered"
    found = assemble(joined(read_text(text, NOW), events), dossier, NOW)
    measured = {part.name: part.measured for part in parts(found, dossier)}
    assert measured["act"] == 180
    assert measured["verify"] == 420
    assert rollback_events("checkout-api", at("14:30"), tmp_path) == Facts()


def test_a_burn_is_a_value() -> None:
    assert Burn(1, 2, 99, 30, assumed=True, basis="x", open=False).assumed
