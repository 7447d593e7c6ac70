"""Instrumentation that runs: what to install, set and start so that the series are exported.

Nothing of the repository is overwritten. Where a language has zero-code instrumentation it is
a dependency and environment; elsewhere a file beside the code, or a snippet that a person
must add, said so in :attr:`Instrumentation.note`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devops_exe.implement.observability.series_of import exporter_of
from devops_exe.implement.stack import Stack, stack_of

if TYPE_CHECKING:
    from devops_exe.implement.observability.exporters import Exporter
    from devops_exe.implement.subject import Subject

FOLDER = "observability/instrumentation"
"""Where its files lie in the repository."""

OUTSIDE = "/otel"
"""Folder of the image that holds what is installed beside the application."""

OTEL_PORT = 9464
"""Port of the Prometheus exporter: OpenTelemetry specification, OTEL_EXPORTER_PROMETHEUS_PORT."""

PYTHON_RELEASE = "0.66b1"
"""Release of OpenTelemetry's Python instrumentation (PyPI, seen 2026-11-24)."""

PROMETHEUS_CLIENT = "prometheus-client==0.26.0"
"""Release of Prometheus' Python client (PyPI, seen 2026-11-24)."""

NODE_PACKAGES = (
    "@opentelemetry/api@1.9.1",
    "@opentelemetry/auto-instrumentations-node@0.81.2",
    "@opentelemetry/sdk-node@0.223.0",
)
"""Releases of OpenTelemetry for Node.js (npm, seen 2026-11-24)."""

JAVA_AGENT = "io.opentelemetry.javaagent:opentelemetry-javaagent:2.33.1"
"""Release of OpenTelemetry's Java agent (Maven Central, seen 2026-11-24)."""

_PYTHON_FRAMEWORKS = {
    "fastapi": "fastapi",
    "django": "django",
    "flask": "flask",
    "starlette": "starlette",
    "tornado": "tornado",
    "falcon": "falcon",
    "aiohttp": "aiohttp-server",
}


@dataclass(frozen=True, slots=True)
class Instrumentation:
    """How a process comes to export its series.

    Attributes:
        kind: ``own`` (the repository exports them), ``zero-code`` (dependency and
            environment), ``file`` (a generated file that the process loads), ``snippet`` (a
            person adds it to the code).
        environment: variables of the container, in order; none is a secret.
        command_prefix: what stands before the start command.
        dependencies: packages with their release, as the language's manager names them.
        install: commands of the image's build after the dependencies of the application.
        copies: files of the repository that the image needs for it.
        folder: folder of the image that ``install`` fills, to copy into its last stage; empty
            where it installs among the application's own dependencies.
        port: the port of the metrics where it is not the process's own.
        note: what a person must know or do; empty where nothing.
    """

    kind: str
    environment: tuple[tuple[str, str], ...] = ()
    command_prefix: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    install: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    folder: str = ""
    port: int | None = None
    note: str = ""


def instrumentation_of(subject: Subject) -> Instrumentation:
    """How a subject's process comes to export its series."""
    if subject.series.source.startswith("the repository"):
        return _own(exporter_of(subject))
    stack = stack_of(subject)
    if stack.language == "python":
        return _gunicorn(subject) if served_by_gunicorn(stack) else _python(subject, stack)
    if stack.language == "node":
        return _node(subject)
    if stack.language in {"java", "kotlin"}:
        return _java(subject, stack)
    return _snippet(stack)


def served_by_gunicorn(stack: Stack) -> bool:
    """Whether worker processes are forked: each would have metrics of its own."""
    return any("gunicorn" in part for part in stack.start)


def _own(exporter: Exporter | None) -> Instrumentation:
    return Instrumentation("own", environment=exporter.environment if exporter else ())


