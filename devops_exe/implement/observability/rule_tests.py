"""Tests of the rules for ``promtool test rules``: of every alert one that fires, and silent ones.

The numbers follow from the ledger: half as much again as the threshold fires, nine tenths of
it stay silent, and so does a bad request alone however small the traffic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.implement.emit import plain
from devops_exe.implement.observability import rules
from devops_exe.implement.observability.durations import duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.observability.rules import Level
    from devops_exe.implement.subject import Alert, Subject

ABOVE, BELOW = 1.5, 0.9
"""Multiples of a threshold at which a test fires and stays silent."""

LONGEST_SECONDS = 1800
"""A test plays at most half an hour: over it a longer window holds the same ratio."""

Test = dict[str, object]
Case = dict[str, object]


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests of one version over a test.

    Attributes:
        version: the value of the version's label and of the template's hash.
        good, bad: requests an interval.
        bad_at: the intervals in which the bad ones come, from and to; None for all.
    """

    version: str
    good: float
    bad: float
    bad_at: tuple[int, int] | None = None


def rule_tests(subject: Subject) -> dict[str, object]:
    """The file of tests as a plain structure."""
    step = _step(subject)
    tests: list[Test] = []
    for level in rules.levels(subject):
        for alert in rules.active_alerts(subject, level):
            tests += _burn_tests(subject, level, alert)
    tests += _latency_tests(subject)
    tests += _absent_tests(subject)
    return {
        "rule_files": [f"{subject.name}.rules.yml"],
        "evaluation_interval": duration(step),
        "tests": tests,
    }


def _step(subject: Subject) -> float:
    return float(subject.given("evaluation_interval_seconds").value)


# -- burn-rate alerts -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Play:
    """What the tests of one alert share.

    Attributes:
        level, alert, name: the alert.
        steps: intervals that are played.
        each: requests an interval of the version under test.
        threshold: share of bad requests.
        floor: bad requests below which it is silent.
        short: intervals of its short window.
    """

    level: Level
    alert: Alert
    name: str
    steps: int
    each: float
    threshold: float
    floor: float
    short: int


