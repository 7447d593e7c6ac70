"""The one table of calculator operations, and the one way to call them.

``calc``, the model's toolbox, the ledger's re-runs and the generated docs all read
:data:`OPERATIONS`; a module is imported when its operation is first called.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from devops_exe.design.refusal import refusal, shown
from devops_exe.ground.errors import CalculatorError

if TYPE_CHECKING:
    from devops_exe.design.operation import CalculatorInput, CalculatorOutput


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a calculator.

    Attributes:
        calculator: name of the calculator, as in ``calc NAME``.
        op: name of the operation; empty for a calculator without operations.
        module: dotted module below ``devops_exe.design`` that holds it.
        function: name of the pure function; its models are named after it (``hpa``:
            ``HpaInput``, ``HpaOutput``).
        summary: what it answers, in a line.
        formula: the equation in words and symbols.
        source: standard, book chapter or upstream project and file.
        version: raised when a result for an equal input changes.
    """

    calculator: str
    op: str
    module: str
    function: str
    summary: str
    formula: str
    source: str
    version: str = "1"

    @property
    def name(self) -> str:
        """``scaling.hpa``, or ``cost`` where there are no operations."""
        return f"{self.calculator}.{self.op}" if self.op else self.calculator

    @property
    def models(self) -> tuple[str, str]:
        """Names of the input and output model."""
        stem = "".join(part.capitalize() for part in self.function.split("_"))
        return f"{stem}Input", f"{stem}Output"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call answers: figures, how they were computed, and warnings."""

    operation: Operation
    outputs: Mapping[str, object]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """The object that ``calc NAME`` prints."""
        return {
            "outputs": dict(self.outputs),
            "formula": self.operation.formula,
            "source": self.operation.source,
            "version": self.operation.version,
            "warnings": list(self.warnings),
        }


_HPA = "kubernetes/kubernetes pkg/controller/podautoscaler"
_ARGO = "argoproj/argo-rollouts utils/replicaset/canary.go"
_QUEUE = "Gross & Harris, Fundamentals of Queueing Theory, ch. 2 (Erlang 1917)"
_SRE = "Google SRE Workbook ch. 5, Table 5-8"

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "scaling", "hpa", "scaling.hpa", "hpa",
        "one reconcile of the Horizontal Pod Autoscaler",
        "desired = ceil(current * metric / target), within tolerance current; maximum over metrics",
        f"{_HPA}/replica_calculator.go, horizontal.go; Kubernetes docs, Horizontal Pod Autoscaling",
    ),
    Operation(
        "scaling", "hpa_behavior", "scaling.behavior", "hpa_behavior",
        "the autoscaler's stabilization and rate policies on a proposal",
        "clamp(stabilized proposal, rate limits of scaleUp and scaleDown, min and max)",
        f"{_HPA}/horizontal.go; pkg/apis/autoscaling/v2/defaults.go",
    ),
    Operation(
        "scaling", "capacity", "scaling.capacity", "capacity",
        "replicas from load, queueing and the loss of zones",
        "a = rate * service time; replicas = max(stability, a / (workers * target), wait), "
        "spread so that the surviving zones hold them",
        f"Little 1961 (L = lambda * W); {_QUEUE}; AWS Builders' Library, Static stability using "
        "Availability Zones",
    ),
    Operation(
        "scaling", "erlang", "scaling.erlang", "erlang",
        "blocking and waiting of c servers at an offered load",
        "B_k = a*B/(k + a*B); C = B/(1 - rho*(1 - B)); P(W>t) = C*exp(-(c - a)*t/S)",
        _QUEUE,
    ),
    Operation(
        "scaling", "vertical", "scaling.vertical", "vertical",
        "CPU and memory requests from samples (VPA-like: no decay, no buckets)",
        "target = q90*(1 + margin); lower = q50*(1 + margin)*(1 + 0.001/d)^-2; "
        "upper = q95*(1 + margin)*(1 + 1/d)",
        "kubernetes/autoscaler VPA recommender pkg/recommender/logic (constants)",
    ),
    Operation(
        "scaling", "keda", "scaling.keda", "keda",
        "replicas of a KEDA scaled object",
        "inactive: idle count or min; active: clamp(ceil(value / threshold), max(1, min), max)",
        "kedacore/keda pkg/scaling/executor/scale_scaledobjects.go; HPA external AverageValue",
    ),
    Operation(
        "rollout", "rolling", "rollout.deployment", "rolling",
        "duration and bounds of a Deployment's rolling update",
        "waves = ceil(R / (surge + unavailable)); duration = waves * (startup + min ready)",
        "kubernetes/kubernetes pkg/controller/deployment/rolling.go; apps/v1 defaults.go",
    ),
    Operation(
        "rollout", "fenceposts", "rollout.deployment", "fenceposts",
        "maxSurge and maxUnavailable resolved to pods",
        "surge = ceil(N% * R); unavailable = floor(N% * R); both 0: unavailable 1",
        "kubernetes/kubernetes pkg/controller/deployment/util/deployment_util.go ResolveFenceposts",
    ),
    Operation(
        "rollout", "argo_weight", "rollout.argo", "argo_weight",
        "canary and stable counts closest to a weight",
        "of the candidate counts the one with the smallest |canary * max / total - weight|",
        f"{_ARGO} approximateWeightedCanaryStableReplicaCounts",
    ),
    Operation(
        "rollout", "argo_step", "rollout.argo", "argo_step",
        "next counts of a canary without a traffic router",
        "scale up within R + surge, then down while available > R - unavailable",
        f"{_ARGO} CalculateReplicaCountsForBasicCanary",
    ),
    Operation(
        "rollout", "argo_traffic", "rollout.argo", "argo_traffic",
        "counts of a canary with a traffic router",
        "canary = ceil(weight * R / max); stable = R unless dynamicStableScale",
        f"{_ARGO} CalculateReplicaCountsForTrafficRoutedCanary",
    ),
    Operation(
        "rollout", "blue_green", "rollout.blue_green", "blue_green",
        "time and pods of a blue-green rollout",
        "cutover = startup + min ready + analysis + scale to full + switch; "
        "duration = cutover + scale-down delay",
        "argoproj/argo-rollouts rollout/bluegreen.go; defaults.go scaleDownDelaySeconds 30",
    ),
    Operation(
        "rollout", "pdb", "rollout.pdb", "pdb",
        "disruptions a PodDisruptionBudget allows",
        "allowed = max(0, healthy - desired healthy); percentages round up",
        "kubernetes/kubernetes pkg/controller/disruption/disruption.go",
    ),
    Operation(
        "slo", "budget", "slo.budget", "budget",
        "the error budget in seconds and requests, and what is left",
        "B = 1 - SLO; downtime = B * window; burn rate = bad ratio / B",
        "Google SRE book Appendix A; SRE Workbook ch. 2 and 5",
    ),
    Operation(
        "slo", "burn_alerts", "slo.alerts", "burn_alerts",
        "multi-window, multi-burn-rate alerts",
        "burn rate = budget share * window / long window; threshold = burn rate * B",
        f"{_SRE}; slok/sloth internal/alert/windows; pyrra-dev/pyrra slo/rules.go",
    ),
    Operation(
        "slo", "detection", "slo.detection", "detection",
        "when a burn-rate alert sees a fault, and when it resets",
        "detection = long * burn rate * B / error ratio",
        f"{_SRE} and its detection-time equation",
    ),
    Operation(
        "slo", "composite", "slo.composite", "composite",
        "the objective of several components together",
        "serial: product; parallel: 1 - product(1 - a); weighted: sum(w * a) / sum(w)",
        "IEC 61078; Treynor et al., The Calculus of Service Availability, ACM Queue 2017",
    ),
    Operation(
        "availability", "block", "availability", "block",
        "availability of a reliability block diagram",
        "series: product; parallel: 1 - product(1 - a); k of n: convolution; "
        "component: MTBF / (MTBF + MTTR)",
        "IEC 61078; IEC 60050-192; Treynor et al., ACM Queue 2017; independence is assumed",
    ),
    Operation(
        "availability", "zones", "availability", "zones",
        "availability of replicas spread over zones",
        "P(live replicas >= k) by convolution of z * Binomial(n, p) + (1 - z) at 0, "
        "times what they share",
        "IEC 61078; AWS Well-Architected Reliability Pillar; independence is assumed",
    ),
    Operation(
        "canary", "sample_size", "canary.sample_size", "sample_size",
        "requests a canary step needs to see a degradation",
        "normal: n = (z_a*sqrt(pbar*qbar*(1+1/r)) + z_b*sqrt(p2*q2 + p1*q1/r))^2 / (p2 - p1)^2",
        "Fleiss, Levin & Paik 2003, 4.14; Cohen 1988",
    ),
    Operation(
        "canary", "fisher_power", "canary.fisher", "fisher_power",
        "unconditional power of the one-sided Fisher exact test",
        "sum over both binomials where the hypergeometric tail <= alpha",
        "Fisher 1935; Fleiss, Levin & Paik 2003",
    ),
    Operation(
        "canary", "bake_time", "canary.bake_time", "bake_time",
        "how long each canary step must bake",
        "step = max(min, samples / (rps * weight))",
        "arithmetic on the sample size; the smallest weight rules",
    ),
    Operation(
        "canary", "looks", "canary.looks", "looks",
        "false positives of looking several times",
        "Bonferroni alpha/k; Sidak 1 - (1 - alpha)^(1/k); repeated looks by integration",
        "Armitage, McPherson & Rowe 1969; Lan & DeMets 1983",
    ),
    Operation(
        "canary", "mann_whitney", "canary.rank", "mann_whitney",
        "whether latencies of a canary are shifted",
        "U by mid-ranks; normal approximation with tie and continuity correction; "
        "Hodges-Lehmann shift",
        "Mann & Whitney 1947; Hodges & Lehmann 1963; spinnaker/kayenta NetflixACAJudge",
    ),
    Operation(
        "canary", "test", "canary.proportions", "test",
        "whether a canary's error ratio is worse",
        "z pooled; one-sided Fisher exact tail; degraded when <= alpha",
        "Fisher 1935; Fleiss, Levin & Paik 2003",
    ),
    Operation(
        "rto", "recovery", "rto.recovery", "recovery",
        "worst-case time from fault to verified recovery",
        "detect + decide + act + data + verify",
        "ISO 22300; NIST SP 800-34; SRE Workbook ch. 5; Prometheus and Alertmanager defaults",
    ),
    Operation(
        "rto", "data", "rto.data", "data",
        "time to restore data, and data lost",
        "restore = GiB*1024/rate + replay + provision; RPO = replication lag, or backup "
        "interval + duration",
        "ISO 22300; NIST SP 800-34",
    ),
    Operation(
        "cost", "", "cost", "cost",
        "monthly cost, and what a deployment's extra pods add",
        "replicas * (vCPU*price + GiB*price) * hours; surge pods * seconds / 3600 * price",
        "AWS Fargate list price (Linux/x86, us-east-1) where no price is given",
    ),
    Operation(
        "strategy", "", "strategy", "strategy",
        "risk of the five strategies as a share of the error budget, exclusions, ranking",
        "risk = 100 * (planned + F * bad seconds) / (B * window)",
        "Google SRE Workbook ch. 5 (Table 5-8); DORA change failure rate",
    ),
)  # fmt: skip
"""Every operation; of a calculator's operations the first is its default."""

