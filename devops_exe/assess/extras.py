"""Facts beside the published summary: jobs, tests, start commands, required environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe.assess.readers.addresses import pairs_of
from devops_exe.assess.walk import shown
from devops_exe.assess.wiring import examples

if TYPE_CHECKING:
    from devops_exe.assess.overview import Overview
    from devops_exe.assess.profile import Role
    from devops_exe.assess.service import Service, Sources
    from devops_exe.assess.walk import Tree

EXTRA = (
    "language_version",
    "runtime",
    "monorepo",
    "build_tool",
    "ml",
    "cms",
    "task_queue",
    "scheduled_job",
    "feature_flags",
    "outside",
    "process",
    "protocol",
    "observability",
    "terraform_provider",
    "terraform_resource",
    "environment_required",
    "environment",
    "platform_resource",
    "paas",
    "iac",
    "app_host",
)
"""Fields of rules that are facts as they are."""

_TEST = re.compile(
    r"(?:_test\.(?:go|py|exs|dart)|^test_\w{1,80}\.py|_spec\.rb|_test\.rb"
    r"|\.(?:test|spec|cy|e2e)\.[cm]?[jt]sx?|(?:Test|Tests|IT|Spec)\.(?:java|kt|cs|php|scala|groovy))\Z"
)
_END_TO_END = re.compile(
    r"(?:^|/)(?:e2e|acceptance|cypress|playwright|system|browser)/|\.(?:cy|e2e)\."
)
_INTEGRATION = re.compile(r"(?:^|/)(?:integration|functional)|IT\.(?:java|kt)\Z|integration", re.I)
_LOAD = re.compile(r"(?:^|/)(?:locustfile\.py|k6[\w-]{0,40}\.js|[\w-]{1,60}\.jmx)\Z")
_HIDDEN = re.compile(r"(?i)(?:pass(?:word)?|secret|token|api[_-]?key)[=\s:]")
_DEMANDED = re.compile(r"\$\{(\w{1,80}):?\?")
_LONGEST_COMMAND = 200


def say_extras(
    out: Overview, tree: Tree, sources: Sources, services: list[Service], tests: dict[str, str]
) -> None:
    """Adds the facts that stand beside the summary."""
    for name in EXTRA:
        for hit in sources.seen.of(name, "declared", "possible"):
            out.say(name, hit.value, hit.where, hit.role)
    for path, file in sources.paas:
        out.say("paas", file.product, f"{shown(path)}:1")
    for process, _, where in sources.processes:
        out.say("process", process, where)
    for manifests in sources.manifests:
        for kind, name, line in manifests.kinds:
            where = f"{shown(manifests.path)}:{line}"
            out.say("kubernetes_kind", kind, where)
            if kind == "CronJob":
                out.say("scheduled_job", shown(name) or "cron-job", where)
        mesh = manifests.features.get("mesh")
        if mesh is not None:
            out.say("mesh", mesh.value, f"{shown(manifests.path)}:{mesh.line}")
    for field, value, where in sources.settings:
        out.say(field, value, where)
    _commands(out, services)
    _environment(out, tree, services)
    for kind, path in sorted(tests.items()):
        out.say("test", kind, f"{shown(path)}:1")


def _commands(out: Overview, services: list[Service]) -> None:
    for service in services:
        for command, where in service.commands[:1]:
            text = " ".join(shown(command).split())[:_LONGEST_COMMAND]
            if text and not _HIDDEN.search(text):
                out.say(f"services.{shown(service.name)}.start_command", text, where)


def _environment(out: Overview, tree: Tree, services: list[Service]) -> None:
    """Names that must be given: taken from a secret, demanded by compose.

    Those that an example lists are ``environment``: nobody knows which may stay empty.
    """
    for service in services:
        for name, (value, where) in service.environment.items():
            if not value and service.workloads:
                out.say("environment_required", shown(name), where)
            for demanded in _DEMANDED.findall(value):
                out.say("environment_required", demanded, where)
    for path, _ in examples(tree, services):
        for name, value, line in pairs_of(tree.text(path) or ""):
            role: Role = "default" if value.strip().strip("\"'") else "possible"
            out.say("environment", name, f"{shown(path)}:{line}", role)


def test_kinds(tree: Tree) -> dict[str, str]:
    """The kinds of tests present, each with the first file that shows it."""
    found: dict[str, str] = {}
    for path in tree.telling:
        low = path[-40:]
        if "est" not in low and "pec" not in low and "IT." not in low and ".cy." not in low:
            if low.endswith((".jmx", "locustfile.py", "k6.js")) and _LOAD.search(path):
                found.setdefault("load", path)
            elif low.endswith(".rs") and (path.startswith("tests/") or "/tests/" in path):
                found.setdefault("integration", path)
            continue
        if not _TEST.search(path.rpartition("/")[2]):
            if path.endswith(".rs") and (path.startswith("tests/") or "/tests/" in path):
                found.setdefault("integration", path)
            continue
        if _END_TO_END.search(path):
            found.setdefault("end-to-end", path)
        elif _INTEGRATION.search(path):
            found.setdefault("integration", path)
        else:
            found.setdefault("unit", path)
    return found
