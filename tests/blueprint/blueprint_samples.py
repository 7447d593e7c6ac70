"""Blueprints the tests of this folder share: one written out in full, and any at all."""

from __future__ import annotations

from hypothesis import strategies as st

from devops_exe.blueprint.model import (
    PARTS,
    SECTIONS,
    Blueprint,
    EnvironmentRow,
    Figure,
    Header,
    InfrastructureRow,
    Kind,
    Monitoring,
    Overview,
    Pipeline,
    Rollback,
    ScalingRow,
    Strategy,
    StrategyRow,
)

_IMAGE = (
    "registry.example.internal/orders/checkout-api@sha256:"
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
)

SAMPLE = Blueprint(
    header=Header(
        system="checkout-api 支払い service of the orders team",
        platform="AWS EKS",
        time="2026-11-24T19:26:26+00:00",
    ),
    overview=Overview(
        system="checkout-api 支払い service of the orders team",
        platform="AWS",
        environments=3,
        pipeline_stages=5,
        reliability=Figure.of("99.95", "percent"),
        status="[●] Healthy",
    ),
    environments=(
        EnvironmentRow(environment="Development", purpose="fast feedback", infra="kind | local"),
        EnvironmentRow(
            environment="Staging", purpose="rehearsal", infra="EKS, one zone, 2 replicas"
        ),
        EnvironmentRow(environment="Production", purpose="users", infra="EKS, three zones"),
    ),
    pipeline=Pipeline(
        code_push=("push to main opens the pipeline",),
        build=("docker buildx, image by digest", "sbom with syft"),
        test=("unit, contract and load tests; the load test holds 1200 rps for ten minutes",),
        deploy=("Canary by Argo Rollouts",),
        verify=("GET /healthz every 5 s", "burn rate under 14.4 for 5 minutes"),
    ),
    strategy=Strategy(
        type="Canary",
        rollout="5 % for 20 min, 25 % for 20 min, 50 % for 20 min, 100 %",
        health_checks="GET /readyz every 5 s, timeout 2 s, 3 failures",
        rollback_trigger="error ratio > 1.44 % over 5 minutes and over one hour",
        traffic_old=Figure.of("95", "percent"),
        traffic_new=Figure.of("5", "percent"),
        table=(
            StrategyRow(strategy="Blue-Green", use_case="Zero downtime", risk_level="Low 0.40 %"),
            StrategyRow(strategy="→ Canary", use_case="Gradual rollout", risk_level="Low 0.12 %"),
            StrategyRow(
                strategy="Recreate",
                use_case="Simple apps (excluded: downtime)",
                risk_level="High 61 %",
            ),
        ),
    ),
    infrastructure=(
        InfrastructureRow(component="Compute", solution="EKS", config="6 × 500m / 512 MiB"),
        InfrastructureRow(component="Storage", solution="RDS", config="RTO 22 min, RPO 5 min"),
        InfrastructureRow(component="Network", solution="ALB", config="drain 30 s"),
        InfrastructureRow(component="Secrets", solution="ESO", config="by reference only"),
    ),
    rollback=Rollback(
        trigger="error ratio > 1.44 % over 5 minutes",
        steps=(
            f"prove that the digest of the last release is still in the registry at {_IMAGE}",
            "kubectl argo rollouts undo checkout-api",
            "RTO: stop the clock when the error ratio is back under 0.1 %",
            "GET /version answers the old release",
        ),
        rto=Figure.of("4.5", "minutes"),
    ),
    scaling=(
        ScalingRow(dimension="Horizontal", trigger="120 rps a replica", target="6 to 24"),
        ScalingRow(dimension="Vertical", trigger="no samples yet", target="500m / 512 MiB"),
        ScalingRow(dimension="Auto-scale", trigger="HPA", target="min 6, max 24"),
    ),
    monitoring=Monitoring(
        health_metrics=("ready replicas", "restarts an hour"),
        performance_metrics=("p99 latency", "requests per second"),
        alerts=(
            "page: burn rate > 14.4 over 1 h and 5 min",
            "ticket: burn rate > 1 over 3 d and 6 h, C:\\",
        ),
    ),
    footer="● Pipeline Active",
)