CALCULATORS: tuple[str, ...] = tuple(dict.fromkeys(entry.calculator for entry in OPERATIONS))
"""Names of the calculators, in the table's order."""


def operations(calculator: str) -> tuple[Operation, ...]:
    """The operations of a calculator, its default first.

    Raises:
        CalculatorError: no calculator has that name (``unknown_calc``).
    """
    found = tuple(entry for entry in OPERATIONS if entry.calculator == calculator)
    if not found:
        raise CalculatorError(
            f"no calculator is called {calculator!r}",
            where="calc",
            fix=f"use one of {', '.join(CALCULATORS)}",
            code="unknown_calc",
        )
    return found


def find(calculator: str, op: object = None) -> Operation:
    """The operation ``op`` of a calculator, or its default when ``op`` is None.

    Raises:
        CalculatorError: ``unknown_calc`` or ``unknown_op``.
    """
    known = operations(calculator)
    if op is None or not known[0].op:
        return known[0]
    for entry in known:
        if entry.op == op:
            return entry
    raise CalculatorError(
        f"{calculator} has no operation {shown(op)}",
        where="op",
        fix=f"use one of {', '.join(entry.op for entry in known)}",
        code="unknown_op",
    )


def load(
    operation: Operation,
) -> tuple[
    type[CalculatorInput], type[CalculatorOutput], Callable[[CalculatorInput], CalculatorOutput]
]:
    """Import an operation: its input model, output model and function."""
    module = importlib.import_module(f"devops_exe.design.{operation.module}")
    given, answered = operation.models
    return (
        getattr(module, given),
        getattr(module, answered),
        getattr(module, operation.function),
    )


