"""The one table of calculator operations: data that the registry calls by.

A row names its module; nothing of it is imported here.
"""

from __future__ import annotations

from dataclasses import dataclass


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