def part(kind: Kind) -> Blueprint:
    """The sample with the sections of one command alone."""
    gone = {name: None for name in SECTIONS if name not in PARTS[kind]}
    return SAMPLE.model_copy(update=gone)


_NASTY = st.sampled_from(
    [
        "• ", "1. ", "10.", "RTO:", "System:", "DEVOPS BLUEPRINT", "MONITORING", "└─→ ", "│",
        "\\", "\\\\", "\\|", "|", "|---|", "═" * 39, "─" * 36, "┌", "└", "```", "Steps:", "---",
        "e\u0301", "\u0301", "\u0903", "क्षि", "\u094d", "👩\u200d👩\u200d👧", "🇩🇪", "1\ufe0f",
        "\ufe0f", "🏿", "漢字" * 9, "\u1100" * 60, "a\u0300" * 50, "x" * 120, "\\" * 90,
        "\x1b[31m", "\x00", "\t", "\u2028", "\xa0", "\u3000", "\u202e", "\ud800", " ", "█", "%",
        "DevOps Status:", "DEPLOYMENT ARCHITECTURE", "minutes", "2. Build", "\u0600", "ก\u0e33",
    ]
)  # fmt: skip
_WORDS = st.text(max_size=60) | st.text(alphabet="ab \\|", max_size=120)
TEXT = st.one_of(
    st.just(""),
    st.sampled_from(["Canary", "a few plain words", "RTO: 5 minutes"]),
    _WORDS,
    st.lists(_NASTY | _WORDS, max_size=8).map("".join),
    st.lists(_NASTY | _WORDS, max_size=8).map(" ".join),
)
CELL = TEXT.map(lambda text: text.replace("\n", " ").replace("\r", " "))
TEXTS = st.lists(TEXT, max_size=4).map(tuple) | st.lists(st.just("a"), max_size=12).map(tuple)
DECIMAL = st.one_of(
    st.integers(-5, 120).map(str),
    st.decimals(0, 100, places=2).map(str),
    st.sampled_from(["0", "100", "4.5", "99.999", "95", "94.99", "1234567890.123456789012345"]),
)
PERCENT = DECIMAL.map(lambda text: Figure.of(text, "percent"))
MINUTES = DECIMAL.map(lambda text: Figure.of(text, "minutes"))
COUNT = st.integers(0, 10**18 - 1)

_SECTIONS: dict[str, st.SearchStrategy[object]] = {
    "overview": st.builds(
        Overview,
        system=TEXT,
        platform=TEXT,
        environments=COUNT,
        pipeline_stages=COUNT,
        reliability=PERCENT,
        status=TEXT,
    ),
    "environments": st.lists(
        st.builds(EnvironmentRow, environment=CELL, purpose=CELL, infra=CELL), max_size=4
    ).map(tuple),
    "pipeline": st.builds(
        Pipeline, code_push=TEXTS, build=TEXTS, test=TEXTS, deploy=TEXTS, verify=TEXTS
    ),
    "strategy": st.builds(
        Strategy,
        type=TEXT,
        rollout=TEXT,
        health_checks=TEXT,
        rollback_trigger=TEXT,
        traffic_old=PERCENT,
        traffic_new=PERCENT,
        table=st.lists(
            st.builds(StrategyRow, strategy=CELL, use_case=CELL, risk_level=CELL), max_size=5
        ).map(tuple),
    ),
    "infrastructure": st.lists(
        st.builds(InfrastructureRow, component=CELL, solution=CELL, config=CELL), max_size=4
    ).map(tuple),
    "rollback": st.builds(Rollback, trigger=TEXT, steps=TEXTS, rto=MINUTES),
    "scaling": st.lists(
        st.builds(ScalingRow, dimension=CELL, trigger=CELL, target=CELL), max_size=4
    ).map(tuple),
    "monitoring": st.builds(
        Monitoring, health_metrics=TEXTS, performance_metrics=TEXTS, alerts=TEXTS
    ),
}


@st.composite
def blueprints(draw: st.DrawFn) -> Blueprint:
    """Any valid document of any command."""
    kind = draw(st.sampled_from(sorted(PARTS)))
    return Blueprint(
        header=draw(st.builds(Header, system=TEXT, platform=TEXT, time=TEXT)),
        footer=draw(TEXT),
        **{name: draw(_SECTIONS[name]) for name in PARTS[kind]},
    )