def run(calculator: str, inputs: object) -> Answer:
    """Call a calculator with a JSON object, as ``calc NAME`` does.

    Args:
        calculator: one of :data:`CALCULATORS`.
        inputs: the object; ``op`` chooses the operation, ``null`` counts as absent (but for
            maxSurge and maxUnavailable of the rollout calculator, where it is 0).

    Raises:
        CalculatorError: with one of the documented codes.
    """
    from pydantic import ValidationError

    operations(calculator)
    if not isinstance(inputs, Mapping):
        raise CalculatorError(
            f"the input is {_json_type(inputs)}, not an object",
            where="input",
            fix='give one JSON object, for example {"op": "…"}',
        )
    operation = find(calculator, inputs.get("op"))
    model, _, function = load(operation)
    present: object = None
    try:
        present = _without_nulls(calculator, inputs)
        given = model.model_validate(present)
        answered = function(given)
    except ValidationError as problem:
        raise refusal(problem.errors(include_url=False), present) from None
    except RecursionError:
        raise CalculatorError(
            "the input is nested too deeply",
            where="input",
            fix="use fewer levels of objects and arrays",
        ) from None
    except (OverflowError, ZeroDivisionError, MemoryError):
        raise CalculatorError(
            "the numbers are beyond what double precision holds",
            where=operation.name,
            fix="use values of an ordinary size",
        ) from None
    outputs = answered.model_dump(exclude_unset=True)
    if not _finite(outputs):
        raise CalculatorError(
            "the result is beyond what double precision holds",
            where=operation.name,
            fix="use values of an ordinary size",
        )
    return Answer(operation, outputs, tuple(_unknown_fields(given)))