def _otel(subject: Subject, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Variables of the OpenTelemetry specification: metrics to Prometheus, nothing else."""
    return (
        ("OTEL_SERVICE_NAME", subject.name),
        ("OTEL_METRICS_EXPORTER", "prometheus"),
        ("OTEL_TRACES_EXPORTER", "none"),
        ("OTEL_LOGS_EXPORTER", "none"),
        ("OTEL_EXPORTER_PROMETHEUS_HOST", "0.0.0.0"),  # noqa: S104 - scraped from outside
        ("OTEL_EXPORTER_PROMETHEUS_PORT", str(OTEL_PORT)),
        *more,
    )


def _python(subject: Subject, stack: Stack) -> Instrumentation:
    known = _PYTHON_FRAMEWORKS.get(subject.framework or "")
    # a package whose framework is not there does nothing
    frameworks = (known,) if known else tuple(_PYTHON_FRAMEWORKS.values())
    many = any(part.startswith("--workers") for part in stack.start)
    notes = []
    if not known:
        notes.append(
            "the framework is not known: the packages of the common ones are installed; see that "
            f"/metrics on port {OTEL_PORT} names http_server_request_duration_seconds"
        )
    if many:
        notes.append(
            f"the start command asks for several processes: only one can export on {OTEL_PORT}; "
            "start one process a container and let replicas scale"
        )
    return Instrumentation(
        "zero-code",
        environment=_otel(
            subject,
            ("OTEL_SEMCONV_STABILITY_OPT_IN", "http"),
            ("OTEL_PYTHON_EXCLUDED_URLS", subject.health_path.strip("/") or "healthz"),
        ),
        command_prefix=("opentelemetry-instrument",),
        dependencies=(
            f"opentelemetry-distro=={PYTHON_RELEASE}",
            f"opentelemetry-exporter-prometheus=={PYTHON_RELEASE}",
            *(f"opentelemetry-instrumentation-{name}=={PYTHON_RELEASE}" for name in frameworks),
        ),
        install=(f"pip install --no-cache-dir -r {FOLDER}/requirements.txt",),
        copies=(f"{FOLDER}/requirements.txt",),
        port=OTEL_PORT,
        note="; ".join(notes),
    )


def _gunicorn(subject: Subject) -> Instrumentation:
    own = subject.theirs("gunicorn.conf.py", "gunicorn_config.py")
    note = (
        f"{own} is no longer read by itself: GUNICORN_CMD_ARGS names {FOLDER}/gunicorn_metrics.py; "
        "import its hooks into yours instead"
        if own
        else ""
    )
    return Instrumentation(
        "file",
        environment=(
            ("GUNICORN_CMD_ARGS", f"--config {FOLDER}/gunicorn_metrics.py"),
            ("PROMETHEUS_MULTIPROC_DIR", "/tmp/prometheus"),  # noqa: S108 - an emptyDir of the pod
        ),
        dependencies=(PROMETHEUS_CLIENT,),
        install=(f"pip install --no-cache-dir -r {FOLDER}/requirements.txt",),
        copies=(f"{FOLDER}/requirements.txt", f"{FOLDER}/gunicorn_metrics.py"),
        note=note,
    )


def _node(subject: Subject) -> Instrumentation:
    return Instrumentation(
        "zero-code",
        environment=_otel(
            subject,
            ("OTEL_SEMCONV_STABILITY_OPT_IN", "http"),
            # no questions to a cloud's metadata service, which a NetworkPolicy refuses
            ("OTEL_NODE_RESOURCE_DETECTORS", "env"),
            ("OTEL_NODE_ENABLED_INSTRUMENTATIONS", "http,express,fastify,koa,hapi,nestjs-core"),
            ("NODE_OPTIONS", f"--require {OUTSIDE}/register.cjs"),
        ),
        dependencies=NODE_PACKAGES,
        install=(
            f"npm install --no-audit --no-fund --prefix {OUTSIDE} {' '.join(NODE_PACKAGES)}",
            f"cp {FOLDER}/register.cjs {OUTSIDE}/register.cjs",
        ),
        copies=(f"{FOLDER}/register.cjs",),
        folder=OUTSIDE,
        port=OTEL_PORT,
    )


def _java(subject: Subject, stack: Stack) -> Instrumentation:
    jar = f"{OUTSIDE}/opentelemetry-javaagent.jar"
    if stack.manager == "maven":
        maven = "./mvnw" if "mvnw" in " ".join((*stack.build, *stack.install)) else "mvn"
        copy = f"{maven} -q dependency:copy -Dartifact={JAVA_AGENT}"
        install = (f"{copy} -DoutputDirectory={OUTSIDE} -Dmdep.stripVersion=true",)
        copies: tuple[str, ...] = ()
    else:
        gradle = "./gradlew" if "gradlew" in " ".join((*stack.build, *stack.install)) else "gradle"
        install = (f"{gradle} --init-script {FOLDER}/agent.gradle otelAgent",)
        copies = (f"{FOLDER}/agent.gradle",)
    return Instrumentation(
        "zero-code",
        environment=_otel(subject, ("JAVA_TOOL_OPTIONS", f"-javaagent:{jar}")),
        dependencies=(JAVA_AGENT,),
        install=install,
        copies=copies,
        folder=OUTSIDE,
        port=OTEL_PORT,
    )


_SNIPPETS = {
    "go": ("github.com/prometheus/client_golang", f"{FOLDER}/httpmetrics.go"),
    "ruby": ("prometheus-client", f"{FOLDER}/metrics.ru"),
    "dotnet": ("prometheus-net.AspNetCore", f"{FOLDER}/README.md"),
    "rust": ("axum-prometheus", f"{FOLDER}/README.md"),
    "elixir": ("prom_ex", f"{FOLDER}/README.md"),
    "php": ("promphp/prometheus_client_php", f"{FOLDER}/README.md"),
}
"""Package and the file that says how to use it, by language."""


def _snippet(stack: Stack) -> Instrumentation:
    known = _SNIPPETS.get(stack.language)
    if known is None:
        return Instrumentation(
            "snippet", note="the language is not known: export the series that the rules name"
        )
    package, where = known
    return Instrumentation(
        "snippet",
        dependencies=(package,),
        note=f"not instrumented yet: add {package} and what {where} says to the code",
    )
