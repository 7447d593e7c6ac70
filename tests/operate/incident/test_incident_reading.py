"""What people paste: times, kinds, shares; alerts as JSON of three programs."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.ground.errors import UserError
from devops_exe.operate.incident.alerts import MOST_GROUPS, alerts_of, read_alerts
from devops_exe.operate.incident.moments import instant
from devops_exe.operate.incident.words import kind_of, read_text, share_of

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("2026-11-24T14:02:11Z deployed", utc(2026, 11, 24, 14, 2, 11)),
        ("2026-11-24T14:02:11.123456789+01:00 deployed", utc(2026, 11, 24, 13, 2, 11)),
        ("2026-11-24 14:02 CET deployed", utc(2026, 11, 24, 13, 2)),
        ("2026/11/24 14:02:11 UTC deployed", utc(2026, 11, 24, 14, 2, 11)),
        ("[14:02] deployed", utc(2026, 11, 24, 14, 2)),
        ("14:02 EST: deployed", utc(2026, 11, 24, 14, 2) + timedelta(hours=5) - timedelta(days=1)),
        ("at 2:02 pm we deployed", utc(2026, 11, 24, 14, 2)),
        ("9:30am deployed", utc(2026, 11, 24, 9, 30)),
        ("14:02:11 UTC+2 deployed", utc(2026, 11, 24, 12, 2, 11)),
        ("1764000000 deployed", datetime.fromtimestamp(1764000000, UTC)),
        ("1764000000123 deployed", datetime.fromtimestamp(1764000000, UTC)),
        ("23:50 deployed", utc(2026, 11, 23, 23, 50)),  # not today any more
        ("25:71 deployed", None),
        ("2026-13-45 10:00 deployed", None),
        ("deployed", None),
        ("0001-01-01T00:00:00Z deployed", None),
        ("upgraded to 14.02", None),
        ("ratio 3:4 deployed", None),
        ("10.0.0.1:8080 deployed", None),
    ],
)
def test_a_time_is_read_and_put_into_utc(line: str, at: datetime | None) -> None:
    (event,) = read_text(line, NOW).events
    assert event.at == at
    assert event.kind == ("note" if "upgraded" in line else "change") or "upgraded" in line


def test_times_without_a_zone_are_read_in_the_one_that_is_said() -> None:
    facts = read_text("14:02 deployed v1.5.0\n14:05 CET alert fired", NOW)
    assert [event.at for event in facts.events] == [
        utc(2026, 11, 24, 13, 2),
        utc(2026, 11, 24, 13, 5),
    ]
    assert facts.notes == ("times without a zone are read as UTC+01:00",)


def test_a_night_goes_on_into_the_next_day() -> None:
    facts = read_text("23:50 deployed\n00:10 errors\n00:30 recovered", utc(2026, 11, 24, 8))
    assert [event.at for event in facts.events] == [
        utc(2026, 11, 23, 23, 50),
        utc(2026, 11, 24, 0, 10),
        utc(2026, 11, 24, 0, 30),
    ]


def test_a_chat_copied_with_name_and_time_on_a_line_of_their_own() -> None:
    text = (
        "anna  1:58 PM\nshipping v2.3.1 of payments now :rocket:\n"
        "PagerDuty APP  2:05 PM\n[FIRING:1] HighErrorRate payments\n5xx at 12 %\n"
        "bob [14:09 UTC]  rolled back"
    )
    events = read_text(text, NOW).events
    assert [(event.at, event.kind, event.text) for event in events] == [
        (utc(2026, 11, 24, 13, 58), "change", "anna: shipping v2.3.1 of payments now"),
        (utc(2026, 11, 24, 14, 5), "symptom", "PagerDuty APP: [FIRING:1] HighErrorRate payments"),
        (utc(2026, 11, 24, 14, 5), "symptom", "PagerDuty APP: 5xx at 12 %"),
        (utc(2026, 11, 24, 14, 9), "action", "bob rolled back"),
    ]


@pytest.mark.parametrize("text", ["14:02 deployed\nno time here", "deployed 14:02\nno time here"])
def test_what_a_line_of_its_own_says_lends_its_time_to_no_other(text: str) -> None:
    first, second = read_text(text, NOW).events
    assert first.at is not None
    assert second.at is None


def test_letters_with_two_meanings_are_said() -> None:
    facts = read_text("14:02 CST deployed", NOW)
    assert facts.notes == ("CST has two meanings; it is read as UTC-6",)


def test_one_line_may_hold_several_events() -> None:
    facts = read_text("14:02 UTC deployed v1.5.0, 14:05 5xx at 12 %; 14:20 recovered", NOW)
    assert [event.kind for event in facts.events] == ["change", "symptom", "recovery"]
    facts = read_text("errors between 14:02, 14:05 and 14:20", NOW)
    assert len(facts.events) <= 2


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("v1.5.0 deployed to production", "change"),
        ("config change pushed", "change"),
        ("feature flag new-cart enabled", "change"),
        ("scaled down to 3 replicas", "change"),
        ("kubectl apply -f x.yaml", "change"),
        ("migration 0042 ran: migrated", "change"),
        ("deploy failed health checks", "change"),
        ("merged PR 123", "change"),
        ("rolled back to v1.4.2", "action"),
        ("reverted the config", "action"),
        ("turned the feature flag off", "action"),
        ("restarted the pods", "action"),
        ("decided to roll back", "decision"),
        ("declared an incident", "decision"),
        ("error rate back to normal", "recovery"),
        ("service restored", "recovery"),
        ("5xx at 12 %", "symptom"),
        ("customers complain of timeouts", "symptom"),
        ("pods OOMKilled", "symptom"),
        ("lunch", "note"),
    ],
)
def test_a_line_is_told_by_its_words(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("error rate 12.5 %", 0.125),
        ("12,5 % of requests fail", 0.125),
        ("5xx at 100%", 1.0),
        ("3 in 10 requests fail", 0.3),
        ("all requests fail", 1.0),
        ("every call fails", 1.0),
        ("errors up 300 %", None),
        ("CPU at 90 %", None),
        ("errors above 5 %", None),
        ("error threshold of 5 %", None),
        ("errors > 1 %", None),
        ("10 in 3 requests fail", None),
        ("errors above 1 %: now 7 % errors", 0.07),
        ("99.9 % SLO", None),
    ],
)
def test_a_failing_share_is_read_and_a_threshold_is_none(text: str, share: float | None) -> None:
    found = share_of(text)
    assert found == (pytest.approx(share) if share is not None else None)


@given(st.text(max_size=400))
@settings(max_examples=80, deadline=None)
def test_no_text_breaks_the_reading(text: str) -> None:
    for event in read_text(text, NOW).events:
        assert event.at is None or event.at.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "error " * 20_000,
        "1" * 200_000,
        "%" * 100_000,
        "14:02 " * 30_000,
        "config " * 20_000,
        "\n".join(f"14:{i % 60:02} errors {i}" for i in range(40_000)),
    ],
)
def test_much_text_is_read_in_little_time(text: str) -> None:
    began = time.process_time()
    read_text(text, NOW)
    assert time.process_time() - began < 3


# ── alerts ───────────────────────────────────────────────────────────────────────────────────

START = "2026-11-24T14:05:00.123456789Z"


def alert(name: str = "ErrorBudgetBurn", **more: object) -> dict[str, object]:
    return {
        "labels": {"alertname": name, "severity": "page", "service": "checkout-api"},
        "annotations": {"summary": "error ratio is 12 %"},
        "startsAt": START,
        "endsAt": "0001-01-01T00:00:00Z",
        "status": "firing",
        **more,
    }


WEBHOOK = {
    "version": "4",
    "groupKey": "{}:{}",
    "status": "firing",
    "receiver": "x",
    "groupLabels": {},
    "commonLabels": {},
    "alerts": [alert()],
}
V2 = [
    alert(
        status={"state": "active", "silencedBy": [], "inhibitedBy": []},
        endsAt="2026-11-24T18:00:00Z",
        updatedAt=START,
        fingerprint="1",
    )
]
PROMETHEUS = {
    "status": "success",
    "data": {
        "alerts": [
            {
                "labels": {
                    "alertname": "ErrorBudgetBurn",
                    "severity": "page",
                    "service": "checkout-api",
                },
                "annotations": {"summary": "error ratio is 12 %"},
                "state": "firing",
                "activeAt": START,
                "value": "1.2e-01",
            }
        ]
    },
}


@pytest.mark.parametrize("raw", [WEBHOOK, V2, PROMETHEUS], ids=["webhook", "v2", "prometheus"])
def test_alerts_of_three_programs_say_the_same(raw: object) -> None:
    facts = read_alerts(alerts_of(json.dumps(raw)))
    (event,) = facts.events
    assert event.at == utc(2026, 11, 24, 14, 5) + timedelta(microseconds=123456)
    assert event.kind == "symptom"
    assert event.text == "alert ErrorBudgetBurn (page) of checkout-api fires: error ratio is 12 %"
    assert facts.firing == ("ErrorBudgetBurn",)
    assert facts.systems == ("checkout-api",)
    assert [share.ratio for share in facts.shares] == [0.12]


def test_a_resolved_alert_ends_and_does_not_fire() -> None:
    raw = {"alerts": [alert(status="resolved", endsAt="2026-11-24T14:30:00Z")]}
    facts = read_alerts(alerts_of(json.dumps(raw)))
    assert [event.kind for event in facts.events] == ["symptom", "recovery"]
    assert facts.events[1].at == utc(2026, 11, 24, 14, 30)
    assert facts.firing == ()


def test_the_share_of_a_service_is_taken_and_that_of_one_version_is_not() -> None:
    annotations = {
        "summary": "checkout-api spends its error budget at 14.4 times its pace",
        "description": "12.3% of requests failed in 1h, more than 0.72 %; so did those of 5m.",
    }
    service = alert("CheckoutApiErrorBudgetBurn1h", annotations=annotations)
    version = alert("CheckoutApiVersionErrorBudgetBurn1h", annotations=annotations)
    shares = read_alerts(alerts_of(json.dumps([version, service]))).shares
    assert [one.ratio for one in shares] == [pytest.approx(0.123)]
    assert read_alerts(alerts_of(json.dumps([version]))).shares == ()


def test_a_silenced_alert_does_not_fire_and_a_pending_one_is_a_note() -> None:
    raw = [alert("A", status={"state": "suppressed"}), alert("B", status="pending")]
    facts = read_alerts(alerts_of(json.dumps(raw)))
    assert facts.firing == ()
    assert {event.kind for event in facts.events} == {"symptom", "note"}
    assert "1 of 2 alerts are silenced or inhibited" in facts.notes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "no_json"),
        ('{"alerts": [', "no_json"),
        ("[" * 100_000, "no_json"),
        ("{}", "no_alerts"),
        ('{"alerts": {}}', "no_alerts"),
        ('{"alerts": [1]}', "no_alerts"),
        ('[{"name": "x"}]', "no_alerts"),
        ('{"data": []}', "no_alerts"),
        ("[[]]", "no_alerts"),
        ("[]", "empty_alerts"),
        ('{"alerts": []}', "empty_alerts"),
    ],
)
def test_what_is_no_alert_says_so(text: str, code: str) -> None:
    with pytest.raises(UserError) as refused:
        alerts_of(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "starts", ["soon", "", None, 5, "2026-99-99T00:00:00Z", "0001-01-01T00:00:00Z"]
)
def test_a_start_that_is_no_time_is_said_and_breaks_nothing(starts: object) -> None:
    facts = read_alerts(alerts_of(json.dumps([alert(startsAt=starts), alert("B")])))
    assert len(facts.events) == 2
    assert sorted(event.at is None for event in facts.events) == [False, True]
    if starts is not None:
        assert "1 of 2 alerts have a start that is no time" in facts.notes


@pytest.mark.parametrize(
    "broken", [{"labels": None}, {"labels": []}, {"annotations": "x"}, {"status": 3}]
)
def test_odd_fields_break_nothing(broken: dict[str, object]) -> None:
    assert read_alerts(alerts_of(json.dumps([alert(**broken)]))).events


def test_ten_thousand_alerts_are_grouped_in_little_time() -> None:
    raw = [
        alert(
            f"Rule{i % 3}",
            labels={"alertname": f"Rule{i % 3}", "pod": f"p{i}", "service": "shop"},
            startsAt=f"2026-11-24T14:{i % 60:02}:00Z",
        )
        for i in range(10_000)
    ]
    text = json.dumps(raw)
    began = time.process_time()
    facts = read_alerts(alerts_of(text))
    assert time.process_time() - began < 2
    assert sorted(event.count for event in facts.events) == [3333, 3333, 3334]
    assert {event.at for event in facts.events} == {utc(2026, 11, 24, 14, i) for i in range(3)}
    assert "10000 alerts are 3 kinds of one service" in facts.notes


def test_ten_thousand_kinds_are_bounded() -> None:
    raw = [alert(labels={"alertname": f"Rule{i}"}) for i in range(10_000)]
    began = time.process_time()
    facts = read_alerts(alerts_of(json.dumps(raw)))
    assert time.process_time() - began < 3
    assert len(facts.events) == MOST_GROUPS
    assert any("9800 kinds more" in note for note in facts.notes)


def test_labels_cannot_steer_the_terminal_and_hold_no_secret() -> None:
    token = "ghp_" + "a1B2" * 9
    raw = [alert("\x1b]0;x\x07Bad\u202e", annotations={"summary": f"token={token} \x1b[2J"})]
    facts = read_alerts(alerts_of(json.dumps(raw)))
    told = "".join(event.text for event in facts.events) + "".join(facts.firing or ())
    assert token not in told
    assert "\x1b" not in told
    assert "\u202e" not in told


@pytest.mark.parametrize(
    "text", ["", "x" * 100, "2026-11-24", "9999-12-31T23:59:59-23:00", None, 1]
)
def test_an_instant_is_one_or_none(text: object) -> None:
    found = instant(text)
    assert found is None or found.tzinfo is UTC