def _burn_tests(subject: Subject, level: Level, alert: Alert) -> Iterator[Test]:
    step = _step(subject)
    steps = max(4, int(min(float(alert.long_seconds.value), LONGEST_SECONDS) // step))
    floor = float(rules.fewest_bad(subject, alert).value)
    play = Play(
        level,
        alert,
        rules.alert_name(subject, level, alert),
        steps,
        _requests(subject, level, steps, floor),
        float(alert.threshold.value),
        floor,
        max(2, int(float(alert.short_seconds.value) // step)),
    )
    yield _fires(subject, play)
    below = play.threshold * BELOW
    yield _silent(
        subject,
        play,
        f"at {below * 100:.4g} %, below {play.threshold * 100:.6g} %",
        Traffic("canary", play.each * (1 - below), play.each * below),
    )
    yield _quiet(subject, play)
    if 2 * play.short < steps:
        half = steps // 2
        many = min(play.each, max(4 * play.threshold * play.each, 4 * floor / half))
        yield _silent(
            subject,
            play,
            f"{alert_window(alert)} after the last bad request",
            Traffic("canary", play.each - many, many, (1, half)),
        )


def alert_window(alert: Alert) -> str:
    """The short window: what has to pass before a fault that is over is quiet."""
    return duration(float(alert.short_seconds.value))


def _fires(subject: Subject, play: Play) -> Test:
    """Half as much again as the threshold; more where the traffic is too small for the floor."""
    enough = 2 * play.floor / (play.each * play.steps)
    ratio = _rounded(min(1.0, max(play.threshold * ABOVE, enough)))
    traffic = [Traffic("canary", play.each * (1 - ratio), play.each * ratio)]
    cases: list[Case] = [
        {
            "eval_time": duration(play.steps * _step(subject)),
            "alertname": play.name,
            "exp_alerts": [_expected(subject, play, ratio)],
        }
    ]
    if play.level.name != "job":
        traffic = [_stable(subject, play), *traffic]
        every = sum(one.good + one.bad for one in traffic)
        if ratio * play.each / every < play.threshold * BELOW:
            # the service as a whole does not notice: that is what a version's own series is for
            service = rules.alert_name(subject, rules.levels(subject)[0], play.alert)
            cases.append(_silence(subject, play, service))
    return _test(subject, play, f"fires at {ratio * 100:.4g} %", traffic, cases)


def _silent(subject: Subject, play: Play, how: str, one: Traffic) -> Test:
    traffic = [one] if play.level.name == "job" else [_stable(subject, play), one]
    return _test(subject, play, f"is silent {how}", traffic, [_silence(subject, play, play.name)])


def _quiet(subject: Subject, play: Play) -> Test:
    """One bad request less than the floor, just now, in so few that the ratio is far above."""
    few = max(play.floor - 1, 1)
    total = few / min(1.0, play.threshold * 10)
    at = play.steps - min(play.short, play.steps) // 2
    good = max(total - few, 0) / play.steps
    how = f"at {few:g} bad of {max(total, few):.3g} requests"
    return _silent(subject, play, how, Traffic("canary", good, few, (at, at)))


def _requests(subject: Subject, level: Level, steps: int, floor: float) -> float:
    """Requests an interval: the average, and so many that the floor can be reached."""
    rate = float(subject.given("average_rps").value)
    if level.name != "job":
        rate *= _share(subject)
    return max(rate * _step(subject), 4 * floor / steps)


def _share(subject: Subject) -> float:
    """Share of the traffic that the new version has in a test: the canary's first weight."""
    if subject.strategy == "Canary":
        return float(subject.figure("bake", "weights_percent[0]").value) / 100
    return 0.5


def _stable(subject: Subject, play: Play) -> Traffic:
    share = min(_share(subject), 0.5)
    return Traffic("stable", play.each * (1 - share) / share, 0)


def _rounded(ratio: float) -> float:
    """Three digits, so that what a template prints of it is no question of rounding."""
    return float(f"{ratio:.3g}")


def _expected(subject: Subject, play: Play, ratio: float) -> dict[str, object]:
    series = subject.series
    labels = {"severity": play.alert.severity, "job": series.job}
    if play.level.name != "job":
        labels |= {series.version_label: "canary", series.hash_label: "canary"}
    return {
        "exp_labels": labels,
        "exp_annotations": _annotations(
            subject,
            play.name,
            {
                "{{ $value | humanizePercentage }}": f"{ratio * 100:.4g}%",
                f"{{{{ $labels.{series.version_label} }}}}": "canary",
            },
        ),
    }


def _annotations(subject: Subject, name: str, values: dict[str, str]) -> dict[str, str]:
    """The annotations of a rule with its templates filled in."""
    for group in rules.rule_groups(subject):
        for rule in group["rules"]:  # type: ignore[attr-defined]
            if plain(rule.get("alert")) == name:
                found = {}
                for key, text in rule["annotations"].items():
                    for template, value in values.items():
                        text = text.replace(template, value)
                    found[key] = text
                return found
    return {}


def _silence(subject: Subject, play: Play, name: str) -> Case:
    at = duration(play.steps * _step(subject))
    return {"eval_time": at, "alertname": name, "exp_alerts": []}


def _test(
    subject: Subject, play: Play, how: str, traffic: list[Traffic], cases: list[Case]
) -> Test:
    series = []
    for one in traffic:
        good = f"0+{_number(one.good)}x{play.steps}"
        series.append(_counter(subject, one.version, "200", good))
        if one.bad:
            series.append(_counter(subject, one.version, "500", _bad(one, play.steps)))
    return {
        "name": f"{play.name} {how}",
        "interval": duration(_step(subject)),
        "input_series": series,
        "alert_rule_test": cases,
    }


def _bad(one: Traffic, steps: int) -> str:
    if one.bad_at is None:
        return f"0+{_number(one.bad)}x{steps}"
    first, last = one.bad_at
    each, total = _number(one.bad), _number(one.bad * (last - first + 1))
    before = f"0x{first - 1}"
    if first == last:
        return f"{before} {total}x{steps - first}"
    return f"{before} {each}+{each}x{last - first} {total}x{steps - last - 1}"


def _counter(subject: Subject, version: str, code: str, values: str) -> dict[str, object]:
    series = subject.series
    labels = _labels(subject, version)
    labels[series.code_label] = code
    inner = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return {"series": f"{series.requests}{{{inner}}}", "values": values}


def _labels(subject: Subject, version: str) -> dict[str, str]:
    series = subject.series
    labels = {"job": series.job, series.version_label: version, series.hash_label: version}
    if series.route_label:
        labels[series.route_label] = "/"
    return labels


def _number(value: float) -> str:
    return f"{value:.10f}".rstrip("0").rstrip(".")


# -- latency and absence ----------------------------------------------------------------------


def _latency_tests(subject: Subject) -> Iterator[Test]:
    target = rules.latency_target(subject)
    if target is None or not rules.latency_record(subject):
        return
    figure, shown, quantile = target
    seconds = float(figure.value) / 1000
    name = rules.latency_alert_name(subject)
    step = _step(subject)
    steps = max(2, int(float(rules.latency_window(subject).value) // step))
    for slow in (True, False):
        # all requests in one bucket: from the target to twice the target, or up to half of it
        edges = (seconds, 2 * seconds) if slow else (seconds / 4, seconds / 2)
        measured = edges[0] + quantile * (edges[1] - edges[0])
        expected = {
            "exp_labels": {"severity": "ticket", "job": subject.series.job},
            "exp_annotations": _annotations(
                subject, name, {'{{ printf "%.4g" $value }}': f"{measured:.4g}"}
            ),
        }
        case = {
            "eval_time": duration(steps * step),
            "alertname": name,
            "exp_alerts": [expected] if slow else [],
        }
        yield {
            "name": f"{name} {'fires' if slow else 'is silent'} at {shown} {measured:.4g} s",
            "interval": duration(step),
            "input_series": [
                _bucket(subject, f"{edges[0]:.12g}", f"0x{steps}"),
                _bucket(subject, f"{edges[1]:.12g}", f"0+60x{steps}"),
                _bucket(subject, "+Inf", f"0+60x{steps}"),
            ],
            "alert_rule_test": [case],
        }


def _bucket(subject: Subject, edge: str, values: str) -> dict[str, object]:
    labels = _labels(subject, "stable")
    inner = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return {"series": f'{subject.series.bucket}{{{inner},le="{edge}"}}', "values": values}


def _absent_tests(subject: Subject) -> Iterator[Test]:
    name = rules.absent_alert_name(subject)
    job = subject.series.job
    step = _step(subject)
    steps = int(float(subject.alerts[0].short_seconds.value) // step) + 1
    fires = {
        "exp_labels": {"severity": "page", "job": job},
        "exp_annotations": _annotations(subject, name, {}),
    }
    for value in ("0", "1"):
        up = value == "1"
        yield {
            "name": f"{name} is silent while a target answers" if up else f"{name} fires",
            "interval": duration(step),
            "input_series": [{"series": f'up{{job="{job}"}}', "values": f"{value}x{steps}"}],
            "alert_rule_test": [
                {
                    "eval_time": duration(steps * step),
                    "alertname": name,
                    "exp_alerts": [] if up else [fires],
                }
            ],
        }
