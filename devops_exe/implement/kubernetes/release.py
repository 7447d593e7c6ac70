"""How a release replaces another: the strategy's block and the analyses that judge it."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.emit import Block, Figured, Noted, Quoted
from devops_exe.implement.kubernetes.pods import NAME, ceiling, health_paths
from devops_exe.implement.kubernetes.routing import traffic_routing
from devops_exe.implement.kubernetes.settings import serves

if TYPE_CHECKING:
    from devops_exe.implement.emit import Node
    from devops_exe.implement.subject import Subject

ROLLOUTS = "argoproj.io/v1alpha1"
PROMETHEUS = "http://prometheus.monitoring.svc:9090"
"""Where the analyses ask; the address that the other generated files take as well."""
BEYOND = 10
"""Answers beyond a quantile, below which its estimate is one slow answer more or less."""


def is_progressive(subject: Subject) -> bool:
    """Whether Argo Rollouts carries the release out, and not the Deployment itself."""
    return subject.strategy in {"Canary", "Blue-Green"}


def workload_kind(subject: Subject) -> str:
    """``Rollout`` or ``Deployment``."""
    return "Rollout" if is_progressive(subject) else "Deployment"


def template_name(subject: Subject) -> str:
    """AnalysisTemplate that asks the new version's own series."""
    return f"{subject.name}-error-ratio"


def preview_name(subject: Subject) -> str:
    """AnalysisTemplate that asks the preview before it gets traffic."""
    return f"{subject.name}-preview"


def timing(subject: Subject) -> dict[str, Node]:
    """What every workload says about a release's pace."""
    found: dict[str, Node] = {}
    ready = subject.given("min_ready_seconds")
    if float(ready.value) > 0:
        found["minReadySeconds"] = ceiling(ready)
    found["progressDeadlineSeconds"] = ceiling(subject.given("progress_deadline_seconds"))
    if is_progressive(subject) and subject.profile.value("automated_rollback") is not False:
        found["progressDeadlineAbort"] = True
    return found


def strategy(subject: Subject) -> dict[str, Node]:
    """``spec.strategy`` of the workload."""
    if subject.strategy == "Canary":
        return {"canary": _canary(subject)}
    if subject.strategy == "Blue-Green":
        return {"blueGreen": _blue_green(subject)}
    if subject.strategy == "Recreate":
        return {"type": "Recreate"}
    bounds = {
        "maxSurge": subject.given("max_surge"),
        "maxUnavailable": subject.given("max_unavailable"),
    }
    return {"type": "RollingUpdate", "rollingUpdate": bounds}


def _canary(subject: Subject) -> dict[str, Node]:
    found: dict[str, Node] = {}
    routing = traffic_routing(subject)
    if routing is not None:
        found |= {
            "stableService": subject.name,
            "canaryService": layout.canary_service(subject),
            "trafficRouting": routing,
        }
    found |= {
        "maxSurge": subject.given("max_surge"),
        "maxUnavailable": subject.given("max_unavailable"),
        "steps": _steps(subject),
    }
    return found


def _steps(subject: Subject) -> list[Node]:
    weights = subject.plan.entry("bake").outputs["weights_percent"]
    count = len(weights) if isinstance(weights, list) else 0
    steps: list[Node] = []
    for index in range(count):
        weight = subject.figure("bake", f"weights_percent[{index}]")
        seconds = ceiling(subject.figure("bake", f"step_seconds[{index}]"))
        whole = max(1, round(float(weight.value)))
        if whole != weight.value:
            weight = Figured(whole, f"{weight.reference}, as a whole number")
        if whole >= 100:
            # Argo Rollouts goes to all traffic by itself after the last step
            continue
        steps.append({"setWeight": weight})
        if not serves(subject):
            steps.append({"pause": {"duration": Figured(f"{seconds.value}s", seconds.reference)}})
            continue
        # the analysis lasts as long as the step bakes, so it needs no pause beside it
        steps.append({"analysis": analysis(subject, template_name(subject), seconds)})
    return steps


def analysis(subject: Subject, name: str, seconds: Figured) -> dict[str, Node]:
    """An analysis of the new version that lasts some seconds, as a step or after a switch."""
    interval = ceiling(subject.given("evaluation_interval_seconds"))
    measurements = math.ceil(float(seconds.value) / float(interval.value)) + 1
    return {
        "templates": [{"templateName": name}],
        "args": [
            {"name": "hash", "valueFrom": {"podTemplateHashValue": "Latest"}},
            {"name": "window", "value": Figured(f"{seconds.value}s", seconds.reference)},
            {
                "name": "measurements",
                "value": Figured(
                    str(measurements), f"one every {interval.value} s, and one at the end"
                ),
            },
            {
                "name": "unanswered",
                "value": Noted(str(measurements - 1), "at least one must have requests enough"),
            },
        ],
    }


def _blue_green(subject: Subject) -> dict[str, Node]:
    found: dict[str, Node] = {
        "activeService": subject.name,
        "previewService": layout.canary_service(subject),
        "autoPromotionEnabled": Noted(
            subject.profile.value("automated_rollback") is not False,
            "the approval is the pipeline's; this switches once the preview has passed",
        ),
    }
    if serves(subject):
        found["prePromotionAnalysis"] = {
            "templates": [{"templateName": preview_name(subject)}],
            "args": [
                {
                    "name": "namespace",
                    "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}},
                }
            ],
        }
        # the old colour still stands: a failure switches back
        found["postPromotionAnalysis"] = analysis(subject, template_name(subject), _watch(subject))
    delay = subject.figure("blue_green", "scale_down_delay_seconds")
    found["scaleDownDelaySeconds"] = ceiling(delay)
    return found