def schema(calculator: str) -> dict[str, object]:
    """The JSON Schema of a calculator's input and output, an ``anyOf`` of its operations.

    Raises:
        CalculatorError: no calculator has that name (``unknown_calc``).
    """
    given: list[dict[str, Any]] = []
    answered: list[dict[str, Any]] = []
    for operation in operations(calculator):
        model, answer, _ = load(operation)
        given.append(model.model_json_schema())
        answered.append(answer.model_json_schema(mode="serialization"))
    return {"input": _any_of(given), "output": _any_of(answered)}


def _any_of(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    """One schema, or an ``anyOf`` with its definitions lifted to the top."""
    if len(schemas) == 1:
        return schemas[0]
    definitions: dict[str, Any] = {}
    for one in schemas:
        definitions.update(one.pop("$defs", {}))
    joined: dict[str, Any] = {"anyOf": schemas}
    if definitions:
        joined["$defs"] = definitions
    return joined


_NULL_IS_ZERO = frozenset({"max_surge", "max_unavailable"})


def _without_nulls(calculator: str, value: Any) -> Any:
    """``value`` without null fields, at any depth; rollout's two bounds become 0."""
    if isinstance(value, Mapping):
        kept = {}
        for key, item in value.items():
            if item is not None:
                kept[key] = _without_nulls(calculator, item)
            elif calculator == "rollout" and key in _NULL_IS_ZERO:
                kept[key] = 0
        return kept
    if isinstance(value, list | tuple):
        return [_without_nulls(calculator, item) for item in value]
    return value


def _unknown_fields(given: CalculatorInput) -> Iterator[str]:
    """A warning for each field that no model knows, with its place."""
    from pydantic import BaseModel

    def walk(value: object, place: str) -> Iterator[str]:
        if isinstance(value, BaseModel):
            for name in value.model_extra or {}:
                yield f"unknown field {place}{name}: it was not used"
            for name in type(value).model_fields:
                yield from walk(getattr(value, name), f"{place}{name}.")
        elif isinstance(value, list | tuple):
            stem = place.removesuffix(".")
            for number, item in enumerate(value):
                if not isinstance(item, str | int | float):
                    yield from walk(item, f"{stem}[{number}].")

    yield from walk(given, "")


def _finite(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, Mapping):
        return all(_finite(item) for item in cast("Mapping[str, object]", value).values())
    if isinstance(value, list | tuple):
        return all(_finite(item) for item in value)
    return True


def _json_type(value: object) -> str:
    if value is None:
        return "null"
    return {bool: "a boolean", str: "a string", list: "an array"}.get(type(value), "a number")