def _watch(subject: Subject) -> Figured:
    """Seconds after the switch in which the new colour is watched."""
    short = ceiling(subject.alerts[subject.plan.outage_alert or 0].short_seconds)
    samples = subject.figure("sample", "canary_samples")
    rate = subject.given("average_rps")
    needed = math.ceil(float(samples.value) / float(rate.value)) if float(rate.value) else 0
    if needed <= float(short.value):
        return short
    return Figured(needed, f"{samples.reference} ÷ average_rps {rate.value}")


def analysis_templates(subject: Subject) -> list[Node]:
    """The AnalysisTemplates that the strategy names."""
    made: list[Node] = []
    if not serves(subject):
        return made
    if subject.strategy == "Blue-Green":
        made.append(_preview(subject))
    made.append(_error_ratio(subject))
    return made


def _head(subject: Subject, name: str) -> dict[str, Node]:
    return {
        "apiVersion": ROLLOUTS,
        "kind": "AnalysisTemplate",
        "metadata": {"name": name, "labels": {NAME: subject.name}},
    }


def _error_ratio(subject: Subject) -> dict[str, Node]:
    metrics: list[Node] = [_errors(subject)]
    latency = _latency(subject)
    if latency is not None:
        metrics.append(latency)
    return {
        **_head(subject, template_name(subject)),
        "spec": {
            "args": [{"name": name} for name in ("hash", "window", "measurements", "unanswered")],
            "metrics": metrics,
        },
    }


def _own(subject: Subject) -> str:
    return f'{subject.series.hash_label}="{{{{args.hash}}}}"'


def _floor(subject: Subject, least: Figured) -> str:
    """The last lines of a query: no answer on fewer requests than that."""
    every = subject.series.every(_own(subject))
    return (
        "and\n"
        f"  sum(increase({every}[{{{{args.window}}}}]))\n"
        f"    >= {least.value}  # {least.reference}"
    )


def _errors(subject: Subject) -> dict[str, Node]:
    threshold = subject.alerts[subject.plan.outage_alert or 0].threshold
    every, failed = (
        subject.series.every(_own(subject)),
        subject.series.failed(_own(subject)),
    )
    query = (
        "(\n"
        f"  (sum(increase({failed}[{{{{args.window}}}}])) or vector(0))\n"
        "  /\n"
        f"  sum(increase({every}[{{{{args.window}}}}]))\n"
        ")\n"
        f"{_floor(subject, ceiling(subject.figure('sample', 'canary_samples')))}\n"
    )
    pauses = Noted(
        Quoted("{{args.unanswered}}"), "too few requests: the rollout pauses for a person"
    )
    return _metric(subject, "error-ratio", query, threshold, pauses)


def _latency(subject: Subject) -> dict[str, Node] | None:
    """The latency objective, where one was stated and the series can tell."""
    buckets = subject.series.buckets(_own(subject))
    for name, quantile in (("p99_ms", 0.99), ("p95_ms", 0.95)):
        if buckets and subject.profile.number(name) is not None:
            stated = subject.given(name)
            limit = Figured(
                float(format(float(stated.value) / 1000, ".6g")), f"{stated.reference} ÷ 1000"
            )
            least = Figured(
                math.ceil(round(BEYOND / (1 - quantile), 6)),
                f"{BEYOND} answers beyond the quantile",
            )
            query = (
                f"histogram_quantile({quantile},\n"
                f"  sum by (le) (rate({buckets}[{{{{args.window}}}}])))\n"
                f"{_floor(subject, least)}\n"
            )
            passes = Noted(Quoted("{{args.measurements}}"), "too few requests say nothing of it")
            return _metric(subject, name.removesuffix("_ms"), query, limit, passes)
    return None


def _metric(
    subject: Subject, name: str, query: str, limit: Figured, inconclusive: Node
) -> dict[str, Node]:
    """A metric that fails above a limit and gives no verdict on too few requests."""
    most = format(Decimal(str(limit.value)), "f")
    interval = ceiling(subject.given("evaluation_interval_seconds"))
    return {
        "name": name,
        "interval": Figured(f"{interval.value}s", interval.reference),
        "count": Quoted("{{args.measurements}}"),
        "successCondition": Noted(f"len(result) > 0 && result[0] <= {most}", limit.reference),
        "failureCondition": Noted(f"len(result) > 0 && result[0] > {most}", limit.reference),
        "failureLimit": Noted(0, "the sample is large enough for one answer to count"),
        "inconclusiveLimit": inconclusive,
        "provider": {"prometheus": {"address": PROMETHEUS, "query": Block(query)}},
    }


def _preview(subject: Subject) -> dict[str, Node]:
    interval = ceiling(subject.given("evaluation_interval_seconds"))
    seconds = ceiling(subject.given("analysis_seconds"))
    measurements = math.ceil(float(seconds.value) / float(interval.value)) + 1
    host = f"{layout.canary_service(subject)}.{{{{args.namespace}}}}.svc"
    return {
        **_head(subject, preview_name(subject)),
        "spec": {
            "args": [{"name": "namespace"}],
            "metrics": [
                {
                    "name": "ready",
                    "interval": Figured(f"{interval.value}s", interval.reference),
                    "count": Figured(
                        measurements,
                        f"analysis_seconds {seconds.value} ÷ interval, and one at the end",
                    ),
                    # without conditions every answer of status 2xx is a success, all else an error
                    "consecutiveErrorLimit": 0,
                    "provider": {
                        "web": {"url": Quoted(f"http://{host}{health_paths(subject)[1]}")}
                    },
                }
            ],
        },
    }
